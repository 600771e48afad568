"""One number with its magnitude: `1.120 tỷ`, `hai trăm triệu`, `1 tỷ 250 triệu`, `2 triệu rưỡi`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from model.quantities.numerals import NUMBER, Habit, read_figure
from model.quantities.words import SCALES, VAGUE, read_words

_NUMBER = re.compile(NUMBER)
_WORD = re.compile(r"[^\W\d_]+")
_MAGNITUDE = re.compile(r" ?(trăm|chục|nghìn|ngàn|vạn|triệu|tỷ|tỉ|trđ|tr)(?![^\W\d_])")
_HALF_MORE = re.compile(r" rưỡi(?![^\W\d_])")
_SMALLER_PART = re.compile(r" (?=\d)")
_ALONE = {"chục": 10.0, "trăm": 100.0}
_LONGEST = 28


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in a text, before its unit.

    Parameters
    ----------
    value, scale
        The number is `value` × `scale`; `magnitude` is the last word that made the scale (`tỷ`), if any.
    step
        The last stated place of `value`.
    ambiguous
        Its figures can be read in another way; `whole` says that they were not read as a decimal.
    end
        Where it ends in the text.
    """

    value: float
    scale: float
    magnitude: str
    step: float
    end: int
    ambiguous: bool = False
    whole: bool = True

    @property
    def total(self) -> float:
        """The number, without the binary dust that scaling leaves: 1.6 × 10^6 is 1600000."""
        return tidy(self.value * self.scale)


def tidy(value: float) -> float:
    """A number to twelve digits."""
    return float(f"{value:.12g}")


def read_amount(plain: str, position: int, habit: Habit) -> Amount | None:
    """The number at a place of a cleaned text, in digits or words, with any smaller part (`1 tỷ 250 triệu`)."""
    amount = read_digits(plain, position, habit) or read_spelled(plain, position)
    if amount is None or not amount.magnitude:
        return amount
    more = _SMALLER_PART.match(plain, amount.end)
    part = read_digits(plain, more.end(), habit) if more else None
    if part is None or not part.magnitude:
        return amount
    if part.scale > amount.scale and part.value < amount.scale:  # 1 nghìn 250 tỷ
        return replace(part, value=amount.total + part.value)
    if part.scale >= amount.scale or part.total >= amount.scale:
        return amount
    ratio = part.scale / amount.scale
    return replace(amount, value=amount.value + part.value * ratio, step=part.step * ratio, end=part.end)


def read_digits(plain: str, position: int, habit: Habit) -> Amount | None:
    """The number in digits at a place, with its magnitude."""
    found = _NUMBER.match(plain, position)
    figure = read_figure(found.group(), habit) if found else None
    if found is None or figure is None:
        return None
    scale, end, magnitude = _read_magnitude(plain, found.end())
    whole = figure.step >= 1
    half = _HALF_MORE.match(plain, end)
    if half:
        return Amount(figure.value + 0.5, scale, magnitude, 0.1, half.end(), figure.ambiguous, whole)
    return Amount(figure.value, scale, magnitude, figure.step, end, figure.ambiguous, whole)


def read_spelled(plain: str, position: int) -> Amount | None:
    """The number in words at a place, its magnitude included; `trăm` and `tỷ` alone count as one of them."""
    run: list[re.Match[str]] = []
    for word in _WORD.finditer(plain, position):
        if (word.start() != position) if not run else (plain[run[-1].end() : word.start()] != " "):
            break
        run.append(word)
        if len(run) == _LONGEST:
            break
    if not run:
        return None
    tokens = [word.group() for word in run]
    read = read_words(tokens)
    if read is not None:
        value, used = read
        part = _read_decimals(tokens[used:])
        if part is not None:
            digits, more = part
            scale, end, magnitude = _read_magnitude(plain, run[used + more - 1].end())
            step = 10.0 ** -len(digits)
            return Amount(float(f"{value:.0f}.{digits}"), scale, magnitude, step, end, whole=False)
        scale = SCALES.get(tokens[used - 1], 1.0)
        return Amount(value / scale, scale, tokens[used - 1] if scale > 1 else "", 1.0, run[used - 1].end())
    if tokens[0] in _ALONE:
        value = _ALONE[tokens[0]]
        scale, end, magnitude = _read_magnitude(plain, run[0].end())
        return Amount(value, scale, magnitude, value, end)
    if tokens[0] in SCALES and len(tokens) > 1 and position > 0:
        return Amount(1.0, SCALES[tokens[0]], tokens[0], 1.0, run[0].end())
    return None


def _read_decimals(tokens: Sequence[str]) -> tuple[str, int] | None:
    """The decimals that `phẩy` opens, as digits, and how many syllables they take with it."""
    if tokens[:1] != ["phẩy"]:
        return None
    read = read_words(list(takewhile(lambda token: token not in SCALES, tokens[1:])))
    return (f"{read[0]:.0f}", 1 + read[1]) if read else None


def _read_magnitude(plain: str, position: int) -> tuple[float, int, str]:
    """Scale, end and last word of the magnitudes at a place; `trđ` is `triệu` before its `đ`."""
    scale, end, last = 1.0, position, ""
    while found := _MAGNITUDE.match(plain, end):
        word = found.group(1)
        if word in ("trđ", "tr"):
            return scale * 1e6, found.end() - word.count("đ"), "triệu"
        scale, end, last = scale * VAGUE[word], found.end(), word
    return scale, end, last
