"""A worker: what it makes of a chunk, and of articles that fail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from annotations.corpus import FOLDER
from annotations.document import Document
from annotations.errors import InputError
from annotations.formats import read_documents
from annotations.sources import Chunk, Origin, Reject
from model import records
from model.extractor import Extractor
from model.pipeline.formats import encode
from model.pipeline.work import Worker, WorkerSettings

REJECT = Reject(Origin("a.jsonl", 3), "not JSON")


@pytest.fixture(scope="module")
def documents() -> tuple[Document, ...]:
    return tuple(Document(d.id, d.text[:200]) for d in list(read_documents(FOLDER / "dev"))[:8])


def _settings(folder: Path) -> WorkerSettings:
    return WorkerSettings("rows-jsonl", folder, "cpu", threads=1)


def test_a_part_holds_what_the_extractor_finds(untrained: Path, documents: tuple[Document, ...]) -> None:
    part = Worker(_settings(untrained))(Chunk(7, documents, (REJECT,), 0.25))
    expected = encode(
        list(Extractor.from_pretrained(untrained, device="cpu").extract(documents)), "rows-jsonl"
    )
    assert (part.number, part.articles, part.rejects, part.position) == (7, 8, (REJECT,), 0.25)
    assert (part.data, part.rows, part.spans) == (expected.data, expected.rows, expected.spans)
    assert part.rows > 0


def test_a_chunk_without_documents(untrained: Path) -> None:
    part = Worker(_settings(untrained))(Chunk(0, (), (REJECT,), None))
    assert (part.articles, part.data, part.rejects) == (0, b"", (REJECT,))


def _failing(monkeypatch: pytest.MonkeyPatch, failing: set[str]) -> None:
    assemble = records.assemble

    def failing_for_some(document: Document) -> Any:
        if document.id in failing:
            raise ZeroDivisionError(f"no luck\nwith {document.id}")
        return assemble(document)

    monkeypatch.setattr(records, "assemble", failing_for_some)


def test_an_article_that_fails_is_rejected(
    untrained: Path, documents: tuple[Document, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = Worker(_settings(untrained))
    without = worker(Chunk(0, documents[:5] + documents[6:], (), None))
    _failing(monkeypatch, {documents[5].id})
    part = worker(Chunk(0, documents, (REJECT,), None))
    assert part.rejects[0] == REJECT
    assert part.rejects[1].id == documents[5].id
    assert part.rejects[1].reason == f"cannot be annotated: ZeroDivisionError: no luck with {documents[5].id}"
    assert (part.articles, part.data) == (7, without.data)
    alone = worker(Chunk(1, documents[5:6], (), None))
    assert (alone.articles, len(alone.rejects)) == (0, 1)


@pytest.mark.parametrize("count", [1, 2, 8])
def test_a_failure_that_is_no_fault_of_an_article_is_raised(
    untrained: Path, documents: tuple[Document, ...], monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    _failing(monkeypatch, {document.id for document in documents[:count]})
    given = documents[:1] if count == 1 else documents
    with pytest.raises(ZeroDivisionError):
        Worker(_settings(untrained))(Chunk(0, given, (), None))


def test_a_folder_without_an_extractor(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no extractor here"):
        Worker(_settings(tmp_path))
