"""Numbers in Vietnamese words, read and spelled: `hai mươi ba`, `một trăm linh năm`, `ba triệu rưỡi`."""

from __future__ import annotations

from collections.abc import Sequence

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_UNITS = {word: value for value, word in enumerate(_DIGITS)} | {"bẩy": 7, "tư": 4}
_AFTER_TEN = _UNITS | {"mốt": 1, "lăm": 5, "nhăm": 5}
_ENDS_ONLY = {"mốt", "lăm", "nhăm", "tư"}
SCALES = {
    "nghìn": 1e3,
    "ngàn": 1e3,
    "vạn": 1e4,
    "triệu": 1e6,
    "tỷ": 1e9,
    "tỉ": 1e9,
}
VAGUE = {"chục": 10.0, "trăm": 100.0, **SCALES}


def read_words(tokens: Sequence[str]) -> tuple[float, int] | None:
    """Read the number that a list of lower-case syllables starts with.

    Returns
    -------
    The number and how many syllables it takes, or None when the first syllable starts no number. A scale that
    follows (`triệu`, `tỷ`) is part of the number.
    """
    total, used = 0.0, 0
    last_scale = float("inf")
    while True:
        group = _below_thousand(tokens[used:], continues=used > 0)
        if group is None:
            break
        value, length = group
        scale, scales = _scale(tokens[used + length :])
        if used and scale >= last_scale:
            break
        if used and scales == 0 and last_scale == 1e4:
            break
        total += value * scale
        used += length + scales
        last_scale = scale
        if tokens[used : used + 1] == ["rưỡi"] and scale > 1:
            return total + scale / 2, used + 1
        if scales == 0:
            break
    return (total, used) if used else None


def _scale(tokens: Sequence[str]) -> tuple[float, int]:
    scale, used = 1.0, 0
    while used < len(tokens) and tokens[used] in SCALES:
        scale *= SCALES[tokens[used]]
        used += 1
    return scale, used


def _below_thousand(tokens: Sequence[str], continues: bool) -> tuple[float, int] | None:
    """A number under 1000, with `linh`/`lẻ` and the leading `không trăm` of a continued number."""
    if not tokens:
        return None
    first = tokens[0]
    if first in ("linh", "lẻ") and continues:
        return (float(_UNITS[tokens[1]]), 2) if len(tokens) > 1 and tokens[1] in _UNITS else None
    if first in _UNITS and len(tokens) > 1 and tokens[1] == "trăm" and first != "tư":
        return _after_hundred(_UNITS[first] * 100.0, tokens)
    if first == "không":
        return None
    return _below_hundred(tokens)


def _after_hundred(value: float, tokens: Sequence[str]) -> tuple[float, int]:
    if len(tokens) > 2 and tokens[2] == "rưỡi":
        return value + 50, 3
    if len(tokens) > 3 and tokens[2] in ("linh", "lẻ") and tokens[3] in _UNITS:
        return value + _UNITS[tokens[3]], 4
    rest = _below_hundred(tokens[2:]) if len(tokens) > 2 else None
    if rest is not None and rest[0] >= 10:
        return value + rest[0], 2 + rest[1]
    return value, 2


def _below_hundred(tokens: Sequence[str]) -> tuple[float, int] | None:
    first = tokens[0]
    if first == "mười":
        if len(tokens) > 1 and tokens[1] in _AFTER_TEN and tokens[1] != "không":
            return 10.0 + _AFTER_TEN[tokens[1]], 2
        return 10.0, 1
    if first not in _UNITS or first in ("không", "tư"):
        return None
    value = float(_UNITS[first])
    if len(tokens) > 1 and tokens[1] in ("mươi", "chục"):
        if len(tokens) > 2 and tokens[2] == "rưỡi":
            return value * 10 + 5, 3
        if tokens[1] == "mươi" and len(tokens) > 2 and tokens[2] in _AFTER_TEN and tokens[2] != "không":
            return value * 10 + _AFTER_TEN[tokens[2]], 3
        return value * 10, 2
    if value >= 2 and len(tokens) > 1 and tokens[1] in _ENDS_ONLY:
        return value * 10 + _AFTER_TEN[tokens[1]], 2
    return value, 1


def spell(number: int) -> str:
    """Spell a whole number from 0 to under 10^12 in Vietnamese words.

    Raises
    ------
    ValueError
        If the number is negative or too large.
    """
    if not 0 <= number < 10**12:
        raise ValueError(f"{number} is not between 0 and 10^12")
    if number < 1000:
        return _spell_below_thousand(number, full=False)
    parts: list[str] = []
    for scale, name in ((10**9, "tỷ"), (10**6, "triệu"), (10**3, "nghìn"), (1, "")):
        group, number = divmod(number, scale)
        if group:
            parts.append(f"{_spell_below_thousand(group, full=bool(parts))} {name}".strip())
    return " ".join(parts)


def _spell_below_thousand(number: int, full: bool) -> str:
    hundreds, rest = divmod(number, 100)
    words = [_DIGITS[hundreds], "trăm"] if hundreds or full else []
    tens, units = divmod(rest, 10)
    if tens == 0:
        if units or not words:
            words += ["linh"] * bool(words) + [_DIGITS[units]]
    elif tens == 1:
        words += ["mười"] + ["lăm" if units == 5 else _DIGITS[units]] * bool(units)
    else:
        last = {1: "mốt", 5: "lăm"}.get(units, _DIGITS[units])
        words += [_DIGITS[tens], "mươi"] + [last] * bool(units)
    return " ".join(words)
