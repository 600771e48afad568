"""A folder that follows the server: what did not change is not touched, what was edited is not overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from annotations.document import Document, Span
from annotations.errors import InputError
from annotations.formats import read_documents, write_documents
from annotations.label_studio import shelf
from annotations.label_studio.convert import digest
from annotations.label_studio.ledger import LEDGER, Form, Ledger
from annotations.label_studio.pull import Pulled, pull
from annotations.label_studio.tasks import Annotated, Status, read_tasks

START = datetime(2025, 1, 1, tzinfo=UTC)
BARE = Document("bài/1", "Xã A có 17/20 chỉ tiêu")
FIRST = replace(BARE, spans=(Span("l1", 0, 4, "LOCALITY"),))
SECOND = replace(BARE, spans=(Span("l1", 0, 4, "LOCALITY"), Span("r1", 8, 13, "RATIO")))
OTHER = Document("b2", "văn bản khác", (Span("i1", 0, 7, "INDICATOR"),))


def annotated(
    document: Document,
    number: int = 1,
    name: str = "an@x.vn",
    status: Status = Status.submitted,
    minutes: int = 0,
) -> Annotated:
    kind = "draft" if status is Status.draft else "annotation"
    return Annotated(
        document, name, status, f"{kind} {number}", START + timedelta(minutes=minutes), pushed=digest(BARE)
    )


def bring(
    folder: Path,
    items: Sequence[Annotated],
    form: Form = "inline",
    annotator: str | None = None,
    complete: bool = True,
) -> Pulled:
    ledger = Ledger.open(folder, "http://s", "p", form)
    return pull(items, folder, ledger, annotator=annotator, complete=complete)


def stamps(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def edit(folder: Path, form: Form) -> None:
    """Change the text's annotation by hand."""
    path = next(folder.rglob("bài_1.txt" if form == "inline" else "*.jsonl"))
    documents = [
        replace(d, spans=(Span("m1", 0, 2, "MEASURE"),)) if d.id == BARE.id else d
        for d in read_documents(path)
    ]
    write_documents(documents, path)


@pytest.mark.parametrize("form", ["inline", "jsonl"])
def test_annotators_and_statuses_are_kept_apart(tmp_path: Path, form: Form) -> None:
    items = [
        annotated(FIRST, 1),
        annotated(SECOND, 2, "bình@x.vn"),
        annotated(OTHER, 3),
        annotated(BARE, 4, "chi@x.vn", Status.empty),
        annotated(SECOND, 1, "an@x.vn", Status.draft),
        annotated(FIRST, 6, "../chi", Status.skipped),
    ]
    result = bring(tmp_path, items, form)
    assert result.statuses == {"submitted": 3, "empty": 1, "draft": 1, "skipped": 1}
    assert len(result.written) == 6

    def read(place: str) -> list[Document]:
        return sorted(
            read_documents(tmp_path / (place if form == "inline" else f"{place}.jsonl")), key=lambda d: d.id
        )

    assert read("submitted/an@x.vn") == [OTHER, FIRST]
    assert read("submitted/bình@x.vn") == [SECOND]
    assert read("empty/chi@x.vn") == [BARE]
    assert read("draft/an@x.vn") == [SECOND]
    assert read("skipped/.._chi") == [FIRST]


@pytest.mark.parametrize("form", ["inline", "jsonl"])
def test_nothing_is_touched_without_need(tmp_path: Path, form: Form) -> None:
    bring(tmp_path, [annotated(FIRST), annotated(OTHER, 2, "b")], form)
    before = stamps(tmp_path)
    assert bring(tmp_path, [annotated(FIRST), annotated(OTHER, 2, "b")], form).unchanged == 2
    assert stamps(tmp_path) == before
    assert len(bring(tmp_path, [annotated(SECOND, minutes=1)], form, complete=False).written) == 1
    changed = {path for path, stamp in stamps(tmp_path).items() if before.get(path) != stamp}
    assert len(changed) == 2  # the document's file and the ledger
    assert all("an@x.vn" in str(path) or path.name == LEDGER for path in changed)


@pytest.mark.parametrize("form", ["inline", "jsonl"])
def test_what_was_edited_is_a_conflict_until_it_is_settled(tmp_path: Path, form: Form) -> None:
    bring(tmp_path, [annotated(FIRST), annotated(OTHER, 2)], form)
    edit(tmp_path, form)
    edited = sorted(read_documents(tmp_path), key=lambda d: d.id)
    for _ in range(2):
        result = bring(tmp_path, [annotated(SECOND, minutes=5), annotated(OTHER, 2, minutes=9)], form)
        assert len(result.conflicts) == 1
        assert result.written == ()
        assert sorted(read_documents(tmp_path), key=lambda d: d.id) == edited
        latest = Ledger.open(tmp_path, "http://s", "p", form).latest
        assert latest == (START + timedelta(minutes=5)).isoformat()
    path = next(tmp_path.rglob("bài_1.txt" if form == "inline" else "*.jsonl"))
    write_documents([SECOND, OTHER] if form == "jsonl" else [SECOND], path)
    result = bring(tmp_path, [annotated(SECOND, minutes=5), annotated(OTHER, 2, minutes=9)], form)
    assert (result.conflicts, result.unchanged) == ((), 2)


def test_in_place_over_the_pushed_files_but_not_over_edits(tmp_path: Path) -> None:
    write_documents([BARE, OTHER], tmp_path)
    result = bring(tmp_path, [annotated(FIRST), annotated(replace(OTHER, spans=()), 2)], annotator="an@x.vn")
    assert result.written == ("bài_1.txt",)
    assert result.conflicts == ("b2.txt",)
    assert {d.id: d for d in read_documents(tmp_path)} == {"bài/1": FIRST, "b2": OTHER}


