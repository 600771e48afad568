"""The extractor on any text, from any folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from safetensors.torch import load_file, save_file
from transformers import ElectraConfig, ElectraModel

from annotations.corpus import FOLDER
from annotations.document import Document
from annotations.errors import InputError
from annotations.formats import read_documents
from annotations.schema import Schema
from annotations.structure import check_structure
from annotations.validate import validate
from model.backends.pytorch import PaddedEncoder
from model.extractor import Extractor
from model.network import load_network
from model.tokenizers import load_tokenizer
from tests.strategies import texts
from training.config import TrainConfig
from training.run import build


@pytest.fixture(scope="module")
def extractor(untrained: Path) -> Extractor:
    return Extractor.from_pretrained(untrained, device="cpu", dtype=torch.float32)


@settings(max_examples=30)
@given(text=texts())
def test_any_text_gives_a_valid_document(extractor: Extractor, text: str) -> None:
    document = extractor.extract(text)
    assert document.text == text
    check_structure(document)
    codes = {breach.code for breach in validate(document)}
    assert codes <= {"cut-word"}, "an untrained tagger may cut words, nothing else"
    assert all(0 <= span.score <= 1 for span in document.spans if span.score is not None)


def test_many_are_the_same_as_one_by_one(extractor: Extractor) -> None:
    documents = list(read_documents(FOLDER / "dev"))[:6]
    together = list(extractor.extract(documents))
    alone = [extractor.extract(document) for document in documents]
    assert [d.id for d in together] == [d.id for d in documents]
    for one, other in zip(together, alone, strict=True):
        assert [(s.start, s.end, s.label) for s in one.spans] == [
            (s.start, s.end, s.label) for s in other.spans
        ]
        assert [s.score for s in one.spans] == pytest.approx([s.score for s in other.spans], abs=1e-3)
        assert [(r.head, r.tail) for r in one.relations] == [(r.head, r.tail) for r in other.relations]


def test_documents_keep_id_and_meta(extractor: Extractor) -> None:
    given_document = Document("bài 1", "Thu ngân sách đạt 5 tỷ đồng.", meta={"url": "x"})
    found = extractor.extract(given_document)
    assert (found.id, found.meta) == ("bài 1", {"url": "x"})


def test_a_stream_is_read_lazily(extractor: Extractor) -> None:
    def endless() -> object:
        while True:
            yield "Huyện Mường Tè."

    stream = extractor.extract(endless())  # type: ignore[call-overload]
    assert [next(stream).text for _ in range(3)] == ["Huyện Mường Tè."] * 3


def test_texts_without_pieces_come_back(extractor: Extractor) -> None:
    assert [d.spans for d in extractor.extract(["", " \u200b ", "\n\n"])] == [(), (), ()]


def test_a_long_text_is_read_to_its_end(extractor: Extractor) -> None:
    text = "Hết năm 2024, tỷ lệ hộ nghèo của huyện Mường Tè còn 4,2%. " * 400
    document = extractor.extract(text)
    assert max(span.end for span in document.spans) > len(text) - 80


def test_saving_and_loading_changes_nothing(untrained: Path, extractor: Extractor, tmp_path: Path) -> None:
    document = next(iter(read_documents(FOLDER / "dev")))
    network = load_network(untrained, torch.device("cpu"), torch.float32)
    expected = extractor.extract(document)
    assert Extractor.of_network(network, extractor.tokenizer).extract(document) == expected
    network.save_pretrained(tmp_path)
    extractor.tokenizer.save(tmp_path)
    assert (
        Extractor.from_pretrained(tmp_path, device="cpu", dtype=torch.float32).extract(document) == expected
    )


def test_extraction_waits_for_no_package_that_it_does_not_need(untrained: Path) -> None:
    program = """if True:
        import sys
        from model.extractor import Extractor
        assert Extractor.from_pretrained(sys.argv[1], device="cpu").extract("Thu đạt 5 tỷ đồng.").spans
        assert "torch" in sys.modules
        print(*{"transformers", "scipy", "onnxruntime"} & sys.modules.keys())
    """
    done = subprocess.run(
        [sys.executable, "-c", program, untrained], capture_output=True, text=True, check=True
    )
    assert not done.stdout.strip()


@pytest.fixture(scope="module")
def electra(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An extractor on an encoder that transformers alone computes."""
    encoder, folder = tmp_path_factory.mktemp("electra"), tmp_path_factory.mktemp("extractor")
    config = ElectraConfig(
        vocab_size=2000, embedding_size=16, hidden_size=32, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=130,
    )  # fmt: skip
    ElectraModel(config).save_pretrained(encoder)
    load_tokenizer(tiny_encoder).save(encoder)
    network, tokenizer = build(TrainConfig(encoder=str(encoder)), Schema.default())
    network.save_pretrained(folder)
    tokenizer.save(folder)
    return folder


def test_an_encoder_of_another_family(electra: Path) -> None:
    document = next(iter(read_documents(FOLDER / "dev")))
    loaded = Extractor.from_pretrained(electra, device="cpu", dtype=torch.float32)
    assert isinstance(loaded.encoder, PaddedEncoder)
    found = loaded.extract(document)
    assert found.spans
    network = load_network(electra, torch.device("cpu"), torch.float32)
    assert Extractor.of_network(network, loaded.tokenizer).extract(document) == found


@pytest.mark.parametrize(
    "broken", ["config.json", "model.safetensors", "tokenizer.json", "chitieu_tokenizer.json"]
)
@pytest.mark.parametrize("how", ["missing", "garbage"])
def test_broken_folders_say_so(untrained: Path, tmp_path: Path, broken: str, how: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(untrained, folder)
    (folder / broken).unlink()
    if how == "garbage":
        (folder / broken).write_bytes(b"\x00garbage")
    with pytest.raises(InputError) as caught:
        Extractor.from_pretrained(folder, device="cpu")
    assert str(caught.value).startswith(f"{folder}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ["untrained", "electra"])
@pytest.mark.parametrize("name", ["heads.tagger.bias", "encoder.embeddings.word_embeddings.weight"])
def test_weights_that_are_not_there_are_not_made_up(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, name: str
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(request.getfixturevalue(kind), folder)
    weights = load_file(folder / "model.safetensors")
    del weights[name]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(InputError, match=f"{folder}: .* lacks the weights {name}"):
        Extractor.from_pretrained(folder, device="cpu")


def test_an_encoder_is_no_extractor(tiny_encoder: Path) -> None:
    with pytest.raises(InputError, match="no extractor"):
        Extractor.from_pretrained(tiny_encoder)


def test_a_gpu_that_is_not_there(untrained: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    with pytest.raises(InputError, match="no usable GPU"):
        Extractor.from_pretrained(untrained, device="cuda")
