"""A stated change against the levels before and after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from model.checks.check import Check, Context, number, places_of, text_of
from model.comparing import comparable, is_level, reach
from model.reading import Value


def change_checks(context: Context) -> Iterator[Check]:
    """Each change, relative or in the unit of its levels; a change of percentages may be in points."""
    actuals = context.group.of("ACTUAL")
    levels = [v for v in actuals if is_level(v.quantity) and v.quantity.ends is not None]
    for change in actuals:
        q = change.quantity
        if q.direction not in ("up", "down") or q.ends is None:
            continue
        pair = _before_and_after(context, change, levels)
        if pair is None:
            continue
        before, after = pair
        relative, points = _change(before, after, q.direction)
        stated = reach(q, "share")
        percent = (q.unit or "").startswith(("%", "điểm"))
        choices = [relative] if percent else [points]
        as_points = percent and after.quantity.unit == "%"
        if as_points:
            choices.append(points)
        fits = [low <= stated[1] + 1e-9 and high >= stated[0] - 1e-9 for low, high in choices]
        note = (
            ""
            if not as_points or fits[0] or not fits[-1] or q.unit == "điểm %"
            else " (percentage points, written as percent)"
        )
        shown = choices[-1] if as_points and (fits[-1] or not fits[0]) else choices[0]
        detail = (
            f"from {text_of(before)} to {text_of(after)} is {number(sum(shown) / 2)}{'%' if percent else ''}, "
            f"the text says {text_of(change)}{note}"
        )
        yield Check(
            "change", "consistent" if any(fits) else "inconsistent", detail, places_of(before, after, change)
        )


def _before_and_after(context: Context, change: Value, levels: Sequence[Value]) -> tuple[Value, Value] | None:
    """The levels that a change leads from and to: the earlier one has to carry the period of its baseline."""
    if change.baseline is None:
        return None
    near = [v for v in levels if context.same_sentence(v, change) and v.span.end <= change.span.start]
    if not near:
        return None
    after = near[-1]
    named = change.baseline.name
    before = [
        v
        for v in levels
        if v is not after
        and v.period is not None
        and v.period.name == named
        and comparable(v.quantity, after.quantity)
    ]
    return (before[0], after) if len(before) == 1 else None


def _change(before: Value, after: Value, direction: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """Relative change in percent and absolute change, each as the interval that rounding leaves, counted in the stated direction."""
    b, a = reach(before.quantity), reach(after.quantity)
    sign = 1 if direction == "up" else -1
    points = sorted((sign * (a[0] - b[1]), sign * (a[1] - b[0])))
    if b[0] <= 0:
        return (0.0, 0.0), (points[0], points[1])
    relative = sorted((sign * 100 * (a[0] / b[1] - 1), sign * 100 * (a[1] / b[0] - 1)))
    return (relative[0], relative[1]), (points[0], points[1])
