"""Several people on one project: kept apart, compared, and their differences sent back for review."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from annotations.document import Document, Relation, Span
from annotations.formats import read_documents, write_documents
from annotations.label_studio.convert import to_result
from tests.studio.conftest import Chitieu, OpenProject, Person

TEXT = "Năm 2024, xã A đạt 17/20 chỉ tiêu 😀, hộ nghèo còn 5%."
SPANS = (Span("l1", 10, 14, "LOCALITY"), Span("r1", 19, 24, "RATIO"), Span("i1", 25, 33, "INDICATOR"))
FULL = Document("d", TEXT, SPANS, (Relation("i1", "r1", "HAS_RATIO"),))
PART = Document("d", TEXT, SPANS[:2])


def tasks_of(
    chitieu: Chitieu, open_project: OpenProject, title: str, folder: Path, count: int
) -> dict[str, int]:
    path = folder / "bare.jsonl"
    write_documents([Document(f"d{n}", TEXT) for n in range(count)], path)
    chitieu("studio", "push", "-p", title, path)
    return {task["data"]["doc_id"]: task["id"] for task in open_project(title).briefly()}


def region(span_id: str, start: int, end: int, label: str) -> dict[str, Any]:
    value = {"start": start, "end": end, "text": "", "labels": [label]}
    return {"id": span_id, "type": "labels", "from_name": "label", "to_name": "text", "value": value}


def test_people_and_statuses(
    chitieu: Chitieu, open_project: OpenProject, title: str, tmp_path: Path, people: dict[str, Person]
) -> None:
    tasks = tasks_of(chitieu, open_project, title, tmp_path, 4)
    an, binh = people["an"], people["binh"]
    an.annotate(tasks["d0"], to_result(FULL))
    binh.annotate(tasks["d0"], [region("q2W3e4R5t6", 10, 14, "LOCALITY")])
    binh.annotate(tasks["d1"], [])
    an.annotate(tasks["d2"], to_result(PART), skip=True)
    project = open_project(title)
    an.post(
        f"/api/tasks/{tasks['d3']}/drafts?project={project.id}", {"result": to_result(PART), "lead_time": 1}
    )

    out = tmp_path / "out"
    done = chitieu("studio", "pull", "-p", title, "-o", out)
    assert done.startswith("1 draft, 1 empty, 1 skipped, 2 submitted; 5 written")
    found = {str(path.relative_to(out)): next(read_documents(path)) for path in out.rglob("*.txt")}
    assert set(found) == {
        f"submitted/{an.email}/d0.txt",
        f"submitted/{binh.email}/d0.txt",
        f"empty/{binh.email}/d1.txt",
        f"skipped/{an.email}/d2.txt",
        f"draft/{an.email}/d3.txt",
    }
    assert found[f"submitted/{an.email}/d0.txt"] == Document("d0", TEXT, FULL.spans, FULL.relations)
    assert found[f"submitted/{binh.email}/d0.txt"] == Document("d0", TEXT, SPANS[:1])
    assert found[f"empty/{binh.email}/d1.txt"] == Document("d1", TEXT)

    before = datetime.now(UTC)
    an.annotate(tasks["d1"], to_result(PART))
    done = chitieu("studio", "pull", "-p", title, "-o", out, "--since", "last")
    assert "1 written" in done
    done = chitieu("studio", "pull", "-p", title, "-o", tmp_path / "new", "--since", before.isoformat())
    assert {p.name for p in (tmp_path / "new").rglob("*.txt")} == {"d1.txt", "d3.txt"}  # drafts always


def test_a_personal_access_token_signs_in(
    chitieu: Chitieu, title: str, tmp_path: Path, people: dict[str, Person], open_project: OpenProject
) -> None:
    write_documents([FULL], tmp_path / "d.jsonl")
    chitieu("studio", "push", "-p", title, tmp_path / "d.jsonl", LABEL_STUDIO_API_KEY=people["an"].key)
    (task,) = open_project(title, key=people["an"].key).snapshot()
    assert task["data"]["doc_id"] == "d"


def test_agreement_and_its_review_queue(
    chitieu: Chitieu, open_project: OpenProject, title: str, tmp_path: Path, people: dict[str, Person]
) -> None:
    tasks = tasks_of(chitieu, open_project, title, tmp_path, 3)
    an, binh = people["an"], people["binh"]
    for name in ("d0", "d1"):
        an.annotate(tasks[name], to_result(FULL))
    binh.annotate(tasks["d0"], to_result(FULL))
    binh.annotate(tasks["d1"], to_result(PART))
    an.annotate(tasks["d2"], to_result(FULL))
    review = f"{title[:42]} review"
    for _ in range(2):
        done = chitieu("studio", "agreement", "-p", title, "--json", tmp_path / "a.json", "--review", review)
    assert "0 tasks made, 1 there already, 0 predictions sent" in done
    report = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    (pair,) = report["pairs"]
    assert (pair["annotators"], pair["documents"]) == ([an.email, binh.email], 2)
    assert pair["span"]["f1"] == 10 / 11
    assert pair["relation"]["f1"] == 2 / 3
    assert report["alpha"]["spans"]["LOCALITY"] == 1
    (task,) = open_project(review).tasks()
    assert task["data"]["doc_id"] == "d1"
    assert any(line.startswith("INDICATOR “chỉ tiêu”") for line in task["data"]["review"]["differences"])
    assert {p["model_version"] for p in task["predictions"]} == {an.email, binh.email}
    assert task["annotations"] == []
