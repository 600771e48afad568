"""What follows a number: its unit, an unknown counted noun, and what a rate is per."""

from __future__ import annotations

import re

from model.quantities.units import denominator, find_unit

_PER = re.compile(
    r"/(?!tổng)([^/()]+)|(?: trên)? (mỗi|một|1|hằng|hàng) (năm|tháng|quý|tuần|ngày|người|hộ|ha|vụ|vạn dân|héc ta|xã)(?![^\W\d_])"
)
_PER_OF = re.compile(r" trên (một vạn dân|1 vạn dân|vạn dân|10\.000 dân|một ha|1 ha)")
_DENOMINATOR = re.compile(
    r"(?:đầu người|người dân|người|hộ dân|hộ gia đình|hộ|năm|tháng|quý|tuần|ngày đêm|ngày|giờ|phút|vụ|ha|héc ta|héc-ta|"
    r"m2|m²|m3|m³|km2|km|kg|tấn|tạ|lít|kwh|1\.000 \w+|10\.?000 dân|10\.000 người|vạn dân|vạn người|một vạn dân|1 vạn dân|"
    r"100\.000 dân|nhóm|lượt|suất|con|cây|công|trường hợp)(?![^\W_])"
)
_NOUN = re.compile(r" ?([^\W\d_]+(?:[ -][^\W\d_]+)*)")
_CLAUSE = re.compile(r" (?:so|đạt|và|trong|trên|của|cho|để|theo|thuộc|là|được|mỗi|một|hằng|hàng)(?= |$)")
_NO_NOUN = {"so", "so với", "đạt", "và", "trong", "của", "cho", "kế hoạch"}
_MAX_NOUN = 6


def unit_at(plain: str, position: int) -> tuple[str | None, int]:
    """The unit at a place and where it ends; None and the place when there is none."""
    start = position + plain.startswith(" ", position)
    found = find_unit(plain[start:])
    return (found[0].name, start + found[1]) if found else (None, position)


def noun(rest: str) -> str | None:
    """An unknown counted noun that a text starts with: its words up to a mark or a clause word."""
    found = _NOUN.match(rest)
    if found is None:
        return None
    name = " ".join(_CLAUSE.split(found.group(1))[0].split()[:_MAX_NOUN])
    return None if name in _NO_NOUN else name


def denominators(rest: str) -> list[str]:
    """What a rate is per, in order: `/người/năm`, `mỗi năm`, `trên một vạn dân`."""
    per: list[str] = []
    of = _PER_OF.match(rest)
    if of:
        name = of.group(1)
        per.append(denominator(name.replace("một ", "").replace("1 ", "") if name.endswith("ha") else name))
        rest = rest[of.end() :]
    position = 0
    while found := _PER.match(rest, position):
        per.append(denominator(_short((found.group(1) or found.group(3)).strip())))
        position = found.end()
    return per


def _short(name: str) -> str:
    """A denominator without what follows it in the text."""
    known = _DENOMINATOR.match(name)
    return known.group() if known else " ".join(name.split()[:3])
