"""Times of Vietnamese official language: found by rules, brought to one form, attached to the value they govern.

A period is written as ISO 8601 does: `2024`, `2024-09`, `2024-09-30`, and an interval `2018-01/2018-09` for
`9 tháng đầu năm 2018`, `2020/2025` for a term.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from model.normalize import normalize

Role = Literal["at", "by", "since", "baseline", "event"]

_YEAR = r"(?:19|20)\d\d"
_NUMBER_WORD = r"(?:một|hai|ba|bốn|tư|năm|sáu|bảy|tám|chín|mười một|mười hai|mười|\d{1,2})"
_NUMBERS = {
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10,
    "mười một": 11, "mười hai": 12, "i": 1, "ii": 2, "iii": 3, "iv": 4,
}  # fmt: skip
_OF_YEAR = (
    rf"(?:(?:[ ,]*(?:của )?(?:năm )?| ?/ ?| ?- ?|\.)(?P<y{{0}}>{_YEAR})(?![\d/])"
    rf"|[ ,]*(?:của )?(?P<r{{0}}>năm nay|năm trước|năm ngoái|năm sau))?"
)


@dataclass(frozen=True, slots=True)
class Period:
    """A time that the text names.

    Parameters
    ----------
    first, last
        Its first and last day.
    name
        The period in ISO 8601.
    role
        `by` a deadline (`đến năm 2025`), `since` a beginning, `baseline` what a change is measured against
        (`so với cùng kỳ`), `event` the day of a meeting or a document, else `at`.
    start, end
        Code points in the document, introducing word included.
    """

    first: date
    last: date
    name: str
    role: Role
    start: int
    end: int


_FORMS: tuple[tuple[str, str], ...] = (
    ("day", rf"(?:ngày )?(?P<d1>\d{{1,2}})(?P<s1>[/.-])(?P<m1>\d{{1,2}})(?P=s1)(?P<y1>{_YEAR})"),
    ("day", rf"ngày (?P<d2>\d{{1,2}}) tháng (?P<m2>\d{{1,2}}) năm (?P<y2>{_YEAR})"),
    ("day", r"ngày (?P<d3>\d{1,2})[/-](?P<m3>\d{1,2})(?![/\d-])"),
    (
        "span",
        rf"(?:nhiệm kỳ|giai đoạn|thời kỳ|khóa|các năm|trong|từ năm)? ?(?P<a4>{_YEAR}) ?(?:-|đến năm|đến|tới năm) ?(?P<b4>{_YEAR})",
    ),
    ("months", rf"(?P<n5>{_NUMBER_WORD}) tháng (?P<w5>đầu|cuối)(?: năm)?" + _OF_YEAR.format("5")),
    ("months", rf"(?P<n6>{_NUMBER_WORD}) tháng(?: năm | ?/ ?)(?P<y6>{_YEAR})"),
    ("half", r"(?:nửa|6 tháng|sáu tháng) (?P<w7>đầu|cuối)(?: năm)?" + _OF_YEAR.format("7")),
    ("quarter", r"(?:cuối |đầu |hết )?quý (?P<q8>iv|iii|ii|i|[1-4])" + _OF_YEAR.format("8")),
    (
        "month",
        rf"(?:đầu |cuối |giữa )?tháng (?P<m9>\d{{1,2}}|{_NUMBER_WORD})(?! ?tháng| ngày)"
        + _OF_YEAR.format("9"),
    ),
    ("years", rf"(?P<n10>{_NUMBER_WORD}) năm ?\(? ?(?P<a10>{_YEAR}) ?- ?(?P<b10>{_YEAR})\)?"),
    (
        "year",
        rf"(?:(?:(?:đầu|cuối|giữa|hết|cả|trong|trọn) )?(?:các )?năm (?:học )?|(?:đầu|cuối|giữa|hết) )"
        rf"(?P<y11>{_YEAR})(?! ?-)",
    ),
    (
        "relative",
        r"(?P<x12>năm nay|năm trước|năm ngoái|năm sau|năm tới|tháng này|tháng trước|tháng sau|quý trước|hôm nay|hôm qua)",
    ),
    ("same", r"(?P<x13>cùng kỳ(?: năm)?(?: (?:trước|ngoái|(?:19|20)\d\d))?)"),
    ("term", r"(?P<x14>đầu nhiệm kỳ|cuối nhiệm kỳ|hết nhiệm kỳ)"),
)
_BY = r"(?:phấn đấu |dự kiến )?(?:đến|tới|trước|chậm nhất)(?: (?:hết|cuối|trước|là))*"
_ROLES: tuple[tuple[Role, str], ...] = (
    (
        "baseline",
        r"(?:so với|so|hơn|bằng|của)(?: (?:số|mức|thời điểm|cả|ước|thực hiện|kết quả|giá trị|năm|đầu|cuối|bình quân|trung bình))*",
    ),
    ("by", _BY),
    ("since", r"(?:từ|kể từ|tính từ)(?: (?:đầu|cuối|sau))?"),
    ("at", r"(?:tính đến|hết|trong|vào|riêng|năm|cả|của)(?: (?:hết|cuối|trong))*"),
)
_MORE_YEARS = re.compile(rf"(?:,| và| hay) ?(?P<more>{_YEAR})(?![\d/-]|,\d)")
_CLOSING = re.compile(r"đến|tới|hết|trước")
_STARTS = "ngày nhi gia thời khóa các trong từ một hai ba bố tư nă sáu bảy tám chín mười nửa cuối đầu hết quý thá giữa cả trọn cùng hôm"
_FORM = re.compile(
    rf"(?<![\w/])(?=\d|{'|'.join(_STARTS.split())})(?:"
    + "|".join(f"(?P<f{i}>{body})" for i, (_, body) in enumerate(_FORMS))
    + ")"
)
_ROLE = tuple((role, re.compile(rf"(?<!\w){body}\s*$")) for role, body in _ROLES)
_ANY_YEAR = re.compile(rf"(?<!\d){_YEAR}(?!\d)")
_ASIDE = re.compile(r"(?:so với|cùng kỳ|đến|giai đoạn|nhiệm kỳ|- ?)[^.;,]*$")
_REALISED_BY = re.compile(r"(?:tính|ước|cập nhật|thống kê)\s+$")
_COUNT_BEFORE = re.compile(rf"(?<!\w){_NUMBER_WORD}\+? $")
_TRIGGER = re.compile(
    rf"{_YEAR}|tháng|năm nay|năm trước|năm ngoái|năm sau|năm tới|quý|ngày|cùng kỳ|nhiệm kỳ|hôm", re.IGNORECASE
)


def find_periods(text: str, written: date | None = None) -> tuple[Period, ...]:
    """Every period of a text, in order.

    Parameters
    ----------
    text
        The article, as it came in.
    written
        The article's date, for `năm nay`, `tháng trước` and days and months without a year. Without it they are
        read against the year that the text names most often, and left out when it names none.
    """
    if not _TRIGGER.search(text):
        return ()
    plain = normalize(text)
    lower = _lower(plain.text)
    anchor = written or _main_year(lower)
    found: list[Period] = []
    for match in _FORM.finditer(lower):
        index = next(i for i in range(len(_FORMS)) if match.group(f"f{i}") is not None)
        kind = _FORMS[index][0]
        if not _stands_alone(lower, match, kind):
            continue
        span = _READERS[kind](match, anchor, found)
        if span is None:
            continue
        first, last, name = span
        role, begin = _role(lower, match)
        if kind == "same":
            role = "baseline"
        if kind == "day" and role == "at" and not _CLOSING.search(lower, begin, match.start()):
            role = "event"
        start, end = plain.to_original(begin, match.end())
        found.append(Period(first, last, name, role, start, end))
        more = _MORE_YEARS.match(lower, match.end()) if kind == "year" else None
        while more:
            year = int(more.group("more"))
            start, end = plain.to_original(*more.span("more"))
            found.append(Period(date(year, 1, 1), date(year, 12, 31), str(year), role, start, end))
            more = _MORE_YEARS.match(lower, more.end())
    return tuple(found)


def _lower(text: str) -> str:
    """Small letters, one for one."""
    lower = text.lower()
    return (
        lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    )


def _stands_alone(text: str, match: re.Match[str], kind: str) -> bool:
    """Whether a match is no part of a longer number or word, nor of `5 năm tới`."""
    if kind == "relative" and _COUNT_BEFORE.search(text, max(0, match.start() - 8), match.start()):
        return False
    before = text[match.start() - 1] if match.start() else " "
    after = text[match.end()] if match.end() < len(text) else " "
    if before in ".,":
        before = text[match.start() - 2 : match.start() - 1] or " "
        before = before if before.isdigit() else " "
    return not (before.isalnum() or before in "/-") and not (after.isalnum() or after in "/%")


def _role(text: str, match: re.Match[str]) -> tuple[Role, int]:
    """What the words before a period make of it, and where they begin."""
    window = text[max(0, match.start() - 48) : match.start()]
    offset = match.start() - len(window)
    for role, pattern in _ROLE:
        found = pattern.search(window)
        if found:
            if role == "by" and _REALISED_BY.search(window[: found.start()]):
                return "at", offset + found.start()
            if role == "baseline" and found.group().strip() in ("của", "bằng", "hơn"):
                return "at", offset + found.start()
            return role, offset + found.start()
    return "at", match.start()


def _main_year(text: str) -> date | None:
    """The last day of the year that a text names most often, the later one of two; years that it only compares with or looks
    forward to count where there are no others."""
    present: Counter[int] = Counter()
    others: Counter[int] = Counter()
    for found in _ANY_YEAR.finditer(text):
        aside = _ASIDE.search(text, max(0, found.start() - 30), found.start())
        (others if aside else present)[int(found.group())] += 1
    years = present or others
    return date(max(years, key=lambda year: (years[year], year)), 12, 31) if years else None


_Read = tuple[date, date, str]


def _group(match: re.Match[str], *names: str) -> str | None:
    for name in names:
        value = match.group(name)
        if value is not None:
            return value
    return None


def _number(word: str) -> int:
    return _NUMBERS.get(word) or (int(word) if word.isdigit() else 0)


def _year(match: re.Match[str], key: str, anchor: date | None) -> int | None:
    named = match.group(f"y{key}")
    if named:
        return int(named)
    if anchor is None:
        return None
    relative = match.group(f"r{key}") or ""
    return anchor.year + {"năm trước": -1, "năm ngoái": -1, "năm sau": 1}.get(relative, 0)


def months(year: int, first: int, last: int) -> _Read | None:
    """The period from one month of a year to another of the same year."""
    if not 1 <= first <= last <= 12:
        return None
    begin, end = date(year, first, 1), _month_end(year, last)
    name = f"{year}-{first:02}" if first == last else f"{year}-{first:02}/{year}-{last:02}"
    return (begin, end, f"{year}") if (first, last) == (1, 12) else (begin, end, name)


def _month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _read_day(match: re.Match[str], anchor: date | None, found: Sequence[Period]) -> _Read | None:
    day, month = _group(match, "d1", "d2", "d3"), _group(match, "m1", "m2", "m3")
    year = _group(match, "y1", "y2") or (str(anchor.year) if anchor else None)
    if day is None or month is None or year is None:
        return None
    try:
        when = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return when, when, when.isoformat()


def _read_span(match: re.Match[str], anchor: date | None, found: Sequence[Period]) -> _Read | None:
    first, last = int(match.group("a4")), int(match.group("b4"))
    return (date(first, 1, 1), date(last, 12, 31), f"{first}/{last}") if first < last else None


def _read_years(match: re.Match[str], anchor: date | None, found: Sequence[Period]) -> _Read | None:
    first, last = int(match.group("a10")), int(match.group("b10"))
    return (date(first, 1, 1), date(last, 12, 31), f"{first}/{last}") if first < last else None


def _read_months(match: re.Match[str], anchor: date | None, found: Sequence[Period]) -> _Read | None:
    if match.group("n6"):
        return months(int(match.group("y6")), 1, _number(match.group("n6")))
    year, count = _year(match, "5", anchor), _number(match.group("n5"))
    if year is None or not 1 <= count <= 12:
        return None
    return months(year, 1, count) if match.group("w5") == "đầu" else months(year, 13 - count, 12)


def _read_half(match: re.Match[str], anchor: date | None, found: Sequence[Period]) -> _Read | None:
    year = _year(match, "7", anchor)
    if year is None:
        return None
    return months(year, 1, 6) if match.group("w7") == "đầu" else months(year, 7, 12)


def _read_quarter(match: re.Match[str], anchor: date | None, found: Sequence[Period]) -> _Read | None:
    year, quarter = _year(match, "8", anchor), _number(match.group("q8"))
    return months(year, 3 * quarter - 2, 3 * quarter) if year is not None else None


def _read_month(match: re.Match[str], anchor: date | None, found: Sequence[Period]) -> _Read | None:
    year, month = _year(match, "9", anchor), _number(match.group("m9"))
    return months(year, month, month) if year is not None and 1 <= month <= 12 else None


def _read_year(match: re.Match[str], anchor: date | None, found: Sequence[Period]) -> _Read | None:
    year = int(match.group("y11"))
    return months(year, 1, 12)


def _read_relative(match: re.Match[str], anchor: date | None, found: Sequence[Period]) -> _Read | None:
    if anchor is None:
        return None
    word = match.group("x12")
    if word.startswith("năm"):
        return months(anchor.year + {"năm nay": 0, "năm sau": 1, "năm tới": 1}.get(word, -1), 1, 12)
    if word.startswith("hôm"):
        day = anchor - timedelta(days=word == "hôm qua")
        return day, day, day.isoformat()
    if word == "quý trước":
        index = anchor.year * 4 + (anchor.month - 1) // 3 - 1
        return months(index // 4, index % 4 * 3 + 1, index % 4 * 3 + 3)
    index = anchor.year * 12 + anchor.month - 1 + {"tháng trước": -1, "tháng sau": 1}.get(word, 0)
    return months(index // 12, index % 12 + 1, index % 12 + 1)


def _read_same(match: re.Match[str], anchor: date | None, found: Sequence[Period]) -> _Read | None:
    """`cùng kỳ`: the period named last, in its own or the year before."""
    word = match.group("x13")
    named = re.search(_YEAR, word)
    current = next((p for p in reversed(found) if p.role != "baseline"), None)
    if current is None:
        if anchor is None:
            return None
        year = int(named.group()) if named else anchor.year - 1
        return months(year, 1, 12)
    year = int(named.group()) if named else current.first.year - 1
    shift = year - current.first.year
    first, last = _shift(current.first, shift), _shift(current.last, shift)
    name = re.sub(_YEAR, lambda m: str(int(m.group()) + shift), current.name)
    return first, last, name


def _shift(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _read_term(match: re.Match[str], anchor: date | None, found: Sequence[Period]) -> _Read | None:
    """Beginning or end of the term named last."""
    term = next((p for p in reversed(found) if "/" in p.name and p.last.year - p.first.year >= 4), None)
    if term is None:
        return None
    year = term.first.year if match.group("x14").startswith("đầu") else term.last.year
    return months(year, 1, 12)


_READERS: dict[str, Callable[[re.Match[str], date | None, Sequence[Period]], _Read | None]] = {
    "day": _read_day,
    "span": _read_span,
    "years": _read_years,
    "months": _read_months,
    "half": _read_half,
    "quarter": _read_quarter,
    "month": _read_month,
    "year": _read_year,
    "relative": _read_relative,
    "same": _read_same,
    "term": _read_term,
}
