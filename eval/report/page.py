"""The report's page: tables and plots as they are, articles as data that the page itself shows and filters."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from html import escape
from importlib.resources import files
from itertools import groupby
from typing import Any

from annotations.agreement import judge
from annotations.document import Document
from annotations.schema import Schema
from eval.bio import flat_report, is_flat, layers_report
from eval.counting import Case
from eval.evaluation import MAIN, MEASURES, META, Evaluation, differences
from eval.matching import KINDS
from eval.release import package_version
from eval.report import plots
from eval.report.runs import Run
from eval.tables import cell

_DETAILED = ("spans", "relations", "figures")


def report(evaluations: Sequence[Evaluation], runs: Sequence[Run] = ()) -> str:
    """The page of an evaluation.

    Parameters
    ----------
    runs
        How the models were trained, for learning curves.
    """
    labels = sorted({label for one in evaluations for label in _labels(one)})
    data = {
        "kinds": list(KINDS),
        "labels": labels,
        "colors": _colors(labels),
        "evaluations": [
            {"title": one.title, "cases": [_case(case) for case in one.cases]}
            for one in evaluations
            if any(case.found for case in one.cases)
        ],
    }
    values = {
        "SUMMARY": _summary(evaluations),
        "SECTIONS": "\n".join(_sections(evaluations, runs)),
        "DATA": json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"),
    }
    page = files(__package__).joinpath("page.html").read_text(encoding="utf-8")
    for name, value in values.items():
        page = page.replace(f"<!--{name}-->", value, 1)
    return page


def _summary(evaluations: Sequence[Evaluation]) -> str:
    seen = [one for one in evaluations if one.seen]
    warning = "".join(f'<p class="warning">{escape(one.title)}: not a held-out score.</p>' for one in seen)
    return f"<p>chitieu {escape(package_version())}, {datetime.now(UTC):%Y-%m-%d}</p>{warning}"


def _sections(evaluations: Sequence[Evaluation], runs: Sequence[Run]) -> Iterator[str]:
    yield _section("Scores", _scores(evaluations))
    finders = [one for one in evaluations if "spans" in one.measures]
    by_data = [
        (name, list(group))
        for name, group in groupby(sorted(finders, key=lambda e: e.data), lambda e: e.data)
    ]
    yield _section(
        "By label and relation type", *(_figure(name, plots.bars(group)) for name, group in by_data)
    )
    if rows := differences(evaluations):
        yield _section("Comparisons", _differences(rows))
    yield _section("Kinds of error", _errors(finders))
    yield _section(
        "Confusion of labels",
        *(_figure(f"{one.system} on {one.data}", plots.confusion(one)) for one in finders),
    )
    yield _section("Precision and recall", *(_figure(n, plots.precision_recall(g)) for n, g in by_data))
    scored = [(name, [one for one in group if one.calibration_errors()]) for name, group in by_data]
    if any(group for _, group in scored):
        figures = [_figure(name, plots.reliability(group)) for name, group in scored if group]
        yield _section("Are scores probabilities?", _calibration(finders), *figures)
    if runs:
        yield _section("Learning curves", _figure("early-stopping documents", plots.learning(runs)))
    if slices := _slices(evaluations):
        yield _section("By kind of article", slices)
    yield _section("As seqeval reports it", *map(_seqeval, finders))


def _section(title: str, *parts: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{''.join(parts)}</section>"


def _figure(caption: str, svg: str) -> str:
    return f"<figure>{svg}<figcaption>{escape(caption)}</figcaption></figure>"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    body = "".join(
        f"<tr>{''.join(f'<t{kind}>{escape(text)}</t{kind}>' for kind, text in zip('h' + 'd' * len(row), row, strict=False))}</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{''.join(f'<th>{escape(name)}</th>' for name in head)}</tr></thead><tbody>{body}</tbody></table>"


def _scores(evaluations: Sequence[Evaluation]) -> str:
    rows: list[list[str]] = []
    for measure in MEASURES:
        if not any(measure in one.measures for one in evaluations):
            continue
        rows.append([measure, *[cell(one, measure) for one in evaluations]])
        if measure in _DETAILED:
            macro = [
                f"{100 * o.macro_f1(measure):.1f}" if measure in o.measures else "–" for o in evaluations
            ]
            rows.append([f"{measure}, macro F1", *macro])
            names = sorted({name for one in evaluations for name in one.names(measure)})
            rows += [[f"  {name}", *[cell(one, measure, name) for one in evaluations]] for name in names]
    note = "<p>Precision / recall / F1 in percent [95% interval of F1, articles resampled] (gold items).</p>"
    heads = [f"{one.system} on {one.data} ({len(one.cases)}), {one.seconds:.1f} s" for one in evaluations]
    return note + _table(["", *heads], rows)


def _differences(rows: Sequence[Any]) -> str:
    note = "<p>Difference in F1 on the same articles; paired bootstrap, two-sided p.</p>"
    lines = [
        [
            f"{first.system} − {second.system} on {first.data}",
            measure,
            f"{100 * one.difference:+.1f}",
            f"{100 * one.low:+.1f} … {100 * one.high:+.1f}",
            f"{one.p:.3f}",
        ]
        for first, second, measure, one in rows
    ]
    return note + _table(["", "", "difference", "95% interval", "p"], lines)


def _errors(evaluations: Sequence[Evaluation]) -> str:
    rows = [
        [one.title, label, *[str(kinds[kind]) for kind in KINDS]]
        for one in evaluations
        for label, kinds in sorted(one.errors().items())
    ]
    return _table(["", "label", *KINDS], rows)


def _calibration(evaluations: Sequence[Evaluation]) -> str:
    rows = [
        [one.title, what, *[f"{100 * errors[k]:.1f}" if k in errors else "–" for k in ("before", "error")]]
        for one in evaluations
        for what, errors in one.calibration_errors().items()
    ]
    return _table(["expected calibration error, percent", "", "before calibration", "now"], rows)


def _slices(evaluations: Sequence[Evaluation]) -> str:
    parts = [one.slices() for one in evaluations]
    places = sorted(
        {place for part in parts for place in part}, key=lambda place: (META.index(place[0]), place[1])
    )
    rows = []
    for place in places:
        there = [part.get(place) for part in parts]
        size = max(len(part.cases) for part in there if part)
        cells = [
            "–" if p is None else " / ".join(f"{100 * p.tally(m).f1:.1f}" for m in MAIN if m in p.measures)
            for p in there
        ]
        rows.append([place[0], place[1], str(size), *cells])
    heads = [
        f"{one.system} on {one.data}: {' / '.join(m for m in MAIN if m in one.measures)}"
        for one in evaluations
    ]
    return _table(["", "", "articles", *heads], rows) if rows else ""


def _seqeval(one: Evaluation) -> str:
    pairs = [(case.gold, case.found) for case in one.cases if case.found]
    text = flat_report(pairs) if is_flat(gold for gold, _ in pairs) else layers_report(pairs, _labels(one))
    return f"<details><summary>{escape(one.title)}</summary><pre>{escape(text)}</pre></details>"


def _labels(one: Evaluation) -> list[str]:
    return sorted(
        {span.label for case in one.cases for side in (case.gold, case.found) if side for span in side.spans}
    )


def _colors(labels: Sequence[str]) -> dict[str, str]:
    known = Schema.covering(labels).by_name
    plain = Schema.default().name != Schema.covering(labels).name
    return {n: plots.COLORS[i % len(plots.COLORS)] if plain else known[n].color for i, n in enumerate(labels)}


def _case(case: Case) -> dict[str, Any]:
    """One article for the browser: text, verdicts on spans, and right, missed and invented links by their texts."""
    if case.found is None:
        return {"id": case.gold.id, "text": case.gold.text, "spans": [], "links": []}
    spans = [
        [
            pairing.kind,
            [pairing.gold.label, pairing.gold.start, pairing.gold.end] if pairing.gold else None,
            [pairing.found.label, pairing.found.start, pairing.found.end, pairing.found.score]
            if pairing.found
            else None,
        ]
        for pairing in case.pairings
    ]
    links = [
        *(
            ["right" if right else "invented", *_link(case.found, r)]
            for r, right in judge(case.gold, case.found)[1]
        ),
        *(["missed", *_link(case.gold, r)] for r, right in judge(case.found, case.gold)[1] if not right),
    ]
    return {"id": case.gold.id, "text": case.gold.text, "spans": spans, "links": links}


def _link(document: Document, relation: Any) -> list[Any]:
    head, tail = document.span(relation.head), document.span(relation.tail)
    return [relation.label, document.text_of(head), document.text_of(tail), head.start, relation.score]
