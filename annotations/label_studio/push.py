"""Sending documents to a project, each exactly once, however often it is tried and wherever it breaks off."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from annotations.document import Document
from annotations.errors import InputError
from annotations.label_studio.connection import Project, speaking
from annotations.label_studio.convert import Json, to_data, to_prediction, to_result
from annotations.label_studio.sendable import check_sendable
from annotations.schema import Schema

_BATCH_TASKS = 100
_BATCH_BYTES = 4_000_000
_ONCE = {"max_retries": 0}  # a request that failed may have been carried out; the next push finds out


@dataclass(frozen=True)
class Outgoing:
    """A document to send.

    Parameters
    ----------
    annotated
        Whether its spans and relations go along, as an annotation.
    predictions
        What models (or anybody) found in it, by model version.
    data
        More keys for the task's data.
    """

    document: Document
    annotated: bool = True
    predictions: Mapping[str, Document] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did: tasks made, tasks found in place, predictions sent, and the ids of documents that are
    annotated otherwise now than when their task was made (their tasks are left alone)."""

    created: int
    present: int
    predictions: int
    changed: tuple[str, ...]


def push(
    project: Project,
    items: Sequence[Outgoing],
    schema: Schema | None = None,
    *,
    progress: Callable[[int], None] = lambda count: None,
) -> Pushed:
    """Make a task of every document that has none yet, and put the predictions on.

    Nothing is sent before everything has been checked. A push that was broken off, even inside a request, is
    completed by the next one.

    Parameters
    ----------
    progress
        Called with the number of documents just dealt with.

    Raises
    ------
    InputError
        If the server would break on a document, two documents have one id, or the project holds another text
        under a document's id.
    """
    schema = schema or Schema.default()
    _check(items, schema)
    present = _present(project)
    wanted = {item.document.id: item for item in items}
    for name in wanted.keys() & present.keys():
        if present[name][0]["data"].get("text") != wanted[name].document.text:
            raise InputError(f"document {name!r}: project {project.title!r} holds another text under that id")
    new = [item for item in items if item.document.id not in present]
    progress(len(items) - len(new))
    for batch in _batches([_task(item) for item in new]):
        with speaking(project.url):
            project.client.projects.import_tasks(project.id, request=batch, request_options=_ONCE)
        progress(len(batch))
    tasks = _drop_doubles(project, _present(project), wanted) if new else present
    changed = tuple(
        name
        for name, item in wanted.items()
        if item.annotated and tasks[name][0]["data"].get("digest") != _task(item)["data"]["digest"]
    )
    sent = _predict(project, {name: tasks[name][0]["id"] for name in wanted}, wanted)
    return Pushed(len(new), len(items) - len(new), sent, changed)


def _check(items: Iterable[Outgoing], schema: Schema) -> None:
    counts = Counter(item.document.id for item in items)
    if doubled := [name for name, count in counts.items() if count > 1]:
        raise InputError(f"document {doubled[0]!r}: the id is given to {counts[doubled[0]]} documents")
    for item in items:
        check_sendable(item.document, schema)
        for predicted in item.predictions.values():
            check_sendable(predicted, schema)


def _task(item: Outgoing) -> Json:
    task: Json = {"data": {**to_data(item.document), **item.data}}
    if item.annotated and item.document.spans:
        task["annotations"] = [{"result": to_result(item.document)}]
    return task


def _present(project: Project) -> dict[str, list[Json]]:
    """Tasks (id and data) by document id, lowest number first."""
    found: dict[str, list[Json]] = {}
    for task in project.briefly():
        if "doc_id" in task["data"]:
            found.setdefault(str(task["data"]["doc_id"]), []).append(task)
    return {name: sorted(tasks, key=lambda task: int(task["id"])) for name, tasks in found.items()}


def _batches(tasks: Sequence[Json]) -> Iterator[list[Json]]:
    batch: list[Json] = []
    size = 0
    for task in tasks:
        length = len(json.dumps(task))
        if batch and (len(batch) == _BATCH_TASKS or size + length > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(task)
        size += length
    if batch:
        yield batch


def _drop_doubles(
    project: Project, present: Mapping[str, list[Json]], wanted: Mapping[str, Outgoing]
) -> Mapping[str, list[Json]]:
    """Delete second tasks of one document, which a request on its way twice leaves, unless someone worked on them."""
    doubled = {name: tasks for name, tasks in present.items() if name in wanted and len(tasks) > 1}
    if not doubled:
        return present
    full = {
        task["id"]: task for task in project.tasks([t["id"] for tasks in doubled.values() for t in tasks])
    }
    kept = dict(present)
    for name, tasks in doubled.items():
        worked_on = [task for task in tasks if _worked_on(full[task["id"]])]
        kept[name] = worked_on or tasks[:1]
        for task in tasks:
            if task not in kept[name]:
                with speaking(project.url):
                    project.client.tasks.delete(str(task["id"]))
    return kept


def _worked_on(task: Json) -> bool:
    return bool(task["drafts"]) or any(
        annotation.get("updated_by") is not None for annotation in task["annotations"]
    )


def _predict(project: Project, tasks: Mapping[str, int], wanted: Mapping[str, Outgoing]) -> int:
    """Send predictions that are missing, in place of older ones under the same model version."""
    outgoing = [
        {"task": tasks[name], **to_prediction(predicted, version)}
        for name, item in wanted.items()
        for version, predicted in item.predictions.items()
    ]
    if not outgoing:
        return 0
    with speaking(project.url):
        existing: dict[tuple[int, str], list[Any]] = {}
        for prediction in project.client.predictions.list(project=project.id):
            key = (int(prediction.task), str(prediction.model_version))
            existing.setdefault(key, []).append(prediction)
        missing = []
        for prediction in outgoing:
            old = existing.get((prediction["task"], prediction["model_version"]), [])
            same = [one for one in old if one.result == prediction["result"]][:1]
            for one in old:
                if one not in same:
                    project.client.predictions.delete(one.id)
            if not same:
                missing.append(prediction)
        for batch in _batches(missing):
            project.client.projects.import_predictions(project.id, request=batch, request_options=_ONCE)
    return len(missing)
