"""The type word of each mention: its own, or that of the office before it, of its list, or of another mention."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from annotations.document import Span
from model.gazetteer import gazetteer
from model.normalize import normalize
from model.passages import before, either
from model.places.names import TYPES, split_name

Kind = tuple[str, str]

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
    r"(?:các|những|hai|ba|bốn|năm|\d+) +(?P<type>tỉnh|huyện|quận|thị xã|thành phố|xã|phường|thị trấn|"
    r"thôn|bản|ấp|buôn|làng|khóm|khu phố|tổ dân phố|xóm)(?: +[^\s.,:;]+){0,3}? *:? *$",
    re.IGNORECASE,
)
_IN_LIST = re.compile(either(r"\s*(?:,|;|và|hay|đến)\s*(?:và\s+)?"))


def _kind(text: str, spans: Sequence[Span], index: int) -> Kind:
    """Type word and name of one mention, from its own text, the office before it or the list it stands in."""
    span = spans[index]
    kind, name = split_name(text[span.start : span.end])
    if kind:
        return kind, name
    words = normalize(before(text, span.start, 30)).text
    for pattern, office in _OFFICES:
        if pattern.search(words):
            return office, name
    first = index
    while first > 0 and _IN_LIST.fullmatch(text, spans[first - 1].end, spans[first].start):
        first -= 1
    head = _LIST_HEAD.search(normalize(before(text, spans[first].start, 40)).text)
    if head:
        return TYPES[head.group("type").lower()][0], name
    return "", name


def _corrected(kind: str, name: str) -> Kind:
    """`thành phố` before the name of a province without such a city closes a list of `tỉnh, thành phố`."""
    province = gazetteer().province(name)
    if kind == "thành phố" and province is not None and province.kind == "tỉnh":
        cities = gazetteer().find(name, "district")
        return kind if any(unit.kind == kind for unit in cities) else "tỉnh", name
    return kind, name


def _province_lists(text: str, spans: Sequence[Span], kinds: Sequence[Kind]) -> set[int]:
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


def kinds_of(text: str, spans: Sequence[Span]) -> list[Kind]:
    """Type word (empty where nothing tells it) and name of each mention of a place."""
    kinds = [_corrected(*_kind(text, spans, i)) for i in range(len(spans))]
    named: dict[str, Counter[str]] = {}
    for kind, name in kinds:
        if kind or gazetteer().province(name) is not None:
            named.setdefault(name.lower(), Counter())[kind] += 1
    in_list = _province_lists(text, spans, kinds)
    return [
        (kind or ("tỉnh" if i in in_list else _elsewhere(named, name)), name)
        for i, (kind, name) in enumerate(kinds)
    ]
