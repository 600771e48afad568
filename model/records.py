"""Spans and relations assembled into rows: one for each indicator at a place, with all of its values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from annotations.document import Document, Span
from model.checks import Check, run_checks
from model.grouping import read
from model.places import Place
from model.quantities import Quantity
from model.reading import Group, Reading, Value
from model.status import Status, status_of

Part = Literal["indicator", "place", "target", "actual", "ratio", "measure", "period", "deadline", "baseline"]

_INHERITED = 0.8
_PARTS: dict[str, Part] = {"TARGET": "target", "ACTUAL": "actual", "RATIO": "ratio"}


@dataclass(frozen=True, slots=True)
class Trace:
    """A stretch of the article that a row was made from.

    `id` is the span's id, None for a period that rules found. `note` says what it became: the name of a place, the
    period of a value.
    """

    part: Part
    start: int
    end: int
    id: str | None = None
    note: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Its fields, without those that are None."""
        fields = {"part": self.part, "id": self.id, "start": self.start, "end": self.end, "note": self.note}
        return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Record:
    """A row.

    Parameters
    ----------
    doc_id
        The article.
    places
        Where the indicator is measured; several when the text gives one figure for several places, none when the
        text names none.
    indicator
        Its fullest name in the article; None for a value that no indicator names.
    target, actual, ratio
        All its values: first the one that the status rests on, then the others in reading order, former years and
        other resolutions included; repeats are left out.
    period, deadline
        ISO 8601 period of the latest actual value, and of the target that it is held against.
    measures
        What was done for it, as the text says it.
    status
        Computed from the figures.
    checks
        What the arithmetic says.
    confidence
        The lowest score of the spans and relations that the row rests on, lowered where the place is inherited; 1.0
        for gold annotation.
    evidence
        Every stretch of text that was used.
    """

    doc_id: str
    places: tuple[Place, ...]
    indicator: str | None
    target: tuple[Quantity, ...]
    actual: tuple[Quantity, ...]
    ratio: tuple[Quantity, ...]
    period: str | None
    deadline: str | None
    measures: tuple[str, ...]
    status: Status
    checks: tuple[Check, ...]
    confidence: float
    evidence: tuple[Trace, ...]

    @property
    def place(self) -> str | None:
        """Canonical names of its places in one string."""
        return "; ".join(place.name for place in self.places) or None

    @property
    def verdict(self) -> Literal["consistent", "inconsistent", "not checkable"]:
        """What the checks say together."""
        verdicts = {check.verdict for check in self.checks}
        if "inconsistent" in verdicts:
            return "inconsistent"
        return "consistent" if "consistent" in verdicts else "not checkable"

    def to_json(self) -> dict[str, Any]:
        """The row contract of the JSONL output."""
        return {
            "doc_id": self.doc_id,
            "place": self.place,
            "indicator": self.indicator,
            "target": [q.to_json() for q in self.target],
            "actual": [q.to_json() for q in self.actual],
            "ratio": [q.to_json() for q in self.ratio],
            "period": self.period,
            "deadline": self.deadline,
            "measures": list(self.measures),
            "status": self.status,
            "checks": [check.to_json() for check in self.checks],
            "confidence": self.confidence,
            "evidence": [trace.to_json() for trace in self.evidence],
        }


def assemble(document: Document) -> tuple[Record, ...]:
    """The rows of a document, gold or predicted, in reading order.

    Nothing is required of the document: relations may be missing (places are then inherited from the passage, and
    values without an indicator keep a row of their own) and spans may overlap.
    """
    reading = read(document)
    return tuple(_record(reading, group) for group in reading.groups)


def _record(reading: Reading, group: Group) -> Record:
    document = reading.document
    outcome = status_of(group, reading.written)
    values = {label: _main_first(_distinct(group.of(label)), outcome.values) for label in _PARTS}
    return Record(
        doc_id=document.id,
        places=group.places,
        indicator=group.name,
        target=tuple(v.quantity for v in values["TARGET"]),
        actual=tuple(v.quantity for v in values["ACTUAL"]),
        ratio=tuple(v.quantity for v in values["RATIO"]),
        period=outcome.period,
        deadline=outcome.deadline,
        measures=tuple(dict.fromkeys(" ".join(document.text_of(m).split()) for m in group.measures)),
        status=outcome.status,
        checks=run_checks(reading, group),
        confidence=round(group.score * (_INHERITED if group.inherited and group.places else 1.0), 4),
        evidence=_evidence(group),
    )


def _distinct(values: tuple[Value, ...]) -> list[Value]:
    """Values without repeats of the same figure for the same period."""
    seen: dict[object, Value] = {}
    for value in values:
        q = value.quantity
        figures = (q.value, q.low, q.high, q.unit, q.comparator, q.direction, q.numerator, q.denominator)
        named = value.period.name if value.period else None
        seen.setdefault((figures, named) if q.problem is None else q.start, value)
    return list(seen.values())


def _main_first(values: list[Value], main: tuple[Value, ...]) -> list[Value]:
    return sorted(values, key=lambda value: value not in main)


def _evidence(group: Group) -> tuple[Trace, ...]:
    traces = [_trace("indicator", span) for span in group.mentions]
    for place, span in group.place_spans:
        around = ", ".join(
            dict.fromkeys(filter(None, (place.name, place.district, place.province, place.province_now)))
        )
        traces.append(
            Trace(
                "place", span.start, span.end, span.id, around + (" (inherited)" if group.inherited else "")
            )
        )
    for value in group.values:
        traces.append(
            _trace(_PARTS[value.span.label], value.span, value.period.name if value.period else None)
        )
        if value.period:
            part: Part = "deadline" if value.span.label == "TARGET" else "period"
            traces.append(Trace(part, value.period.start, value.period.end, note=value.period.name))
        if value.baseline:
            traces.append(
                Trace("baseline", value.baseline.start, value.baseline.end, note=value.baseline.name)
            )
    traces += [_trace("measure", span) for span in group.measures]
    return tuple(dict.fromkeys(traces))


def _trace(part: Part, span: Span, note: str | None = None) -> Trace:
    return Trace(part, span.start, span.end, span.id, note)
