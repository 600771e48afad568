"""Documents as Label Studio tasks and results as documents again, without loss.

A task's data holds the text, our id (the server does not keep its own), the document's meta and its digest. A span is a
region with the span's id; all relations from one span to another are one relation object, since the editor keeps
only one for each pair.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from annotations import jsonl
from annotations.document import Document, Relation, Span
from annotations.errors import InputError
from annotations.label_studio.labelling import CONTROL, FIELD, OBJECT
from annotations.label_studio.sendable import check_sendable
from annotations.schema import Schema

Json = dict[str, Any]

_DRAWN = re.compile(r"[\w-]{10}", re.ASCII)
"""Ids that the editor makes for regions drawn in it."""


@dataclass(frozen=True, slots=True)
class Converted:
    """A document out of a result, and what in the result no document can hold (one line each)."""

    document: Document
    problems: tuple[str, ...] = ()


def digest(document: Document) -> str:
    """A name for a document's exact content: the SHA-256 of its canonical JSON."""
    content = json.dumps(jsonl.to_dict(document), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def to_data(document: Document) -> Json:
    """The `data` of a document's task: everything but spans and relations."""
    data: Json = {"doc_id": document.id, FIELD: document.text, "digest": digest(document)}
    if document.meta:
        data["meta"] = dict(document.meta)
    if own := [span.id for span in document.spans if _DRAWN.fullmatch(span.id)]:
        data["own_ids"] = own
    return data


def to_result(document: Document) -> list[Json]:
    """Spans and relations as the list that annotations and predictions hold.

    Raises
    ------
    InputError
        If the document holds what the server would take in and then break on.
    """
    check_sendable(document)
    result = [_region(document, span) for span in document.spans]
    pairs: dict[tuple[str, str], list[Relation]] = {}
    for relation in document.relations:
        pairs.setdefault((relation.head, relation.tail), []).append(relation)
    return result + [_link(relations) for relations in pairs.values()]


def to_task(document: Document) -> Json:
    """A task with the document's annotation; without any span it is a task still to be annotated.

    Raises
    ------
    InputError
        As `to_result`.
    """
    result = to_result(document)
    task: Json = {"data": to_data(document)}
    if result:
        task["annotations"] = [{"result": result}]
    return task


def to_prediction(document: Document, model_version: str) -> Json:
    """A prediction of the document's spans and relations; its score is the mean of theirs, 0 where there is none."""
    items: tuple[Span | Relation, ...] = (*document.spans, *document.relations)
    scores = [item.score for item in items if item.score is not None]
    score = sum(scores) / len(scores) if scores else 0.0
    return {"model_version": model_version, "score": score, "result": to_result(document)}


def bare_document(data: Mapping[str, Any], task_id: object = None) -> Document:
    """The document of a task's data, without annotation; a task that is not from us is called after its number.

    Raises
    ------
    InputError
        If the data holds no text.
    """
    name = str(data.get("doc_id", f"task-{task_id}"))
    if not isinstance(data.get(FIELD), str):
        raise InputError(f"task {task_id} ({name!r}) has no “{FIELD}” in its data")
    meta = data.get("meta")
    return Document(name, data[FIELD], meta=meta if isinstance(meta, Mapping) else {})


def from_result(
    result: Sequence[Mapping[str, Any]],
    data: Mapping[str, Any],
    *,
    task_id: object = None,
    schema: Schema | None = None,
    scores: bool = True,
) -> Converted:
    """The document that an annotation's (or a prediction's) result makes of a task's data.

    The text of a span comes from its offsets alone. Regions drawn in the editor get ids of our form, numbered in the
    order of drawing; a relation left without a type gets the one that the schema allows between its ends, if it is
    the only one.

    Parameters
    ----------
    scores
        Whether to keep scores; an annotation that a person made from a prediction should not have any.

    Raises
    ------
    InputError
        If the data holds no text.
    """
    schema = schema or Schema.default()
    document = bare_document(data, task_id)
    problems: list[str] = []
    spans: dict[str, Span] = {}
    links = []
    for item in result:
        kind = item.get("type")
        if kind == "relation":
            links.append(item)
        elif kind == "labels" and item.get("from_name") == CONTROL:
            _take_region(item, document, spans, problems)
        else:
            problems.append(f"a {kind!r} of {item.get('from_name')!r} is left out")
    names = _names(spans, set(data.get("own_ids") or ()), schema)
    relations: dict[tuple[str, str, str], Relation] = {}
    for link in links:
        for relation in _relations(link, spans, schema, problems):
            relations[relation.head, relation.tail, relation.label] = relation
    found = replace(
        document,
        spans=tuple(replace(span, id=names[span.id]) for span in spans.values()),
        relations=tuple(replace(r, head=names[r.head], tail=names[r.tail]) for r in relations.values()),
    )
    return Converted(found if scores else without_scores(found), tuple(problems))


def without_scores(document: Document) -> Document:
    """The same document, its spans and relations bare of scores."""
    return replace(
        document,
        spans=tuple(replace(span, score=None) for span in document.spans),
        relations=tuple(replace(relation, score=None) for relation in document.relations),
    )


def _region(document: Document, span: Span) -> Json:
    value = {
        "start": span.start,
        "end": span.end,
        "text": document.text_of(span),
        "labels": [span.label],
    }
    region: Json = {
        "id": span.id,
        "from_name": CONTROL,
        "to_name": OBJECT,
        "type": "labels",
        "value": value,
    }
    return region if span.score is None else {**region, "score": span.score}


def _link(relations: Sequence[Relation]) -> Json:
    link: Json = {
        "type": "relation",
        "from_id": relations[0].head,
        "to_id": relations[0].tail,
        "direction": "right",
        "labels": [relation.label for relation in relations],
    }
    scores = {relation.label: relation.score for relation in relations if relation.score is not None}
    return {**link, "meta": {"scores": scores}} if scores else link


def _take_region(
    item: Mapping[str, Any], document: Document, spans: dict[str, Span], problems: list[str]
) -> None:
    span_id, value, score = str(item.get("id")), item.get("value") or {}, item.get("score")
    start, end, labels = value.get("start"), value.get("end"), value.get("labels") or []
    place = f"the region {span_id!r}"
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(document.text):
        problems.append(f"{place} [{start}, {end}) is no stretch of the text and is left out")
        return
    if not labels:
        problems.append(f"{place} has no label and is left out: “{document.text[start:end]}”")
    if span_id in spans:
        problems.append(f"{place} shares its id with another; it gets one of its own")
    for number, label in enumerate(labels):
        name = span_id if number == 0 else f"{span_id}~{number + 1}"
        while name in spans:
            name += "~"
        spans[name] = Span(name, start, end, str(label), None if score is None else float(score))


def _names(spans: Mapping[str, Span], own: set[str], schema: Schema) -> dict[str, str]:
    """New names of drawn regions; all others keep theirs."""
    names = {span_id: span_id for span_id in spans if span_id in own or not _DRAWN.fullmatch(span_id)}
    highest: dict[str, int] = {}
    for name in names:
        if match := re.fullmatch(r"([a-z]+)([0-9]+)", name):
            highest[match[1]] = max(highest.get(match[1], 0), int(match[2]))
    for span_id, span in spans.items():
        if span_id not in names:
            label = schema.by_name.get(span.label)
            letter = label.letter if label else "x"
            highest[letter] = highest.get(letter, 0) + 1
            names[span_id] = f"{letter}{highest[letter]}"
    return names


def _relations(
    link: Mapping[str, Any], spans: Mapping[str, Span], schema: Schema, problems: list[str]
) -> Iterable[Relation]:
    head, tail = str(link.get("from_id")), str(link.get("to_id"))
    place = f"the relation {head} → {tail}"
    if head not in spans or tail not in spans:
        problems.append(f"{place} has no region at one end and is left out")
        return
    direction = link.get("direction") or "right"
    if direction == "left":
        head, tail = tail, head
    labels = list(link.get("labels") or ())
    if not labels:
        only = schema.relation_between(spans[head].label, spans[tail].label)
        if only is None:
            problems.append(f"{place} has no type and is left out")
            return
        labels = [only]
    if direction == "bi":
        problems.append(f"{place} goes both ways; it is kept as {head} → {tail}")
    scores = (link.get("meta") or {}).get("scores") or {}
    for label in labels:
        yield Relation(head, tail, str(label), scores.get(label))
