"""A reader of value texts: prefix words, one number or two, a unit, what it is per, suffix words."""

from __future__ import annotations

import re
from dataclasses import replace

from model.quantities.amounts import Amount, read_amount, read_digits, tidy
from model.quantities.endings import denominators, noun, unit_at
from model.quantities.numerals import NUMBER, VIETNAMESE, Habit
from model.quantities.phrases import PREFIX, PREFIXES, SUFFIX, SUFFIXES, clean
from model.quantities.quantity import Comparator, Direction, Quantity
from model.quantities.vague import Vague, opens_vague, read_vague

_NUMBER = re.compile(NUMBER)
_DATE = re.compile(r"(?:năm|ngày|tháng|quý|nhiệm kỳ|giai đoạn) ?\d|\d{1,2}([/-])\d{1,2}\1\d{4}")
_NO_QUANTITY = re.compile(r"(?:năm|tháng|ngày|số) $")
_TO = re.compile(r" ?(?:-+>?|÷|đến|tới|cho đến|cho tới)(?: (?:khoảng|dưới|trên|hơn|gần))? ?(?=\d|[^\W\d_])")
_INTO = re.compile(r" (?:xuống còn|giảm còn|xuống|lên đến|lên tới|lên thành|lên|còn|thành) ?(?=\d|[^\W\d_])")
_OUT_OF = re.compile(r"/(?:tổng số )?|(?: trên| trong)? tổng số | trong số | trên (?=\d)")
_COUNTED_BEFORE_WHOLE = re.compile(
    r"(?: (?!trên|trong|tổng)[^\W\d_]+){1,4}(?=(?: trên| trong)?(?: tổng)? số \d)"
)
_BEST = re.compile(r"đầu|dẫn|cao|tốt|khá|trên")
_GROUP = re.compile(r"nhóm|tốp|top")
_BILLIONS = re.compile(r"(?:tỷ|tỉ)$")
_LARGE = re.compile(r"(?:nghìn|ngàn|triệu)$")


def parse(text: str, *, habit: Habit = VIETNAMESE, start: int = 0) -> Quantity:
    """Read a value text.

    Parameters
    ----------
    text
        A TARGET, ACTUAL or RATIO as it stands in the document; any text may be given.
    habit
        How the document writes decimals, for figures that can be read in two ways.
    start
        Code point of the text in its document.

    Returns
    -------
    The quantity. A text without a readable number has `problem` set and neither value nor range.
    """
    plain = clean(text)
    blank = Quantity(text, start=start, end=start + len(text))
    if not plain:
        return replace(blank, problem="no text")
    if _DATE.match(plain):
        return replace(blank, problem="a date or a year, not a quantity")
    quantity = _Reader(plain, habit).read(blank)
    if quantity is None:
        reason = "no number that can be read" if re.search(r"\d", plain) else "no number in it"
        return replace(blank, problem=reason)
    return quantity


