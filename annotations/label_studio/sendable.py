"""Our own check before anything is sent: the server takes everything and the editor then breaks on it."""

from __future__ import annotations

import json

from annotations import jsonl
from annotations.document import Document
from annotations.errors import InputError
from annotations.schema import Schema
from annotations.structure import check_structure


def check_sendable(document: Document, schema: Schema | None = None) -> None:
    """Refuse what the server takes without a word and the editor then breaks on.

    Raises
    ------
    InputError
        For doubled or unusable ids, offsets outside the text, missing or equal ends, doubled relations, lone
        surrogates, meta that is no JSON and, with a schema, unknown labels and relation types. It names the document.
    """
    check_structure(document)

    def fail(message: str) -> InputError:
        return InputError(f"document {document.id!r}: {message}")

    for span in document.spans:
        if not span.id or "#" in span.id:
            raise fail(f"the span id {span.id!r} is empty or holds a #, after which the editor cuts ids off")
        if span.start == span.end:
            raise fail(f"the span {span.id!r} is empty")
        if schema and span.label not in schema.by_name:
            raise fail(f"the span {span.id!r} has the unknown label {span.label!r}")
    seen: set[tuple[str, str, str]] = set()
    for relation in document.relations:
        key = (relation.head, relation.tail, relation.label)
        link = f"{relation.label} {relation.head} → {relation.tail}"
        if relation.head == relation.tail:
            raise fail(f"the relation {link} goes from a span to itself")
        if key in seen:
            raise fail(f"the relation {link} is given twice")
        if schema and relation.label not in schema.relation_names:
            raise fail(f"the relation {link} is of an unknown type")
        seen.add(key)
    try:
        json.dumps(jsonl.to_dict(document), allow_nan=False, ensure_ascii=False).encode("utf-8")
    except (TypeError, ValueError) as error:
        raise fail(f"id or meta cannot be sent as JSON: {error}") from error
