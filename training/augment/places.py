"""Other places for those of an article: of the same kind, level and time, each one the same wherever it is named."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from annotations.document import Document, Span
from model.gazetteer import gazetteer
from model.normalize import normalize
from model.places import places
from training.augment.rewrite import LETTER, Edit, edges, in_manner_of

_UNITS = ("tỉnh", "thành phố", "huyện", "quận", "thị xã", "thị trấn", "xã", "phường", "đặc khu")
_VILLAGES = ("thôn", "bản", "ấp", "buôn", "làng", "khóm", "xóm")
_KIND = re.compile(rf"(?P<kind>{'|'.join((*_UNITS, *_VILLAGES))}) ")
_NAME = re.compile(rf"{LETTER}+(?:(?: - |[ '’-]){LETTER}+)*")
_TRIES = 10


@dataclass
class _Named:
    """One place of a document: its mentions with where in them the name begins, None if they call it otherwise."""

    level: str
    mentions: list[tuple[Span, int | None]] = field(default_factory=list)


def swap_places(document: Document, rng: random.Random) -> list[Edit]:
    """Edits that give every place another name.

    The type word stays as written. A place stays what it is when its level is unknown, a mention uses another name for
    it (`TP.HCM`), or its name holds a number.
    """
    found = _named(document)
    former = any(_is_former(kind, name, place.level) for (kind, name), place in found.items())
    taken = {name for _, name in found}
    borders = set(edges(document))
    edits = []
    for (kind, name), place in found.items():
        new = _another(kind, name, place.level, former, taken, rng)
        if new is None:
            continue
        taken.add(new.lower())
        for span, offset in place.mentions:
            if offset is None or borders.intersection(range(span.start + 1, span.end)):
                break
        else:
            for span, offset in place.mentions:
                written = document.text_of(span)
                edits.append(Edit(span.start, span.end, written[:offset] + in_manner_of(written, new)))
    return edits


def _named(document: Document) -> Mapping[tuple[str, str], _Named]:
    """The places of a document by type word and name, both in small letters."""
    found: dict[tuple[str, str], _Named] = {}
    bare: list[tuple[Span, str]] = []
    resolved = places(document)
    for span in document.spans:
        place = resolved.get(span.id)
        if place is None:
            continue
        kind = _KIND.match(place.name)
        if kind is None:
            bare.append((span, place.name.lower()))
            continue
        name = place.name[kind.end() :].lower()
        named = found.setdefault((kind["kind"], name), _Named(place.level))
        named.mentions.append((span, _name_offset(document.text_of(span), name)))
    for span, name in bare:
        for (_, other), named in found.items():
            if other == name:
                named.mentions.append((span, _name_offset(document.text_of(span), name)))
                break
    return found


def _name_offset(written: str, name: str) -> int | None:
    plain = normalize(written)
    if not name or not plain.text.lower().endswith(name) or len(plain.text.lower()) != len(plain.text):
        return None
    start = len(plain.text) - len(name)
    if start and plain.text[start - 1] not in " .":
        return None
    return plain.to_original(start, len(plain.text))[0]


def _is_former(kind: str, name: str, level: str) -> bool:
    """Whether a unit shows that its article is from before July 2025, when there were districts and 63 provinces."""
    return level == "district" or _times(kind, name, level) == {False}


def _times(kind: str, name: str, level: str) -> set[bool]:
    """For a unit of the gazetteer, whether it is in force since July 2025, was before, or both."""
    if level not in ("province", "district", "commune"):
        return set()
    return {unit.current for unit in gazetteer().find(name, level) if unit.kind == kind}  # type: ignore[arg-type]


def _another(
    kind: str, name: str, level: str, former: bool, taken: set[str], rng: random.Random
) -> str | None:
    if not _NAME.fullmatch(name):
        return None
    times = _times(kind, name, level)
    current = times.pop() if len(times) == 1 else not former
    pool = _pools().get(("commune", "xã", False) if kind in _VILLAGES else (level, kind, current), ())
    for _ in range(_TRIES if pool else 0):
        new = rng.choice(pool)
        if new.lower() not in taken:
            return new
    return None


@cache
def _pools() -> Mapping[tuple[str, str, bool], tuple[str, ...]]:
    """Names of the gazetteer by level, type word and whether they are in force."""
    pools: dict[tuple[str, str, bool], dict[str, None]] = {}
    for units in gazetteer().units.values():
        for unit in units:
            if _NAME.fullmatch(unit.name):
                pools.setdefault((unit.level, unit.kind, unit.current), {})[unit.name] = None
    return {key: tuple(names) for key, names in pools.items()}
