"""The place that each mention means, with the district and province around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from annotations.document import Document, Span
from model.gazetteer import Level, Unit, gazetteer
from model.passages import either
from model.places.kinds import Kind, kinds_of
from model.places.names import REGIONS, PlaceLevel, level_of

_INSIDE = re.compile(either(r"\s*(?:,|-|–|\(|thuộc|của|\s)\s*(?:thuộc\s+|của\s+)?"))
_ORDER: tuple[PlaceLevel, ...] = ("village", "commune", "district", "province", "region", "country")


@dataclass(frozen=True, slots=True)
class Place:
    """A place of an article.

    Parameters
    ----------
    name
        Type word and name in one spelling: `huyện Bảo Yên`, `thành phố Lai Châu`.
    level
        What kind of unit it is; `unknown` when nothing says.
    district, province
        The units around it at the time of the article, with their type words, where the text or one unambiguous
        gazetteer entry gives them. A province has itself as its `province`.
    province_now
        The province in force since 1 July 2025 that its province became.
    """

    name: str
    level: PlaceLevel = "unknown"
    district: str | None = None
    province: str | None = None
    province_now: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What two mentions of one place have in common."""
        return self.name.lower(), (self.province or "").lower()


def places(document: Document, spans: Sequence[Span] | None = None) -> Mapping[str, Place]:
    """The places that the LOCALITY spans of a document name.

    Returns
    -------
    A place for each LOCALITY span id.
    """
    found = [s for s in document.spans if s.label == "LOCALITY"] if spans is None else list(spans)
    if not found:
        return {}
    kinds = kinds_of(document.text, found)
    provinces = {
        name
        for kind, name in kinds
        if kind in ("tỉnh", "thành phố", "") and gazetteer().province(name) is not None
    }
    around = _around(document.text, found, kinds)
    return {
        span.id: _place(kind, name, around[i], provinces, kinds)
        for i, (span, (kind, name)) in enumerate(zip(found, kinds, strict=True))
    }


def _around(text: str, spans: Sequence[Span], kinds: Sequence[Kind]) -> list[list[int]]:
    """For each mention the mentions that follow it as its surroundings: `xã A, huyện B (C)`."""
    chains: list[list[int]] = []
    for i in range(len(spans)):
        chain: list[int] = []
        j = i
        while j + 1 < len(spans) and spans[j + 1].start >= spans[j].end:
            if not _INSIDE.fullmatch(text, spans[j].end, spans[j + 1].start):
                break
            if not _rises(kinds[chain[-1] if chain else i], kinds[j + 1]):
                break
            j += 1
            chain.append(j)
        chains.append(chain)
    return chains


def _rises(lower: Kind, upper: Kind) -> bool:
    return _rank(lower) < _rank(upper)


def _rank(kind_name: Kind) -> int:
    kind, name = kind_name
    level = level_of(kind, name)
    if level == "unknown":
        level = "province" if gazetteer().province(name) else "district"
    return _ORDER.index(level)


def _place(
    kind: str,
    name: str,
    chain: Sequence[int],
    provinces: set[str],
    kinds: Sequence[Kind],
) -> Place:
    region = REGIONS.get(name.lower()) or REGIONS.get(f"{kind} {name}".lower())
    if kind in ("vùng", "miền", "tỉnh", "") and region:  # `5 tỉnh Tây Nguyên`
        return Place(region, "region")
    level = level_of(kind, name)
    if level in ("region", "country"):
        return Place(f"{kind} {name}".strip(), level)
    unit = _unit(kind, name, level, [kinds[j] for j in chain], provinces, kinds)
    if unit is not None:
        return _from_unit(unit, kind)
    place = Place(f"{kind} {name}".strip(), level)
    for j in chain:
        upper_kind, upper_name = kinds[j]
        upper = _unit(upper_kind, upper_name, level_of(upper_kind, upper_name), [], provinces, kinds)
        if upper is not None:
            inside = _from_unit(upper, upper_kind)
            district = inside.name if inside.level == "district" else inside.district
            return replace(
                place, district=district, province=inside.province, province_now=inside.province_now
            )
    if len(provinces) == 1 and level in ("district", "commune", "village"):
        only = gazetteer().province(next(iter(provinces)))
        if only is not None:
            return replace(place, province=only.full_name, province_now=gazetteer().now(only).full_name)
    return place


def _from_unit(unit: Unit, kind: str) -> Place:
    province = unit if unit.level == "province" else unit.province
    district = (
        unit.parent if unit.level == "commune" and unit.parent and unit.parent.level == "district" else None
    )
    name = f"{kind} {unit.name}" if kind and unit.level != "province" else unit.full_name
    return Place(
        name,
        unit.level,
        district.full_name if district else None,
        province.full_name if province else None,
        gazetteer().now(province).full_name if province else None,
    )


def _unit(
    kind: str,
    name: str,
    level: PlaceLevel,
    chain: Sequence[Kind],
    provinces: set[str],
    kinds: Sequence[Kind],
) -> Unit | None:
    """The one gazetteer entry that a mention can mean, None when there is none or several are left."""
    book = gazetteer()
    if level in ("province", "unknown") and kind in ("tỉnh", "thành phố", ""):
        province = book.province(name)
        if province is not None:
            return province
    if level == "village":
        return None
    levels: tuple[Level, ...] = ("district", "commune")
    for each in (level,) if level in levels else levels:
        found = book.find(name, each)
        units = [u for u in found if not kind or u.kind == kind] or found
        units = _narrow(units, {n for _, n in chain}) or units
        if len(units) > 1:
            units = _narrow(units, {n for _, n in kinds} - {name}) or _narrow(units, provinces) or units
        if not units:
            continue
        elsewhere = each == "commune" and provinces and not _narrow(units, provinces)
        return units[0] if not elsewhere and _same_surroundings(units) else None
    return None


def _narrow(units: Sequence[Unit], names: set[str]) -> list[Unit]:
    """The units with one of these names above them, or in a province that became one of them."""
    lower = {name.lower() for name in names}
    return [u for u in units if any(above.name.lower() in lower for above in _surroundings(u))]


def _surroundings(unit: Unit) -> Iterator[Unit]:
    yield from unit.above()
    if unit.province is not None:
        yield gazetteer().now(unit.province)


def _same_surroundings(units: Sequence[Unit]) -> bool:
    """Whether all lie in one province and, if in districts, in one district."""
    return len({u.province.name if u.province else "" for u in units}) == 1 and (
        len({u.parent.name for u in units if u.parent and u.parent.level == "district"}) <= 1
    )
