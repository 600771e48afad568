"""Numbers that are no plain cardinal: `một nửa`, `ba phần tư`, `hàng trăm`, `vài chục`, `gấp đôi`, `không`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from model.quantities.quantity import Comparator
from model.quantities.words import VAGUE, read_words

_NONE = re.compile(r"không(?: còn| có| để)?$")
_HALF = re.compile(r"(quá |già |hơn )?(?:một )?nửa(?![^\W\d_])")
_HALF_OF = re.compile(r"nửa (triệu|tỷ|tỉ|vạn)(?![^\W\d_])")
_PARTS = re.compile(r"(\d+|[^\W\d_]+(?: [^\W\d_]+)?) phần (\d+|[^\W\d_]+)")
_TIMES = re.compile(r"(đôi|rưỡi)(?![^\W\d_])")
_TIMES_VALUES = {"đôi": 2.0, "rưỡi": 1.5}
_OPEN = re.compile(
    r"(hàng|vài|mấy|dăm|vài ba|dăm ba|cả|những|một vài)((?: (?:chục|trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ))+)\b"
)
_FEW = re.compile(
    r"(vài ba|đôi ba|một vài|một hai|hai ba|ba bốn|năm bảy|dăm bảy|dăm ba|vài|dăm|mấy|đôi)(?![^\W\d_])"
)
_FEW_ENDS = {
    "vài ba": (2, 3), "đôi ba": (2, 3), "một vài": (1, 3), "một hai": (1, 2), "hai ba": (2, 3), "ba bốn": (3, 4),
    "năm bảy": (5, 7), "dăm bảy": (5, 7), "dăm ba": (3, 5), "vài": (2, 5), "dăm": (4, 6), "mấy": (2, 9), "đôi": (2, 2),
}  # fmt: skip
_MAGNITUDE_NEXT = re.compile(r" (?:chục|trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ)\b")


@dataclass(frozen=True, slots=True)
class Vague:
    """A number that words only circle: a part of a whole, or its ends; `comparator` is what the words imply."""

    end: int
    low: float = 0.0
    high: float = 0.0
    step: float = 1.0
    comparator: Comparator | None = None
    part: tuple[float, float] | None = None


def opens_vague(plain: str, position: int) -> bool:
    """Whether `cả`, `hàng` and the like stand before a magnitude at a place."""
    return _OPEN.match(plain, position) is not None


def read_vague(plain: str, position: int, times: bool) -> Vague | None:
    """The vague number at a place of a cleaned text; `times` says that `gấp` stands before it."""
    none = _NONE.match(plain, position)
    if none:
        return Vague(none.end())
    half_of = _HALF_OF.match(plain, position)
    if half_of:
        value = VAGUE[half_of.group(1)] / 2
        return Vague(half_of.end(), value, value, value / 5)
    half = _HALF.match(plain, position)
    if half:
        return Vague(half.end(), comparator=">" if half.group(1) else None, part=(1.0, 2.0))
    parts = _PARTS.match(plain, position)
    if parts:
        upper, lower = _part(parts.group(1)), _part(parts.group(2))
        if upper and lower and lower <= 10:
            return Vague(parts.end(), part=(upper, lower))
    if times:
        found = _TIMES.match(plain, position)
        value = _TIMES_VALUES[found.group(1)] if found else 0.0
        return Vague(found.end(), value, value, 0.1) if found else None
    many = _OPEN.match(plain, position)
    if many:
        return _read_open(many)
    few = _FEW.match(plain, position)
    if few and not _MAGNITUDE_NEXT.match(plain, few.end()):
        low, high = _FEW_ENDS[few.group(1)]
        return Vague(few.end(), float(low), float(high), comparator="~" if low < high else None)
    return None


def _part(text: str) -> float | None:
    """A whole number in digits or words; `ba phần tư` ends in the `tư` that never stands alone."""
    if text.isdigit():
        return float(text)
    words = ["bốn" if text == "tư" else text] if " " not in text else text.split()
    read = read_words(words)
    return read[0] if read and read[1] == len(words) else None


def _read_open(found: re.Match[str]) -> Vague:
    """`hàng trăm nghìn` is that much and more, `vài chục` two to five of them."""
    scale = 1.0
    for word in found.group(2).split():
        scale *= VAGUE[word]
    if found.group(1) in ("hàng", "cả", "những"):
        return Vague(found.end(), scale, scale, scale, ">=")
    low, high = _FEW_ENDS[found.group(1)]
    return Vague(found.end(), low * scale, high * scale, scale, "~")
