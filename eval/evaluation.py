"""A system on a data set: its articles' counts, added up, broken down, resampled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, get_args

import numpy as np

from annotations.agreement import Tally
from annotations.document import Document
from eval import bootstrap
from eval.bootstrap import Difference, FloatArray, Interval
from eval.counting import Case, Measure
from eval.matching import KINDS, Kind
from eval.reliability import WHAT, Judged, What, calibration_error, judged

MEASURES: tuple[Measure, ...] = get_args(Measure)
MAIN: tuple[Measure, ...] = ("spans", "relations", "rows")
"""What systems are compared by."""
META = ("genre", "sector", "density", "level", "region")
"""What the corpus says of its articles, and scores are broken down by."""


@dataclass(frozen=True)
class Evaluation:
    """Everything that is known of one system on one data set.

    Parameters
    ----------
    seen
        Articles (by id) that stood in the system's training data; scores with any are marked.
    seconds
        The system's own time.
    min_score
        Spans and relations below it were left out.
    raw
        What the system found with its scores before calibration, article by article; empty if they are not calibrated.
    """

    system: str
    data: str
    cases: tuple[Case, ...]
    seen: tuple[str, ...] = ()
    seconds: float = 0.0
    min_score: float = 0.0
    raw: tuple[Document, ...] = ()

    @property
    def title(self) -> str:
        """System and data, with a mark if some articles had been learnt from."""
        mark = f" (!{len(self.seen)} seen in training)" if self.seen else ""
        return f"{self.system} on {self.data}{mark}"

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """What was measured, in a fixed order."""
        there = {measure for case in self.cases for measure, _ in case.tallies}
        return tuple(measure for measure in MEASURES if measure in there)

    def names(self, measure: Measure) -> tuple[str, ...]:
        """What a measure is broken down by, in alphabetical order."""
        return tuple(sorted({name for case in self.cases for m, name in case.tallies if m == measure}))

    def tally(self, measure: Measure, name: str | None = None) -> Tally:
        """Counts over all articles; of one label or type, or of all together (micro)."""
        right, wrong, missed = self.counts(measure, name).sum(0).astype(int).tolist()
        return Tally(right, wrong, missed)

    def macro_f1(self, measure: Measure) -> float:
        """Mean F1 of the labels or types that occur; 1 if none does."""
        names = self.names(measure)
        return sum(self.tally(measure, name).f1 for name in names) / len(names) if names else 1.0

    def counts(self, measure: Measure, name: str | None = None) -> FloatArray:
        """Right, wrong and missed by article, shape `(articles, 3)`."""
        if name is not None:
            return self._counts.get((measure, name), np.zeros((len(self.cases), 3)))
        parts = [self.counts(measure, name) for name in self.names(measure)]
        return np.sum(parts, axis=0) if parts else np.zeros((len(self.cases), 3))

    @cached_property
    def _counts(self) -> dict[tuple[Measure, str], FloatArray]:
        table: dict[tuple[Measure, str], FloatArray] = {}
        for number, case in enumerate(self.cases):
            for cell, tally in case.tallies.items():
                column = table.setdefault(cell, np.zeros((len(self.cases), 3)))
                column[number] = tally.right, tally.wrong, tally.missed
        return table

    @cached_property
    def _draws(self) -> FloatArray:
        return bootstrap.draws(len(self.cases))

    def interval(self, measure: Measure, name: str | None = None) -> Interval:
        """95% bootstrap interval of the F1 over articles."""
        return bootstrap.interval(bootstrap.f1(self._draws @ self.counts(measure, name)))

    def errors(self) -> dict[str, Counter[Kind]]:
        """How often each verdict fell, by gold label (by found label for inventions)."""
        table: dict[str, Counter[Kind]] = {}
        for case in self.cases:
            for pairing in case.pairings:
                table.setdefault(pairing.label, Counter())[pairing.kind] += 1
        return table

    def confusion(self) -> Counter[tuple[str, str]]:
        """Gold label and found label of every pairing; the empty string stands for nothing."""
        return Counter(
            (p.gold.label if p.gold else "", p.found.label if p.found else "")
            for c in self.cases
            for p in c.pairings
        )

    def scored(self, what: What) -> list[Judged]:
        """Spans or relations with their scores and the verdicts on them, by label and all together."""
        return judged(((case.gold, case.found) for case in self.cases if case.found), what)

    def calibration_errors(self) -> dict[What, dict[str, float]]:
        """Expected calibration error of spans and of relations, and before calibration, where there are scores."""
        errors: dict[What, dict[str, float]] = {}
        for what in WHAT:
            if items := self.scored(what):
                errors[what] = {"error": calibration_error(items[-1])}
            if before := judged(zip((case.gold for case in self.cases), self.raw, strict=False), what):
                errors.setdefault(what, {})["before"] = calibration_error(before[-1])
        return errors

    def slices(self, keys: Iterable[str] = META) -> dict[tuple[str, str], Evaluation]:
        """The evaluation restricted to the articles of each genre, sector …, where their meta says it."""
        parts = {}
        for key in keys:
            values = sorted({str(case.gold.meta[key]) for case in self.cases if key in case.gold.meta})
            for value in values:
                cases = tuple(case for case in self.cases if str(case.gold.meta.get(key)) == value)
                parts[key, value] = replace(self, cases=cases)
        return parts

    def to_dict(self) -> dict[str, Any]:
        """Scores, intervals and counts as plain data."""
        scores: dict[str, Any] = {}
        for measure in [m for m in MEASURES if m in self.measures or m in ("spans", "relations")]:
            lines = {name: self.tally(measure, name) for name in self.names(measure)}
            bounds = self.interval(measure)
            scores[measure] = {
                **{name: tally.to_dict() for name, tally in lines.items()},
                "micro": {**self.tally(measure).to_dict(), "low": bounds.low, "high": bounds.high},
                "macro": {"f1": self.macro_f1(measure)},
            }
        return {
            "system": self.system,
            "data": self.data,
            "documents": len(self.cases),
            "seconds": round(self.seconds, 3),
            "seen_in_training": list(self.seen),
            "min_score": self.min_score,
            **scores,
            "errors": {
                label: {kind: kinds[kind] for kind in KINDS} for label, kinds in sorted(self.errors().items())
            },
            "by": [
                {"key": key, "value": value, "documents": len(part.cases), **_main(part)}
                for (key, value), part in self.slices().items()
            ],
            "calibration_error": self.calibration_errors(),
        }


def _main(part: Evaluation) -> dict[str, float]:
    return {measure: part.tally(measure).f1 for measure in part.measures if measure in MAIN}


def difference(first: Evaluation, second: Evaluation, measure: Measure) -> Difference:
    """Paired bootstrap comparison of two systems on the same articles.

    Raises
    ------
    ValueError
        If the articles are not the same.
    """
    if [case.gold for case in first.cases] != [case.gold for case in second.cases]:
        raise ValueError(f"{first.title} and {second.title} are not scores of the same articles")
    return bootstrap.paired(first.counts(measure), second.counts(measure))


def differences(
    evaluations: Sequence[Evaluation],
) -> list[tuple[Evaluation, Evaluation, Measure, Difference]]:
    """All pairs of systems on each data set, for spans, relations and rows."""
    found = []
    for number, first in enumerate(evaluations):
        for second in evaluations[number + 1 :]:
            if first.data == second.data and first.system != second.system:
                for measure in MAIN:
                    if measure in first.measures and measure in second.measures:
                        found.append((first, second, measure, difference(first, second, measure)))
    return found
