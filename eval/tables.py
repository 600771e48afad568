"""Scores as tables for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table

from eval.counting import Measure
from eval.evaluation import MAIN, Evaluation, differences
from eval.matching import KINDS
from eval.reliability import WHAT, suggest, trade_off

_BY_LABEL: tuple[tuple[Measure, str], ...] = (
    ("spans", "spans, exact"),
    ("relations", "relations, exact"),
    ("figures", "figures in their row"),
)
_WHOLE: tuple[Measure, ...] = (
    "spans relaxed",
    "relations relaxed",
    "relations on gold spans",
    "relations within a sentence",
    "relations across sentences",
    "rows",
    "exact rows",
)


def tables(evaluations: Sequence[Evaluation], by: Sequence[str] = ()) -> Iterator[Table]:
    """Scores, kinds of error, scores by kind of article (`by` names keys of meta), comparisons."""
    yield scores_table(evaluations)
    if any(case.pairings for one in evaluations for case in one.cases):
        yield errors_table([one for one in evaluations if "spans" in one.measures])
    if any(one.calibration_errors() for one in evaluations):
        yield calibration_table(evaluations)
    if by:
        yield slices_table(evaluations, by)
    if rows := differences(evaluations):
        table = Table("", "", "difference in F1", "95% interval", "p", title="paired bootstrap over articles")
        for first, second, measure, one in rows:
            names = f"{first.system} − {second.system}\non {first.data}"
            bounds = f"{100 * one.low:+.1f} … {100 * one.high:+.1f}"
            table.add_row(names, measure, f"{100 * one.difference:+.1f}", bounds, f"{one.p:.3f}")
        yield table


def scores_table(evaluations: Sequence[Evaluation]) -> Table:
    """Precision, recall and F1 in percent, one column for each evaluation, one line for each name."""
    table = Table(title="precision / recall / F1 [95% interval of F1 over articles] (gold)")
    table.add_column("")
    for one in evaluations:
        table.add_column(f"{one.system}\n{one.data} ({len(one.cases)}){_mark(one)}", justify="right")
    for measure, title in _BY_LABEL:
        names = sorted({name for one in evaluations for name in one.names(measure)})
        for name in names:
            table.add_row(name, *[cell(one, measure, name) for one in evaluations])
        if names:
            table.add_row(title, *[cell(one, measure) for one in evaluations], style="bold")
            macro = [
                f"{100 * o.macro_f1(measure):.1f}" if measure in o.measures else "–" for o in evaluations
            ]
            table.add_row("macro F1", *macro, end_section=True)
    for measure in _WHOLE:
        if any(measure in one.measures for one in evaluations):
            table.add_row(measure, *[cell(one, measure) for one in evaluations])
    return table


def errors_table(evaluations: Sequence[Evaluation]) -> Table:
    """What became of every gold span, and how many were invented."""
    table = Table("", "", *KINDS, title="spans by kind of error")
    for one in evaluations:
        errors = one.errors()
        for label, kinds in sorted(errors.items()):
            table.add_row(f"{one.system} on {one.data}", label, *[str(kinds[kind]) for kind in KINDS])
        total = [str(sum(kinds[kind] for kinds in errors.values())) for kind in KINDS]
        table.add_row(f"{one.system} on {one.data}", "all", *total, style="bold", end_section=True)
    return table


def calibration_table(evaluations: Sequence[Evaluation]) -> Table:
    """How far scores are from shares of right items."""
    table = Table(
        "", "", "before calibration", "now", title="expected calibration error, in points of percent"
    )
    for one in evaluations:
        for what, errors in one.calibration_errors().items():
            before, now = (f"{100 * errors[k]:.1f}" if k in errors else "–" for k in ("before", "error"))
            table.add_row(one.title, what, before, now)
    return table


def thresholds_table(evaluations: Sequence[Evaluation]) -> Table:
    """For every label the lowest score to believe for the best F1, and what that changes."""
    table = Table(
        "", "", "lowest score", "precision", "recall", "F1", "F1 of all", title="suggested thresholds"
    )
    for one in evaluations:
        for what in WHAT:
            for items in one.scored(what):
                best, whole = suggest(items), trade_off(items)[-1]
                if best is not None:
                    figures = [f"{100 * x:.1f}" for x in (best.precision, best.recall, best.f1, whole.f1)]
                    name = f"{items.name} {what}" if items.name == "all" else items.name
                    table.add_row(one.title, name, f"{best.score:.3f}", *figures)
    return table


def slices_table(evaluations: Sequence[Evaluation], by: Sequence[str]) -> Table:
    """F1 of spans, relations and rows for each genre, sector, …"""
    table = Table("", "", "articles", title="F1 by kind of article")
    for one in evaluations:
        table.add_column(
            f"{one.system}\n{one.data}\n{' / '.join(m for m in MAIN if m in one.measures)}", justify="right"
        )
    parts = [one.slices(by) for one in evaluations]
    for key, value in sorted({place for part in parts for place in part}):
        there = [part.get((key, value)) for part in parts]
        size = max(len(part.cases) for part in there if part)
        cells = [
            "–" if p is None else " / ".join(f"{100 * p.tally(m).f1:.1f}" for m in MAIN if m in p.measures)
            for p in there
        ]
        table.add_row(key, value, str(size), *cells)
    return table


def cell(evaluation: Evaluation, measure: Measure, name: str | None = None) -> str:
    """One score with its interval and the number of gold items."""
    if measure not in evaluation.measures:
        return "–"
    tally = evaluation.tally(measure, name)
    gold = tally.right + tally.missed
    if not gold and not tally.wrong:
        return "– (0)"
    bounds = evaluation.interval(measure, name)
    scores = f"{100 * tally.precision:.1f} / {100 * tally.recall:.1f} / {100 * tally.f1:.1f}"
    return f"{scores} [{100 * bounds.low:.0f}–{100 * bounds.high:.0f}] ({gold})"


def _mark(evaluation: Evaluation) -> str:
    return f"\n! {len(evaluation.seen)} learnt from" if evaluation.seen else ""
