"""Rows against rows: does a system put the right figures beside the right indicator at the right place.

The rows of both sides come from one assembler, handed in by the caller, so that gold rows follow from gold spans and
relations. A row is found when a row of the other side has its place and indicator; its cells (target, actual, ratio)
are compared figure by figure after normalising.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from annotations.agreement import Tally
from annotations.document import Document

CELLS = ("target", "actual", "ratio")


class Quantity(Protocol):
    """A figure as read from the text."""

    @property
    def text(self) -> str: ...
    @property
    def value(self) -> float | None: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...
    @property
    def unit(self) -> str | None: ...
    @property
    def comparator(self) -> str: ...
    @property
    def direction(self) -> str | None: ...
    @property
    def numerator(self) -> float | None: ...
    @property
    def denominator(self) -> float | None: ...


class Row(Protocol):
    """A row: an indicator at a place with its figures."""

    @property
    def place(self) -> str | None: ...
    @property
    def indicator(self) -> str | None: ...
    @property
    def target(self) -> Sequence[Quantity]: ...
    @property
    def actual(self) -> Sequence[Quantity]: ...
    @property
    def ratio(self) -> Sequence[Quantity]: ...


Assemble = Callable[[Document], Sequence[Row]]
_Key = tuple[str, str]
_Figures = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class RecordScores:
    """Counts of right, wrong and missed rows and figures.

    Parameters
    ----------
    rows
        Rows by place and indicator.
    exact
        Rows that also have every figure of all three cells right, and none too many.
    cells
        Figures of each cell; a figure counts only in its own row.
    """

    rows: Tally
    exact: Tally
    cells: dict[str, Tally] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Precision, recall, F1 and counts of each."""
        tallies = {"rows": self.rows, "exact rows": self.exact, **self.cells}
        return {name: _plain(tally) for name, tally in tallies.items()}


def score_records(pairs: Iterable[tuple[Document, Document]], assemble: Assemble) -> RecordScores:
    """Score predicted documents by their rows.

    Parameters
    ----------
    pairs
        Gold and prediction of each text.
    assemble
        Rows of a document; used for both sides.
    """
    rows, exact = Counter[str](), Counter[str]()
    cells: dict[str, Counter[str]] = {cell: Counter() for cell in CELLS}
    for gold, predicted in pairs:
        wanted, got = _by_key(assemble(gold)), _by_key(assemble(predicted))
        _count(rows, Counter(dict.fromkeys(wanted, 1)), Counter(dict.fromkeys(got, 1)))
        _count(
            exact,
            Counter({_whole(k, v): 1 for k, v in wanted.items()}),
            Counter({_whole(k, v): 1 for k, v in got.items()}),
        )
        for cell in CELLS:
            _count(cells[cell], _figures(wanted, cell), _figures(got, cell))
    return RecordScores(_tally(rows), _tally(exact), {cell: _tally(counts) for cell, counts in cells.items()})


def normal_name(name: str | None) -> str:
    """A place or indicator without the differences of spelling that do not matter."""
    return " ".join(unicodedata.normalize("NFC", name or "").lower().split()).strip(" .,;:\"'“”()")


def figures(quantity: Quantity) -> _Figures:
    """What has to be equal in two figures: numbers to nine digits, unit, bound and direction; the text where
    nothing was read."""
    numbers = (quantity.value, quantity.low, quantity.high, quantity.numerator, quantity.denominator)
    if all(number is None for number in numbers):
        return (normal_name(quantity.text),)
    rounded = tuple(None if number is None else float(f"{number:.9g}") for number in numbers)
    return (*rounded, quantity.unit, quantity.comparator, quantity.direction)


def _by_key(rows: Iterable[Row]) -> dict[_Key, dict[str, Counter[_Figures]]]:
    """Figures by row; rows of one place and indicator are one."""
    found: dict[_Key, dict[str, Counter[_Figures]]] = defaultdict(lambda: {cell: Counter() for cell in CELLS})
    for row in rows:
        key = (normal_name(row.place), normal_name(row.indicator))
        for cell in CELLS:
            found[key][cell].update(figures(q) for q in getattr(row, cell))
    return found


def _figures(rows: dict[_Key, dict[str, Counter[_Figures]]], cell: str) -> Counter[Any]:
    return Counter({(key, one): count for key, cells in rows.items() for one, count in cells[cell].items()})


def _whole(key: _Key, cells: dict[str, Counter[_Figures]]) -> tuple[Any, ...]:
    return (key, *(frozenset(cells[cell].items()) for cell in CELLS))


def _count(counts: Counter[str], wanted: Counter[Any], got: Counter[Any]) -> None:
    right = (wanted & got).total()
    counts.update(right=right, wrong=got.total() - right, missed=wanted.total() - right)


def _tally(counts: Counter[str]) -> Tally:
    return Tally(right=counts["right"], wrong=counts["wrong"], missed=counts["missed"])


def _plain(tally: Tally) -> dict[str, float]:
    return {
        "precision": tally.precision,
        "recall": tally.recall,
        "f1": tally.f1,
        "right": tally.right,
        "wrong": tally.wrong,
        "missed": tally.missed,
    }
