"""A reader of value texts: prefix words, one number or two, magnitudes, a unit, what it is per, suffix words."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from model.quantities.numerals import NUMBER, VIETNAMESE, Habit, read_figure
from model.quantities.phrases import PREFIX, PREFIXES, SUFFIX, SUFFIXES, clean
from model.quantities.quantity import Comparator, Direction, Quantity
from model.quantities.units import denominator, find_unit
from model.quantities.words import SCALES, VAGUE, read_words

_NUMBER = re.compile(NUMBER)
_WORDS = re.compile(r"[^\W\d_]+")
_MAGNITUDE = re.compile(r" ?(trăm|chục|nghìn|ngàn|vạn|triệu|tỷ|tỉ|trđ|tr)(?![^\W\d_])")
_TO = re.compile(r" ?(?:-+>?|÷|đến|tới|cho đến|cho tới)(?: (?:khoảng|dưới|trên|hơn|gần))? ?(?=\d|[^\W\d_])")
_INTO = re.compile(r" (?:xuống còn|giảm còn|xuống|lên đến|lên tới|lên thành|lên|còn|thành) ?(?=\d|[^\W\d_])")
_OUT_OF = re.compile(r"/(?:tổng số )?|(?: trên| trong)? tổng số | trong số | trên (?=\d)")
_COUNTED_BEFORE_WHOLE = re.compile(
    r"(?: (?!trên|trong|tổng)[^\W\d_]+){1,4}(?=(?: trên| trong)?(?: tổng)? số \d)"
)
_PARTS = re.compile(r"([^\W\d_]+(?: [^\W\d_]+)?) phần ([^\W\d_]+)")
_VAGUE = re.compile(
    r"(hàng|vài|mấy|dăm|vài ba|dăm ba|cả|những|một vài) (chục|trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ)\b"
)
_FEW = re.compile(
    r"(vài ba|đôi ba|một vài|một hai|hai ba|ba bốn|năm bảy|dăm bảy|dăm ba|vài|dăm|mấy|đôi)(?![^\W\d_])"
)
_FEW_ENDS = {
    "vài ba": (2, 3), "đôi ba": (2, 3), "một vài": (1, 3), "một hai": (1, 2), "hai ba": (2, 3), "ba bốn": (3, 4),
    "năm bảy": (5, 7), "dăm bảy": (5, 7), "dăm ba": (3, 5), "vài": (2, 5), "dăm": (4, 6), "mấy": (2, 9), "đôi": (2, 2),
}  # fmt: skip
_ALONE = {"chục": 10.0, "trăm": 100.0}
_WHOLES = {
    "hai": 2.0,
    "ba": 3.0,
    "tư": 4.0,
    "bốn": 4.0,
    "năm": 5.0,
    "sáu": 6.0,
    "bảy": 7.0,
    "tám": 8.0,
    "chín": 9.0,
    "mười": 10.0,
}
_TIMES_WORDS = {"đôi": 2.0, "rưỡi": 1.5, "bội": None}
_PER = re.compile(
    r"/(?!tổng)([^/()]+)|(?: trên)? (mỗi|một|1|hằng|hàng) (năm|tháng|quý|tuần|ngày|người|hộ|ha|vụ|vạn dân|héc ta|xã)(?![^\W\d_])"
)
_PER_OF = re.compile(r" trên (một vạn dân|1 vạn dân|vạn dân|10\.000 dân|một ha|1 ha)")
_DATE = re.compile(
    r"(?:năm|ngày|tháng|quý|nhiệm kỳ|giai đoạn) ?\d|\d{1,2}/\d{1,2}/\d{4}|\d{1,2}-\d{1,2}-\d{4}"
)
_RANKED = re.compile(r"đầu|dẫn|cao|tốt|khá|top|trên")
_BILLIONS = re.compile(r"(?:tỷ|tỉ)$")
_LARGE = re.compile(r"(?:nghìn|ngàn|triệu)$")
_MAX_NOUN = 6


@dataclass(frozen=True, slots=True)
class _Amount:
    """One number with its magnitude, before its unit."""

    value: float
    step: float
    ambiguous: bool
    scale: float
    end: int
    magnitude: str = ""


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
    if _DATE.match(plain) and not _rate_or_count(plain):
        return replace(blank, problem="a date or a year, not a quantity")
    quantity = _Reader(plain, habit).read(blank)
    if quantity is None:
        reason = "no number in it" if not re.search(r"\d", plain) else "no number that can be read"
        return replace(blank, problem=reason)
    return quantity


def _rate_or_count(plain: str) -> bool:
    """Whether `năm` is the number five (`năm 5` never is)."""
    return not re.match(r"(?:năm|ngày|tháng|quý|nhiệm kỳ|giai đoạn|\d)", plain)


class _Reader:
    """One pass from left to right over a cleaned value text."""

    def __init__(self, plain: str, habit: Habit) -> None:
        self.plain = plain
        self.habit = habit
        self.comparator: Comparator = "="
        self.direction: Direction | None = None
        self.forms: set[str] = set()
        self.whole = True

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
        if re.match(r"-\d", self.plain):
            self.forms.add("negative")
            return 1
        while position < len(self.plain):
            while position < len(self.plain) and self.plain[position] in " \"'“(+:":
                position += 1
            found = PREFIX.match(self.plain, position)
            if found is None or self._is_number_word(found.group(), position):
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

    def _is_number_word(self, phrase: str, position: int) -> bool:
        return phrase == "cả" and _VAGUE.match(self.plain, position) is not None

    def _next_number(self, position: int) -> int | None:
        """Where a later number in digits starts, when words that are no prefix stand before it."""
        for found in _NUMBER.finditer(self.plain, position + 1):
            before = self.plain[found.start() - 1]
            if not (before.isalnum() or before in ".,/") and not re.search(
                r"(?:năm|tháng|ngày|số) $", self.plain[: found.start()]
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
        special = self._special(position, blank)
        if special is not None:
            return special
        first = self._amount(position)
        if first is None:
            return None
        fraction = self._fraction(first, blank)
        if fraction is not None:
            return fraction
        unit = self._unit(first.end)
        after = first.end + unit[1]
        second = self._second(first, after, _TO)
        if second is not None:
            return self._range(first, second, blank), second.end
        into = (
            self._second(first, after, _INTO) if "from" in self.forms or "level" not in self.forms else None
        )
        if into is not None:
            self.direction = None
            self.forms.discard("from")
            return _single(into, blank), into.end
        return _single(first, blank), first.end

    def _second(self, first: _Amount, position: int, connector: re.Pattern[str]) -> _Amount | None:
        found = connector.match(self.plain, position)
        if found is None:
            return None
        second = self._amount(found.end())
        if second is None:
            return None
        return second

    def _range(self, first: _Amount, second: _Amount, blank: Quantity) -> Quantity:
        low, high = first.value * first.scale, second.value * second.scale
        step = min(first.step * first.scale, second.step * second.scale)
        if not first.magnitude and second.magnitude:
            low, step = first.value * second.scale, min(first.step, second.step) * second.scale
        self.forms.discard("from")
        low, high = min(low, high), max(low, high)
        ambiguous = first.ambiguous or second.ambiguous
        return replace(blank, low=low, high=high, step=step, ambiguous=ambiguous)

    def _special(self, position: int, blank: Quantity) -> tuple[Quantity, int] | None:
        """Numbers that are no plain cardinal: halves, parts, tens of unknown count, `gấp đôi`."""
        rest = self.plain[position:]
        half = re.match(r"(?:một |quá )?nửa(?![^\W\d_])", rest)
        if half:
            if rest.startswith("quá"):
                self.comparator = ">"
            return _fraction_of(1.0, 2.0, blank), position + half.end()
        parts = _PARTS.match(rest)
        if parts:
            upper, lower = read_words(parts.group(1).split()), _WHOLES.get(parts.group(2))
            if upper and lower and upper[1] == len(parts.group(1).split()):
                return _fraction_of(upper[0], lower, blank), position + parts.end()
        if "times" in self.forms:
            word = _WORDS.match(rest)
            if word and _TIMES_WORDS.get(word.group()):
                return replace(blank, value=_TIMES_WORDS[word.group()], step=0.1), position + word.end()
        vague = _VAGUE.match(rest)
        if vague:
            return self._vague(vague.group(1), position + vague.start(2), blank)
        few = _FEW.match(rest)
        if few and not _MAGNITUDE.match(rest, few.end()) and "times" not in self.forms:
            low, high = _FEW_ENDS[few.group(1)]
            if low == high:
                return replace(blank, value=float(low)), position + few.end()
            self._approximate()
            return replace(blank, low=float(low), high=float(high)), position + few.end()
        return None

    def _vague(self, how: str, position: int, blank: Quantity) -> tuple[Quantity, int]:
        """`hàng trăm`, `vài chục nghìn`: an open number of a magnitude."""
        scale, end = 1.0, position
        while (word := re.compile(r" ?([^\W\d_]+)").match(self.plain, end)) and word.group(1) in VAGUE:
            scale, end = scale * VAGUE[word.group(1)], word.end()
        if how in ("hàng", "cả", "những"):
            self.comparator = ">=" if self.comparator == "=" else self.comparator
            return replace(blank, value=scale, step=scale), end
        low, high = _FEW_ENDS[how]
        self._approximate()
        return replace(blank, low=low * scale, high=high * scale, step=scale), end

    def _approximate(self) -> None:
        if self.comparator == "=":
            self.comparator = "~"

    def _amount(self, position: int) -> _Amount | None:
        """One number, in digits or words, with its magnitudes and any smaller part (`1 tỷ 250 triệu`)."""
        amount = self._digits(position) or self._spelled(position)
        if amount is None or not amount.magnitude:
            return amount
        match = re.compile(r" (?=\d)").match(self.plain, amount.end)
        part = self._digits(match.end()) if match else None
        if (
            part is not None
            and part.magnitude
            and part.scale < amount.scale
            and part.value * part.scale < amount.scale
        ):
            value = amount.value + part.value * part.scale / amount.scale
            step = part.step * part.scale / amount.scale
            return replace(amount, value=value, step=step, end=part.end)
        return amount

    def _digits(self, position: int) -> _Amount | None:
        found = _NUMBER.match(self.plain, position)
        if found is None:
            return None
        figure = read_figure(found.group(), self.habit)
        if figure is None:
            return None
        scale, end, magnitude = self._magnitude(found.end())
        value, step = figure.value, figure.step
        self.whole = self.whole and step >= 1
        half = re.compile(r" rưỡi(?![^\W\d_])").match(self.plain, end)
        if half:
            value, step, end = value + 0.5, 0.1, half.end()
        return _Amount(value, step, figure.ambiguous, scale, end, magnitude)

    def _spelled(self, position: int) -> _Amount | None:
        words = list(_WORDS.finditer(self.plain, position))
        if not words or words[0].start() != position:
            return None
        run = [words[0]]
        for word in words[1:28]:
            if self.plain[run[-1].end() : word.start()] != " ":
                break
            run.append(word)
        tokens = [word.group() for word in run]
        read = read_words(tokens)
        if read is not None:
            value, used = read
            last = tokens[used - 1]
            scale = SCALES.get(last, 1.0)
            return _Amount(value / scale, 1.0, False, scale, run[used - 1].end(), last if scale > 1 else "")
        if tokens[0] in _ALONE:
            scale, end, magnitude = self._magnitude(run[0].end())
            return _Amount(_ALONE[tokens[0]], _ALONE[tokens[0]], False, scale, end, magnitude)
        if tokens[0] in SCALES and len(tokens) > 1 and position > 0:
            return _Amount(1.0, 1.0, False, SCALES[tokens[0]], run[0].end(), tokens[0])
        return None

    def _magnitude(self, position: int) -> tuple[float, int, str]:
        scale, end, last = 1.0, position, ""
        while found := _MAGNITUDE.match(self.plain, end):
            word = found.group(1)
            if word in ("trđ", "tr"):
                return scale * 1e6, end + found.group().index("đ") if "đ" in word else found.end(), "triệu"
            scale, end, last = scale * VAGUE[word], found.end(), word
        return scale, end, last

    def _fraction(self, first: _Amount, blank: Quantity) -> tuple[Quantity, int] | None:
        between = _OUT_OF.match(self.plain, self._skip_noun(first.end))
        if between is None:
            return None
        second = self._digits(between.end()) or (
            self._spelled(between.end()) if between.group() != "/" else None
        )
        if second is None or second.value == 0:
            return None
        if between.group() == "/" and first.end < between.start():
            return None
        if "rank" in self.forms:
            return _single(first, blank), second.end
        upper, lower = first.value * first.scale, second.value * second.scale
        fraction = _fraction_of(upper, lower, blank)
        return replace(fraction, ambiguous=first.ambiguous or second.ambiguous), second.end

    def _skip_noun(self, position: int) -> int:
        """Past the counted noun of `27 xã trên tổng số 39 xã`."""
        found = _COUNTED_BEFORE_WHOLE.match(self.plain, position)
        return found.end() if found else position

    def _unit(self, position: int) -> tuple[str | None, int]:
        """The unit at a place and the number of characters it takes, its leading space included."""
        space = 1 if self.plain[position : position + 1] == " " else 0
        found = find_unit(self.plain[position + space :])
        if found is None:
            return None, 0
        unit, length = found
        return unit.name, length + space

    def _finish(self, quantity: Quantity, end: int) -> Quantity:
        unit, length = self._unit(end)
        rest = self.plain[end + length :]
        suffix = SUFFIX.search(rest)
        if suffix:
            self.comparator = SUFFIXES[suffix.group()]
            rest = rest[: suffix.start()]
        elif "from" in self.forms and self.comparator in ("=", "~") and not quantity.is_range:
            self.comparator = ">="
        unit, assumed = self._complete_unit(unit, rest, end)
        if quantity.is_fraction:
            unit = "%"
        if "negative" in self.forms and quantity.value is not None:
            quantity = replace(quantity, value=-quantity.value)
        if "rank" in self.forms:
            unit = "thứ hạng"
            if _RANKED.search(rest) or re.search(r"nhóm|tốp|top", self.plain[:end]):
                self.comparator = "<="
        return replace(
            quantity,
            unit=unit,
            comparator=self.comparator,
            direction=self.direction,
            ambiguous=assumed or (quantity.ambiguous and not self._settled(quantity, unit)),
        )

    def _settled(self, quantity: Quantity, unit: str | None) -> bool:
        """Whether thousands points beside a unit leave no doubt: `1.120 tỷ đồng` where commas are decimal."""
        return self.habit.decimal == "," and self.whole and unit not in (None, "%")

    def _complete_unit(self, unit: str | None, rest: str, end: int) -> tuple[str | None, bool]:
        assumed = False
        if unit is None and "times" in self.forms:
            return "lần", False
        if unit is None and (
            _BILLIONS.search(self.plain, 0, end)
            or (_LARGE.search(self.plain, 0, end) and rest.startswith("/"))
        ):
            unit, assumed = "VND", True
        if unit is None:
            unit = _noun(rest)
            rest = "" if unit else rest
        if unit is None and not rest.lstrip().startswith("/"):
            return None, assumed
        per = _denominators(rest)
        return "/".join([unit or "1", *per]) if per else unit, assumed


def _noun(rest: str) -> str | None:
    """An unknown counted noun after a number: its words up to a mark or a clause word."""
    found = re.match(r" ?([^\W\d_]+(?:[ -][^\W\d_]+)*)", rest)
    if found is None:
        return None
    words = re.split(
        r" (?:so|đạt|và|trong|trên|của|cho|để|theo|thuộc|là|được|so với|mỗi|một|hằng|hàng)(?= |$)",
        found.group(1),
    )[0]
    name = " ".join(words.split()[:_MAX_NOUN])
    return name if name not in ("so", "đạt", "và", "trong", "của", "cho", "so với", "kế hoạch") else None


def _denominators(rest: str) -> list[str]:
    """What a rate is per, in order: `/người/năm`, `mỗi năm`, `trên một vạn dân`."""
    per: list[str] = []
    of = _PER_OF.match(rest)
    if of:
        name = of.group(1)
        per.append(denominator(name.replace("một ", "").replace("1 ", "") if name.endswith("ha") else name))
        rest = rest[of.end() :]
    position = 0
    while found := _PER.match(rest, position):
        name = found.group(1) or found.group(3)
        per.append(denominator(_short(name)))
        position = found.end()
    return per


def _short(name: str) -> str:
    """A denominator without what follows it in the text."""
    known = re.match(
        r"(?:đầu người|người dân|người|hộ dân|hộ gia đình|hộ|năm|tháng|quý|tuần|ngày đêm|ngày|giờ|phút|vụ|ha|héc ta|héc-ta|"
        r"m2|m²|m3|m³|km2|km|kg|tấn|tạ|lít|kwh|1\.000 \w+|10\.?000 dân|10\.000 người|vạn dân|vạn người|một vạn dân|1 vạn dân|"
        r"100\.000 dân|nhóm|lượt|suất|con|cây|công|trường hợp)(?![^\W_])",
        name.strip(),
    )
    return known.group() if known else " ".join(name.split()[:3])


def _single(amount: _Amount, blank: Quantity) -> Quantity:
    value = _tidy(amount.value * amount.scale)
    return replace(blank, value=value, step=amount.step * amount.scale, ambiguous=amount.ambiguous)


def _fraction_of(upper: float, lower: float, blank: Quantity) -> Quantity:
    return replace(blank, value=_tidy(100 * upper / lower), numerator=upper, denominator=lower, step=0.0)


def _tidy(value: float) -> float:
    """Without the binary dust that scaling leaves: 1.6 × 10^6 is 1600000."""
    return float(f"{value:.12g}")