def test_a_draft_that_was_submitted_moves(tmp_path: Path) -> None:
    bring(tmp_path, [annotated(FIRST, 7, status=Status.draft)])
    result = bring(tmp_path, [annotated(SECOND, 8)])
    assert result.removed == ("draft/an@x.vn/bài_1.txt",)
    assert result.written == ("submitted/an@x.vn/bài_1.txt",)
    assert list(read_documents(tmp_path)) == [SECOND]
    assert bring(tmp_path, [annotated(SECOND, 8, status=Status.skipped)]).removed == result.written


def test_an_edited_draft_is_not_removed(tmp_path: Path) -> None:
    bring(tmp_path, [annotated(FIRST, 7, status=Status.draft)])
    edit(tmp_path, "inline")
    assert bring(tmp_path, []).conflicts == ("draft/an@x.vn/bài_1.txt",)
    assert len(list(read_documents(tmp_path))) == 1


def test_what_is_gone_from_the_server_stays_and_is_told(tmp_path: Path) -> None:
    bring(tmp_path, [annotated(FIRST)])
    assert bring(tmp_path, [], complete=False).gone == ()
    assert bring(tmp_path, []).gone == ("submitted/an@x.vn/bài_1.txt",)
    assert list(read_documents(tmp_path)) == [FIRST]


@pytest.mark.parametrize("form", ["inline", "jsonl"])
def test_two_annotations_of_one_person_and_ids_that_look_alike(tmp_path: Path, form: Form) -> None:
    alike = [replace(OTHER, id=name) for name in ("B2", "b2", "b 2")]
    items = [annotated(FIRST), annotated(SECOND, 2), *(annotated(d, 3 + n) for n, d in enumerate(alike))]
    for _ in range(2):
        bring(tmp_path, items, form)
    found = sorted(read_documents(tmp_path), key=lambda d: (d.id, len(d.spans)))
    assert found == sorted([FIRST, SECOND, *alike], key=lambda d: (d.id, len(d.spans)))


@pytest.mark.parametrize("form", ["inline", "jsonl"])
def test_a_pull_that_breaks_off_is_completed_without_conflicts(
    tmp_path: Path, form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(tmp_path, [annotated(FIRST), annotated(OTHER, 2)], form)
    kind = shelf.InlineShelf if form == "inline" else shelf.JsonlShelf
    real = kind.put

    def break_off(self: shelf.InlineShelf, slot: str, document: Document | None) -> None:
        real(self, slot, document)
        self.flush()
        raise KeyboardInterrupt

    monkeypatch.setattr(kind, "put", break_off)
    changed = replace(OTHER, spans=())
    with pytest.raises(KeyboardInterrupt):
        bring(tmp_path, [annotated(SECOND), annotated(changed, 2)], form)
    monkeypatch.undo()
    again = replace(SECOND, spans=SECOND.spans[:1])  # meanwhile someone has changed it again
    result = bring(tmp_path, [annotated(again), annotated(changed, 2)], form)
    assert result.conflicts == ()
    assert sorted(read_documents(tmp_path), key=lambda d: d.id) == [changed, again]


def test_the_folder_of_another_project_is_refused(tmp_path: Path) -> None:
    bring(tmp_path, [annotated(FIRST)])
    with pytest.raises(InputError, match="a pull of project 'p', not 'q'"):
        Ledger.open(tmp_path, "http://s", "q", "inline")
    with pytest.raises(InputError, match="a pull of form 'inline', not 'jsonl'"):
        Ledger.open(tmp_path, "http://s", "p", "jsonl")
    (tmp_path / LEDGER).write_text('{"entries": 5}', encoding="utf-8")
    with pytest.raises(InputError, match="not the record of a pull"):
        Ledger.open(tmp_path, "http://s", "p", "inline")


def test_statuses_of_exported_tasks() -> None:
    region = {
        "id": "l1",
        "type": "labels",
        "from_name": "label",
        "value": {"start": 0, "end": 4, "labels": ["LOCALITY"]},
    }
    stamp = {"updated_at": "2025-01-01T00:00:00.5Z"}
    task = {
        "id": 5,
        "data": {"doc_id": "bài/1", "text": BARE.text},
        "annotations": [
            {"id": 1, "completed_by": 3, "result": [{**region, "score": 0.5}], **stamp},
            {"id": 2, "completed_by": {"id": 4, "email": "b@x.vn"}, "result": [], **stamp},
            {"id": 3, "completed_by": 9, "result": [], "was_cancelled": True, **stamp},
            {
                "id": 4,
                "completed_by": 3,
                "result": [{**region, "score": 0.5}],
                "parent_prediction": 8,
                **stamp,
            },
        ],
        "drafts": [{"id": 6, "user": "c@x.vn", "result": [region], "annotation": 2, **stamp}],
    }
    found = list(read_tasks([task], {3: "a@x.vn"}))
    assert [(one.annotator, one.status, one.key) for one in found] == [
        ("a@x.vn", "submitted", "annotation 1"),
        ("b@x.vn", "empty", "annotation 2"),
        ("user-9", "skipped", "annotation 3"),
        ("a@x.vn", "submitted", "annotation 4"),
        ("c@x.vn", "draft", "draft 6"),
    ]
    assert [one.document.spans[0].score for one in (found[0], found[3])] == [0.5, None]
    assert found[0].updated == START + timedelta(seconds=0.5)
