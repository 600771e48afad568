"""The service with a tiny network: what it answers, refuses, and how a better model takes over."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the serve extra is not installed")

from fastapi.testclient import TestClient

from annotations.errors import InputError
from annotations.label_studio.convert import from_result
from annotations.label_studio.labelling import labelling_config
from annotations.schema import Schema
from chitieu.service.app import create_app
from chitieu.service.batching import Bounds
from chitieu.service.keeper import Keeper
from chitieu.service.version import model_version
from model.extractor import Extractor
from model.records import assemble

TEXTS = ["Năm 2024, xã A đạt 17/20 chỉ tiêu 😀.", "Tỷ lệ hộ nghèo còn 5%."]
CONFIG = labelling_config(Schema.default())


@pytest.fixture
def keeper(untrained: Path, tmp_path: Path) -> Keeper:
    return Keeper(untrained, tmp_path / "state", "cpu")


@pytest.fixture
def client(keeper: Keeper, tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(create_app(keeper, state=tmp_path / "state")) as client:
        yield client


def test_extract_answers_what_the_extractor_finds(client: TestClient, untrained: Path) -> None:
    body = {
        "documents": [{"text": TEXTS[0], "meta": {"a": 1}}, {"id": "hai", "text": TEXTS[1]}],
        "rows": True,
    }
    answer = client.post("/extract", json=body).json()
    expected = list(Extractor.from_pretrained(untrained, device="cpu").extract(TEXTS))
    assert [found["id"] for found in answer["documents"]] == ["1", "hai"]
    assert answer["documents"][0]["meta"] == {"a": 1}
    for found, document in zip(answer["documents"], expected, strict=True):
        assert [(s["start"], s["end"], s["label"]) for s in found["spans"]] == [
            (s.start, s.end, s.label) for s in document.spans
        ]
        assert len(found["relations"]) == len(document.relations)
        assert found["model_version"] == model_version(untrained)
    assert len(answer["rows"]) == sum(len(assemble(document)) for document in expected)
    assert any(found["spans"] for found in answer["documents"])


@pytest.mark.parametrize(
    "body", [{}, {"documents": []}, {"documents": [{"text": ""}]}, {"documents": [{"text": "a"}] * 300}]
)
def test_requests_that_are_none_are_refused(client: TestClient, body: object) -> None:
    assert client.post("/extract", json=body).status_code == 422


def test_a_lone_surrogate_is_refused(client: TestClient) -> None:
    content = b'{"documents": [{"text": "a\\ud800"}]}'
    assert client.post("/extract", content=content).status_code == 422


def test_the_api_is_documented(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/extract", "/health", "/setup", "/predict", "/webhook", "/versions"} <= set(paths)
    assert client.get("/docs").status_code == 200


def test_one_prediction_for_each_task_in_order(client: TestClient, keeper: Keeper) -> None:
    tasks = [{"id": n, "data": {"text": text}} for n, text in enumerate([*TEXTS, *TEXTS])]
    tasks.insert(2, {"id": 9, "data": {"image": "x"}})
    body = {"tasks": tasks, "project": "1.2", "label_config": CONFIG, "params": {"context": None}}
    results = client.post("/predict", json=body).json()["results"]
    assert len(results) == 5
    assert results[2]["result"] == []
    assert {result["model_version"] for result in results} == {keeper.version}
    for result, text in zip(results, [*TEXTS, None, *TEXTS], strict=True):
        if text:
            expected = next(iter(keeper.annotate([from_result([], {"text": text}).document]))).document
            found = from_result(result["result"], {"text": text})
            assert found.problems == ()
            assert [(s.start, s.end, s.label) for s in found.document.spans] == [
                (s.start, s.end, s.label) for s in expected.spans
            ]


def test_a_foreign_configuration_is_refused(client: TestClient, keeper: Keeper) -> None:
    assert client.post("/setup", json={"project": "1", "schema": CONFIG}).json() == {
        "model_version": keeper.version
    }
    for path, key in (("/setup", "schema"), ("/predict", "label_config")):
        answer = client.post(path, json={"tasks": [], key: "<View/>"})
        assert answer.status_code == 400
        assert "labelling configuration" in answer.json()["detail"]


def test_the_token_is_asked_of_all_but_health(keeper: Keeper) -> None:
    with TestClient(create_app(keeper, token="bí mật")) as client:
        basic = base64.b64encode("label-studio:bí mật".encode()).decode()
        good = [f"Basic {basic}", "Bearer bí mật".encode()]
        bad = [
            "",
            "Bearer",
            "Bearer x",
            "Basic x",
            "Basic " + base64.b64encode(b"a:b").decode(),
            f"Digest {basic}",
        ]
        assert client.get("/health").status_code == 200
        for path in ("/versions", "/openapi.json"):
            assert [client.get(path, headers={"Authorization": h}).status_code for h in good] == [200, 200]
            assert {client.get(path, headers={"Authorization": h}).status_code for h in bad} == {401}


def test_bodies_are_bounded(client: TestClient) -> None:
    assert client.post("/extract", content=iter([b"{}"])).status_code == 411
    assert client.post("/extract", content=b"{}", headers={"Content-Length": "99999999"}).status_code == 413


def test_too_many_at_once_are_sent_away(keeper: Keeper) -> None:
    with TestClient(create_app(keeper, bounds=Bounds(waiting=2))) as client:
        answer = client.post("/extract", json={"documents": [{"text": "a"}] * 3})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_other_webhooks_are_noted(client: TestClient) -> None:
    assert client.post("/webhook", json={"action": "ANNOTATION_CREATED"}).json() == {"status": "noted"}
    assert client.post("/webhook", json={"action": "START_TRAINING"}).status_code == 422


def test_a_training_that_fails_is_told_and_the_service_goes_on(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABEL_STUDIO_URL", "")
    start = {"action": "START_TRAINING", "project": {"title": "p"}}
    assert client.post("/webhook", json=start).json()["status"] == "started"
    assert client.post("/webhook", json=start).json() == {"status": "running already", "job": None}
    deadline = time.monotonic() + 120
    while (state := client.get("/versions").json())["retraining"].endswith("running"):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert "failed: error: set LABEL_STUDIO_URL" in state["retraining"]
    assert len(state["versions"]) == 1
    assert client.post("/extract", json={"documents": [{"text": TEXTS[0]}]}).is_success


def test_another_model_takes_over_and_is_remembered(keeper: Keeper, untrained: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(untrained, other)
    config = json.loads((other / "config.json").read_text())
    (other / "config.json").write_text(json.dumps({**config, "changed": 1}))
    before = keeper.version
    with pytest.raises(InputError):
        keeper.swap(tmp_path / "nothing")
    assert keeper.version == before
    keeper.swap(other)
    assert keeper.version == model_version(other) != before
    assert keeper.versions == [before, keeper.version]
    assert keeper.annotate(())[:1] == []
    assert Keeper(None, tmp_path / "state", "cpu").version == keeper.version


def test_the_service_does_not_wait_for_what_trains() -> None:
    program = (
        "import sys, chitieu.service.app; print(*{'transformers', 'datasets', 'scipy'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not done.stdout.strip()
