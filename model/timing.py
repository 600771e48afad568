"""Which period governs which value."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date

from annotations.document import Document, Span
from model.passages import Passages, before, composed, either
from model.periods import Period

_LIST_ITEM = re.compile(r"[-+*•–]|\d+[.)]|[a-zđ]\)")
_RESPECTIVELY = re.compile(either(r"lần lượt|tương ứng"))
_NAMED = re.compile(
    either("nghị quyết|đại hội|chương trình|kế hoạch|đề án|chiến lược|tiêu chí|khóa|lần thứ") + r"[^.;:\n]*$",
    re.IGNORECASE,
)
_PRESENT = re.compile(
    r"(?<!\w)(?:giờ đây|hiện nay|hiện tại|hiện(?= (?:đã|có|còn|là|mới|đạt))|đến nay|tới nay|(?<!năm )(?<!hôm )(?<!từ )nay)(?!\w)",
    re.IGNORECASE,
)
_START_OF_TERM = re.compile("đầu nhiệm kỳ", re.IGNORECASE)
_NEAR = 30
_OPENING = 25
_TERM_YEARS = 3


def _is_term(period: Period) -> bool:
    return period.last.year - period.first.year >= _TERM_YEARS


def _suits(period: Period, value: Span, written: date | None) -> bool:
    """Whether a headline's period can hold for a value: a goal is set for the end of a year or a term, a result is not a
    term's, nor of a time that began after the article was written."""
    if value.label == "TARGET":
        return period.last.month == 12
    return not _is_term(period) and (written is None or period.first <= written)


