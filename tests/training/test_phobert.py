"""PhoBERT's hub layout as an encoder, presets, and several processes, on a network of two small layers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import RobertaConfig, RobertaForMaskedLM

from annotations.corpus import FOLDER
from annotations.errors import InputError
from annotations.formats import read_documents, write_documents
from model.extractor import Extractor
from model.tokenizers import PhobertTokenizer
from tests.phobert import write_files
from training import cli, encoders
from training.config import TrainConfig
from training.presets import PRESETS, licence_of

ROOT = Path(cli.__file__).parents[1]


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Path:
    documents = sorted(read_documents(FOLDER / "train"), key=lambda document: len(document.text))
    path = tmp_path_factory.mktemp("data") / "four.jsonl"
    write_documents(documents[:4], path)
    return path


@pytest.fixture
def hub_folder(tmp_path: Path) -> Path:
    """What the hub has for PhoBERT: `config.json`, `pytorch_model.bin` of the masked language model, its two files."""
    folder = tmp_path / "phobert"
    documents = list(read_documents(FOLDER / "dev"))[:20]
    write_files(
        folder, [line.replace(" ", "_") for document in documents for line in document.text.split(",")]
    )
    config = RobertaConfig(
        vocab_size=PhobertTokenizer.from_files(folder).vocab_size, hidden_size=32, num_hidden_layers=2,
        num_attention_heads=2, intermediate_size=64, max_position_embeddings=258, type_vocab_size=1,
        pad_token_id=1, bos_token_id=0, eos_token_id=2, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
        tokenizer_class="PhobertTokenizer",
    )  # fmt: skip
    torch.manual_seed(0)
    network = RobertaForMaskedLM(config)
    config.save_pretrained(folder)
    torch.save(network.state_dict(), folder / "pytorch_model.bin")
    return folder


def options(encoder: Path, data: Path, output: Path, **more: object) -> list[str]:
    settings = {
        "preset": "phobert-base",
        "encoder": encoder,
        "data": data,
        "dev": data,
        "output": output,
        "epochs": 1,
        **more,
    }
    return ["--no-augment", *(part for name, value in settings.items() for part in (f"--{name}", str(value)))]


def test_hub_layout_is_loaded_with_its_weights_and_length(hub_folder: Path) -> None:
    encoder, tokenizer = encoders.load(hub_folder, random_weights=False, attention="eager")
    assert isinstance(tokenizer, PhobertTokenizer)
    stored = torch.load(hub_folder / "pytorch_model.bin")
    assert torch.equal(
        encoder.embeddings.word_embeddings.weight, stored["roberta.embeddings.word_embeddings.weight"]
    )
    assert torch.equal(
        encoder.encoder.layer[1].output.dense.weight, stored["roberta.encoder.layer.1.output.dense.weight"]
    )


def test_trained_saved_loaded_it_extracts_without_the_original(
    hub_folder: Path, four: Path, tmp_path: Path
) -> None:
    output = tmp_path / "model"
    assert cli.main(options(hub_folder, four, output, segmenter="none", precision="bfloat16")) == 0
    shutil.rmtree(hub_folder)
    assert json.loads((output / "chitieu_tokenizer.json").read_text()) == {
        "kind": "phobert",
        "segmenter": "none",
    }
    assert json.loads((output / "training.json").read_text())["train"]["lost_spans"] == 0
    extractor = Extractor.from_pretrained(output, device="cpu")
    assert extractor.settings.window == 254
    extractor.heads.tagger.bias.data.zero_()
    document = next(iter(read_documents(four)))
    found = extractor.extract(document)
    assert found.text == document.text and found.spans


def test_two_processes_train_as_one(hub_folder: Path, four: Path, tmp_path: Path) -> None:
    """The same documents in each step, cut in two: the same weights but for the order of additions."""
    same: dict[str, object] = {"epochs": 2, "precision": "float32", "dropout": 0, "segmenter": "none"}
    same |= {"learning-rate": 1e-3, "layer-decay": 1, "attention-dropout": 0, "relation-dropout": 0}
    assert cli.main(options(hub_folder, four, tmp_path / "one", **same, **{"batch-size": 4})) == 0
    launch = [
        "-m",
        "accelerate.commands.launch",
        "--multi_gpu",
        "--num_processes",
        "2",
        "--num_machines",
        "1",
    ]
    launch += ["--mixed_precision", "no", "--dynamo_backend", "no", "--main_process_port", "0", "-m", "train"]
    done = subprocess.run(
        [sys.executable, *launch, *options(hub_folder, four, tmp_path / "two", **same, **{"batch-size": 2})],
        cwd=ROOT, env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.count("saved in") == 1
    one, two = (load_file(tmp_path / name / "model.safetensors") for name in ("one", "two"))
    start, _ = encoders.load(hub_folder, random_weights=False, attention="eager")
    name = "encoder.embeddings.word_embeddings.weight"
    moved = float((one[name] - start.embeddings.word_embeddings.weight.detach()).abs().max())
    assert moved > 1e-4
    differences = [float((one[part] - two[part]).abs().max()) for part in one]
    assert max(differences) < 0.01 * moved


def test_presets_fill_what_is_not_given() -> None:
    config = TrainConfig.model_validate({"preset": "phobert-large", "overlap": 32})
    assert (config.encoder, config.learning_rate, config.overlap) == ("vinai/phobert-large", 2e-5, 32)
    assert TrainConfig.model_validate({"encoder": "vinai/phobert-base"}).preset == "phobert-base"
    assert TrainConfig.model_validate({"preset": "phobert-base", "encoder": "here"}).learning_rate == 5e-5
    assert TrainConfig() == TrainConfig.model_validate({"preset": "compact", "encoder": "compact"})
    for name, preset in PRESETS.items():
        assert TrainConfig.model_validate({"preset": name}).encoder == preset.encoder
    assert licence_of("vinai/phobert-base-v2") == "agpl-3.0"
    assert licence_of("some/folder") is None


def test_a_hub_out_of_reach_is_said_in_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    environment = {**os.environ, "HF_HOME": str(tmp_path / "cache"), "HF_ENDPOINT": "http://127.0.0.1:9"}
    environment.pop("HF_HUB_OFFLINE", None)
    done = subprocess.run(
        [sys.executable, "-m", "train", "--preset", "phobert-base-v2", "--output", str(tmp_path / "out")],
        cwd=ROOT, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 2
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("error: vinai/phobert-base-v2: ")
    assert "--encoder DIR" in line and "--preset compact" in line
    assert not any(path.is_file() for path in tmp_path.rglob("*"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["/nowhere/at/all", "./nowhere"])
def test_a_folder_that_is_not_there_is_named(name: str) -> None:
    with pytest.raises(InputError, match="no encoder here"):
        encoders.locate(name)


def test_a_vocabulary_too_large_for_the_encoder_is_refused(hub_folder: Path) -> None:
    config = json.loads((hub_folder / "config.json").read_text())
    (hub_folder / "config.json").write_text(json.dumps({**config, "vocab_size": 100}))
    with pytest.raises(InputError, match="the encoder only 100"):
        encoders.load(hub_folder, random_weights=True, attention="eager")


def test_the_licence_of_the_encoder_is_told(
    hub_folder: Path,
    four: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(encoders, "locate", lambda name: hub_folder)
    name = "vinai/phobert-base-v2"
    more: dict[str, object] = {"preset": "phobert-base-v2", "segmenter": "none"}
    arguments = options(Path(name), four, tmp_path / "model", **more)
    assert cli.main(arguments) == 0
    assert "agpl-3.0" in capsys.readouterr().err
    assert "license: agpl-3.0" in (tmp_path / "model" / "README.md").read_text()
