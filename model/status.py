"""Whether a target was reached: computed from the figures and their periods, never taken from the text's own word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from model.checks.ratios import fits
from model.comparing import comparable, is_level, judge, less_is_better, opposed
from model.periods import Period
from model.quantities.units import dimension
from model.reading import Group, Value

Status = Literal["reached", "exceeded", "missed", "open", "unknown"]

_SOON = timedelta(days=62)
"""What is told of a year in its last two months is a result."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a row stands, the values that this rests on, the period of the latest actual value and the deadline of
    its target."""

    status: Status
    period: str | None
    deadline: str | None
    values: tuple[Value, ...]


def status_of(group: Group, written: date | None = None) -> Standing:
    """The standing of a group in an article of a date.

    The latest actual value that compares with a target is held against the target of its time; without such a pair the stated share of the plan
    decides. A target that is not met is `open` until its deadline and `missed` after it.
    """
    actuals, targets, ratios = group.of("ACTUAL"), group.of("TARGET"), group.of("RATIO")
    aimed = [a for a in actuals if any(comparable(t.quantity, a.quantity, group.key) for t in targets)]
    actual, share = latest(aimed, written) or latest(actuals, written), latest(ratios, written)
    target = target_for(actual, targets, group.key, share)
    period = next(
        (v.period.name for v in (actual, share, latest(actuals or ratios)) if v is not None and v.period),
        None,
    )
    shown = target or latest(targets)
    deadline = shown.period.name if shown is not None and shown.period else None
    values = tuple(v for v in (shown, actual, share) if v is not None)
    return Standing(_status(group, actual, target, share, written), period, deadline, values)


def _status(
    group: Group, actual: Value | None, target: Value | None, share: Value | None, written: date | None
) -> Status:
    for reached, goal in _pairs(group, actual, target, share):
        outcome = judge(goal.quantity, reached.quantity, group.key)
        if outcome == "missed":
            return "open" if _still_open(goal.period, reached.period, written) else "missed"
        if outcome is not None:
            return outcome
    if any(opposed(t.quantity, a.quantity) for t in group.of("TARGET") for a in group.of("ACTUAL")):
        return "missed"
    if share is not None:
        return _from_share(group, share, target, written)
    if actual is None and group.of("TARGET"):
        last = group.of("TARGET")[-1].period
        over = last is not None and written is not None and last.last < written
        return "unknown" if over else "open"
    return "unknown"


def _pairs(
    group: Group, actual: Value | None, target: Value | None, share: Value | None
) -> Iterator[tuple[Value, Value]]:
    """What can be held against a goal: the actual value, or the part of a fraction (`28/54 xã`, `đề ra 27 xã`)."""
    if actual is not None and target is not None:
        yield actual, target
    if share is None or not share.quantity.is_fraction or "/" not in share.quantity.text:
        return
    q = share.quantity
    part = replace(q, value=q.numerator, numerator=None, denominator=None)
    for goal in group.of("TARGET"):
        aim = goal.quantity
        if aim.is_fraction and aim.denominator == q.denominator:
            yield share, goal
        elif not aim.is_fraction and aim.direction is None and dimension(aim.unit) == "count":
            yield replace(share, quantity=replace(part, unit=aim.unit)), goal


def _from_share(group: Group, share: Value, target: Value | None, written: date | None) -> Status:
    q = share.quantity
    if q.ends is None:
        return "unknown"
    if q.direction is not None:
        better = (q.direction == "down") == less_is_better(group.key) if q.direction != "over" else True
        return "exceeded" if better else "missed"
    low, high = (100 * end for end in q.ends) if q.unit == "lần" else q.ends
    if q.comparator in ("<", "<="):
        low = high - 1e-9
    if low > 100 or (low == 100 and q.comparator == ">"):
        return "exceeded"
    if low == 100:
        return "reached"
    if q.is_fraction or share.period is None:
        return "unknown"
    deadline = target.period if target is not None else None
    if _is_part_of_a_year(share.period):
        return "open"
    return "open" if _still_open(deadline, share.period, written) else "missed"


def latest(values: Sequence[Value], written: date | None = None) -> Value | None:
    """The value that holds now: of the levels the one with the last period; a value without a period counts as present,
    unless it only says what something was once. What is foreseen for a year gives way to what is known of it."""
    numbers = [v for v in values if v.quantity.ends is not None]
    levels = [v for v in numbers if is_level(v.quantity)] or numbers
    last = _last([v for v in levels if not v.former] or levels)
    if last is None or last.period is None or not _is_forecast(last.period, written):
        return last
    year = last.period.last.year
    known = [
        v for v in levels if v.period and v.period.last.year == year and not _is_forecast(v.period, written)
    ]
    return _last(known) or last


def _last(values: Sequence[Value]) -> Value | None:
    return max(values, key=lambda v: (v.period.last if v.period else date.max, -v.span.start), default=None)


def _is_forecast(period: Period, written: date | None) -> bool:
    """Whether a value is told of a time to come: its period ends long after the article, or begins after it (a school
    year ends in summer)."""
    if written is None:
        return False
    if period.first.year < period.last.year:
        return period.first > written
    return period.last > written + _SOON


def target_for(
    actual: Value | None, targets: Sequence[Value], name: str, share: Value | None = None
) -> Value | None:
    """The target that an actual value is held against: the one that the stated share of the plan follows from, else that
    of its year, or the nearest one not yet due then."""
    if actual is None:
        return None
    fitting = [t for t in targets if comparable(t.quantity, actual.quantity, name)]
    meant = [t for t in fitting if share and fits(share.quantity, actual.quantity, t.quantity, name)]
    fitting = meant or fitting
    when = actual.period
    if when is not None:
        fitting = [t for t in fitting if t.period is None or t.period.last >= when.first] or fitting
        dated = [t for t in fitting if t.period is not None]
        same = [t for t in dated if t.period and t.period.last.year == when.last.year]
        fitting = same or fitting
    return min(fitting, key=lambda t: abs(t.span.start - actual.span.start), default=None)


def _still_open(deadline: Period | None, period: Period | None, written: date | None) -> bool:
    """Whether a deadline was still to come when a value was observed."""
    if deadline is None:
        return period is not None and _is_part_of_a_year(period)
    seen = period.last if period is not None else written
    return seen is not None and seen < deadline.last


def _is_part_of_a_year(period: Period) -> bool:
    return period.first.year == period.last.year and period.last.month < 12
