"""Does the arithmetic of a row agree with itself.

Each check holds one stated figure against the figures that determine it, with the room that rounding leaves. It is
`consistent` only when an equality was verified, `inconsistent` when it fails, and `not checkable` when the text lacks
a figure.
"""

from __future__ import annotations

from model.checks.changes import change_checks
from model.checks.check import Check, Context, Verdict
from model.checks.claims import reading_checks, target_checks
from model.checks.fractions import fraction_checks
from model.checks.ratios import ratio_checks
from model.checks.sums import sum_checks
from model.reading import Group, Reading

__all__ = ["Check", "Verdict", "run_checks"]

_CHECKS = (ratio_checks, fraction_checks, change_checks, sum_checks, target_checks, reading_checks)


_MOST_VALUES = 64
"""No article says more of one indicator (the corpus: 8); each value is held against the others, so more would take long."""


def run_checks(reading: Reading, group: Group) -> tuple[Check, ...]:
    """All checks of a row; at least one, which then says that nothing can be checked."""
    if len(group.values) > _MOST_VALUES:
        return (Check("reading", "not checkable", f"{len(group.values)} values, too many to be of one row"),)
    context = Context(reading, group)
    found = tuple(check for checks in _CHECKS for check in checks(context))
    return found or (Check("ratio", "not checkable", _why_nothing(group)),)


def _why_nothing(group: Group) -> str:
    labels = {value.span.label for value in group.values}
    if not labels:
        return "no figures"
    missing = [
        name
        for label, name in (("TARGET", "target"), ("ACTUAL", "actual"), ("RATIO", "ratio"))
        if label not in labels
    ]
    return f"no {' and no '.join(missing)} to check against" if missing else "the figures do not compare"
