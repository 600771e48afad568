"""Rows as a table in the terminal, and an article with its spans in colour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from annotations.document import Document
from annotations.schema import Schema
from model.quantities import Quantity
from model.records import Record

_STATUS = {
    "reached": "green",
    "exceeded": "bold green",
    "missed": "bold red",
    "open": "yellow",
    "unknown": "dim",
}
_VERDICT = {"consistent": ("✓", "green"), "inconsistent": ("✗", "bold red"), "not checkable": ("", "dim")}


def rows_table(records: Iterable[Record], title: str | None = None) -> Table:
    """A rich table: place, indicator, target, actual, ratio, measures, status and what the checks found."""
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", header_style="bold", pad_edge=False)
    table.add_column("place", ratio=3, overflow="fold")
    table.add_column("indicator", ratio=5, overflow="fold")
    for name in ("target", "actual", "ratio"):
        table.add_column(name, ratio=3, overflow="fold")
    table.add_column("measures", ratio=6, overflow="fold")
    table.add_column("status", no_wrap=True)
    above: tuple[str, ...] = ()
    for record in records:
        mark, colour = _VERDICT[record.verdict]
        table.add_row(
            record.place or "",
            record.indicator or Text("not named", style="dim italic"),
            _cell(record.target, record.deadline),
            _cell(record.actual, record.period),
            _cell(record.ratio, None if record.actual else record.period),
            _measures(record.measures, above),
            Text.assemble((record.status, _STATUS[record.status]), (f" {mark}" if mark else "", colour)),
        )
        above = record.measures
        for check in record.checks:
            if check.verdict == "inconsistent":
                table.add_row("", Text(f"✗ {check.detail}", style="red"))
    return table


def _measures(measures: tuple[str, ...], above: tuple[str, ...]) -> Text:
    """One line for each measure; those of the row above are not told again."""
    if measures and measures == above:
        return Text("(as above)", style="dim italic")
    return Text("\n".join(f"• {measure}" for measure in measures), style="dim")


def _cell(quantities: Sequence[Quantity], period: str | None) -> Text:
    text = Text("\n".join(" ".join(q.text.split()) for q in quantities))
    if quantities and period:
        text.append(f"\n{period}", style="dim")
    return text


def highlighted(document: Document, schema: Schema | None = None) -> Text:
    """The article as it stands, each span in its label's colour; a span inside another is underlined."""
    text = Text(_printable(document.text))
    colours = {label.name: label.color for label in (schema or Schema.default()).labels}
    reach = 0
    for span in document.spans:
        inside = span.end <= reach
        colour = colours.get(span.label, "white")
        text.stylize(f"underline {colour}" if inside else f"bold {colour}", span.start, span.end)
        reach = max(reach, span.end)
    return text


def legend(schema: Schema | None = None) -> Text:
    """The labels in their colours, on one line."""
    return Text("  ").join(
        Text(label.name, style=f"bold {label.color}") for label in (schema or Schema.default()).labels
    )


def _printable(text: str) -> str:
    """The text with control characters replaced one for one, so that offsets hold and no escape code gets through."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)
