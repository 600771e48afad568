"""A time that an article names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Role = Literal["at", "by", "since", "baseline", "event"]


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
