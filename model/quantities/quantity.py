"""What a value text says, as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Comparator = Literal["=", ">=", ">", "<=", "<", "~"]
Direction = Literal["up", "down", "over"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value text read as a number, a range or a fraction.

    Parameters
    ----------
    text
        The text, exactly as it came in.
    value
        The number in `unit`; None for a range and for a text without a number. A fraction x/y has its
        percentage here.
    low, high
        The ends of a range, `low` <= `high`.
    unit
        `"%"`, `"VND"`, `"ha"`, `"VND/người/năm"`, a counted noun (`"xã"`) or None. Money is in whole units of
        its currency, everything else in the unit that the text names, after `nghìn`, `triệu` and `tỷ`.
    comparator
        How the number bounds the quantity; `"~"` is an approximation.
    direction
        `up` and `down` make the number a change, `over` an excess over a plan; None is a level.
    numerator, denominator
        Both parts of a fraction.
    start, end
        Code points of the text in its document, half-open.
    step
        The last decimal place that the text states, in `unit`: 0.1 for `4,2%`, 1e9 for `60 tỷ đồng`.
    ambiguous
        The figures can be read in another way (`1.120` without a unit, a decimal point, `5 tỷ` of what).
    problem
        Why there is no number; None when there is one.
    """

    text: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    comparator: Comparator = "="
    direction: Direction | None = None
    numerator: float | None = None
    denominator: float | None = None
    start: int = 0
    end: int = 0
    step: float = 1.0
    ambiguous: bool = False
    problem: str | None = None

    @property
    def approximate(self) -> bool:
        """Whether the text itself says that the number is rounded (`khoảng`, `gần`, `hàng trăm`)."""
        return self.comparator == "~"

    @property
    def is_range(self) -> bool:
        """Whether the text names two ends."""
        return self.low is not None

    @property
    def is_fraction(self) -> bool:
        """Whether the text names a part and its whole."""
        return self.denominator is not None

    @property
    def ends(self) -> tuple[float, float] | None:
        """Low and high end (equal for a single number), None without a number."""
        if self.low is not None and self.high is not None:
            return self.low, self.high
        return None if self.value is None else (self.value, self.value)

    def to_json(self) -> dict[str, Any]:
        """The fields of the row contract: `value`, or `low` and `high` for a range."""
        number = (
            {"low": _plain(self.low), "high": _plain(self.high)}
            if self.is_range
            else {"value": _plain(self.value)}
        )
        return {
            "text": self.text,
            **number,
            "unit": self.unit,
            "comparator": self.comparator,
            "direction": self.direction,
            "numerator": _plain(self.numerator),
            "denominator": _plain(self.denominator),
            "start": self.start,
            "end": self.end,
        }


def _plain(number: float | None) -> float | None:
    """A whole number without its `.0`, as long as a double can tell it from its neighbours."""
    return int(number) if number is not None and number.is_integer() and abs(number) < 2**53 else number
