"""Do scores say how often a system is right, and what is gained by believing only high ones?

Reliability diagrams and expected calibration error as in Guo et al. (2017), section 2: ten bins of equal width.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from annotations.agreement import judge
from annotations.document import Document

What = Literal["spans", "relations"]
WHAT: tuple[What, ...] = get_args(What)
_BINS = 10


@dataclass(frozen=True)
class Judged:
    """Scored items of one label (or of all) with the verdict on each, and how many gold items there are.

    Shapes: `scores` and `right` `(items,)`.
    """

    name: str
    scores: npt.NDArray[np.float64]
    right: npt.NDArray[np.bool_]
    gold: int


@dataclass(frozen=True, slots=True)
class Bin:
    """Items whose scores lie in one tenth: how many, their mean score, the share that is right."""

    items: int
    score: float
    right: float


@dataclass(frozen=True, slots=True)
class Threshold:
    """A lowest score, and what is left above it."""

    score: float
    precision: float
    recall: float
    f1: float


def judged(pairs: Iterable[tuple[Document, Document]], what: What) -> list[Judged]:
    """Scored spans or relations by label, and all together under the name `all`; items without a score are left out."""
    items: dict[str, list[tuple[float, bool]]] = {}
    gold_counts: dict[str, int] = {}
    for gold, found in pairs:
        for item in getattr(gold, what):
            gold_counts[item.label] = gold_counts.get(item.label, 0) + 1
        for verdict in judge(gold, found)[what == "relations"]:
            item, right = verdict
            if item.score is not None:
                items.setdefault(item.label, []).append((item.score, right))
    names = sorted(items)
    parts = [_judged(name, items[name], gold_counts.get(name, 0)) for name in names]
    whole = [one for name in names for one in items[name]]
    return [*parts, _judged("all", whole, sum(gold_counts.values()))] if whole else []


def bins(items: Judged) -> list[Bin]:
    """The ten bins of a reliability diagram; empty ones are left out."""
    numbers = np.minimum((items.scores * _BINS).astype(int), _BINS - 1)
    found = []
    for number in np.unique(numbers):
        inside = numbers == number
        found.append(
            Bin(int(inside.sum()), float(items.scores[inside].mean()), float(items.right[inside].mean()))
        )
    return found


def calibration_error(items: Judged) -> float:
    """Expected calibration error: the mean distance between score and share of right items, weighted by bin."""
    return sum(one.items * abs(one.score - one.right) for one in bins(items)) / max(1, len(items.scores))


def trade_off(items: Judged) -> list[Threshold]:
    """Precision, recall and F1 at every score that occurs, from the highest to the lowest."""
    order = np.argsort(-items.scores, kind="stable")
    scores, right = items.scores[order], items.right[order].cumsum()
    last = (
        np.append(np.flatnonzero(np.diff(scores)), len(scores) - 1)
        if len(scores)
        else np.array([], dtype=int)
    )
    return [
        Threshold(
            float(scores[n]),
            float(right[n] / (n + 1)),
            float(right[n] / items.gold) if items.gold else 0.0,
            float(2 * right[n] / (n + 1 + items.gold)),
        )
        for n in last.tolist()
    ]


def suggest(items: Judged) -> Threshold | None:
    """The threshold with the best F1, the lowest of equals; None without items."""
    return max(trade_off(items), key=lambda one: (one.f1, -one.score), default=None)


def _judged(name: str, items: Sequence[tuple[float, bool]], gold: int) -> Judged:
    scores, right = zip(*items, strict=True)
    return Judged(name, np.array(scores, dtype=float), np.array(right, dtype=bool), gold)
