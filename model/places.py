"""Names of places as the article means them: one canonical name, a level, the district and province around it.

Type words come from the span (`TP. Lai Châu`), from the office around it (`Huyện ủy [Mường Tè]`), from a list
(`các xã: [Bản Giang], [Hồ Thầu]`), from another mention in the article, and last from the gazetteer, which is asked
only where one answer is left.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from annotations.document import Document, Span
from model.gazetteer import Level, Unit, gazetteer
from model.normalize import normalize

PlaceLevel = Literal["country", "region", "province", "district", "commune", "village", "unknown"]

_TYPES: dict[str, tuple[str, PlaceLevel]] = {
    "tỉnh": ("tỉnh", "province"),
    "thành phố": ("thành phố", "unknown"),
    "tp": ("thành phố", "unknown"),
    "t.p": ("thành phố", "unknown"),
    "thủ đô": ("thành phố", "province"),
    "huyện": ("huyện", "district"),
    "huyện đảo": ("huyện", "district"),
    "h": ("huyện", "district"),
    "quận": ("quận", "district"),
    "q": ("quận", "district"),
    "thị xã": ("thị xã", "district"),
    "tx": ("thị xã", "district"),
    "thị trấn": ("thị trấn", "commune"),
    "tt": ("thị trấn", "commune"),
    "xã": ("xã", "commune"),
    "x": ("xã", "commune"),
    "phường": ("phường", "commune"),
    "p": ("phường", "commune"),
    "đặc khu": ("đặc khu", "commune"),
    "thôn": ("thôn", "village"),
    "bản": ("bản", "village"),
    "ấp": ("ấp", "village"),
    "buôn": ("buôn", "village"),
    "làng": ("làng", "village"),
    "khóm": ("khóm", "village"),
    "khu phố": ("khu phố", "village"),
    "kp": ("khu phố", "village"),
    "khu": ("khu", "village"),
    "tổ dân phố": ("tổ dân phố", "village"),
    "khu dân cư": ("khu dân cư", "village"),
    "xóm": ("xóm", "village"),
    "bon": ("bon", "village"),
    "sóc": ("sóc", "village"),
    "phum": ("phum", "village"),
    "plei": ("plei", "village"),
    "làng văn hóa": ("làng", "village"),
    "vùng": ("vùng", "region"),
    "khu vực": ("vùng", "region"),
    "miền": ("miền", "region"),
    "nước": ("", "country"),
}
_WORDS = "|".join(sorted((re.escape(word) for word in _TYPES), key=len, reverse=True))
_TYPED = re.compile(rf"(?P<type>{_WORDS})(?:\.\s*|\s+)(?=\S)", re.IGNORECASE)
_TYPE_ABBREVIATED = re.compile(r"(?P<type>TP|TX|TT)(?=HCM|[A-ZĐ][a-zà-ỹ])")
_PARTS_OF_NAMES = {"bản", "buôn", "làng", "thôn", "xóm", "plei"}
_REGIONS = {
    "đbscl": "vùng Đồng bằng sông Cửu Long",
    "đồng bằng sông cửu long": "vùng Đồng bằng sông Cửu Long",
    "miền tây": "vùng Đồng bằng sông Cửu Long",
    "miền tây nam bộ": "vùng Đồng bằng sông Cửu Long",
    "tây nam bộ": "vùng Đồng bằng sông Cửu Long",
    "đồng bằng sông hồng": "vùng Đồng bằng sông Hồng",
    "đbsh": "vùng Đồng bằng sông Hồng",
    "đồng bằng bắc bộ": "vùng Đồng bằng sông Hồng",
    "đông nam bộ": "vùng Đông Nam Bộ",
    "bắc trung bộ": "vùng Bắc Trung Bộ",
    "bắc trung bộ và duyên hải miền trung": "vùng Bắc Trung Bộ và Duyên hải miền Trung",
    "nam trung bộ": "vùng Nam Trung Bộ",
    "duyên hải nam trung bộ": "vùng Nam Trung Bộ",
    "duyên hải miền trung": "vùng Duyên hải miền Trung",
    "trung bộ": "miền Trung",
    "miền trung": "miền Trung",
    "miền bắc": "miền Bắc",
    "miền nam": "miền Nam",
    "nam bộ": "miền Nam",
    "bắc bộ": "miền Bắc",
    "tây nguyên": "vùng Tây Nguyên",
    "tây bắc": "vùng Tây Bắc",
    "đông bắc": "vùng Đông Bắc",
    "việt bắc": "vùng Việt Bắc",
    "trung du và miền núi phía bắc": "vùng Trung du và miền núi Bắc Bộ",
    "trung du và miền núi bắc bộ": "vùng Trung du và miền núi Bắc Bộ",
    "trung du miền núi phía bắc": "vùng Trung du và miền núi Bắc Bộ",
    "tứ giác long xuyên": "vùng Tứ giác Long Xuyên",
    "đồng tháp mười": "vùng Đồng Tháp Mười",
    "bán đảo cà mau": "vùng Bán đảo Cà Mau",
}
_COUNTRIES = {
    "việt nam",
    "lào",
    "campuchia",
    "trung quốc",
    "nhật bản",
    "hàn quốc",
    "mỹ",
    "thái lan",
    "singapore",
}
_SHORT_NAMES = {
    "hcm": "Hồ Chí Minh",
    "tphcm": "Hồ Chí Minh",
    "sài gòn": "Hồ Chí Minh",
    "brvt": "Bà Rịa - Vũng Tàu",
    "tt-huế": "Thừa Thiên Huế",
    "hn": "Hà Nội",
}
_OFFICES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern + r"\s*$", re.IGNORECASE), kind)
    for pattern, kind in (
        (r"(?:tỉnh (?:ủy|đoàn|đội)|(?<!\w)tỉnh)", "tỉnh"),
        (r"huyện (?:ủy|đoàn|đội)|(?<!\w)huyện", "huyện"),
        (r"quận (?:ủy|đoàn)|(?<!\w)quận", "quận"),
        (r"thị (?:ủy|đoàn)|(?<!\w)thị xã", "thị xã"),
        (r"thành (?:ủy|đoàn)|(?<!\w)thành phố|(?<!\w)tp\.?", "thành phố"),
        (r"(?<!\w)xã", "xã"),
        (r"(?<!\w)phường", "phường"),
        (r"(?<!\w)thị trấn", "thị trấn"),
    )
)
_LIST_HEAD = re.compile(
    r"(?:các|những|hai|ba|bốn|năm|\d+) +(?P<type>tỉnh|huyện|quận|thị xã|thành phố|xã|phường|thị trấn|thôn|bản)"
    r"(?: +[^\s.,:;]+){0,3}? *:? *$",
    re.IGNORECASE,
)
_IN_LIST = re.compile(r"\s*(?:,|;|và|hay|đến)\s*(?:và\s+)?")
_INSIDE = re.compile(r"\s*(?:,|-|–|\(|thuộc|của|\s)\s*(?:thuộc\s+|của\s+)?")
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


@lru_cache(maxsize=20_000)
def _split(text: str) -> tuple[str, str]:
    """Type word (canonical, may be empty) and name of a place text."""
    plain = " ".join(normalize(text).text.split()).strip(" .,;:()\"'")
    found = _TYPED.match(plain) or _TYPE_ABBREVIATED.match(plain)
    if found is None or not plain[found.end() :]:
        return "", _full_name(plain)
    kind = _TYPES[found.group("type").lower()][0]
    name = _full_name(plain[found.end() :].strip(" ."))
    if kind in _PARTS_OF_NAMES and (name[:1].islower() or (plain[0].isupper() and _is_unit(plain))):
        return "", _full_name(plain)
    return kind, name


def _is_unit(name: str) -> bool:
    """Whether a commune or district bears that whole name (`xã Bản Giang`, `thị xã Buôn Hồ`)."""
    return bool(gazetteer().find(name, "commune") or gazetteer().find(name, "district"))


def _full_name(name: str) -> str:
    if name.islower() or (name.isupper() and len(name) > 4):
        name = " ".join(word.capitalize() for word in name.split())
    return _SHORT_NAMES.get(name.lower().replace(".", "").strip(), name)


def places(document: Document, spans: Sequence[Span] | None = None) -> Mapping[str, Place]:
    """The places that the LOCALITY spans of a document name.

    Returns
    -------
    A place for each LOCALITY span id.
    """
    found = [s for s in document.spans if s.label == "LOCALITY"] if spans is None else list(spans)
    if not found:
        return {}
    kinds = [_corrected(*_kind(document.text, found, i)) for i in range(len(found))]
    named: dict[str, Counter[str]] = {}
    for kind, name in kinds:
        if kind or gazetteer().province(name) is not None:
            named.setdefault(name.lower(), Counter())[kind] += 1
    in_list = _province_lists(document.text, found, kinds)
    kinds = [
        (kind or ("tỉnh" if i in in_list else _elsewhere(named, name)), name)
        for i, (kind, name) in enumerate(kinds)
    ]
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


def _kind(text: str, spans: Sequence[Span], index: int) -> tuple[str, str]:
    """Type word and name of one mention, from its own text, the office before it or the list it stands in."""
    span = spans[index]
    kind, name = _split(text[span.start : span.end])
    if kind:
        return kind, name
    before = normalize(text[max(0, span.start - 30) : span.start]).text
    for pattern, office in _OFFICES:
        if pattern.search(before):
            return office, name
    first = index
    while first > 0 and _IN_LIST.fullmatch(text, spans[first - 1].end, spans[first].start):
        first -= 1
    head = _LIST_HEAD.search(normalize(text[max(0, spans[first].start - 40) : spans[first].start]).text)
    if head:
        return _TYPES[head.group("type").lower()][0], name
    return "", name


def _corrected(kind: str, name: str) -> tuple[str, str]:
    """`thành phố` before the name of a province without such a city closes a list of `tỉnh, thành phố`."""
    province = gazetteer().province(name)
    if kind == "thành phố" and province is not None and province.kind == "tỉnh":
        cities = gazetteer().find(name, "district")
        return kind if any(unit.kind == kind for unit in cities) else "tỉnh", name
    return kind, name


def _province_lists(text: str, spans: Sequence[Span], kinds: Sequence[tuple[str, str]]) -> set[int]:
    """Mentions without a type word that stand in a list of provinces: `Thái Nguyên, Bắc Kạn và Cao Bằng`."""
    listed: set[int] = set()
    run = [0]
    for i in range(1, len(spans) + 1):
        if i < len(spans) and _IN_LIST.fullmatch(text, spans[i - 1].end, spans[i].start):
            run.append(i)
            continue
        if len(run) > 1 and all(
            gazetteer().province(kinds[j][1]) and kinds[j][0] in ("", "tỉnh") for j in run
        ):
            listed |= {j for j in run if not kinds[j][0] and gazetteer().province(kinds[j][1])}
        run = [i]
    return listed


def _elsewhere(named: Mapping[str, Counter[str]], name: str) -> str:
    """The type word that other mentions of the same name carry, when they agree or one leads. The name of a province
    stands for the city in it only where the article speaks of the city first."""
    kinds = named.get(name.lower())
    if not kinds:
        return ""
    if gazetteer().province(name) is not None:
        return next(iter(kinds))
    (best, count), *others = kinds.most_common()
    return best if not others or others[0][1] < count else ""


def _around(text: str, spans: Sequence[Span], kinds: Sequence[tuple[str, str]]) -> list[list[int]]:
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


def _rises(lower: tuple[str, str], upper: tuple[str, str]) -> bool:
    return _rank(lower) < _rank(upper)


def _rank(kind_name: tuple[str, str]) -> int:
    kind, name = kind_name
    level = _level(kind, name)
    if level == "unknown":
        level = "province" if gazetteer().province(name) else "district"
    return _ORDER.index(level)


def _level(kind: str, name: str) -> PlaceLevel:
    if kind == "thành phố":
        province = gazetteer().province(name)
        return "province" if province is not None and province.kind == "thành phố" else "district"
    if kind:
        return next(level for word, level in _TYPES.values() if word == kind)
    if name.lower() in _COUNTRIES:
        return "country"
    if name.lower() in _REGIONS:
        return "region"
    return "unknown"


def _place(
    kind: str,
    name: str,
    chain: Sequence[int],
    provinces: set[str],
    kinds: Sequence[tuple[str, str]],
) -> Place:
    region = _REGIONS.get(name.lower()) or _REGIONS.get(f"{kind} {name}".lower())
    if kind in ("vùng", "miền", "") and region:
        return Place(region, "region")
    level = _level(kind, name)
    if level in ("region", "country"):
        return Place(f"{kind} {name}".strip(), level)
    unit = _unit(kind, name, level, [kinds[j] for j in chain], provinces, kinds)
    if unit is not None:
        return _from_unit(unit, kind)
    place = Place(f"{kind} {name}".strip(), level)
    for j in chain:
        upper_kind, upper_name = kinds[j]
        upper = _unit(upper_kind, upper_name, _level(upper_kind, upper_name), [], provinces, kinds)
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
    chain: Sequence[tuple[str, str]],
    provinces: set[str],
    kinds: Sequence[tuple[str, str]],
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
