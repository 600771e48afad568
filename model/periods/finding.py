"""Times found in a text, with the part that the words before them give them."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

from model.normalize import normalize
from model.passages import composed
from model.periods.forms import FORM, FORMS, NUMBER_WORD, YEAR
from model.periods.period import Period, Role
from model.periods.readers import READERS

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
_MORE_YEARS = re.compile(rf"(?:,| và| hay) ?(?P<more>{YEAR})(?![\d/-]|,\d)")
_CLOSING = re.compile(r"đến|tới|hết|trước")
_ROLE = tuple((role, re.compile(rf"(?<!\w){body}\s*$")) for role, body in _ROLES)
_ANY_YEAR = re.compile(rf"(?<!\d){YEAR}(?!\d)")
_ASIDE = re.compile(r"(?:so với|cùng kỳ|đến|giai đoạn|nhiệm kỳ|- ?)[^.;,]*$")
_REALISED_BY = re.compile(r"(?:tính|ước|cập nhật|thống kê)\s+$")
_COUNT_BEFORE = re.compile(rf"(?<!\w){NUMBER_WORD}\+? $")
_TRIGGER = re.compile(
    rf"{YEAR}|tháng|năm nay|năm trước|năm ngoái|năm sau|năm tới|(?:hết|cuối|cả) năm|quý|ngày|cùng kỳ|nhiệm kỳ|hôm",
    re.IGNORECASE,
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
    if not _TRIGGER.search(composed(text)):
        return ()
    plain = normalize(text)
    lower = _lower(plain.text)
    anchor = written or _main_year(lower)
    found: list[Period] = []
    for match in FORM.finditer(lower):
        index = next(i for i in range(len(FORMS)) if match.group(f"f{i}") is not None)
        kind = FORMS[index][0]
        if not _stands_alone(lower, match, kind):
            continue
        span = READERS[kind](match, anchor, found)
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
