"""An article as a page of its own: spans in colour, links as arcs on hover, its rows beside the text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

from annotations.document import Document
from annotations.files import replacing
from annotations.schema import Schema
from model.export.writing import Article
from model.quantities import Quantity
from model.records import Record

_STATUS = {
    "reached": "đạt",
    "exceeded": "vượt",
    "missed": "không đạt",
    "open": "đang thực hiện",
    "unknown": "chưa rõ",
}
_MARK = {"consistent": "✓ khớp", "inconsistent": "✗ không khớp", "not checkable": ""}
_MAX_NAME = 80


def write_page(articles: Iterable[Article], stream: IO[Any]) -> int:
    """All articles on one page, one below the other."""
    count = 0
    parts: list[str] = []
    for number, (document, records) in enumerate(articles):
        parts.append(_article(document, records, number))
        count += len(records)
    stream.write(_page("chitieu", "".join(parts)))
    return count


def write_folder(articles: Iterable[Article], folder: Path) -> int:
    """A page for each article and an index, in a folder that is made when it is missing."""
    count = 0
    links: list[str] = []
    taken: set[str] = {"index.html"}
    for document, records in articles:
        name = _file_name(document.id, taken)
        with replacing(folder / name) as stream:
            stream.write(_page(document.id, _article(document, records, 0)))
        count += len(records)
        links.append(
            f'<li><a href="{escape(name)}">{escape(_title(document))}</a> <small>{len(records)}</small></li>'
        )
    with replacing(folder / "index.html") as stream:
        stream.write(_page("chitieu", f'<ul class="index">{"".join(links)}</ul>'))
    return count


def _file_name(doc_id: str, taken: set[str]) -> str:
    """A file name for an id: other characters than letters, digits, `-` and `_` become `_`."""
    stem = re.sub(r"[^\w-]+", "_", doc_id)[:_MAX_NAME] or "article"
    name, number = f"{stem}.html", 2
    while name.lower() in taken:
        name, number = f"{stem}-{number}.html", number + 1
    taken.add(name.lower())
    return name


def _title(document: Document) -> str:
    head = next((line.strip() for line in document.text.splitlines() if line.strip()), "")
    return f"{document.id}: {head[:120]}" if head else document.id


def _page(title: str, body: str) -> str:
    schema = Schema.default()
    colours = "".join(f".{label.name}{{--c:{label.color}}}" for label in schema.labels)
    legend = "".join(
        f'<span class="key {label.name}">{escape(label.title or label.name)}</span>'
        for label in schema.labels
    )
    template = files("model.export").joinpath("page.html").read_text(encoding="utf-8")
    parts = {"title": escape(title), "colours": colours, "legend": legend, "body": body}
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], template)


def _article(document: Document, records: Sequence[Record], number: int) -> str:
    links = [[_ref(number, r.head), _ref(number, r.tail), r.label] for r in document.relations]
    data = json.dumps(links, ensure_ascii=False).replace("<", "\\u003c")
    return (
        f'<section class="article"><div class="text"><h2>{escape(document.id)}</h2>{_text(document, number)}</div>'
        f'<div class="rows">{_rows(records, number)}</div><script type="application/json" class="links">{data}</script></section>'
    )


def _text(document: Document, number: int) -> str:
    """The article cut at every edge of a span, each piece with all spans that cover it, the innermost one in colour."""
    text = document.text
    spans = [s for s in document.spans if 0 <= s.start < s.end <= len(text)]
    edges = sorted({0, len(text), *(s.start for s in spans), *(s.end for s in spans)})
    starting = sorted(spans, key=lambda s: (s.start, -s.end))
    pieces: list[str] = []
    open_spans: list[Any] = []
    following = 0
    for begin, end in pairwise(edges):
        open_spans = [s for s in open_spans if s.end > begin]
        while following < len(starting) and starting[following].start == begin:
            open_spans.append(starting[following])
            following += 1
        piece = escape(text[begin:end])
        if open_spans:
            inner = min(open_spans, key=lambda s: s.end - s.start)
            outer = " in" if len(open_spans) > 1 else ""
            refs = " ".join(_ref(number, s.id) for s in open_spans)
            tip = escape(
                "; ".join(
                    f"{s.label} {s.id}" + (f" {s.score:.2f}" if s.score is not None else "")
                    for s in open_spans
                )
            )
            piece = (
                f'<span class="s {escape(inner.label)}{outer}" data-r="{refs}" title="{tip}">{piece}</span>'
            )
        pieces.append(piece)
    return "".join(pieces)


def _ref(number: int, span_id: str) -> str:
    """A span's name in the page, without characters that mean something in HTML."""
    return f"{number}-" + re.sub(r"[^\w-]", lambda m: f"_{ord(m.group()):x}_", span_id)


def _rows(records: Sequence[Record], number: int) -> str:
    if not records:
        return '<p class="none">Không có chỉ tiêu.</p>'
    head = "".join(
        f"<th>{name}</th>"
        for name in ("Địa phương", "Chỉ tiêu", "Mục tiêu", "Thực hiện", "Tỷ lệ", "Tình trạng")
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(_row(r, number) for r in records)}</tbody></table>"


def _row(record: Record, number: int) -> str:
    refs = " ".join(dict.fromkeys(_ref(number, trace.id) for trace in record.evidence if trace.id))
    around = "; ".join(
        dict.fromkeys(
            name for p in record.places for name in (p.district, p.province) if name and name != p.name
        )
    )
    measures = "".join(f"<li>{escape(measure)}</li>" for measure in record.measures)
    checks = "".join(
        f'<li class="{c.verdict.split()[0]}">{escape(c.detail)}</li>'
        for c in record.checks
        if c.verdict != "not checkable"
    )
    mark = (
        f' <span class="{record.verdict.split()[0]}">{_MARK[record.verdict]}</span>'
        if _MARK[record.verdict]
        else ""
    )
    cells = (
        f"{escape(record.place or '')}<small>{escape(around)}</small>",
        escape(record.indicator or "—")
        + (f'<ul class="measures">{measures}</ul>' if measures else "")
        + (f'<ul class="checks">{checks}</ul>' if checks else ""),
        _values(record.target, record.deadline),
        _values(record.actual, record.period),
        _values(record.ratio, None if record.actual else record.period),
        f'<b class="{record.status}">{_STATUS[record.status]}</b>{mark}',
    )
    return f'<tr data-r="{refs}">' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _values(quantities: Sequence[Quantity], period: str | None) -> str:
    lines = "<br>".join(escape(" ".join(q.text.split())) for q in quantities)
    return lines + (f"<small>{escape(period)}</small>" if quantities and period else "")
