"""Predictions of a model: pushed with documents, and used to choose what comes next."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from annotations.corpus import FOLDER
from annotations.formats import read_documents, write_documents
from annotations.label_studio.convert import from_result
from chitieu.service.version import model_version
from model.extractor import Extractor
from tests.studio.conftest import Chitieu, OpenProject


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    path = tmp_path / "articles.jsonl"
    corpus = list(read_documents(FOLDER / "dev"))[:8]
    write_documents([replace(d, text=d.text[:500], spans=(), relations=()) for d in corpus], path)
    return path


def test_a_models_predictions_are_pushed_with_scores_and_version(
    chitieu: Chitieu, open_project: OpenProject, title: str, articles: Path, untrained: Path
) -> None:
    for sent in (8, 0):
        messages = chitieu("studio", "push", "-p", title, articles, "--model", untrained, "--device", "cpu")
        assert f"{sent} predictions sent" in messages
    tasks = list(open_project(title).tasks())
    extractor = Extractor.from_pretrained(untrained, device="cpu")
    expected = {document.id: document for document in extractor.extract(read_documents(articles))}
    assert len(tasks) == 8
    for task in tasks:
        (prediction,) = task["predictions"]
        assert prediction["model_version"] == model_version(untrained)
        found = from_result(prediction["result"], task["data"]).document
        document = expected[found.id]
        assert [span.id for span in found.spans] == [span.id for span in document.spans]
        assert [s.score for s in found.spans] == pytest.approx([s.score for s in document.spans], abs=1e-6)
        assert task["annotations"] == []


def test_select_never_chooses_what_is_there(
    chitieu: Chitieu, open_project: OpenProject, title: str, articles: Path, untrained: Path
) -> None:
    names: set[str] = set()
    for expected in (3, 6, 8, 8):
        chitieu("studio", "select", "-p", title, articles, "-n", 3, "--model", untrained, "--device", "cpu")
        tasks = list(open_project(title).tasks())
        now = {task["data"]["doc_id"] for task in tasks}
        assert len(now) == len(tasks) == expected
        assert names <= now
        assert all(len(task["predictions"]) == 1 for task in tasks)
        names = now


def test_plain_articles_with_brackets_need_to_be_called_so(
    chitieu: Chitieu, title: str, tmp_path: Path
) -> None:
    path = tmp_path / "bài.txt"
    path.write_text("Xã A [huyện B] đạt 17/20 chỉ tiêu", encoding="utf-8")
    assert "bài.txt:1" in chitieu("studio", "push", "-p", title, path, status=2)
    assert "1 tasks made" in chitieu("studio", "push", "-p", title, path, "--raw")
