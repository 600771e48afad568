"""Documents to tasks and back: nothing is lost, and nothing is sent that the server would break on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from annotations.document import Document, Relation, Span
from annotations.errors import InputError
from annotations.formats import read_documents, write_documents
from annotations.label_studio.convert import (
    digest,
    from_result,
    to_data,
    to_prediction,
    to_result,
    to_task,
)
from annotations.label_studio.sendable import check_sendable
from annotations.schema import Schema
from tests.strategies import documents

TEXT = "Hết năm 2024, huyện Bình An đạt 17/20 chỉ tiêu 😀"
DOCUMENT = Document(
    "bài 1",
    TEXT,
    (Span("i1", 38, 46, "INDICATOR"), Span("r1", 32, 37, "RATIO", 0.5), Span("l1", 14, 27, "LOCALITY")),
    (Relation("i1", "r1", "HAS_RATIO", 0.25), Relation("i1", "l1", "IN_LOCALITY")),
    {"date": "2024-12-31"},
)


def back(task: dict[str, Any], **settings: Any) -> Document:
    annotations = task.get("annotations", [{"result": []}])
    converted = from_result(annotations[0]["result"], task["data"], **settings)
    assert converted.problems == ()
    return converted.document


def drawn(span_id: str, start: int, end: int, label: str) -> dict[str, Any]:
    value = {"start": start, "end": end, "text": "what the editor says", "labels": [label]}
    return {
        "id": span_id,
        "type": "labels",
        "from_name": "label",
        "to_name": "text",
        "value": value,
        "origin": "manual",
    }


@given(documents())
def test_a_task_holds_the_whole_document(document: Document) -> None:
    assert back(json.loads(json.dumps(to_task(document)))) == document


@given(documents())
def test_a_prediction_holds_the_whole_document(document: Document) -> None:
    prediction = json.loads(json.dumps(to_prediction(document, "m1")))
    assert from_result(prediction["result"], to_data(document)).document == document
    assert 0 <= prediction["score"] <= 1


@given(documents())
def test_a_file_of_tasks_is_lossless(tmp_path_factory: pytest.TempPathFactory, document: Document) -> None:
    path = tmp_path_factory.mktemp("tasks") / "tasks.json"
    write_documents([document], path)
    assert list(read_documents(path)) == [document]


@given(documents(), documents())
def test_the_digest_names_the_content(first: Document, second: Document) -> None:
    assert (digest(first) == digest(second)) == (first == second)


def test_ids_that_look_drawn_are_kept_when_they_are_ours() -> None:
    document = replace(DOCUMENT, spans=(Span("aB3_-xYz09", 0, 3, "LOCALITY"),), relations=())
    assert back(to_task(document)) == document


def test_two_relations_on_one_pair_are_one_object() -> None:
    spans = (Span("i1", 0, 3, "INDICATOR"), Span("a1", 4, 7, "ACTUAL"))
    document = Document(
        "d", TEXT, spans, (Relation("i1", "a1", "HAS_ACTUAL", 0.5), Relation("i1", "a1", "HAS_RATIO"))
    )
    links = [item for item in to_result(document) if item["type"] == "relation"]
    assert [link["labels"] for link in links] == [["HAS_ACTUAL", "HAS_RATIO"]]
    assert back(to_task(document)) == document


def test_regions_drawn_in_the_editor_get_our_ids_and_their_text_from_the_offsets() -> None:
    task = to_task(DOCUMENT)
    result = [
        *task["annotations"][0]["result"],
        drawn("q2W3e4R5t6", 0, 12, "LOCALITY"),
        drawn("-AAAAAAAA_", 8, 12, "MEASURE"),
        {"type": "relation", "from_id": "i1", "to_id": "q2W3e4R5t6", "direction": "right", "labels": []},
        {
            "type": "relation",
            "from_id": "q2W3e4R5t6",
            "to_id": "-AAAAAAAA_",
            "direction": "left",
            "labels": None,
        },
    ]
    found = from_result(result, task["data"])
    assert found.problems == ()
    assert found.document.text_of(found.document.span("l2")) == "Hết năm 2024"
    assert found.document.text_of(found.document.span("m1")) == "2024"
    assert set(found.document.relations) - set(DOCUMENT.relations) == {
        Relation("i1", "l2", "IN_LOCALITY"),
        Relation("m1", "l2", "IN_LOCALITY"),
    }


def test_what_a_person_made_of_a_prediction_has_no_scores() -> None:
    task = to_task(DOCUMENT)
    found = back(task, scores=False)
    assert all(item.score is None for item in (*found.spans, *found.relations))
    assert len(found.spans) == 3


@pytest.mark.parametrize(
    ("item", "problem"),
    [
        (drawn("x1", 3, 999, "LOCALITY"), "no stretch of the text"),
        (drawn("x1", 3, 3, "LOCALITY"), "no stretch of the text"),
        ({**drawn("x1", 3, 4, "LOCALITY"), "value": {"start": 3, "end": 4, "labels": []}}, "has no label"),
        (drawn("i1", 3, 4, "LOCALITY"), "shares its id"),
        (
            {"type": "relation", "from_id": "i1", "to_id": "zz", "labels": ["HAS_RATIO"]},
            "no region at one end",
        ),
        ({"type": "relation", "from_id": "l1", "to_id": "i1", "labels": []}, "no type"),
        (
            {"type": "choices", "from_name": "c", "value": {"choices": ["a"]}},
            "a 'choices' of 'c' is left out",
        ),
    ],
)
def test_what_no_document_can_hold_is_told(item: dict[str, Any], problem: str) -> None:
    task = to_task(DOCUMENT)
    found = from_result([*task["annotations"][0]["result"], item], task["data"])
    assert len(found.problems) == 1
    assert problem in found.problems[0]


def test_a_region_with_two_labels_is_two_spans() -> None:
    region = drawn("i1", 3, 9, "LOCALITY")
    region["value"]["labels"].append("MEASURE")
    found = from_result([region], to_data(DOCUMENT)).document
    assert {(s.start, s.end, s.label) for s in found.spans} == {(3, 9, "LOCALITY"), (3, 9, "MEASURE")}
    assert len({s.id for s in found.spans}) == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"spans": (Span("i1", 0, 3, "INDICATOR"), Span("i1", 4, 6, "INDICATOR"))},
            "two spans have the id 'i1'",
        ),
        ({"spans": (Span("i1", 0, 999, "INDICATOR"),)}, "lies outside the text"),
        ({"spans": (Span("i1", 3, 3, "INDICATOR"),)}, "'i1' is empty"),
        ({"spans": (Span("i#1", 0, 3, "INDICATOR"),)}, "holds a #"),
        ({"spans": (Span("i1", 0, 3, "NONSENSE"),)}, "unknown label 'NONSENSE'"),
        ({"relations": (Relation("i1", "zz", "HAS_RATIO"),)}, "names the missing span 'zz'"),
        ({"relations": (Relation("i1", "i1", "HAS_RATIO"),)}, "from a span to itself"),
        (
            {"relations": (Relation("i1", "r1", "HAS_RATIO"), Relation("i1", "r1", "HAS_RATIO"))},
            "given twice",
        ),
        ({"relations": (Relation("i1", "r1", "NONSENSE"),)}, "unknown type"),
        ({"text": TEXT + "\ud800"}, "lone surrogate"),
        ({"meta": {"a": object()}}, "cannot be sent as JSON"),
        ({"meta": {"a": "\udfff"}}, "cannot be sent as JSON"),
        ({"meta": {"a": float("nan")}}, "cannot be sent as JSON"),
    ],
)
def test_what_the_server_would_break_on_is_refused_by_name(change: dict[str, Any], message: str) -> None:
    check_sendable(DOCUMENT, Schema.default())
    with pytest.raises(InputError, match=message) as caught:
        check_sendable(replace(DOCUMENT, **{"relations": (), **change}), Schema.default())
    if "two spans" not in message:
        assert "bài 1" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not JSON"),
        ('{"data": {}}', "not a list of Label Studio tasks"),
        ('[{"data": {"html": "x"}, "id": 7}]', "task 7 .* has no “text”"),
        (
            '[{"data": {"text": "abc"}, "annotations": [{"result": [{"type": "relation"}]}]}]',
            "no region at one end",
        ),
    ],
)
def test_files_that_are_no_tasks(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "tasks.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message) as caught:
        list(read_documents(path))
    assert str(path) in str(caught.value) or "task 7" in str(caught.value)


def test_an_exported_file_gives_every_annotation_that_was_not_skipped(tmp_path: Path) -> None:
    task = to_task(DOCUMENT)
    other = [drawn("q2W3e4R5t6", 0, 3, "MEASURE")]
    task["annotations"] += [{"result": other}, {"result": [], "was_cancelled": True}]
    predicted = {"data": to_data(replace(DOCUMENT, id="p")), "predictions": [to_prediction(DOCUMENT, "m1")]}
    bare = {"id": 9, "data": {"text": "chưa làm"}}
    path = tmp_path / "export.json"
    path.write_text(json.dumps([task, predicted, bare]), encoding="utf-8")
    found = list(read_documents(path))
    assert [document.id for document in found] == ["bài 1", "bài 1", "p", "task-9"]
    assert found[0] == DOCUMENT
    assert [span.id for span in found[1].spans] == ["m1"]
    assert found[2].spans == DOCUMENT.spans
