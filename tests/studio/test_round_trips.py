"""Documents to a real server and back: the same, each once, whatever happens on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import unicodedata
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from annotations.corpus import FOLDER
from annotations.document import Document, Relation, Span
from annotations.formats import read_documents, write_documents
from annotations.label_studio.push import Outgoing, push
from scripts.local_studio import Server
from tests.studio.conftest import ROOT, Chitieu, OpenProject


def test_the_whole_corpus_comes_back(chitieu: Chitieu, server: Server, title: str, tmp_path: Path) -> None:
    corpus = sorted(read_documents(FOLDER), key=lambda d: d.id)
    assert f"{len(corpus)} tasks made" in chitieu("studio", "push", "-p", title, FOLDER)
    again = chitieu("studio", "push", "-p", title, FOLDER)
    assert f"0 tasks made, {len(corpus)} there already" in again
    chitieu("studio", "pull", "-p", title, "-o", tmp_path / "a")
    assert (
        sorted(read_documents(tmp_path / "a/submitted" / server.account.email), key=lambda d: d.id) == corpus
    )
    chitieu("studio", "pull", "-p", title, "-o", tmp_path / "b", "--format", "jsonl")
    assert sorted(read_documents(tmp_path / "b/submitted"), key=lambda d: d.id) == corpus

    stamps = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert "0 written" in chitieu("studio", "pull", "-p", title, "-o", tmp_path / "a")
    assert "0 written" in chitieu("studio", "pull", "-p", title, "-o", tmp_path / "a", "--since", "last")
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == stamps


def awkward() -> list[Document]:
    """What servers and editors like to break."""
    text = 'Xã "A" 😀👨‍👩‍👧  đạt\u00a0 17/20\r\nchỉ tiêu <b>&amp;\n---\n s3://x {{y}} [i1|z] \\ \u200b\ufeff'
    nested = (
        Span("i1", 0, 20, "INDICATOR"),
        Span("i2", 3, 9, "INDICATOR"),
        Span("r1", 5, 15, "RATIO", 0.125),
    )
    links = (
        Relation("i1", "r1", "HAS_RATIO", 0.75),
        Relation("i1", "r1", "HAS_ACTUAL"),
        Relation("r1", "i2", "HAS_TARGET"),
    )
    decomposed = unicodedata.normalize("NFD", "tỷ lệ hộ nghèo")
    meta = {"url": "https://x.vn/?a=1&b=2", "số": [1, 2.5, None, True], "sâu": {"a": {"b": "c"}}, "": "😀"}
    return [
        Document("awkward/1 é", text, nested, links, meta),
        Document(decomposed, decomposed * 3, (Span("aB3_-xYz09", 2, len(decomposed), "MEASURE"), Span("m.1", 0, 1, "MEASURE"))),
        Document("long", "văn bản dài " * 20_000, (Span("l1", 239_990, 239_999, "LOCALITY"),)),
        Document("bare", "không có gì"),
    ]  # fmt: skip


def test_awkward_documents_come_back(chitieu: Chitieu, title: str, tmp_path: Path) -> None:
    write_documents(awkward(), tmp_path / "in.jsonl")
    chitieu("studio", "push", "-p", title, tmp_path / "in.jsonl")
    done = chitieu("studio", "pull", "-p", title, "-o", tmp_path / "out", "--format", "jsonl")
    assert "3 submitted" in done  # nobody has annotated the bare one
    assert sorted(read_documents(tmp_path / "out"), key=lambda d: d.id) == sorted(
        awkward()[:3], key=lambda d: d.id
    )


def many() -> list[Document]:
    corpus = list(read_documents(FOLDER / "dev"))
    return [replace(corpus[n % len(corpus)], id=f"bài-{n}") for n in range(500)]


def test_five_hundred_tasks_and_a_push_that_is_killed(
    chitieu: Chitieu, server: Server, title: str, tmp_path: Path, open_project: OpenProject
) -> None:
    path = tmp_path / "many.jsonl"
    write_documents(many(), path)
    project = open_project(title, create=True)
    pushing = subprocess.Popen(
        [sys.executable, "-m", "chitieu", "studio", "push", "-p", title, str(path)],
        env=os.environ | server.environment,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
    )
    while not (half := len(list(project.briefly()))):
        assert pushing.poll() is None
        time.sleep(0.1)
    pushing.send_signal(signal.SIGKILL)
    pushing.wait()
    assert half < 500
    chitieu("studio", "push", "-p", title, path)
    counts = Counter(task["data"]["doc_id"] for task in project.briefly())
    assert counts == dict.fromkeys((d.id for d in many()), 1)
    annotations = [len(task["annotations"]) for task in project.snapshot()]
    assert annotations == [1] * 500


def test_tasks_that_two_pushes_made_at_once_are_made_one(title: str, open_project: OpenProject) -> None:
    project = open_project(title, create=True)
    documents = awkward()
    items = [Outgoing(document) for document in documents]
    push(project, items[:2])
    for document in documents[:2]:  # as a request would that was still on its way
        data = next(t["data"] for t in project.briefly() if t["data"]["doc_id"] == document.id)
        project.client.projects.import_tasks(project.id, request=[{"data": data}])
    assert len(list(project.briefly())) == 4
    push(project, items)
    assert sorted(t["data"]["doc_id"] for t in project.briefly()) == sorted(d.id for d in documents)
    assert sum(len(t["annotations"]) for t in project.tasks()) == 3


def test_predictions_are_there_once_and_are_renewed(title: str, open_project: OpenProject) -> None:
    project = open_project(title, create=True)
    document = awkward()[0]
    bare = replace(document, spans=(), relations=())
    other = replace(document, spans=document.spans[:1], relations=())

    def send(**predictions: Document) -> int:
        return push(project, [Outgoing(bare, annotated=False, predictions=predictions)]).predictions

    assert [send(m1=document), send(m1=document), send(m2=document), send(m1=other)] == [1, 0, 1, 1]
    (task,) = project.tasks()
    found = {p["model_version"]: p for p in task["predictions"]}
    assert len(task["predictions"]) == 2
    assert (len(found["m1"]["result"]), len(found["m2"]["result"])) == (1, 5)
    assert found["m2"]["score"] == pytest.approx((0.125 + 0.75) / 2)
    assert task["annotations"] == []


def test_the_same_id_with_another_text_is_refused(chitieu: Chitieu, title: str, tmp_path: Path) -> None:
    for text, status in (("một", 0), ("hai", 2)):
        write_documents([Document("d", text)], tmp_path / "d.jsonl")
        done = chitieu("studio", "push", "-p", title, tmp_path / "d.jsonl", status=status)
    assert done.count("\n") == 1
    assert "document 'd'" in done
    assert "another text" in done


def test_edits_on_both_sides(
    chitieu: Chitieu, title: str, tmp_path: Path, server: Server, open_project: OpenProject
) -> None:
    """The corpus in place: pushed, corrected on the server, edited at home."""
    folder = tmp_path / "corpus"
    first, second = list(read_documents(FOLDER / "dev"))[:2]
    write_documents([first, second], folder)
    chitieu("studio", "push", "-p", title, folder)
    project = open_project(title)
    for task in project.tasks():
        annotation = task["annotations"][0]
        kept = [item for item in annotation["result"] if item["type"] != "relation"]
        project.client.annotations.update(annotation["id"], result=kept)
    edited = replace(second, spans=(), relations=())
    write_documents([edited], folder / f"{second.id}.txt")
    mine = ("--annotator", server.account.email)
    done = chitieu("studio", "pull", "-p", title, "-o", folder, *mine, status=1)
    assert f"conflict: edited here and left alone: {folder / second.id}.txt" in done
    assert {d.id: d for d in read_documents(folder)} == {
        first.id: replace(first, relations=()),
        second.id: edited,
    }
    done = chitieu("studio", "push", "-p", title, folder)
    assert f"not sent: {second.id} is annotated otherwise" in done
