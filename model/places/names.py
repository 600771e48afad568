"""Names of places: type words, regions, short names; a name parted from its type word."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from model.gazetteer import Level, gazetteer
from model.normalize import normalize

PlaceLevel = Literal["country", "region", "province", "district", "commune", "village", "unknown"]

TYPES: dict[str, tuple[str, PlaceLevel]] = {
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
_WORDS = "|".join(sorted((re.escape(word) for word in TYPES), key=len, reverse=True))
_TYPED = re.compile(rf"(?P<type>{_WORDS})(?:\.\s*|\s+)(?=\S)", re.IGNORECASE)
_TYPE_ABBREVIATED = re.compile(r"(?P<type>TP|TX|TT)(?=HCM|[A-ZĐ][a-zà-ỹ])")
_PARTS_OF_NAMES = {"bản", "buôn", "làng", "thôn", "xóm", "plei", "sóc"}
REGIONS = {
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


@lru_cache(maxsize=20_000)
def split_name(text: str) -> tuple[str, str]:
    """Type word (canonical, may be empty) and name of a place text."""
    plain = " ".join(normalize(text).text.split()).strip(" .,;:()\"'")
    found = _TYPED.match(plain) or _TYPE_ABBREVIATED.match(plain)
    if found is None or not plain[found.end() :]:
        return "", _full_name(plain)
    kind = TYPES[found.group("type").lower()][0]
    name = _full_name(plain[found.end() :].strip(" ."))
    if kind in _PARTS_OF_NAMES and (name[:1].islower() or (plain[0].isupper() and _is_unit(plain))):
        return "", _full_name(plain)
    return kind, name


def _is_unit(name: str) -> bool:
    """Whether an administrative unit bears that whole name (`xã Bản Giang`, `thị xã Buôn Hồ`, `tỉnh Sóc Trăng`)."""
    levels: tuple[Level, ...] = ("commune", "district", "province")
    return any(gazetteer().find(name, level) for level in levels)


def _full_name(name: str) -> str:
    if name.islower() or (name.isupper() and len(name) > 4):
        name = " ".join(word.capitalize() for word in name.split())
    return _SHORT_NAMES.get(name.lower().replace(".", "").strip(), name)


def level_of(kind: str, name: str) -> PlaceLevel:
    if kind == "thành phố":
        province = gazetteer().province(name)
        return "province" if province is not None and province.kind == "thành phố" else "district"
    if kind:
        return next(level for word, level in TYPES.values() if word == kind)
    if name.lower() in _COUNTRIES:
        return "country"
    if name.lower() in REGIONS:
        return "region"
    return "unknown"
