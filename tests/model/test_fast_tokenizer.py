"""Other encoders' fast tokenizers: by bytes (RoBERTa) and by Metaspace (XLM-R)."""

from __future__ import annotations

import unicodedata
from itertools import islice
from pathlib import Path

import pytest
from tokenizers import Tokenizer as Backend
from tokenizers import decoders, models, normalizers, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from annotations.corpus import FOLDER
from annotations.document import Span
from annotations.formats import read_documents
from model.tags import locate
from model.tokenizers import FastTokenizer, Tokenizer, load_tokenizer

SPECIAL = {
    "bos_token": "<s>",
    "pad_token": "<pad>",
    "eos_token": "</s>",
    "unk_token": "<unk>",
    "mask_token": "<mask>",
}
TEXT = "  Thu ngân sách đạt 107% kế hoạch,\n\n27/39 chỉ tiêu vượt 👍🏽 <mask>. "


def by_bytes(lines: list[str]) -> Backend:
    backend = Backend(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=700, special_tokens=list(SPECIAL.values()), initial_alphabet=alphabet, show_progress=False
    )
    backend.train_from_iterator(lines, trainer)
    return backend


def by_metaspace(lines: list[str]) -> Backend:
    backend = Backend(models.Unigram())
    backend.normalizer = normalizers.NFKC()
    backend.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=900, special_tokens=list(SPECIAL.values()), unk_token="<unk>", show_progress=False
    )
    backend.train_from_iterator(lines, trainer)
    return backend


@pytest.fixture(scope="module", params=[by_bytes, by_metaspace])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    lines = [document.text for document in islice(read_documents(FOLDER / "train"), 30)]
    folder = tmp_path_factory.mktemp("fast")
    PreTrainedTokenizerFast(tokenizer_object=request.param(lines), **SPECIAL).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def tokenizer(folder: Path) -> FastTokenizer:
    return FastTokenizer.from_pretrained(folder)


def test_pieces_stand_in_the_text_as_it_came_in(tokenizer: FastTokenizer) -> None:
    assert isinstance(tokenizer, Tokenizer)
    assert (tokenizer.cls_id, tokenizer.pad_id, tokenizer.sep_id, tokenizer.mask_id) == (0, 1, 2, 4)
    for text in (TEXT, unicodedata.normalize("NFD", TEXT)):
        (encoding,) = tokenizer.encode_batch([text])
        assert (encoding.starts < encoding.ends).all()
        assert (encoding.starts[1:] >= encoding.starts[:-1]).all() and (
            encoding.ends[1:] >= encoding.ends[:-1]
        ).all()
        held = {
            i for start, end in zip(encoding.starts, encoding.ends, strict=True) for i in range(start, end)
        }
        assert all(i in held or char.isspace() for i, char in enumerate(text))
        parts = [text[start:end] for start, end in zip(encoding.starts, encoding.ends, strict=True)]
        assert all(part == part.strip() or not part.strip() for part in parts)
        assert not {tokenizer.mask_id, tokenizer.sep_id} & set(encoding.ids.tolist()), (
            "<mask> in a text is text"
        )


def test_spans_are_found_again(tokenizer: FastTokenizer) -> None:
    (encoding,) = tokenizer.encode_batch([TEXT])
    words = ["Thu", "ngân", "sách", "👍🏽", "vượt"]
    spans = [Span(word, TEXT.index(word), TEXT.index(word) + len(word), "x") for word in words]
    for span, found in zip(spans, locate(spans, encoding, ["x"]), strict=True):
        assert found is not None
        assert (encoding.starts[found.first], encoding.ends[found.last]) == (span.start, span.end)


def test_saved_and_loaded_it_is_the_same(tokenizer: FastTokenizer, tmp_path: Path) -> None:
    tokenizer.save(tmp_path)
    again = load_tokenizer(tmp_path)
    assert isinstance(again, FastTokenizer)
    assert again.encode_batch([TEXT])[0].ids.tolist() == tokenizer.encode_batch([TEXT])[0].ids.tolist()
    assert again.encode_batch([]) == []
    assert len(again.encode_batch([""])[0]) == 0
