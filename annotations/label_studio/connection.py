"""Signing in to a Label Studio server, its projects, and its failures in one clear line each."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from label_studio_sdk.client import LabelStudio
from label_studio_sdk.core.api_error import ApiError

from annotations.errors import InputError
from annotations.label_studio.convert import Json
from annotations.label_studio.labelling import instructions, is_blank, labelling_config, unfit
from annotations.schema import Schema

URL = "LABEL_STUDIO_URL"
KEY = "LABEL_STUDIO_API_KEY"
_EXPORT_SECONDS = 600


class ServerError(ConnectionError):
    """The server could not do what it was asked, through no fault of the input."""


@dataclass(frozen=True)
class Project:
    """A project that holds documents of our schema, and the way to it.

    `client` is the SDK's `LabelStudio`, whose signatures ask for model classes where it takes plain data.
    """

    client: Any
    id: int
    title: str
    url: str

    def briefly(self) -> Iterator[Json]:
        """Number and data of every task."""
        with speaking(self.url):
            for task in self.client.tasks.list(
                project=self.id, page_size=200, include="id,data", resolve_uri=False
            ):
                yield {"id": task.id, "data": task.data}

    def tasks(self, ids: Sequence[int] | None = None) -> Iterator[Json]:
        """Tasks with data, annotations and predictions; all of them, or those with the given numbers."""
        with speaking(self.url):
            if ids is None:
                for task in self.client.tasks.list(project=self.id, page_size=100, fields="all"):
                    yield _plain(task)
                return
            for start in range(0, len(ids), 100):
                chosen = json.dumps({"all": False, "included": list(ids[start : start + 100])})
                for task in self.client.tasks.list(
                    project=self.id, page_size=100, fields="all", selected_items=chosen
                ):
                    yield _plain(task)

    def snapshot(self, since: datetime | None = None) -> list[Json]:
        """Tasks with everybody's annotations and drafts at one moment.

        Parameters
        ----------
        since
            Only tasks with a draft, or changed after that time.
        """
        with speaking(self.url):
            view = None if since is None else self._view_of_changes(since)
            filtered = {} if view is None else {"task_filter_options": {"view": view}}
            exports = self.client.projects.exports
            export = exports.create(
                self.id,
                title="chitieu pull",
                serialization_options={"predictions": {"only_id": True}, "drafts": {"only_id": False}},
                **filtered,
            )
            try:
                return self._finished_export(int(export.id))
            finally:
                exports.delete(self.id, export.id)
                if view is not None:
                    self.client.views.delete(view)

    def users(self) -> dict[int, str]:
        """E-mail addresses of the server's users by their numbers."""
        with speaking(self.url):
            return {user.id: user.email or f"user-{user.id}" for user in self.client.users.list()}

    def _view_of_changes(self, since: datetime) -> int:
        after = since.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        items = [
            {"filter": "filter:tasks:updated_at", "operator": "greater", "type": "Datetime", "value": after},
            {"filter": "filter:tasks:draft_exists", "operator": "equal", "type": "Boolean", "value": True},
        ]
        data = {"title": "chitieu pull", "filters": {"conjunction": "or", "items": items}}
        return int(self.client.views.create(project=self.id, data=data).id)

    def _finished_export(self, export: int) -> list[Json]:
        exports = self.client.projects.exports
        deadline = time.monotonic() + _EXPORT_SECONDS
        while (status := exports.get(self.id, export).status) != "completed":
            if status == "failed" or time.monotonic() > deadline:
                raise ServerError(f"{self.url}: the export of project {self.title!r} did not succeed")
            time.sleep(0.3)
        tasks: list[Json] = json.loads(b"".join(exports.download(self.id, export, export_type="JSON")))
        return tasks


def connect(environment: Mapping[str, str] = os.environ) -> tuple[Any, str]:
    """A client of the server that `LABEL_STUDIO_URL` and `LABEL_STUDIO_API_KEY` name, and the server's address.

    Legacy tokens and personal access tokens both serve as key. Nothing is sent yet.

    Raises
    ------
    InputError
        If one of the two is not set, or the address is none.
    """
    url, key = (environment.get(name, "").strip() for name in (URL, KEY))
    if not url or not key:
        raise InputError(f"set {URL} and {KEY} to the server's address and your access token")
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(httpx.URL(url).host)
    except (ValueError, httpx.InvalidURL):
        usable = False
    if not usable:
        raise InputError(f"{URL} is no http(s) address", source=url)
    if not key.isascii():
        raise InputError(f"{KEY} holds letters that no token has")
    url = url.rstrip("/")
    make: Any = LabelStudio
    with speaking(url):
        return make(base_url=url, api_key=key, timeout=120), url


def find_project(client: Any, url: str, title: str, schema: Schema) -> Project:
    """The project of that title.

    Raises
    ------
    InputError
        If there is none or more than one, or it is labelled by another configuration.
    """
    project = _find(client, url, title, schema)
    if project is None:
        raise InputError(f"there is no project {title!r}", source=url)
    return project


def create_or_find_project(client: Any, url: str, title: str, schema: Schema, **settings: Any) -> Project:
    """The project of that title, made with our labelling configuration and instructions where there is none.

    Raises
    ------
    InputError
        As `find_project`, except that a missing project is no error.
    """
    if found := _find(client, url, title, schema):
        return found
    with speaking(url):
        made = client.projects.create(
            title=title,
            label_config=labelling_config(schema),
            expert_instruction=instructions(schema),
            show_instruction=True,
            **settings,
        )
    return Project(client, made.id, title, url)


@contextmanager
def speaking(url: str) -> Iterator[None]:
    """Turn what goes wrong between us and the server into one line that names it, never the token."""
    try:
        yield
    except ApiError as error:
        if error.status_code in (401, 403):
            raise InputError(
                f"the server refuses the token in {KEY} (HTTP {error.status_code})", source=url
            ) from None
        raise ServerError(
            f"{url}: the server answered HTTP {error.status_code}: {_detail(error.body)}"
        ) from None
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise InputError(f"no Label Studio can be reached there: {error}", source=url) from None
    except httpx.HTTPError as error:
        raise ServerError(f"{url}: the connection broke: {error or type(error).__name__}") from None


def _find(client: Any, url: str, title: str, schema: Schema) -> Project | None:
    with speaking(url):
        found = [project for project in client.projects.list(title=title) if project.title == title]
        if not found:
            return None
        if len(found) > 1:
            raise InputError(f"{len(found)} projects are called {title!r}; rename one", source=url)
        project = client.projects.get(found[0].id)
        config = project.label_config or ""
        if is_blank(config) and not project.task_number:
            client.projects.update(project.id, label_config=labelling_config(schema))
        elif reason := unfit(config, schema):
            raise InputError(f"project {title!r} has another labelling configuration: {reason}", source=url)
    return Project(client, project.id, title, url)


def _plain(task: Any) -> Json:
    """The SDK's task as plain data, down to the predictions and drafts, which it makes classes of."""
    lists = {
        name: [item if isinstance(item, dict) else item.dict() for item in getattr(task, name) or ()]
        for name in ("annotations", "predictions", "drafts")
    }
    return {"id": task.id, "data": task.data, **lists}


def _detail(body: Any) -> str:
    detail = (
        body.get("detail") or body.get("validation_errors") or body if isinstance(body, Mapping) else body
    )
    return " ".join(str(detail).split())[:300]
