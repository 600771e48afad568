"""JSON Lines, one document a line: the canonical exchange form."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from annotations.document import Document, Relation, Span
from annotations.errors import InputError
from annotations.files import read_text
from annotations.structure import check_structure

Fail = Callable[[str], InputError]
"""What makes an error of a message: it knows the file and the line."""

_KEYS = {"id", "text", "spans", "relations", "meta"}


def to_dict(document: Document) -> dict[str, Any]:
    """A document as plain data."""
    data: dict[str, Any] = {
        "id": document.id,
        "text": document.text,
        "spans": [span.to_dict() for span in document.spans],
        "relations": [relation.to_dict() for relation in document.relations],
    }
    if document.meta:
        data["meta"] = dict(document.meta)
    return data


def from_dict(data: Any, *, id: str = "", source: str | None = None, line: int | None = None) -> Document:
    """A document from plain data; keys that are not ours go into its meta.

    Parameters
    ----------
    id
        Given to the document if the data has none.

    Raises
    ------
    InputError
        If the text is missing, a field has the wrong type, or the structure is broken.
    """

    def fail(message: str) -> InputError:
        return InputError(message, source=source, line=line)

    if not isinstance(data, Mapping):
        raise fail(f"expected an object, found {type(data).__name__}")
    if not isinstance(data.get("text"), str):
        raise fail("no “text”, or it is not a string")
    meta = data.get("meta") or {}
    if not isinstance(meta, Mapping):
        raise fail("“meta” is not an object")
    foreign = {key: value for key, value in data.items() if key not in _KEYS}
    if clash := foreign.keys() & meta.keys():
        raise fail(f"the key {min(clash)!r} stands both beside and inside “meta”")
    spans = tuple(span_of(item, fail) for item in _list(data, "spans", fail))
    relations = tuple(relation_of(item, fail) for item in _list(data, "relations", fail))
    own_id = data.get("id")
    if own_id is not None and (isinstance(own_id, bool) or not isinstance(own_id, (str, int))):
        raise fail(f"the document's id {own_id!r} is neither a string nor a number")
    document = Document(
        id if own_id is None else str(own_id), data["text"], spans, relations, {**foreign, **meta}
    )
    check_structure(document, source=source, line=line)
    return document


def dump(document: Document) -> str:
    """One document as one line, without the line end.

    Raises
    ------
    InputError
        If the structure is broken.
    """
    check_structure(document)
    return json.dumps(to_dict(document), ensure_ascii=False)


def read(path: str | Path) -> Iterator[tuple[int, Document]]:
    """Line numbers and documents of a file, one after the other; empty lines are passed over.

    Raises
    ------
    InputError
        If the file cannot be read, or at the first line that holds no document.
    """
    stem = Path(path).stem
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if line.strip():
            data = loads(line, source=str(path), line=number)
            yield number, from_dict(data, id=f"{stem}:{number}", source=str(path), line=number)


def loads(content: str, *, source: str | None = None, line: int | None = None) -> Any:
    """The value that JSON holds, where it can be written again as UTF-8.

    Raises
    ------
    InputError
        If it is no JSON, or an escape in it is half of a surrogate pair.
    """
    try:
        value = json.loads(content)
        if "\\u" in content:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON: {error.msg}", source=source, line=line) from error
    except UnicodeEncodeError as error:
        raise InputError("a lone surrogate in it", source=source, line=line) from error
    return value


def write(documents: Iterable[Document], stream: IO[str]) -> None:
    """Write documents to an open text stream."""
    for document in documents:
        stream.write(dump(document) + "\n")


def _list(data: Mapping[str, Any], key: str, fail: Fail) -> list[Any]:
    value = data.get(key) or []
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise fail(f"“{key}” is not a list of objects")
    return value


def span_of(item: Mapping[str, Any], fail: Fail) -> Span:
    """A span from plain data; what `fail` makes of a message is raised where a field is missing or has a wrong type."""
    start, end = item.get("start"), item.get("end")
    if type(start) is not int or type(end) is not int:
        raise fail(f"the span {item.get('id')!r} has no whole-number start and end")
    return Span(
        _string(item, "id", fail), start, end, _string(item, "label", fail), score_of(item.get("score"), fail)
    )


def relation_of(item: Mapping[str, Any], fail: Fail) -> Relation:
    """A relation from plain data, like `span_of`."""
    head, tail, label = (_string(item, key, fail) for key in ("head", "tail", "label"))
    return Relation(head, tail, label, score_of(item.get("score"), fail))


def _string(item: Mapping[str, Any], key: str, fail: Fail) -> str:
    value = item.get(key)
    if not isinstance(value, str):
        raise fail(f"a span or relation has no “{key}”, or it is not a string: {dict(item)}")
    return value


def score_of(score: Any, fail: Fail) -> float | None:
    """A score from plain data, like `span_of`; there need be none."""
    if score is None:
        return None
    if isinstance(score, bool) or not isinstance(score, (int, float)) or not math.isfinite(score):
        raise fail(f"the score {score!r} is not a number")
    return float(score)
