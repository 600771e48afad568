"""Parts against their whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from model.checks.check import Check, Context, number, places_of, text_of
from model.comparing import is_level, reach
from model.passages import either
from model.reading import Value

_FULL_STOP = re.compile(r"[.!?]\s|\n")
_PARTS = re.compile(
    rf"(?<!\w)(?:(?P<all>{either('bao gồm|gồm')})|(?P<some>{either('trong đó')}))(?!\w)", re.IGNORECASE
)


def sum_checks(context: Context) -> Iterator[Check]:
    """Each whole that the text parts with `gồm` or `trong đó`."""
    for total in context.group.values:
        if not is_level(total.quantity) or total.quantity.value is None or total.quantity.unit == "%":
            continue
        found = _parts(context, total)
        if found is None:
            continue
        cue, parts, near, complete = found
        top = reach(total.quantity)
        whole = next((some for some in (parts, near) if len(some) >= 2 and _equal(some, top)), None)
        too_large = next((v for v in near if reach(v.quantity)[0] > top[1]), None)
        if whole is not None:
            yield Check("sum", "consistent", _detail(total, whole), places_of(total, *whole))
        elif len(near) >= 2 and complete and (cue == "all" or _nearly(near, top)):
            yield Check("sum", "inconsistent", _detail(total, near), places_of(total, *near))
        elif too_large is not None:
            detail = f"the part {text_of(too_large)} is more than the whole {text_of(total)}"
            yield Check("sum", "inconsistent", detail, places_of(total, too_large))


def _detail(total: Value, parts: Sequence[Value]) -> str:
    added = number(sum(v.quantity.value or 0.0 for v in parts))
    return f"{' + '.join(text_of(v) for v in parts)} = {added}, the whole is {text_of(total)}"


def _sum(parts: Sequence[Value]) -> tuple[float, float]:
    """The least and the most that parts can add up to."""
    low, high = (sum(ends) for ends in zip(*(reach(v.quantity) for v in parts), strict=True))
    return low, high


def _equal(parts: Sequence[Value], whole: tuple[float, float]) -> bool:
    low, high = _sum(parts)
    return low <= whole[1] + 1e-9 and high >= whole[0] - 1e-9


def _nearly(parts: Sequence[Value], whole: tuple[float, float]) -> bool:
    """Whether a sum misses its whole so narrowly that all parts must be meant."""
    return abs(sum(_sum(parts)) - sum(whole)) < 0.1 * sum(whole)


def _parts(context: Context, total: Value) -> tuple[str, list[Value], list[Value], bool] | None:
    """The parts that the text may name after a whole (`gồm` for all, `trong đó` for some), those of them that stand before the
    first semicolon, behind which another subject may begin, and whether nothing else of the same label stands among these.
    The whole is the nearest value of their kind before the word."""
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
    semicolon = text.find(";", cue.end(), end)
    limit = semicolon if semicolon >= 0 else end
    near = [v for v in parts if v.span.start < limit]
    return cue.lastgroup or "some", parts, near, len(near) == sum(v.span.start < limit for v in later)


def _is_part(part: Value, total: Value) -> bool:
    q = part.quantity
    same = q.unit == total.quantity.unit and part.span.label == total.span.label
    return same and q.value is not None and is_level(q) and not q.is_fraction
