"""Numbers in digits: which mark is the decimal one, and what the document's habit says when it is open.

Vietnamese writes `1.234,5`. Articles also come with decimal points and English thousands; `1.120` alone can be
either. What the figures of a document show beyond doubt (`65,5`, `1.234.567`) decides such forms.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Mark = Literal[",", "."]

NUMBER = r"\d+(?:[.,]\d+)*(?: \d{3}(?!\d))*(?:,\d+)?"
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*(?![\w/:])(?<=\d)")
_LARGE = re.compile(r"(?!(?:19|20)\d\d$)\d{4,}|\d{1,3},\d{3}")
_DATE = re.compile(r"(?:ngày|tháng|lúc|số|điều|mục|khoản|quốc lộ|phiên bản)\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Habit:
    """How a document writes decimals: counts of figures that can be read in one way only.

    Parameters
    ----------
    commas
        Figures that show a decimal comma or thousands points.
    points
        Figures that show a decimal point or thousands commas.
    thousands
        Figures of four and more digits without points in them (`2640`, `2,640`): where a document with decimal points has
        them, `1.186` is a decimal; where it has none, it is 1186.
    """

    commas: int = 0
    points: int = 0
    thousands: int = 0

    @cached_property
    def decimal(self) -> Mark:
        """The decimal mark; a comma unless most of the evidence is against it."""
        return "." if self.points > self.commas else ","

    def groups(self, mark: str) -> bool:
        """Whether a single mark before three digits sets off thousands."""
        return mark != self.decimal or (mark == "." and not self.thousands)

    @cached_property
    def certain(self) -> bool:
        """Whether the document shows one way of writing and no trace of the other."""
        return (self.commas > 0) != (self.points > 0)

    @classmethod
    def of(cls, text: str) -> Habit:
        """The habit of a text, from every figure in it except dates, times and numbers of documents."""
        commas = points = thousands = 0
        for found in _FIGURE.finditer(text):
            figure, start = found.group(), found.start()
            before = text[start - 1 : start]
            if len(figure) < 3 or before.isalnum() or (before and before in "_.,/:-"):
                continue
            if _DATE.search(text, max(0, start - 12), start):
                continue
            thousands += _LARGE.fullmatch(figure) is not None
            mark = _certain_decimal(figure) if not figure.isdigit() else None
            commas += mark == ","
            points += mark == "."
        return cls(commas, points, thousands)


VIETNAMESE = Habit()


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in digits as read: its value, its last stated place and whether it could be read otherwise."""

    value: float
    step: float
    ambiguous: bool


def read_figure(digits: str, habit: Habit = VIETNAMESE) -> Figure | None:
    """Read digits with points, commas and spaces between them; None when they form no number (`1.5.2`)."""
    compact = digits.replace(" ", "")
    marks = [c for c in compact if c in ".,"]
    groups = re.split(r"[.,]", compact)
    if not marks:
        return Figure(float(compact), 1.0, False)
    decimal = _certain_decimal(compact)
    if decimal is None and len(marks) == 1:
        if habit.groups(marks[0]):
            return Figure(float("".join(groups)), 1.0, True)
        return _decimal(groups[0], groups[1], True)
    if decimal is None:
        return None
    if decimal == marks[-1]:
        return _decimal("".join(groups[:-1]), groups[-1], decimal != habit.decimal)
    return Figure(float("".join(groups)), 1.0, False)


def _decimal(whole: str, part: str, ambiguous: bool) -> Figure:
    return Figure(float(f"{whole}.{part}"), 10.0 ** -len(part), ambiguous)


def _certain_decimal(figure: str) -> Mark | None:
    """The decimal mark that a figure shows by itself (its own, or the one its thousands marks leave over)."""
    marks = [c for c in figure if c in ".,"]
    groups = re.split(r"[.,]", figure)
    thousands = all(len(group) == 3 for group in groups[1:]) and 1 <= len(groups[0]) <= 3
    if len(set(marks)) == 2:
        inner = len(set(marks[:-1])) == 1 and marks[-1] not in marks[:-1]
        grouped = all(len(group) == 3 for group in groups[1:-1]) and 1 <= len(groups[0]) <= 3
        return _as_mark(marks[-1]) if inner and grouped else None
    if len(marks) > 1:
        return _other(marks[0]) if thousands else None
    if thousands and not groups[0].startswith("0"):
        return None
    return _as_mark(marks[0])


def _as_mark(char: str) -> Mark:
    return "," if char == "," else "."


def _other(char: str) -> Mark:
    return "." if char == "," else ","
