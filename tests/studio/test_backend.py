"""`chitieu serve` behind the real server: predictions in one batch, and a better model out of what was annotated."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

pytest.importorskip("fastapi", reason="the serve extra is not installed")

from label_studio_sdk.core.api_error import ApiError

from annotations.corpus import FOLDER
from annotations.document import Document
from annotations.formats import read_documents, write_documents
from annotations.label_studio.connection import Project
from annotations.label_studio.convert import bare_document, from_result
from annotations.label_studio.push import Outgoing, push
from chitieu.service.version import model_version
from model.extractor import Extractor
from scripts.local_studio import Server
from tests.studio.conftest import ROOT, OpenProject

TOKEN = "bi-mat-cua-chung-ta"


@pytest.fixture
def learnt(tmp_path: Path) -> list[Document]:
    """Two short documents to learn by heart."""
    documents = sorted(read_documents(FOLDER / "dev"), key=lambda document: len(document.text))[:2]
    write_documents(documents, tmp_path / "dev.jsonl")
    return documents


@pytest.fixture
def backend(
    untrained: Path, tiny_encoder: Path, server: Server, tmp_path: Path, learnt: list[Document]
) -> Iterator[str]:
    """`chitieu serve`, with settings under which retraining takes seconds."""
    copies = [replace(document, id=f"{document.id}-copy", text=f"{document.text} ") for document in learnt]
    write_documents(copies, tmp_path / "base.jsonl")
    settings = {
        "data": [str(tmp_path / "base.jsonl")],
        "dev": [str(tmp_path / "dev.jsonl")],
        "encoder": str(tiny_encoder),
        "epochs": 25,
        "patience": 25,
        "learning_rate": 0.003,
        "head_learning_rate": 0.01,
        "augment": False,
        "dropout": 0.0,
    }
    (tmp_path / "train.yaml").write_text("\n".join(f"{key}: {value}" for key, value in settings.items()))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "chitieu", "serve", "--model", str(untrained), "--port", str(port)]
    command += [
        "--state",
        str(tmp_path / "state"),
        "--train-config",
        str(tmp_path / "train.yaml"),
        "--device",
        "cpu",
    ]
    environment = os.environ | server.environment | {"CHITIEU_TOKEN": TOKEN, "OMP_NUM_THREADS": "1"}
    with (tmp_path / "serve.log").open("w") as log:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)
    try:
        wait(lambda: answers(f"http://127.0.0.1:{port}/health"), 120)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def answers(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.TransportError:
        return False


def wait(happened: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.3)


def connect_backend(project: Project, url: str) -> int:
    backend = project.client.ml.create(
        project=project.id,
        url=url,
        title="chitieu",
        auth_method="BASIC_AUTH",
        basic_auth_user="chitieu",
        basic_auth_pass=TOKEN,
    )
    return int(backend.id)


def test_the_backend_fills_predictions_for_a_hundred_tasks_in_one_batch(
    backend: str, untrained: Path, open_project: OpenProject, title: str, tmp_path: Path
) -> None:
    corpus = list(read_documents(FOLDER / "dev"))
    texts = [Document(f"d{n}", f"{n}. {corpus[n % len(corpus)].text[:600]}") for n in range(100)]
    project = open_project(title, create=True)
    push(project, [Outgoing(document) for document in texts])
    with pytest.raises(ApiError, match="Unauthorized"):
        project.client.ml.create(project=project.id, url=backend, title="without the token")
    connect_backend(project, backend)
    everything: Any = {"all": True, "excluded": []}
    project.client.actions.create(
        id="retrieve_tasks_predictions", project=project.id, selected_items=everything
    )
    tasks = list(project.tasks())
    assert [len(task["predictions"]) for task in tasks] == [1] * 100
    expected = {d.id: d for d in Extractor.from_pretrained(untrained, device="cpu").extract(texts)}
    found = 0
    for task in tasks:
        (prediction,) = task["predictions"]
        assert prediction["model_version"] == model_version(untrained)
        converted = from_result(prediction["result"], task["data"])
        assert converted.problems == ()
        document = expected[bare_document(task["data"]).id]
        assert [(s.start, s.end, s.label) for s in converted.document.spans] == [
            (s.start, s.end, s.label) for s in document.spans
        ]
        found += len(document.spans)
    assert found > 100
    assert (tmp_path / "serve.log").read_text().count('"POST /predict HTTP/1.1" 200') == 1


def test_training_starts_from_label_studio_and_the_better_model_takes_over(
    backend: str,
    open_project: OpenProject,
    title: str,
    learnt: list[Document],
    tmp_path: Path,
    untrained: Path,
) -> None:
    project = open_project(title, create=True)
    push(project, [Outgoing(document) for document in read_documents(tmp_path / "base.jsonl")])
    push(project, [Outgoing(learnt[0])])  # a dev document, which must not be learnt from
    number = connect_backend(project, backend)
    project.client.ml.train(number)

    def state() -> dict[str, Any]:
        return dict(httpx.get(f"{backend}/versions", auth=("chitieu", TOKEN)).json())

    while state()["retraining"].endswith("running"):
        body = {"documents": [{"text": learnt[0].text}]}
        assert httpx.post(f"{backend}/extract", json=body, auth=("chitieu", TOKEN), timeout=60).is_success
        time.sleep(1)
    assert "in service" in state()["retraining"], state()
    assert state()["versions"][0] == model_version(untrained)
    (run,) = (path for path in (tmp_path / "state").iterdir() if path.is_dir())
    assert f"{learnt[0].id}: left out, it is a dev document" in (run / "log.txt").read_text()
    assert {d.id for d in read_documents(run / "train.jsonl")} == {f"{d.id}-copy" for d in learnt}
    assert state()["versions"][1] == model_version(run / "model")