class Timing:
    """The periods of a document and the values between them."""

    def __init__(
        self,
        document: Document,
        values: Sequence[Span],
        periods: Sequence[Period],
        passages: Passages,
        written: date | None,
    ) -> None:
        self._text = document.text
        self._passages = passages
        self._written = written
        self._periods = [p for p in periods if p.role != "event"]
        self._starts = [p.start for p in self._periods]
        self._values = sorted(values, key=lambda v: v.start)
        self._value_starts = [v.start for v in self._values]
        self._in_turn = self._respectively()
        _, end_of_headline = passages.paragraph_bounds(0)
        self._headline = [p for p in self._within(0, end_of_headline) if p.role == "at"]
        self._of_results = {
            after.start
            for value in self._values
            if value.label != "TARGET"
            and (after := self._just_after(value, passages.sentence_bounds(value.start)[1]))
        }

    def period(self, value: Span) -> Period | None:
        """When a value was reached or is due: named in turn (`lần lượt`), or else close after it, before it in its
        sentence, later in it if no other value is, earlier in its paragraph, or in the line that heads its list."""
        if value.id in self._in_turn:
            return self._in_turn[value.id]
        begin, end = self._passages.sentence_bounds(value.start)
        after = self._just_after(value, end)
        if after is not None and not self._is_multiple(value):
            return after
        before = self._candidates(begin, value.start, value)
        if self._is_present(before, begin, value):
            return None
        if before:
            return self._nearest(before, value)
        following = self._candidates(value.end, end, value) if after is None else []
        if following and self._next_value(value, end) == end:
            return following[0]
        return self._inherited(value, begin)

    def _candidates(self, begin: int, end: int, value: Span) -> list[Period]:
        """Periods that can govern a value: no baselines; for what was reached no term that only belongs to the name of a
        congress, resolution or programme; for a goal no beginning of a term, and no date of a result in an earlier
        clause."""
        found = [p for p in self._within(begin, end) if p.role != "baseline"]
        if value.label == "TARGET":
            return [p for p in found if not self._is_past(p, value)]
        return [p for p in found if not (_is_term(p) and _NAMED.search(before(self._text, p.start, 60)))]

    def baseline(self, value: Span) -> Period | None:
        """What a change is measured against: the first baseline after it and before the next value, and for a multiple
        (`gấp ba lần năm 2015`) any time right behind it."""
        _, end = self._passages.sentence_bounds(value.start)
        for period in self._within(value.end, end):
            if period.role == "baseline":
                return period
        if self._is_multiple(value) and (after := self._just_after(value, end)):
            return after
        begin, _ = self._passages.sentence_bounds(value.start)
        earlier = [p for p in self._within(begin, value.start) if p.role == "baseline"]
        return earlier[-1] if earlier else None

    def _within(self, begin: int, end: int) -> Sequence[Period]:
        return self._periods[bisect_left(self._starts, begin) : bisect_left(self._starts, end)]

    def _next_value(self, value: Span, end: int) -> int:
        index = bisect_left(self._value_starts, value.end)
        return min(end, self._value_starts[index]) if index < len(self._value_starts) else end

    def _just_after(self, value: Span, end: int) -> Period | None:
        """A period that follows a value with nothing but a few words between: `25 hộ (4%) năm 2014`."""
        for period in self._within(value.end, self._next_value(value, end)):
            between = composed(self._text[value.end : period.start])
            if len(between) >= _NEAR:
                return None
            if period.role in ("at", "by") and not re.search(r"[,;:]", between):
                return period
        return None

    def _nearest(self, periods: Sequence[Period], value: Span) -> Period:
        """The last period before a value; a goal takes the last deadline, and a term waits for a shorter time."""
        if value.label == "TARGET":
            deadlines = [p for p in periods if p.role == "by"]
            return (deadlines or periods)[-1]
        short = [p for p in periods if not _is_term(p)]
        return (short or periods)[-1]

    def _inherited(self, value: Span, sentence: int) -> Period | None:
        """From an earlier sentence of the paragraph, from the line that announces a list, or from the headline."""
        begin, _ = self._passages.paragraph_bounds(value.start)
        earlier = [p for p in self._candidates(begin, sentence, value) if self._frames(p, value)]
        if earlier:
            return self._nearest(earlier, value)
        announced = self._announced(value, begin)
        if announced:
            return self._nearest(announced, value)
        fitting = (p for p in self._headline if value.start >= p.end and _suits(p, value, self._written))
        return next(fitting, None)

    def _is_multiple(self, value: Span) -> bool:
        """Whether a value says how many times as much it is."""
        return composed(self._text[value.start : value.end]).endswith("lần")

    def _is_present(self, before: Sequence[Period], sentence: int, value: Span) -> bool:
        """Whether a word for the present stands before a value, behind whatever period was named before; a goal keeps its
        deadline all the same."""
        if value.label == "TARGET" and any(period.role == "by" for period in before):
            return False
        begin = before[-1].end if before else sentence
        return _PRESENT.search(composed(self._text[begin : value.start])) is not None

    def _is_past(self, period: Period, goal: Span) -> bool:
        """Whether a period is none to reach a goal in: a term's beginning, or the date of a result before a semicolon."""
        if _START_OF_TERM.search(composed(self._text[period.start : period.end])):
            return True
        earlier_clause = ";" in self._text[period.end : goal.start]
        return period.role == "at" and period.start in self._of_results and earlier_clause

    def _announced(self, value: Span, begin: int) -> list[Period]:
        """The periods of the line that ends with a colon above the list that a paragraph belongs to."""
        for paragraph in range(self._passages.paragraph(value.start) - 1, -1, -1):
            head_start = self._passages.paragraphs[paragraph]
            head = self._text[head_start:begin].strip()
            if head.endswith(":"):
                return self._candidates(head_start, begin, value)
            if head and not _LIST_ITEM.match(head):
                return []
            begin = head_start
        return []

    def _frames(self, period: Period, value: Span) -> bool:
        """Whether a period holds for the sentences after its own: it opens its sentence, or sets a deadline for goals."""
        if period.role == "by" and value.label != "TARGET":
            return False
        begin, _ = self._passages.sentence_bounds(period.start)
        return len(composed(self._text[begin : period.start])) <= _OPENING

    def _respectively(self) -> Mapping[str, Period]:
        """`năm 2017 và 2018 lần lượt là 14,6% và 7,6%`: as many periods as values, in turn."""
        turns: dict[str, Period] = {}
        for found in _RESPECTIVELY.finditer(self._text):
            begin, end = self._passages.sentence_bounds(found.start())
            values = [v for v in self._values if found.end() <= v.start < end]
            periods = [p for p in self._within(begin, end) if p.role != "baseline"]
            if len(periods) == len(values) > 1:
                turns |= {v.id: p for v, p in zip(values, periods, strict=True)}
        return turns
