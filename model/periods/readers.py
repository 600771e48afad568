"""What each written form means: its first and last day and its name in ISO 8601.

A reader gets the match, the date that relative times are read against, and the periods found so far; it returns None
for what is no time (`31/2/2024`) or cannot be placed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from model.periods.forms import NUMBERS, YEAR
from model.periods.period import Period

Read = tuple[date, date, str]


def _group(match: re.Match[str], *names: str) -> str | None:
    for name in names:
        value = match.group(name)
        if value is not None:
            return value
    return None


def _number(word: str) -> int:
    return NUMBERS.get(word) or (int(word) if word.isdigit() else 0)


def _year(match: re.Match[str], key: str, anchor: date | None) -> int | None:
    named = match.group(f"y{key}")
    if named:
        return int(named)
    if anchor is None:
        return None
    relative = match.group(f"r{key}") or ""
    return anchor.year + {"năm trước": -1, "năm ngoái": -1, "năm sau": 1}.get(relative, 0)


def months(year: int, first: int, last: int) -> Read | None:
    """The period from one month of a year to another of the same year."""
    if not 1 <= first <= last <= 12:
        return None
    begin, end = date(year, first, 1), _month_end(year, last)
    name = f"{year}-{first:02}" if first == last else f"{year}-{first:02}/{year}-{last:02}"
    return (begin, end, f"{year}") if (first, last) == (1, 12) else (begin, end, name)


def _month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _read_day(match: re.Match[str], anchor: date | None, found: Sequence[Period]) -> Read | None:
    day, month = _group(match, "d1", "d2", "d3"), _group(match, "m1", "m2", "m3")
    year = _group(match, "y1", "y2") or (str(anchor.year) if anchor else None)
    if day is None or month is None or year is None:
        return None
    try:
        when = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return when, when, when.isoformat()


def _read_span(match: re.Match[str], anchor: date | None, found: Sequence[Period]) -> Read | None:
    first, last = int(match.group("a4")), int(match.group("b4"))
    return (date(first, 1, 1), date(last, 12, 31), f"{first}/{last}") if first < last else None


def _read_years(match: re.Match[str], anchor: date | None, found: Sequence[Period]) -> Read | None:
    first, last = int(match.group("a10")), int(match.group("b10"))
    return (date(first, 1, 1), date(last, 12, 31), f"{first}/{last}") if first < last else None


def _read_months(match: re.Match[str], anchor: date | None, found: Sequence[Period]) -> Read | None:
    if match.group("n6"):
        return months(int(match.group("y6")), 1, _number(match.group("n6")))
    year, count = _year(match, "5", anchor), _number(match.group("n5"))
    if year is None or not 1 <= count <= 12:
        return None
    return months(year, 1, count) if match.group("w5") == "đầu" else months(year, 13 - count, 12)


def _read_half(match: re.Match[str], anchor: date | None, found: Sequence[Period]) -> Read | None:
    year = _year(match, "7", anchor)
    if year is None:
        return None
    return months(year, 1, 6) if match.group("w7") == "đầu" else months(year, 7, 12)


def _read_quarter(match: re.Match[str], anchor: date | None, found: Sequence[Period]) -> Read | None:
    year, quarter = _year(match, "8", anchor), _number(match.group("q8"))
    return months(year, 3 * quarter - 2, 3 * quarter) if year is not None else None


def _read_month(match: re.Match[str], anchor: date | None, found: Sequence[Period]) -> Read | None:
    year, month = _year(match, "9", anchor), _number(match.group("m9"))
    return months(year, month, month) if year is not None and 1 <= month <= 12 else None


def _read_year(match: re.Match[str], anchor: date | None, found: Sequence[Period]) -> Read | None:
    year = int(match.group("y11"))
    return months(year, 1, 12)


def _read_relative(match: re.Match[str], anchor: date | None, found: Sequence[Period]) -> Read | None:
    if anchor is None:
        return None
    word = match.group("x12")
    if word.endswith(" năm"):  # in January the year that has just ended
        return months(anchor.year - (anchor.month == 1), 1, 12)
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


def _read_same(match: re.Match[str], anchor: date | None, found: Sequence[Period]) -> Read | None:
    """`cùng kỳ`: the period named last, in its own or the year before."""
    word = match.group("x13")
    named = re.search(YEAR, word)
    current = next((p for p in reversed(found) if p.role != "baseline"), None)
    if current is None:
        if anchor is None:
            return None
        year = int(named.group()) if named else anchor.year - 1
        return months(year, 1, 12)
    year = int(named.group()) if named else current.first.year - 1
    shift = year - current.first.year
    first, last = _shift(current.first, shift), _shift(current.last, shift)
    name = re.sub(YEAR, lambda m: str(int(m.group()) + shift), current.name)
    return first, last, name


def _shift(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _read_term(match: re.Match[str], anchor: date | None, found: Sequence[Period]) -> Read | None:
    """Beginning or end of the term named last."""
    term = next((p for p in reversed(found) if "/" in p.name and p.last.year - p.first.year >= 4), None)
    if term is None:
        return None
    year = term.first.year if match.group("x14").startswith("đầu") else term.last.year
    return months(year, 1, 12)


READERS: dict[str, Callable[[re.Match[str], date | None, Sequence[Period]], Read | None]] = {
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
