"""The text's own word against the figures: `vượt`, `thấp hơn`; and figures that may be read in another way."""

from __future__ import annotations

import re
from collections.abc import Iterator

from model.checks.check import Check, Context, Verdict, number, places_of, text_of
from model.comparing import aligned, comparable, judge
from model.reading import Value

_CLAIM = re.compile(r"không đạt|chưa đạt|không vượt|chưa vượt|thấp hơn|cao hơn|vượt", re.IGNORECASE)


def target_checks(context: Context) -> Iterator[Check]:
    """Each actual value against each target of its sentence. Agreement verifies no figure, so it is not `consistent`."""
    for actual in context.group.of("ACTUAL"):
        for target in context.group.of("TARGET"):
            if not context.same_sentence(actual, target) or not comparable(
                actual.quantity, target.quantity, context.group.key
            ):
                continue
            outcome = judge(target.quantity, actual.quantity, context.group.key)
            if outcome is None:
                continue
            claim = _claim(context, actual, target)
            wrong = claim is not None and not claim[1]
            word = (
                f", the text says {claim[0]}" if claim is not None and wrong else ", no stated ratio to check"
            )
            verdict: Verdict = "inconsistent" if wrong else "not checkable"
            yield Check(
                "target",
                verdict,
                f"{text_of(actual)} against {text_of(target)}: {outcome}{word}",
                places_of(actual, target),
            )


def _claim(context: Context, actual: Value, target: Value) -> tuple[str, bool] | None:
    """The word that compares an actual value with the target right behind it, and whether the figures bear it out."""
    if target.span.start < actual.span.end:
        return None
    if any(actual.span.end <= v.span.start < target.span.start for v in context.reading.values):
        return None
    found = _CLAIM.search(context.between(actual, target))
    goal, fact = target.quantity.ends, aligned(actual.quantity, target.quantity)
    if found is None or goal is None or fact is None:
        return None
    word = found.group().lower()
    if word == "cao hơn":
        return word, fact[1] > goal[0]
    if word == "thấp hơn":
        return word, fact[0] < goal[1]
    outcome = judge(target.quantity, actual.quantity, context.group.key)
    return word, outcome == "missed" if word.startswith(("không", "chưa")) else outcome != "missed"


def reading_checks(context: Context) -> Iterator[Check]:
    """Values without a number, and values whose figures the document's habit does not settle."""
    for value in context.group.values:
        q = value.quantity
        if q.problem is not None:
            yield Check("reading", "not checkable", f"{text_of(value)}: {q.problem}", places_of(value))
        elif q.ambiguous and not context.reading.habit.certain:
            shown = number(q.value) if q.value is not None else f"{number(q.low or 0)}-{number(q.high or 0)}"
            yield Check(
                "reading",
                "not checkable",
                f"{text_of(value)} is read as {shown} {q.unit or ''}".rstrip(),
                places_of(value),
            )
