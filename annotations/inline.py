r"""The inline form, in which people write and change annotated text by hand.

``[i1|tỷ lệ hộ nghèo]`` marks a span: the letter gives its label, letter and number its id. Marks nest. A literal
``[``, ``]``, ``|`` or ``\`` is written with a backslash before it, and so is a line of the text that is exactly ``---``.
After a line ``---`` stand the links, one line for each head (``i1: a1 t1 l1``), their type following from the
labels, and what marks and links cannot say, as directives with JSON:

- ``#id "…"``: the document's id, where it differs from the file's name;
- ``#meta {…}``: the document's meta;
- ``#scores {"i1": 0.9, "i1>a1": 0.8}``: scores of spans and links;
- ``#span {…}``: a span that crosses another, is empty, or whose id is not letter and number of its label;
- ``#relation {…}``: a link that does not follow from its labels, or with an end that no link line can name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from annotations import jsonl
from annotations.document import Document, Relation, Span
from annotations.errors import InputError
from annotations.schema import Schema
from annotations.structure import check_structure

_TOKEN = re.compile(
    r"\\(?P<escaped>[\[\]|\\])|\[(?P<id>(?P<letter>[a-z]+)[0-9]+)\||(?P<close>\])|(?P<open>\[)"
)
_SEPARATOR = re.compile(r"^---(?P<cr>\r?)(?:\n|\Z)", re.MULTILINE)
_ESCAPED_SEPARATOR = re.compile(r"^\\(?=---\r?$)", re.MULTILINE)
_BARE_SEPARATOR = re.compile(r"^(?=---\r?$)", re.MULTILINE)
_DIRECTIVES: dict[str, type] = {"id": str, "meta": dict, "scores": dict, "span": dict, "relation": dict}
_ID = re.compile(r"(?P<letter>[a-z]+)[0-9]+")


def parse(content: str, *, id: str = "", source: str | None = None, schema: Schema | None = None) -> Document:
    """Read one document from its inline form.

    Parameters
    ----------
    content
        The whole file, line ends as they are.
    id
        The document's id unless a ``#id`` directive gives another.
    source
        Named in errors.

    Raises
    ------
    InputError
        At the first thing that is not the inline form, with its line.
    """
    schema = schema or Schema.default()
    body, trailer, first_line = _split(content)
    text, spans = _parse_body(body, schema, source)
    document = Document(id, text, tuple(spans))
    return _parse_trailer(document, trailer, first_line, schema, source)


def is_inline(content: str) -> bool:
    """Whether a text is an annotated article: a marked span somewhere, and a line of three dashes after it."""
    separator = _SEPARATOR.search(content)
    return separator is not None and any(
        token["id"] for token in _TOKEN.finditer(content, 0, separator.start())
    )


def dump(document: Document, *, stem: str = "", schema: Schema | None = None) -> str:
    """Write a document in inline form: `parse(dump(d), id=stem) == d` for every document without a breach.

    Parameters
    ----------
    stem
        The id that a reader will assume; another one is written as a directive.

    Raises
    ------
    InputError
        If two spans have one id, a relation's end is missing, or an offset lies outside the text.
    """
    schema = schema or Schema.default()
    check_structure(document)
    marked, foreign = _choose_marks(document, schema)
    lines = [_mark(document.text, marked), "---"]
    if document.id != stem:
        lines.append(f"#id {_json(document.id)}")
    lines += [f"#span {_json(span.to_dict())}" for span in foreign]
    lines += _link_lines(document, {span.id: span for span in marked}, schema)
    if document.meta:
        lines.append(f"#meta {_json(dict(document.meta))}")
    return "\n".join(lines) + "\n"


def _split(content: str) -> tuple[str, str, int]:
    """Body, trailer and the trailer's first line number."""
    separator = _SEPARATOR.search(content)
    if separator is None:
        return re.sub(r"\r?\n\Z", "", content), "", content.count("\n") + 1
    line_end = "\r\n" if separator["cr"] else "\n"
    body = content[: separator.start()].removesuffix(line_end)
    return body, content[separator.end() :], content.count("\n", 0, separator.end()) + 1


def _parse_body(body: str, schema: Schema, source: str | None) -> tuple[str, list[Span]]:
    parts: list[str] = []
    length = 0
    position = 0
    stack: list[tuple[str, int, str, int]] = []
    spans: list[Span] = []
    seen: set[str] = set()

    def fail(message: str, at: int) -> InputError:
        return InputError(
            f"{message} at “{body[at : at + 30]}”", source=source, line=body.count("\n", 0, at) + 1
        )

    def take(literal: str) -> None:
        nonlocal length
        parts.append(literal)
        length += len(literal)

    body = _ESCAPED_SEPARATOR.sub("", body)
    for token in _TOKEN.finditer(body):
        take(body[position : token.start()])
        position = token.end()
        if token["escaped"]:
            take(token["escaped"])
        elif token["id"]:
            label = schema.by_letter.get(token["letter"])
            if label is None:
                raise fail(f"no label has the letter {token['letter']!r}", token.start())
            if token["id"] in seen:
                raise fail(f"the id {token['id']!r} is used twice", token.start())
            seen.add(token["id"])
            stack.append((token["id"], length, label.name, token.start()))
        elif token["close"]:
            if not stack:
                raise fail("a ] closes nothing (write \\] for a literal one)", token.start())
            span_id, start, name, _ = stack.pop()
            spans.append(Span(span_id, start, length, name))
        else:
            raise fail("a [ opens no mark (write \\[ for a literal one)", token.start())
    take(body[position:])
    if stack:
        raise fail(f"the mark {stack[-1][0]!r} is not closed", stack[-1][3])
    return "".join(parts), spans


