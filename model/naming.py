"""When two noun phrases name one indicator."""

from __future__ import annotations

import re
from functools import lru_cache

from model.normalize import normalize
from model.quantities.units import UNITS

_ABBREVIATED = re.compile(r"(?:[Cc]hỉ số|[Tt]ổng sản phẩm) .*?\(?([A-ZĐ]{2,})\)?")
_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]")
_LEADING = re.compile(
    r"^(?:(?:các |những |một số )?(?:chỉ tiêu|tiêu chí)(?= (?:về |thu |chi |tỷ lệ |số |giá trị |tốc độ ))|về|đạt|có|là|mức đạt)\s+"
)
_HEADS = re.compile(r"^(?:tổng số lượng|tổng số|số lượng|tổng|số|mức|con số|tỷ lệ)\s+(?=\S+ \S+)")
_TRAILING = re.compile(
    r"\s+(?:trên địa bàn(?: (?:tỉnh|huyện|xã|thành phố|thị xã|quận|phường|toàn tỉnh|toàn huyện))?|của (?:tỉnh|huyện|xã|thành phố|"
    r"thị xã|quận|phường|địa phương|toàn tỉnh|toàn huyện|cả nước|tp)|toàn (?:tỉnh|huyện|xã|thành phố)|cả (?:năm|tỉnh|huyện)|"
    r"hằng năm|hàng năm|bình quân hằng năm|này|nói trên|trong năm|đề ra)$"
)
_SAME: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"\b(?:{pattern})\b"), name)
    for pattern, name in (
        (r"tỉ", "tỷ"),
        (r"tỷ suất", "tỷ lệ"),
        (r"tổng sản phẩm (?:trên địa bàn|nội tỉnh|trong tỉnh)", "grdp"),
        (r"tổng sản phẩm (?:quốc nội|trong nước|nội địa)(?! grdp)", "gdp"),
        (r"grdp grdp", "grdp"),
        (r"ntm", "nông thôn mới"),
        (r"nâng cao ntm", "nông thôn mới nâng cao"),
        (r"bhyt", "bảo hiểm y tế"),
        (r"bhxh", "bảo hiểm xã hội"),
        (r"htx", "hợp tác xã"),
        (r"thcs", "trung học cơ sở"),
        (r"thpt", "trung học phổ thông"),
        (r"nsnn", "ngân sách nhà nước"),
        (r"ubnd", "ủy ban nhân dân"),
        (r"hđnd", "hội đồng nhân dân"),
        (r"thu ngân sách nhà nước", "thu ngân sách"),
        (r"trên đầu người|mỗi người|một người|/người", "đầu người"),
        (r"bình quân đầu người|đầu người bình quân", "đầu người"),
        (r"bình quân của người dân|của người dân bình quân|bình quân người dân", "đầu người"),
        (r"đạt chuẩn quốc gia|chuẩn quốc gia", "đạt chuẩn quốc gia"),
    )
)
_EMPTY_WORDS = frozenset(
    [
        "của",
        "và",
        "các",
        "những",
        "cho",
        "về",
        "trên",
        "tại",
        "ở",
        "trong",
        "với",
        "theo",
        "được",
        "đã",
        "đạt",
        "có",
        "là",
        "số",
        "tỷ",
        "lệ",
        "mức",
        "người",
        "dân",
        "khu",
        "vực",
        "bình",
        "quân",
    ]
)
_GENERIC = re.compile(
    r"(?:các |nhóm )?(?:chỉ tiêu|tiêu chí|nhiệm vụ|mục tiêu|chỉ số|kết quả|nội dung)"
    r"(?: (?:chủ yếu|còn lại|này|khác|thành phần|đề ra|cụ thể|chính|cơ bản|được giao))*"
)


@lru_cache(maxsize=50_000)
def name_key(text: str) -> str:
    """What all names of one indicator have in common: small letters, no brackets, place or time at its end, no
    `tỷ lệ` or `số` at its head, abbreviations written out; `chỉ số giá tiêu dùng CPI` is `cpi`."""
    plain = " ".join(normalize(text).text.split())
    short = _ABBREVIATED.fullmatch(plain)
    if short:
        return short.group(1).lower()
    plain = _BRACKETS.sub("", plain.lower()).strip(" .,;:\"'-")
    for pattern, name in _SAME:
        plain = pattern.sub(name, plain)
    plain = _LEADING.sub("", plain)
    shorter = _TRAILING.sub("", plain)
    plain = _TRAILING.sub("", shorter) or plain
    return _HEADS.sub("", plain) or plain


@lru_cache(maxsize=50_000)
def _words(key: str) -> frozenset[str]:
    return frozenset(key.split()) - _EMPTY_WORDS


def is_generic(key: str) -> bool:
    """Whether a name says only that something is an indicator (`chỉ tiêu`, `tiêu chí còn lại`) or is a bare counted noun
    (`sản phẩm`): two such mentions need not be of one thing."""
    unit = UNITS.get(key)
    return (unit is not None and unit.dimension == "count") or _GENERIC.fullmatch(key) is not None


def alike(first: str, second: str) -> bool:
    """Whether one key shortens the other, or both share half of their words: the same thing if values agree."""
    if is_generic(first) or is_generic(second):
        return False
    a, b = _words(first), _words(second)
    if not a or not b:
        return False
    return a <= b or b <= a or 2 * len(a & b) >= len(a | b)
