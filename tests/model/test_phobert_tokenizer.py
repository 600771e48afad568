"""Pieces of PhoBERT's words, placed in the text as it came in."""

from __future__ import annotations

import unicodedata
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.corpus import FOLDER
from annotations.errors import InputError
from annotations.formats import read_documents
from annotations.schema import Schema
from model.tags import locate
from model.tokenizers import PhobertTokenizer, SplittingTokenizer, Tokenizer, load_tokenizer
from model.tokenizers.phobert import old_tone
from model.tokenizers.phobert_bpe import PhobertBpe
from tests.phobert import REAL, needs_real_files, write_files

TEXT = "Ủy ban nhân dân thành phố Hòa Bình: đạt 65,5% kế hoạch,\n27/39 chỉ tiêu vượt 👍🏽 (thủy sản)."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("phobert")
    texts = [document.text for document in islice(read_documents(FOLDER / "train"), 60)]
    write_files(folder, [*texts, *(text.replace(" ", "_") for text in texts)])
    return folder


@pytest.fixture(scope="module")
def tokenizer(folder: Path) -> PhobertTokenizer:
    return PhobertTokenizer.from_files(folder)


def pieces(tokenizer: Tokenizer, text: str) -> list[str]:
    (encoding,) = tokenizer.encode_batch([text])
    return [text[start:end] for start, end in zip(encoding.starts, encoding.ends, strict=True)]


def test_is_a_house_tokenizer_that_can_split(tokenizer: PhobertTokenizer) -> None:
    assert isinstance(tokenizer, Tokenizer)
    assert isinstance(tokenizer, SplittingTokenizer)
    assert (tokenizer.cls_id, tokenizer.pad_id, tokenizer.sep_id) == (0, 1, 2)
    assert tokenizer.mask_id == tokenizer.vocab_size - 1


@needs_real_files
def test_words_become_the_pieces_that_phobert_knows() -> None:
    tokenizer = PhobertTokenizer.from_files(REAL)
    found = pieces(tokenizer, TEXT)
    assert {
        "Ủy ban",
        "nhân dân",
        "thành phố",
        "Hòa Bình",
        "%",
        "kế hoạch",
        "27",
        "/",
        "39",
        "chỉ tiêu",
        "thủy sản",
    } <= set(found)
    spelled, typed = tokenizer.encode_batch(["hòa, ủy ban, thủy", "hoà, uỷ ban, thuỷ"])
    assert spelled.ids.tolist() == typed.ids.tolist()
    assert 3 not in spelled.ids


def test_tone_goes_where_phobert_knows_it() -> None:
    assert old_tone("hòa thủy Ủy ban khỏe ủy, xóa") == "hoà thuỷ Uỷ ban khoẻ uỷ, xoá"
    assert old_tone("quý hoàn HÒA Thúy ngoài quỳ tòan") == "quý hoàn HÒA Thuý ngoài quỳ tòan"


@given(
    st.text(
        alphabet=st.sampled_from(
            [*TEXT, *unicodedata.normalize("NFD", TEXT), "\n", "\u200b", "\ufeff", "\t", "_"]
        )
    )
)
def test_pieces_cover_any_text_in_order(tokenizer: PhobertTokenizer, text: str) -> None:
    (encoding,) = tokenizer.encode_batch([text])
    assert (encoding.starts < encoding.ends).all()
    assert (encoding.ends[:-1] <= encoding.starts[1:]).all()
    covered = np.zeros(len(text), dtype=bool)
    for start, end in zip(encoding.starts, encoding.ends, strict=True):
        covered[start:end] = True
    assert all(
        covered[i] or char.isspace() or unicodedata.category(char) == "Cf" for i, char in enumerate(text)
    )


def test_composed_or_not_the_pieces_are_the_same(tokenizer: PhobertTokenizer) -> None:
    apart = unicodedata.normalize("NFD", TEXT)
    one, other = tokenizer.encode_batch([TEXT, apart])
    assert one.ids.tolist() == other.ids.tolist()
    assert [unicodedata.normalize("NFC", part) for part in pieces(tokenizer, apart)] == pieces(
        tokenizer, TEXT
    )


def test_a_piece_that_is_the_joint_alone_stands_for_the_gap(folder: Path) -> None:
    bare = PhobertTokenizer(PhobertBpe.from_files(folder / "vocab.txt", folder / "bpe.codes"), "pyvi")
    text = "kế  hoạch"
    (encoding,) = bare.encode_batch([text])
    assert "".join(pieces(bare, text)).replace(" ", "") == "kếhoạch"
    assert (encoding.starts < encoding.ends).all()


def test_no_gold_edge_is_lost_where_words_are_split(tokenizer: PhobertTokenizer) -> None:
    documents = list(read_documents(FOLDER / "dev"))
    labels = Schema.default().label_names
    edges = [[place for span in document.spans for place in (span.start, span.end)] for document in documents]
    texts = [document.text for document in documents]

    def lost(encodings: list) -> int:  # type: ignore[type-arg]
        return sum(
            piece is None
            for document, encoding in zip(documents, encodings, strict=True)
            for piece in locate(document.spans, encoding, labels)
        )

    assert lost(tokenizer.encode_split(texts, edges)) == 0
    total = sum(len(document.spans) for document in documents)
    assert 0 < lost(tokenizer.encode_batch(texts)) < 0.02 * total


def test_saved_it_keeps_its_segmenter_and_needs_nothing_else(folder: Path, tmp_path: Path) -> None:
    for name in ("pyvi", "none"):
        tokenizer = PhobertTokenizer.from_files(folder, name)  # type: ignore[arg-type]
        tokenizer.save(tmp_path / name)
        again = load_tokenizer(tmp_path / name)
        assert isinstance(again, PhobertTokenizer) and again.segmenter == name
        assert again.encode_batch([TEXT])[0].ids.tolist() == tokenizer.encode_batch([TEXT])[0].ids.tolist()
    assert "kế hoạch" not in pieces(load_tokenizer(tmp_path / "none"), TEXT)


def test_an_unknown_segmenter_in_a_saved_model_is_named(folder: Path, tmp_path: Path) -> None:
    PhobertTokenizer.from_files(folder).save(tmp_path)
    marker = tmp_path / "chitieu_tokenizer.json"
    marker.write_text(marker.read_text().replace("pyvi", "jieba"))
    with pytest.raises(InputError, match="unknown word segmenter 'jieba'"):
        load_tokenizer(tmp_path)
