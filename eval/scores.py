"""Scores of one system on one data set, as plain data and as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from annotations.agreement import Agreement, Tally, compare
from annotations.document import Document
from annotations.schema import Schema


@dataclass(frozen=True, slots=True)
class Scores:
    """How a system did on a data set: exact spans and strict relations (both spans and the type exact)."""

    system: str
    data: str
    documents: int
    agreement: Agreement

    def to_dict(self) -> dict[str, Any]:
        """Scores and the counts they come from."""
        return {
            "system": self.system,
            "data": self.data,
            "documents": self.documents,
            "spans": _by_name(self.agreement.spans, self.agreement.span),
            "relations": _by_name(self.agreement.relations, self.agreement.relation),
        }


def score(system: str, data: str, pairs: Iterable[tuple[Document, Document]]) -> Scores:
    """Score predictions against gold.

    Parameters
    ----------
    pairs
        Gold and prediction of each text.

    Raises
    ------
    ValueError
        If the two documents of a pair have different texts.
    """
    listed = list(pairs)
    return Scores(system, data, len(listed), compare(listed))


def scores_table(scores: Sequence[Scores], schema: Schema) -> Table:
    """Precision, recall and F1 in percent, one column for each system and data set, one line for each name."""
    table = Table(title="exact match: precision / recall / F1, and how many gold ones there are")
    table.add_column("")
    for one in scores:
        table.add_column(f"{one.system}\n{one.data} ({one.documents})", justify="right")
    for name in schema.label_names:
        table.add_row(name, *[_cell(one.agreement.spans.get(name, Tally())) for one in scores])
    table.add_row("spans (micro)", *[_cell(one.agreement.span) for one in scores], style="bold", end_section=True)
    for name in schema.relation_names:
        table.add_row(name, *[_cell(one.agreement.relations.get(name, Tally())) for one in scores])
    if schema.relations:
        table.add_row("relations (micro)", *[_cell(one.agreement.relation) for one in scores], style="bold")
    return table


def _cell(tally: Tally) -> str:
    gold = tally.right + tally.missed
    if not gold and not tally.wrong:
        return "– (0)"
    return f"{100 * tally.precision:.1f} / {100 * tally.recall:.1f} / {100 * tally.f1:.1f} ({gold})"


def _by_name(tallies: Any, micro: Tally) -> dict[str, dict[str, float]]:
    return {name: _plain(tally) for name, tally in (*sorted(tallies.items()), ("micro", micro))}


def _plain(tally: Tally) -> dict[str, float]:
    return {
        "precision": tally.precision,
        "recall": tally.recall,
        "f1": tally.f1,
        "right": tally.right,
        "wrong": tally.wrong,
        "missed": tally.missed,
    }
