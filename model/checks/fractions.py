"""A fraction against the percentage beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from model.checks.check import Check, Context, number, places_of, text_of
from model.comparing import is_level, reach
from model.reading import Value

_SHARE_CUE = re.compile(
    r"[\s(,;:\-–=]*(?:[^\W\d]+\b\s*){0,8}[\s(,;:\-–=]*(?:đạt|chiếm|bằng|tương đương|tỷ lệ|tỉ lệ|là|tức|hay|ứng với)?"
    r"(?:\s+(?:tỷ lệ|tỉ lệ|khoảng|gần|hơn))?[\s(]*"
)
_OF_PLAN = re.compile(
    r"\s*(?:so với |của )?(?:kế hoạch|chỉ tiêu|mục tiêu|dự toán|nghị quyết|KH|yêu cầu)", re.IGNORECASE
)


def fraction_checks(context: Context) -> Iterator[Check]:
    """Each realised fraction against the percentage that says it again."""
    realised = [*context.group.of("RATIO"), *context.group.of("ACTUAL")]
    for fraction in realised:
        if not fraction.quantity.is_fraction or fraction.quantity.comparator != "=":
            continue
        shares = [v for v in realised if _is_share_of(context, v, fraction)]
        if not shares:
            continue
        share = min(shares, key=lambda v: v.span.start)
        goal = _goal_beside(context, fraction)
        if _OF_PLAN.match(context.after(share)) and goal is None:
            continue
        low, high = reach(share.quantity, "share")
        value = fraction.quantity.value or 0.0
        choices = [value]
        if goal is not None and goal.quantity.numerator:
            choices.append(100 * (fraction.quantity.numerator or 0.0) / goal.quantity.numerator)
        fitting = [choice for choice in choices if low - 1e-9 <= choice <= high + 1e-9]
        shown = (fitting or choices)[0]
        whole = f" of {text_of(goal)}" if goal is not None and shown != value else ""
        detail = f"{text_of(fraction)}{whole} = {number(shown)}%, the text says {text_of(share)}"
        yield Check(
            "fraction", "consistent" if fitting else "inconsistent", detail, places_of(fraction, share)
        )


def _is_share_of(context: Context, share: Value, fraction: Value) -> bool:
    """Whether a percentage only says a fraction again: behind it in its sentence, with nothing but a verb between."""
    q = share.quantity
    return (
        not q.is_fraction
        and q.unit == "%"
        and is_level(q)
        and share.span.start > fraction.span.end
        and context.same_sentence(share, fraction)
        and _SHARE_CUE.fullmatch(context.between(fraction, share)) is not None
    )


def _goal_beside(context: Context, fraction: Value) -> Value | None:
    """A target out of the same whole, in the same sentence."""
    for target in context.group.of("TARGET"):
        same_whole = target.quantity.denominator == fraction.quantity.denominator
        if target.quantity.is_fraction and same_whole and context.same_sentence(target, fraction):
            return target
    return None
