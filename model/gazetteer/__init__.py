"""Vietnam's administrative units before and since 1 July 2025, read once when a place is first asked for.

The data file is built by `scripts/build_gazetteer.py`, which names its sources.
"""

from __future__ import annotations

import gzip
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import Literal

Level = Literal["province", "district", "commune"]

_LEVELS: dict[str, Level] = {"0": "province", "1": "district", "2": "commune"}


@dataclass(frozen=True, slots=True)
class Unit:
    """An administrative unit.

    `kind` is its type word in small letters; `current` says whether it is in force since 1 July 2025.
    """

    name: str
    kind: str
    level: Level
    parent: Unit | None
    current: bool

    @property
    def full_name(self) -> str:
        """Type word and name: `huyện Bảo Yên`."""
        return f"{self.kind} {self.name}"

    @property
    def province(self) -> Unit | None:
        """The province it lies in, None for a province."""
        for unit in self.above():
            if unit.level == "province":
                return unit
        return None

    def above(self) -> Iterator[Unit]:
        """The units around it, the nearest first."""
        unit = self.parent
        while unit is not None:
            yield unit
            unit = unit.parent


@dataclass(frozen=True)
class Gazetteer:
    """Units by name. A province that exists before and after July 2025 is one unit for each time."""

    units: dict[tuple[str, Level], list[Unit]] = field(default_factory=dict)
    successors: dict[str, str] = field(default_factory=dict)

    def find(self, name: str, level: Level) -> list[Unit]:
        """All units of that name and level, former ones first.

        A name that is not found is looked up without its diacritics, because names of minority languages are written
        in many ways (`Đắk Hà`, `Đăk Hà`, `Dak Ha`); it then has to mean one unit.
        """
        exact = self.units.get((name.lower(), level))
        if exact is not None:
            return exact
        loose = self._by_letters.get((_letters(name), level), [])
        return loose if len({unit.name for unit in loose}) == 1 else []

    @cached_property
    def _by_letters(self) -> dict[tuple[str, Level], list[Unit]]:
        found: dict[tuple[str, Level], list[Unit]] = {}
        for (name, level), units in self.units.items():
            found.setdefault((_letters(name), level), []).extend(units)
        return found

    def province(self, name: str) -> Unit | None:
        """The province of that name, the former one when there is one."""
        found = self.find(name, "province")
        return found[0] if found else None

    def now(self, province: Unit) -> Unit:
        """The province in force that a province belongs to since July 2025."""
        name = self.successors.get(province.name.lower(), province.name)
        return self.find(name, "province")[-1]


@lru_cache(maxsize=50_000)
def _letters(name: str) -> str:
    """A name as bare Latin letters and digits."""
    plain = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    return "".join(c for c in plain if c.isalnum() and c.isascii())


@cache
def gazetteer() -> Gazetteer:
    """The gazetteer, read from its file at the first call."""
    book = Gazetteer()
    current = False
    parents: list[Unit] = []
    with gzip.open(files(__name__).joinpath("units.tsv.gz").open("rb"), "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("#"):
                current = current or line.startswith("# since 2025-07")
                continue
            depth, kind, name, successor = line.rstrip("\n").split("\t")
            level = _LEVELS[depth]
            del parents[int(depth) :]
            unit = Unit(name, kind, level, parents[-1] if parents else None, current)
            book.units.setdefault((name.lower(), level), []).append(unit)
            if successor:
                book.successors[name.lower()] = successor
            if level != "commune":
                parents.append(unit)
    return book
