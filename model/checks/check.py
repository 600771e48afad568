"""One check of a row, and what a check looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from model.passages import Passages, after, before, composed
from model.reading import Group, Reading, Value

Verdict = Literal["consistent", "inconsistent", "not checkable"]
Kind = Literal["ratio", "fraction", "sum", "change", "target", "reading"]
_FEW = 30
"""Letters that a few words have."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what was checked, the verdict, the figures in words and where they stand."""

    kind: Kind
    verdict: Verdict
    detail: str
    spans: tuple[tuple[int, int], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Its fields."""
        return {
            "check": self.kind,
            "verdict": self.verdict,
            "detail": self.detail,
            "spans": [list(span) for span in self.spans],
        }


@dataclass(frozen=True)
class Context:
    """A group in its article."""

    reading: Reading
    group: Group

    @property
    def passages(self) -> Passages:
        """Its paragraphs and sentences."""
        return self.reading.passages

    @property
    def text(self) -> str:
        """The article."""
        return self.reading.document.text

    def same_sentence(self, first: Value, second: Value) -> bool:
        """Whether two values stand in one sentence."""
        return self.passages.sentence(first.span.start) == self.passages.sentence(second.span.start)

    def between(self, first: Value, second: Value) -> str:
        """The text between two values, in either order."""
        first, second = sorted((first, second), key=lambda v: v.span.start)
        return composed(self.text[first.span.end : second.span.start])

    def before(self, value: Value) -> str:
        """A few words before a value."""
        return before(self.text, value.span.start, _FEW)

    def after(self, value: Value) -> str:
        """A few words after a value."""
        return after(self.text, value.span.end, _FEW)

    def sentence(self, value: Value) -> str:
        """The sentence of a value."""
        begin, end = self.passages.sentence_bounds(value.span.start)
        return composed(self.text[begin:end])


def text_of(value: Value) -> str:
    """A value as the text has it, on one line."""
    return " ".join(value.quantity.text.split())


def number(value: float) -> str:
    """A computed number for people."""
    return f"{value:.6g}" if abs(value) < 1e6 else f"{value:,.0f}"


def places_of(*values: Value) -> tuple[tuple[int, int], ...]:
    """Where values stand."""
    return tuple((value.span.start, value.span.end) for value in values)
