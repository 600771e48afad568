"""What has been learnt from is recognised again, whatever became of its spelling."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from annotations.corpus import FOLDER
from annotations.document import Document
from annotations.errors import InputError
from annotations.fingerprints import FILE, Fingerprints
from annotations.formats import read_documents


@pytest.fixture(scope="module")
def articles() -> list[Document]:
    return list(read_documents(FOLDER / "dev"))[:8]


def test_copies_are_seen_and_others_are_not(articles: list[Document], tmp_path: Path) -> None:
    Fingerprints.of(articles[:4]).save(tmp_path)
    kept = Fingerprints.load(tmp_path)
    assert kept is not None
    assert kept.ids == tuple(article.id for article in articles[:4])
    shouted = Document("shouted", unicodedata.normalize("NFD", articles[0].text.upper()))
    words = articles[1].text.split()
    shortened = Document("shortened", " ".join(words[: -len(words) // 5]))
    twins = kept.seen([articles[5], shouted, shortened, articles[6], articles[3]])
    assert [(twin.first, twin.second) for twin in twins] == [
        (articles[0].id, "shouted"),
        (articles[1].id, "shortened"),
        (articles[3].id, articles[3].id),
    ]
    assert twins[0].similarity == twins[2].similarity == 1.0
    assert 0.5 < twins[1].similarity < 1


def test_nothing_learnt_is_nothing_seen(articles: list[Document], tmp_path: Path) -> None:
    assert Fingerprints.of([]).seen(articles) == []
    assert Fingerprints.load(tmp_path) is None
    Fingerprints.of([]).save(tmp_path)
    kept = Fingerprints.load(tmp_path)
    assert kept is not None and kept.seen(articles) == []


@pytest.mark.parametrize(
    "content", ["{}", "[]", '{"signatures": {"a": "?"}}', "no json", '{"signatures": {"a": "AAAA"}}']
)
def test_broken_files_are_named(content: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="fingerprints"):
        Fingerprints.load(tmp_path)
