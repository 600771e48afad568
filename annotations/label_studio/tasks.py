"""Who annotated what in a task: every annotation and draft of it as a document of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from annotations.document import Document
from annotations.label_studio.convert import from_result
from annotations.schema import Schema


class Status(StrEnum):
    """How far an annotator came with a task."""

    submitted = "submitted"
    empty = "empty"
    """Submitted, and nothing is marked."""
    draft = "draft"
    skipped = "skipped"


@dataclass(frozen=True, slots=True)
class Annotated:
    """One annotator's document.

    `key` names the annotation or draft on the server for good; `updated` is the time of its last change; `pushed` is
    the digest of the document from which the task was made; `problems` are lines about what no document can hold.
    """

    document: Document
    annotator: str
    status: Status
    key: str
    updated: datetime
    pushed: str | None = None
    problems: tuple[str, ...] = ()


def read_tasks(
    tasks: Iterable[Mapping[str, Any]], users: Mapping[int, str], schema: Schema | None = None
) -> Iterator[Annotated]:
    """Annotations and drafts of tasks as the server exports them, in the order of the tasks.

    A draft of a submitted annotation stands beside it as a draft.

    Raises
    ------
    InputError
        If a task has no text.
    """
    for task in tasks:
        for annotation in task.get("annotations") or ():
            yield _annotation(task, annotation, users, schema)
        for draft in task.get("drafts") or ():
            yield _draft(task, draft, schema)


def annotator_of(completed_by: Any, users: Mapping[int, str]) -> str:
    """The e-mail address of an annotation's author, whom the server gives by number or in full."""
    if isinstance(completed_by, Mapping):
        return str(completed_by.get("email") or f"user-{completed_by.get('id')}")
    return users.get(completed_by, f"user-{completed_by}")


def _annotation(
    task: Mapping[str, Any], annotation: Mapping[str, Any], users: Mapping[int, str], schema: Schema | None
) -> Annotated:
    result = annotation.get("result") or []
    corrected = annotation.get("parent_prediction") is not None
    converted = from_result(result, task["data"], task_id=task.get("id"), schema=schema, scores=not corrected)
    if annotation.get("was_cancelled"):
        status = Status.skipped
    else:
        status = Status.submitted if result else Status.empty
    return Annotated(
        converted.document,
        annotator_of(annotation.get("completed_by"), users),
        status,
        f"annotation {annotation.get('id')}",
        _time(annotation),
        task["data"].get("digest"),
        converted.problems,
    )


def _draft(task: Mapping[str, Any], draft: Mapping[str, Any], schema: Schema | None) -> Annotated:
    converted = from_result(
        draft.get("result") or [], task["data"], task_id=task.get("id"), schema=schema, scores=False
    )
    return Annotated(
        converted.document,
        str(draft.get("user")),
        Status.draft,
        f"draft {draft.get('id')}",
        _time(draft),
        task["data"].get("digest"),
        converted.problems,
    )


def _time(item: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(str(item["updated_at"]).replace("Z", "+00:00"))
