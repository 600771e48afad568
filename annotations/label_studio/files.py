"""Task files: what Label Studio imports, and what its JSON export holds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from annotations.document import Document
from annotations.errors import InputError
from annotations.files import read_text, replacing
from annotations.label_studio.convert import bare_document, from_result, to_task
from annotations.label_studio.sendable import check_sendable
from annotations.schema import Schema


def read(path: Path, schema: Schema) -> Iterator[Document]:
    """Documents of a JSON file of tasks.

    Every annotation that was not skipped makes one document; a task without any gives its latest prediction, and
    without that the bare text.

    Raises
    ------
    InputError
        If the file is no list of tasks, or holds what no document can.
    """
    try:
        tasks = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON: {error.msg}", source=path, line=error.lineno) from error
    if not isinstance(tasks, list) or not all(
        isinstance(t, dict) and isinstance(t.get("data"), dict) for t in tasks
    ):
        raise InputError("not a list of Label Studio tasks", source=path)
    for number, task in enumerate(tasks, 1):
        given = [a for a in task.get("annotations") or () if not a.get("was_cancelled")]
        if not given and not task.get("annotations"):
            given = (task.get("predictions") or [])[-1:]
        if not given:
            yield bare_document(task["data"], task.get("id", number))
        for annotation in given:
            converted = from_result(
                annotation.get("result") or [], task["data"], task_id=task.get("id", number), schema=schema
            )
            if converted.problems:
                raise InputError(f"document {converted.document.id!r}: {converted.problems[0]}", source=path)
            yield converted.document


def write(documents: Iterable[Document], path: Path, schema: Schema) -> None:
    """Write documents as a JSON file that Label Studio imports.

    Raises
    ------
    InputError
        If the server would break on a document.
    """
    tasks = []
    for document in documents:
        check_sendable(document, schema)
        tasks.append(to_task(document))
    with replacing(path) as stream:
        json.dump(tasks, stream, ensure_ascii=False, indent=1)
        stream.write("\n")
