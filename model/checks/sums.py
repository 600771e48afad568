"""Parts against their whole."""

from __future__ import annotations

import re
from collections.abc import Iterator

from model.checks.check import Check, Context, number, places_of, text_of
from model.comparing import is_level, reach
from model.passages import either
from model.reading import Value

_FULL_STOP = re.compile(r"[.!?]\s|\n")
_PARTS = re.compile(
    rf"\b(?P<all>{either('bao gồm|gồm')})\b|\b(?P<some>{either('trong đó')})\b", re.IGNORECASE
)


def sum_checks(context: Context) -> Iterator[Check]:
    """Each whole that the text parts with `gồm` or `trong đó`."""
    for total in context.group.values:
        if not is_level(total.quantity) or total.quantity.value is None or total.quantity.unit == "%":
            continue
        found = _parts(context, total)
        if found is None:
            continue
        cue, parts, complete = found
        low, high = (sum(ends) for ends in zip(*(reach(v.quantity) for v in parts), strict=True))
        top = reach(total.quantity)
        equal = low <= top[1] + 1e-9 and high >= top[0] - 1e-9
        added = number(sum(v.quantity.value or 0.0 for v in parts))
        figures = f"{' + '.join(text_of(v) for v in parts)} = {added}, the whole is {text_of(total)}"
        too_large = next((v for v in parts if reach(v.quantity)[0] > top[1]), None)
        if len(parts) >= 2 and equal:
            yield Check("sum", "consistent", figures, places_of(total, *parts))
        elif len(parts) >= 2 and complete and (cue == "all" or _nearly(low, high, top)):
            yield Check("sum", "inconsistent", figures, places_of(total, *parts))
        elif too_large is not None:
            detail = f"the part {text_of(too_large)} is more than the whole {text_of(total)}"
            yield Check("sum", "inconsistent", detail, places_of(total, too_large))


def _nearly(low: float, high: float, whole: tuple[float, float]) -> bool:
    """Whether a sum misses its whole so narrowly that all parts must be meant."""
    return abs((low + high) - sum(whole)) < 0.1 * sum(whole)


def _parts(context: Context, total: Value) -> tuple[str, list[Value], bool] | None:
    """The parts that the text names after a whole (`gồm` for all, `trong đó` for some), and whether nothing else of
    the same label stands among them. The whole is the nearest value of their kind before the word."""
    text = context.text
    stop = _FULL_STOP.search(text, total.span.end)
    end = stop.start() if stop else len(text)
    cue = _PARTS.search(text, total.span.end, end)
    if cue is None:
        return None
    here = [v for v in context.reading.values if total.span.end <= v.span.start < end]
    later = [v for v in here if v.span.start >= cue.end() and v.span.label == total.span.label]
    parts = [v for v in later if _is_part(v, total)]
    if not parts or any(v.span.end <= cue.start() and _is_part(v, total) for v in here):
        return None
    return cue.lastgroup or "some", parts, len(parts) == len(later)


def _is_part(part: Value, total: Value) -> bool:
    q = part.quantity
    same = q.unit == total.quantity.unit and part.span.label == total.span.label
    return same and q.value is not None and is_level(q) and not q.is_fraction
