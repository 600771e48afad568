"""Documents as tables of Hugging Face `datasets`."""

from __future__ import annotations

from pathlib import Path

import pytest
from datasets import load_dataset

from annotations import corpus
from annotations.document import Document, Relation, Span
from annotations.formats import read_documents
from annotations.hub import as_dataset, export, from_dataset, to_dataset


def test_the_corpus_loads_from_an_exported_folder(tmp_path: Path) -> None:
    export(tmp_path / "out")
    loaded = load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))
    assert set(loaded) == {"train", "validation", "test"}
    for split, name in zip(corpus.SPLITS, ("train", "validation", "test"), strict=True):
        assert list(from_dataset(loaded[name])) == list(read_documents(corpus.FOLDER / split))
    assert loaded["train"].features == as_dataset("train").features
    assert loaded["train"].features["spans"].feature["label"].names[0] == "INDICATOR"


def test_scores_and_meta_come_back() -> None:
    spans = (Span("i1", 0, 2, "INDICATOR", 0.5), Span("l1", 3, 5, "LOCALITY"))
    document = Document(
        "ổ", "ab cd 😀", spans, (Relation("i1", "l1", "IN_LOCALITY", 0.25),), {"n": [1, {"á": None}]}
    )
    (back,) = from_dataset(to_dataset([document]))
    assert back == document


def test_nothing_at_all_is_a_table_too() -> None:
    dataset = to_dataset([])
    assert (len(dataset), dataset.column_names) == (0, ["id", "text", "spans", "relations", "meta"])


def test_what_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="no split 'valid'"):
        as_dataset("valid")
    with pytest.raises(ValueError, match="PERSON"):
        to_dataset([Document("d", "ab", (Span("x", 0, 2, "PERSON"),))])
