"""Does the arithmetic of a row agree with itself.

Each check holds one stated figure against the figures that determine it, with the room that rounding leaves. It is
`consistent` only when an equality was verified, `inconsistent` when it fails, and `not checkable` when the text lacks
a figure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from model.comparing import aligned, comparable, is_level, judge, less_is_better, reach
from model.grouping import Group, Reading, Value
from model.passages import Passages
from model.quantities import Quantity

Verdict = Literal["consistent", "inconsistent", "not checkable"]
Kind = Literal["ratio", "fraction", "sum", "change", "target", "reading"]


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


_IN_TURN = re.compile(r"lần lượt|tương ứng")
_SHARE_CUE = re.compile(r"[\s(,;:\-–=]*(?:(?:xã|huyện|trường|thôn|bản|chỉ tiêu|hộ|đơn vị|cơ sở|tiêu chí|\w+)\s*){0,8}[\s(,;:\-–=]*(?:đạt|chiếm|bằng|tương đương|tỷ lệ|tỉ lệ|là|tức|hay|ứng với)?(?:\s+(?:tỷ lệ|tỉ lệ|khoảng|gần|hơn))?[\s(]*")  # fmt: skip
_FULL_STOP = re.compile(r"[.!?]\s|\n")
_PARTS = re.compile(r"\b(?P<all>bao gồm|gồm)\b|\b(?P<some>trong đó)\b", re.IGNORECASE)
_SHORT = re.compile(r"(?:hụt|thiếu|kém|thấp hơn|còn thiếu|mới bằng thiếu)(?: \w+)?\s*$", re.IGNORECASE)
_OF_PLAN = re.compile(
    r"\s*(?:so với |của )?(?:kế hoạch|chỉ tiêu|mục tiêu|dự toán|nghị quyết|KH|yêu cầu)", re.IGNORECASE
)
_PROPOSED = re.compile(
    r"(?:nâng lên|hạ xuống|sửa thành|điều chỉnh (?:lên|xuống|thành|còn))(?: \w+)?\s*$", re.IGNORECASE
)
_CLAIM = re.compile(r"không đạt|chưa đạt|không vượt|chưa vượt|thấp hơn|cao hơn|vượt", re.IGNORECASE)


def run_checks(reading: Reading, group: Group) -> tuple[Check, ...]:
    """All checks of a row; at least one, which then says that nothing can be checked."""
    context = _Context(reading, group)
    found = (
        *_ratio_checks(context),
        *_fraction_checks(context),
        *_change_checks(context),
        *_sum_checks(context),
        *_target_checks(context),
        *_reading_checks(context),
    )
    if found:
        return found
    return (Check("ratio", "not checkable", _why_nothing(group)),)


@dataclass(frozen=True)
class _Context:
    reading: Reading
    group: Group

    @property
    def passages(self) -> Passages:
        return self.reading.passages

    @property
    def text(self) -> str:
        """The article."""
        return self.reading.document.text

    def same_sentence(self, first: Value, second: Value) -> bool:
        return self.passages.sentence(first.span.start) == self.passages.sentence(second.span.start)

    def between(self, first: Value, second: Value) -> str:
        """The text between two values, in either order."""
        first, second = sorted((first, second), key=lambda v: v.span.start)
        return self.text[first.span.end : second.span.start]

    def before(self, value: Value) -> str:
        """A few words before a value."""
        return self.text[max(0, value.span.start - 30) : value.span.start]

    def after(self, value: Value) -> str:
        """A few words after a value."""
        return self.text[value.span.end : value.span.end + 30]

    def sentence(self, value: Value) -> str:
        begin, end = self.passages.sentence_bounds(value.span.start)
        return self.text[begin:end]


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


# --- actual / target against the stated ratio ------------------------------------------------------------------------


def _ratio_checks(context: _Context) -> Iterator[Check]:
    group = context.group
    for ratio in group.of("RATIO"):
        q = ratio.quantity
        if (
            q.ends is None
            or q.is_fraction
            or q.direction in ("up", "down")
            or not (q.unit or "").startswith("%")
        ):
            continue
        pairs = _pairs(context, ratio)
        if not pairs:
            continue
        short = _SHORT.search(context.before(ratio)) is not None
        fitting = next((pair for pair in pairs if _fits(ratio.quantity, *pair, group.key, short)), None)
        actual, target = fitting or pairs[0]
        yield Check(
            "ratio",
            "consistent" if fitting else "inconsistent",
            _ratio_detail(ratio, actual, target),
            _places(actual, target, ratio),
        )


def _pairs(context: _Context, ratio: Value) -> list[tuple[Value, Value]]:
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


def _same_time(context: _Context, actual: Value, target: Value, ratio: Value) -> bool:
    """Whether an actual value can be held against a target: not one of a later paragraph (the next plan), not one for a
    time that began after the value was reached, not a new one that is only asked for, and of one year unless told in one
    breath."""
    _, end = context.passages.paragraph_bounds(ratio.span.start)
    if target.span.start >= end or _PROPOSED.search(context.before(target)):
        return False
    if actual.period is None or target.period is None:
        return True
    if target.period.role == "at" and actual.period.last < target.period.first:
        return False
    return context.same_sentence(target, ratio) or target.period.last.year == actual.period.last.year


def _fits(ratio: Quantity, actual: Value, target: Value, name: str, short: bool) -> bool:
    """Whether a share, an excess (`vượt`) or a shortfall (`hụt`) follows from an actual value and a target."""
    stated = reach(ratio, "share")
    got = aligned(actual.quantity, target.quantity)
    if got is None:
        return False
    factor = got[0] / (actual.quantity.ends or got)[0] if (actual.quantity.ends or got)[0] else 1.0
    a = tuple(end * factor for end in reach(actual.quantity))
    t = reach(target.quantity, "goal")
    if t[0] <= 0 or a[0] < 0:
        return False
    shares = [(100 * a[0] / t[1], 100 * a[1] / t[0])]
    if less_is_better(name) and a[0] > 0:
        shares.append((100 * t[0] / a[1], 100 * t[1] / a[0]))
    if ratio.direction == "over" or short:
        over = [(low - 100, high - 100) for low, high in shares]
        over.append((a[0] - t[1], a[1] - t[0]) if actual.quantity.unit == "%" else shares[0])
        if less_is_better(name) and actual.quantity.unit == "%":
            over.append((t[0] - a[1], t[1] - a[0]))
        shares = [(-high, -low) for low, high in over] if short else over
    return any(low <= stated[1] + 1e-9 and high >= stated[0] - 1e-9 for low, high in shares)


def _ratio_detail(ratio: Value, actual: Value, target: Value) -> str:
    got, goal = aligned(actual.quantity, target.quantity), target.quantity.ends
    share = 100 * got[1] / goal[1] if got and goal and goal[1] else float("nan")
    return f"{_text(actual)} / {_text(target)} = {_number(share)}%, the text says {_text(ratio)}"


# --- a fraction against its percentage -------------------------------------------------------------------------------


def _fraction_checks(context: _Context) -> Iterator[Check]:
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
        whole = f" of {_text(goal)}" if goal is not None and shown != value else ""
        detail = f"{_text(fraction)}{whole} = {_number(shown)}%, the text says {_text(share)}"
        yield Check("fraction", "consistent" if fitting else "inconsistent", detail, _places(fraction, share))


def _is_share_of(context: _Context, share: Value, fraction: Value) -> bool:
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


def _goal_beside(context: _Context, fraction: Value) -> Value | None:
    """A target out of the same whole, in the same sentence."""
    for target in context.group.of("TARGET"):
        same_whole = target.quantity.denominator == fraction.quantity.denominator
        if target.quantity.is_fraction and same_whole and context.same_sentence(target, fraction):
            return target
    return None


# --- a change against the levels before and after --------------------------------------------------------------------


def _change_checks(context: _Context) -> Iterator[Check]:
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
            f"from {_text(before)} to {_text(after)} is {_number(sum(shown) / 2)}{'%' if percent else ''}, "
            f"the text says {_text(change)}{note}"
        )
        yield Check(
            "change", "consistent" if any(fits) else "inconsistent", detail, _places(before, after, change)
        )


def _before_and_after(
    context: _Context, change: Value, levels: Sequence[Value]
) -> tuple[Value, Value] | None:
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


# --- parts against their sum -----------------------------------------------------------------------------------------


def _sum_checks(context: _Context) -> Iterator[Check]:
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
        added = _number(sum(v.quantity.value or 0.0 for v in parts))
        figures = f"{' + '.join(_text(v) for v in parts)} = {added}, the whole is {_text(total)}"
        too_large = next((v for v in parts if reach(v.quantity)[0] > top[1]), None)
        if len(parts) >= 2 and equal:
            yield Check("sum", "consistent", figures, _places(total, *parts))
        elif len(parts) >= 2 and complete and (cue == "all" or _nearly(low, high, top)):
            yield Check("sum", "inconsistent", figures, _places(total, *parts))
        elif too_large is not None:
            detail = f"the part {_text(too_large)} is more than the whole {_text(total)}"
            yield Check("sum", "inconsistent", detail, _places(total, too_large))


def _nearly(low: float, high: float, whole: tuple[float, float]) -> bool:
    """Whether a sum misses its whole so narrowly that all parts must be meant."""
    return abs((low + high) - sum(whole)) < 0.1 * sum(whole)


def _parts(context: _Context, total: Value) -> tuple[str, list[Value], bool] | None:
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


# --- the text's own word against the computed outcome ----------------------------------------------------------------


def _target_checks(context: _Context) -> Iterator[Check]:
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
                f"{_text(actual)} against {_text(target)}: {outcome}{word}",
                _places(actual, target),
            )


def _claim(context: _Context, actual: Value, target: Value) -> tuple[str, bool] | None:
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


def _reading_checks(context: _Context) -> Iterator[Check]:
    for value in context.group.values:
        q = value.quantity
        if q.problem is not None:
            yield Check("reading", "not checkable", f"{_text(value)}: {q.problem}", _places(value))
        elif q.ambiguous and not context.reading.habit.certain:
            shown = (
                _number(q.value) if q.value is not None else f"{_number(q.low or 0)}-{_number(q.high or 0)}"
            )
            yield Check(
                "reading",
                "not checkable",
                f"{_text(value)} is read as {shown} {q.unit or ''}".rstrip(),
                _places(value),
            )


def _text(value: Value) -> str:
    return " ".join(value.quantity.text.split())


def _number(value: float) -> str:
    return f"{value:.6g}" if abs(value) < 1e6 else f"{value:,.0f}"


def _places(*values: Value) -> tuple[tuple[int, int], ...]:
    return tuple((value.span.start, value.span.end) for value in values)
