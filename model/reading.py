"""What was read from a document: its values, and the groups that they form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from annotations.document import Document, Span
from model.passages import Passages, before, composed
from model.periods import Period, find_periods
from model.places import Place
from model.quantities import Habit, Quantity, parse
from model.timing import Timing

VALUE_LABELS = ("TARGET", "ACTUAL", "RATIO")
_MAGNITUDE = re.compile(r"triệu|tỷ|tỉ|nghìn|ngàn|trăm")
_FROM = re.compile(r"(?<!\w)từ(?: (?:mức|con số|chỗ|khoảng))?\s*$", re.IGNORECASE)
_TO = re.compile(r"(?<!\w)(?:còn|xuống|lên|thành|tới|đến|sang|nay)(?!\w)", re.IGNORECASE)


@dataclass(frozen=True)
class Value:
    """A TARGET, ACTUAL or RATIO with what was read from it; `former` if it only says where a change began (`từ 60 lớp
    còn 15 lớp`)."""

    span: Span
    quantity: Quantity
    period: Period | None
    baseline: Period | None
    former: bool = False


@dataclass
class Group:
    """Everything that the article says of one indicator at one place."""

    key: str
    places: tuple[Place, ...]
    inherited: bool
    mentions: list[Span] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    measures: list[Span] = field(default_factory=list)
    place_spans: list[tuple[Place, Span]] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    name: str | None = None

    @property
    def score(self) -> float:
        """The lowest score that the group rests on."""
        return min(self.scores, default=1.0)

    @property
    def start(self) -> int:
        """Where it first appears."""
        return min(span.start for span in (*self.mentions, *(value.span for value in self.values)))

    def of(self, label: str) -> tuple[Value, ...]:
        """Its values of one label, in reading order."""
        return tuple(v for v in self.values if v.span.label == label)


@dataclass(frozen=True)
class Reading:
    """A document as it was read: its groups in reading order, and what its checks need to know.

    `values` are all values in reading order, `written` is the article's date.
    """

    document: Document
    groups: tuple[Group, ...]
    values: tuple[Value, ...]
    passages: Passages
    habit: Habit
    written: date | None


def read_values(
    document: Document, habit: Habit, passages: Passages, written: date | None
) -> Mapping[str, Value]:
    """The values of a document by span id, with the periods that govern them."""
    spans = [s for s in document.spans if s.label in VALUE_LABELS]
    if not spans:
        return {}
    timing = Timing(document, spans, find_periods(document.text, written), passages, written)
    former = _former(document.text, spans, passages)
    values: dict[str, Value] = {}
    for span in spans:
        quantity = parse(document.text_of(span), habit=habit, start=span.start)
        is_change = quantity.direction is not None or quantity.unit == "lần"
        values[span.id] = Value(
            span,
            quantity,
            timing.period(span),
            timing.baseline(span) if is_change else None,
            span.id in former,
        )
    return values


def _former(text: str, spans: Sequence[Span], passages: Passages) -> frozenset[str]:
    """Ids of the values behind `từ` that lead to the next value of their sentence."""
    found = set()
    for one, other in pairwise(spans):
        close = one.label == other.label and passages.sentence(one.start) == passages.sentence(other.start)
        if (
            close
            and _FROM.search(before(text, one.start, 16))
            and _TO.search(composed(text[one.end : other.start]))
        ):
            found.add(one.id)
    return frozenset(found)


def with_implied_unit(value: Value, money: bool, units: set[str]) -> Value:
    """A share is in percent, and millions of an indicator of money are money, also where the text leaves it out."""
    q = value.quantity
    if q.unit is not None or q.problem is not None:
        return value
    if value.span.label == "RATIO":
        return replace(value, quantity=replace(q, unit="%", ambiguous=True))
    if q.step >= 1000 and (money or "VND" in units) and _MAGNITUDE.search(composed(q.text).lower()):
        return replace(value, quantity=replace(q, unit="VND", ambiguous=True))
    return value


def written_on(document: Document) -> date | None:
    """The article's date, where the metadata has one."""
    stated = document.meta.get("date")
    if isinstance(stated, date):
        return stated
    try:
        return date.fromisoformat(str(stated)[:10])
    except ValueError:
        return None