class _Reader:
    """One pass from left to right over a cleaned value text."""

    def __init__(self, plain: str, habit: Habit) -> None:
        self.plain = plain
        self.habit = habit
        self.comparator: Comparator = "="
        self.direction: Direction | None = None
        self.forms: set[str] = set()

    def read(self, blank: Quantity) -> Quantity | None:
        position = self._prefixes(0)
        found = self._numbers(position, blank)
        while found is None:
            later = self._next_number(position)
            if later is None:
                return None
            position = later
            found = self._numbers(position, blank)
        quantity, end = found
        return self._finish(quantity, end)

    def _prefixes(self, position: int) -> int:
        """Take in the words before a number; where the number starts."""
        if re.match(r"-\d", self.plain):
            self.forms.add("negative")
            return 1
        while position < len(self.plain):
            while position < len(self.plain) and self.plain[position] in " \"'“(+:":
                position += 1
            found = PREFIX.match(self.plain, position)
            if found is None or opens_vague(self.plain, position):
                break
            phrase = PREFIXES[found.group()]
            if phrase.comparator:
                self.comparator = phrase.comparator
            if phrase.direction and not (self.direction == "over" and phrase.direction == "up"):
                self.direction = phrase.direction
            if phrase.form == "level":
                self.direction = None
            if phrase.form:
                self.forms.add(phrase.form)
            position = found.end()
        return position

    def _next_number(self, position: int) -> int | None:
        """Where a later number in digits starts, when words that are no prefix stand before it."""
        for found in _NUMBER.finditer(self.plain, position + 1):
            before = self.plain[found.start() - 1]
            if not (before.isalnum() or before in ".,/") and not _NO_QUANTITY.search(
                self.plain, 0, found.start()
            ):
                self._prefixes(self._words_before(found.start()))
                return found.start()
        return None

    def _words_before(self, position: int) -> int:
        """Start of the last two words before a number: they may hold its prefix (`trồng mới hơn 5 ha`)."""
        words = [match.start() for match in re.finditer(r"\S+", self.plain[:position])]
        for start in words[-2:]:
            found = PREFIX.match(self.plain, start)
            if found and found.end() <= position:
                return start
        return position

    def _numbers(self, position: int, blank: Quantity) -> tuple[Quantity, int] | None:
        """The number, range or fraction at a place, and where it ends."""
        vague = read_vague(self.plain, position, "times" in self.forms)
        if vague is not None:
            return self._vague(vague, blank), vague.end
        first = read_amount(self.plain, position, self.habit)
        if first is None:
            return None
        fraction = self._fraction(first, blank)
        if fraction is not None:
            return fraction
        _, after = unit_at(self.plain, first.end)
        second = self._second(after, _TO)
        if second is not None:
            return self._range(first, second, blank), second.end
        into = self._second(after, _INTO) if "from" in self.forms or "level" not in self.forms else None
        if into is not None:
            self.direction = None
            self.forms.discard("from")
        return self._single(into or first, blank), (into or first).end

    def _second(self, position: int, connector: re.Pattern[str]) -> Amount | None:
        """The amount behind a connecting word."""
        found = connector.match(self.plain, position)
        return read_amount(self.plain, found.end(), self.habit) if found else None

    def _single(self, amount: Amount, blank: Quantity) -> Quantity:
        doubt = self._in_doubt(amount)
        return replace(blank, value=amount.total, step=amount.step * amount.scale, ambiguous=doubt)

    def _range(self, first: Amount, second: Amount, blank: Quantity) -> Quantity:
        if second.magnitude and not first.magnitude:
            first = replace(first, scale=second.scale)
        self.forms.discard("from")
        low, high = sorted((first.total, second.total))
        step = min(first.step * first.scale, second.step * second.scale)
        return replace(blank, low=low, high=high, step=step, ambiguous=self._in_doubt(first, second))

    def _in_doubt(self, *amounts: Amount) -> bool:
        """Whether figures are open; thousands points beside a unit are not, where commas are decimal (`1.120 tỷ đồng`)."""
        if not any(amount.ambiguous for amount in amounts):
            return False
        last = amounts[-1]
        unit, after = unit_at(self.plain, last.end)
        named = unit or noun(self.plain[after:]) or _BILLIONS.search(last.magnitude)
        settled = self.habit.decimal == "," and all(amount.whole for amount in amounts)
        return not (settled and named and unit != "%")

    def _vague(self, vague: Vague, blank: Quantity) -> Quantity:
        if vague.comparator is not None and (self.comparator == "=" or vague.part is not None):
            self.comparator = vague.comparator
        if vague.part is not None:
            return _fraction_of(*vague.part, blank)
        if vague.low == vague.high:
            return replace(blank, value=vague.low, step=vague.step)
        return replace(blank, low=vague.low, high=vague.high, step=vague.step)

    def _fraction(self, first: Amount, blank: Quantity) -> tuple[Quantity, int] | None:
        """`27/39`, `27 xã trên tổng số 39 xã`; a rank `12/63` is its first number."""
        counted = _COUNTED_BEFORE_WHOLE.match(self.plain, first.end)
        between = _OUT_OF.match(self.plain, counted.end() if counted else first.end)
        if between is None:
            return None
        read = read_digits if between.group() == "/" else read_amount
        second = read(self.plain, between.end(), self.habit)
        if second is None or second.value == 0:
            return None
        if "rank" in self.forms:
            return self._single(first, blank), second.end
        doubt = first.ambiguous or second.ambiguous
        return replace(_fraction_of(first.total, second.total, blank), ambiguous=doubt), second.end

    def _finish(self, quantity: Quantity, end: int) -> Quantity:
        """Add the unit, and what the words behind it say."""
        unit, after = unit_at(self.plain, end)
        rest = self.plain[after:]
        suffix = SUFFIX.search(rest)
        if suffix:
            self.comparator = SUFFIXES[suffix.group()]
            rest = rest[: suffix.start()]
        elif "from" in self.forms and self.comparator in ("=", "~") and not quantity.is_range:
            self.comparator = ">="
        unit, assumed = self._unit(unit, rest, end)
        if "rank" in self.forms:
            unit = "thứ hạng"
            if _BEST.search(rest) or _GROUP.search(self.plain, 0, end):
                self.comparator = "<="
        value = quantity.value
        return replace(
            quantity,
            value=-value if value is not None and "negative" in self.forms else value,
            unit="%" if quantity.is_fraction else unit,
            comparator=self.comparator,
            direction=self.direction,
            ambiguous=quantity.ambiguous or assumed,
        )

    def _unit(self, unit: str | None, rest: str, end: int) -> tuple[str | None, bool]:
        """The whole unit with what it is per, and whether its currency was assumed (`5 tỷ`, `65 triệu/người`)."""
        if unit is None and "times" in self.forms:
            return "lần", False
        number = self.plain[:end]
        assumed = unit is None and (
            _BILLIONS.search(number) is not None
            or (rest.startswith("/") and _LARGE.search(number) is not None)
        )
        if assumed:
            unit = "VND"
        elif unit is None and (counted := noun(rest)) is not None:
            return counted, False
        per = denominators(rest)
        return "/".join([unit or "1", *per]) if per else unit, assumed


def _fraction_of(upper: float, lower: float, blank: Quantity) -> Quantity:
    return replace(blank, value=tidy(100 * upper / lower), numerator=upper, denominator=lower, step=0.0)
