"""A stated share of a plan against the actual value and the target that it is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator

from model.checks.check import Check, Context, number, places_of, text_of
from model.comparing import aligned, comparable, less_is_better, reach
from model.quantities import Quantity
from model.reading import Value

Pair = tuple[Value, Value]
"""An actual value and a target."""

_IN_TURN = re.compile(r"lần lượt|tương ứng")
_SHORT = re.compile(r"(?:hụt|thiếu|kém|thấp hơn|còn thiếu|mới bằng thiếu)(?: \w+){0,2}\s*$", re.IGNORECASE)
_PROPOSED = re.compile(
    r"(?:nâng lên|hạ xuống|sửa thành|điều chỉnh (?:lên|xuống|thành|còn))(?: \w+)?\s*$", re.IGNORECASE
)


def ratio_checks(context: Context) -> Iterator[Check]:
    """Each ratio against actual / target; a pair that another ratio follows from leaves this one to a goal that is not
    told."""
    compared = []
    for ratio in context.group.of("RATIO"):
        q = ratio.quantity
        if (
            q.ends is None
            or q.is_fraction
            or q.direction in ("up", "down")
            or not (q.unit or "").startswith("%")
        ):
            continue
        if pairs := _pairs(context, ratio):
            compared.append((ratio, pairs, _fitting(context, ratio, pairs)))
    explained = {pair for _, _, pair in compared if pair}
    for ratio, pairs, pair in compared:
        tried = [pair] if pair else [other for other in pairs if other not in explained]
        if tried:
            yield Check(
                "ratio",
                "consistent" if pair else "inconsistent",
                _ratio_detail(ratio, tried),
                places_of(*dict.fromkeys([value for one in tried for value in one] + [ratio])),
            )


def _fitting(context: Context, ratio: Value, pairs: list[Pair]) -> Pair | None:
    """The first pair that a ratio follows from."""
    short = _SHORT.search(context.before(ratio)) is not None
    name = context.group.key
    return next(((a, t) for a, t in pairs if fits(ratio.quantity, a.quantity, t.quantity, name, short)), None)


def _pairs(context: Context, ratio: Value) -> list[Pair]:
    """Actual values and targets that a ratio can be made of, the likeliest first.

    A ratio belongs to the nearest actual value of its sentence, if there is one, unless values are told in turn.
    """
    targets = [v for v in context.group.of("TARGET") if v.quantity.ends is not None]
    kinds = [v.quantity for v in targets]
    actuals = [v for v in context.group.of("ACTUAL") if any(comparable(v.quantity, kind) for kind in kinds)]
    here = [v for v in actuals if context.same_sentence(v, ratio)]
    if here and not _IN_TURN.search(context.sentence(ratio)):
        actuals = [min(here, key=lambda v: _distance(v, ratio))]
    pairs = [
        (a, t)
        for a in actuals
        for t in targets
        if comparable(a.quantity, t.quantity) and _same_time(context, a, t, ratio)
    ]
    beside = [pair for pair in pairs if context.same_sentence(pair[1], ratio)]
    return sorted(beside or pairs, key=lambda pair: _distance(pair[1], ratio))


def _distance(value: Value, ratio: Value) -> float:
    """How far a value stands from a ratio; behind it counts double."""
    gap = ratio.span.start - value.span.start
    return gap if gap >= 0 else -2 * gap


def _same_time(context: Context, actual: Value, target: Value, ratio: Value) -> bool:
    """Whether an actual value can be held against a target: not one of a later paragraph (the next plan), not one for a
    time that began after the value was reached, not a new one that is only asked for, and of one year unless told in one
    breath."""
    _, end = context.passages.paragraph_bounds(ratio.span.start)
    if target.span.start >= end or _PROPOSED.search(context.before(target)):
        return False
    if target.period is None:
        return True
    seen = actual.period.last if actual.period else context.reading.written
    if target.period.role == "at" and seen is not None and seen < target.period.first:
        return False
    if actual.period is None:
        return True
    return context.same_sentence(target, ratio) or target.period.last.year == actual.period.last.year


def fits(ratio: Quantity, actual: Quantity, target: Quantity, name: str, short: bool = False) -> bool:
    """Whether a share, an excess (`vượt`) or a shortfall (`hụt`) follows from an actual value and a target."""
    stated = reach(ratio, "share")
    got = aligned(actual, target)
    if got is None:
        return False
    factor = got[0] / (actual.ends or got)[0] if (actual.ends or got)[0] else 1.0
    a = tuple(end * factor for end in reach(actual))
    t = reach(target, "goal")
    if t[0] <= 0 or a[0] < 0:
        return False
    shares = [(100 * a[0] / t[1], 100 * a[1] / t[0])]
    if less_is_better(name) and a[0] > 0:
        shares.append((100 * t[0] / a[1], 100 * t[1] / a[0]))
    if ratio.direction == "over" or short:
        over = [(low - 100, high - 100) for low, high in shares]
        over.append((a[0] - t[1], a[1] - t[0]) if actual.unit == "%" else shares[0])
        if less_is_better(name) and actual.unit == "%":
            over.append((t[0] - a[1], t[1] - a[0]))
        shares = [(-high, -low) for low, high in over] if short else over
    return any(low <= stated[1] + 1e-9 and high >= stated[0] - 1e-9 for low, high in shares)


def _ratio_detail(ratio: Value, pairs: list[Pair]) -> str:
    shares = ", ".join(f"{text_of(a)} / {text_of(t)} = {number(_share(a, t))}%" for a, t in pairs)
    return f"{shares}, the text says {text_of(ratio)}"


def _share(actual: Value, target: Value) -> float:
    """A value in percent of a target; not a number where they do not compare."""
    got, goal = aligned(actual.quantity, target.quantity), target.quantity.ends
    return 100 * got[1] / goal[1] if got and goal and goal[1] else float("nan")