def _parse_trailer(
    document: Document, trailer: str, first_line: int, schema: Schema, source: str | None
) -> Document:
    spans = {span.id: span for span in document.spans}
    links: list[tuple[int, str, str]] = []
    relations: dict[tuple[str, str, str], Relation] = {}
    scores: dict[str, float | None] = {}
    changes: dict[str, Any] = {}
    for number, raw in enumerate(trailer.split("\n"), first_line):
        line = raw.strip()
        if not line:
            continue
        if line.startswith("#"):
            name, value = _directive(line, source, number)
            fail = partial(_malformed, name, source, number)
            if name == "span":
                span = jsonl.span_of(value, fail)
                if span.id in spans:
                    raise InputError(f"the id {span.id!r} is used twice", source=source, line=number)
                spans[span.id] = span
            elif name == "relation":
                relation = jsonl.relation_of(value, fail)
                relations[relation.head, relation.tail, relation.label] = relation
            elif name == "scores":
                scores |= {item: jsonl.score_of(score, fail) for item, score in value.items()}
            else:
                changes[name] = value
        else:
            head, colon, tails = line.partition(":")
            if not colon or not tails.strip():
                raise InputError(f"expected “head: tail …”, found “{line[:40]}”", source=source, line=number)
            links += [(number, head.strip(), tail) for tail in tails.split()]
    for number, head, tail in links:
        for end in (head, tail):
            if end not in spans:
                raise InputError(f"the link names {end!r}, which marks nothing", source=source, line=number)
        label = schema.relation_between(spans[head].label, spans[tail].label)
        if label is None:
            pair = f"{spans[head].label} → {spans[tail].label}"
            raise InputError(f"no link goes {pair} ({head}: {tail})", source=source, line=number)
        if (head, tail, label) in relations:
            raise InputError(f"the link {head}: {tail} is given twice", source=source, line=number)
        relations[head, tail, label] = Relation(head, tail, label, scores.get(f"{head}>{tail}"))
    scored = (replace(span, score=scores[span.id]) if span.id in scores else span for span in spans.values())
    result = replace(document, spans=tuple(scored), relations=tuple(relations.values()), **changes)
    check_structure(result, source=source, line=first_line)
    return result


def _directive(line: str, source: str | None, number: int) -> tuple[str, Any]:
    """Name and value of a line `#name JSON`."""
    name, _, content = line[1:].partition(" ")
    if name not in _DIRECTIVES:
        raise InputError(f"unknown directive #{name}", source=source, line=number)
    value = jsonl.loads(content, source=source, line=number)
    if not isinstance(value, _DIRECTIVES[name]):
        raise _malformed(name, source, number, f"{content[:40]} is no {_DIRECTIVES[name].__name__}")
    return name, value


def _malformed(name: str, source: str | None, number: int, message: str) -> InputError:
    return InputError(f"malformed #{name}: {message}", source=source, line=number)


def _choose_marks(document: Document, schema: Schema) -> tuple[list[Span], list[Span]]:
    """Spans that nest as marks, and the others."""
    marked: list[Span] = []
    foreign: list[Span] = []
    open_ends: list[int] = []
    for span in document.spans:
        while open_ends and open_ends[-1] <= span.start:
            open_ends.pop()
        label = schema.by_name.get(span.label)
        own_id = _ID.fullmatch(span.id)
        nests = span.start < span.end and (not open_ends or span.end <= open_ends[-1])
        if nests and label is not None and own_id and own_id["letter"] == label.letter:
            marked.append(span)
            open_ends.append(span.end)
        else:
            foreign.append(span)
    return marked, foreign


def _mark(text: str, spans: Iterable[Span]) -> str:
    events: list[tuple[int, str]] = []
    open_spans: list[Span] = []
    for span in spans:
        while open_spans and open_spans[-1].end <= span.start:
            events.append((open_spans.pop().end, "]"))
        events.append((span.start, f"[{span.id}|"))
        open_spans.append(span)
    events += [(span.end, "]") for span in reversed(open_spans)]
    parts: list[str] = []
    position = 0
    for offset, mark in events:
        parts += [re.sub(r"[\[\]|\\]", r"\\\g<0>", text[position:offset]), mark]
        position = offset
    parts.append(re.sub(r"[\[\]|\\]", r"\\\g<0>", text[position:]))
    return _BARE_SEPARATOR.sub(r"\\", "".join(parts))


def _link_lines(document: Document, marked: Mapping[str, Span], schema: Schema) -> list[str]:
    tails: dict[str, list[str]] = {}
    scores = {span.id: span.score for span in marked.values() if span.score is not None}
    others: list[Relation] = []
    for relation in document.relations:
        head, tail = marked.get(relation.head), marked.get(relation.tail)
        if head and tail and schema.relation_between(head.label, tail.label) == relation.label:
            tails.setdefault(head.id, []).append(tail.id)
            if relation.score is not None:
                scores[f"{head.id}>{tail.id}"] = relation.score
        else:
            others.append(relation)
    lines = [f"{span.id}: {' '.join(tails[span.id])}" for span in marked.values() if span.id in tails]
    lines += [f"#relation {_json(relation.to_dict())}" for relation in others]
    if scores:
        lines.append(f"#scores {_json(scores)}")
    return lines


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
