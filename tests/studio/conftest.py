"""A real Label Studio server, started once for a test run on a copy of a data folder that is set up already."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from annotations.label_studio.connection import Project, connect, create_or_find_project, find_project
from annotations.schema import Schema
from chitieu.cli import main
from scripts.local_studio import Server, running, template

ROOT = Path(__file__).parents[2]
SCHEMA = Schema.default()
Chitieu = Callable[..., str]
OpenProject = Callable[..., Project]


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    if "CHITIEU_STUDIO" not in os.environ:
        skip = pytest.mark.skip(reason="needs a Label Studio server: make test-studio")
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(skip)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = Path(os.environ["CHITIEU_STUDIO"]).resolve()
    data = tmp_path_factory.mktemp("studio") / "data"
    shutil.copytree(template(folder), data)
    with running(folder, data) as server:
        yield server


@pytest.fixture
def chitieu(server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Chitieu:
    """Runs `chitieu …` as a signed-in person does; settings come in as environment variables."""

    def run(*arguments: object, status: int = 0, **settings: str) -> str:
        monkeypatch.setattr(sys, "argv", ["chitieu", *map(str, arguments)])
        for name, value in (server.environment | settings).items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            main()
        messages = capsys.readouterr().err
        assert (ended.value.code or 0) == status, messages
        return messages

    return run


@pytest.fixture
def title(request: pytest.FixtureRequest) -> str:
    """The name of a project that no other test uses; the server takes 50 characters."""
    return f"{request.node.name[:40]} {secrets.token_hex(3)}"


@pytest.fixture
def open_project(server: Server) -> OpenProject:
    """The project of a title, as seen by somebody (by default by the administrator)."""

    def find(title: str, *, create: bool = False, key: str | None = None) -> Project:
        client, url = connect(server.environment | ({"LABEL_STUDIO_API_KEY": key} if key else {}))
        return (create_or_find_project if create else find_project)(client, url, title, SCHEMA)

    return find


@dataclass(frozen=True)
class Person:
    """Somebody with an account on the server, signed in by a personal access token."""

    email: str
    key: str
    session: httpx.Client

    def annotate(self, task: int, result: list[Any], *, skip: bool = False) -> int:
        """Submit an annotation, or skip the task."""
        body = {"result": result, "was_cancelled": skip, "lead_time": 1.0}
        return int(self.post(f"/api/tasks/{task}/annotations/", body)["id"])

    def post(self, path: str, body: Any) -> Any:
        headers = {"X-CSRFToken": self.session.cookies["csrftoken"], "Referer": str(self.session.base_url)}
        answer = self.session.post(path, json=body, headers=headers)
        answer.raise_for_status()
        return answer.json()


@pytest.fixture(scope="session")
def people(server: Server) -> dict[str, Person]:
    """Two annotators who have signed up by invitation."""
    token = {"Authorization": f"Token {server.account.token}"}
    invitation = httpx.get(f"{server.url}/api/invite", headers=token).json()["invite_url"]
    return {name: _sign_up(server.url, invitation, f"{name}@example.com") for name in ("an", "binh")}


def _sign_up(url: str, invitation: str, email: str) -> Person:
    session = httpx.Client(base_url=url, follow_redirects=True, timeout=60)
    form = session.get(invitation).text
    field = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    assert field
    session.post(
        invitation,
        data={"email": email, "password": "mật-khẩu-123", "csrfmiddlewaretoken": field[1]},
        headers={"Referer": url + invitation},
    ).raise_for_status()
    person = Person(email, "", session)
    return Person(email, person.post("/api/token/", {})["token"], session)
