"""The words around a number: what they say about its bound, its direction and its form."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from model.quantities.quantity import Comparator, Direction

_SPACES = re.compile(r"[\s\u00a0\u2000-\u200b\u202f\u3000\ufeff]+")
_HYPHENS = re.compile(r"[\u2010-\u2015\u2212\u00ad~]")
_SPLIT_DECIMAL = re.compile(r"(?<=\d), (?=\d+ ?(?:%|tỷ|tỉ|triệu|nghìn|phần trăm))")
_SPACED_SLASH = re.compile(r" ?/ ?")
_EDGE = " .;:,!?\"'“”‘’()[]•*+…"

Form = Literal["filler", "from", "level", "times", "rank", "negative"]


def clean(text: str) -> str:
    """A value text in one spelling: NFC, lower case, single spaces, plain hyphens, no space around a slash."""
    plain = unicodedata.normalize("NFC", text).lower()
    plain = _SPACES.sub(" ", _HYPHENS.sub("-", plain)).strip(_EDGE)
    return _SPACED_SLASH.sub("/", _SPLIT_DECIMAL.sub(",", plain))


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a word or phrase before a number adds to it."""

    comparator: Comparator | None = None
    direction: Direction | None = None
    form: Form | None = None


def _phrases(words: str, **effect: str) -> dict[str, Phrase]:
    return {word.strip(): Phrase(**effect) for word in words.split(";")}  # type: ignore[arg-type]


PREFIXES: dict[str, Phrase] = {
    **_phrases(
        "trên; ít nhất; tối thiểu; không dưới; không thấp hơn; không ít hơn; thấp nhất; chí ít",
        comparator=">=",
    ),
    **_phrases("đạt ít nhất; đạt tối thiểu; từ trên; không nhỏ hơn", comparator=">="),
    **_phrases("hơn; cao hơn; nhiều hơn; lớn hơn; quá; ngoài", comparator=">"),
    **_phrases(
        "tối đa; không quá; không vượt quá; nhiều nhất; cao nhất; không trên; không lớn hơn", comparator="<="
    ),
    **_phrases("không cao hơn; không hơn", comparator="<="),
    **_phrases(
        "dưới; thấp hơn; ít hơn; nhỏ hơn; chưa đến; chưa tới; chưa đầy; chưa quá; không đầy", comparator="<"
    ),
    **_phrases("không đến; không tới; còn dưới", comparator="<"),
    **_phrases("chưa nổi; không nổi; chưa được; không được; chưa bằng; chưa đạt; không đạt", comparator="<"),
    **_phrases(
        "khoảng; gần; xấp xỉ; chừng; độ chừng; ngót; ước; ước khoảng; ước chừng; áng chừng; cỡ",
        comparator="~",
    ),
    **_phrases(
        "gần như; tương đương; ước tính; ước đạt; dự kiến; ước tính đạt; suýt soát; trên dưới; tầm",
        comparator="~",
    ),
    **_phrases("gần bằng; hơn kém; khoảng trên; khoảng hơn; khoảng gần; khoảng chừng", comparator="~"),
    **_phrases(
        "quanh; quanh mức; xung quanh; xoay quanh; dao động; dao động quanh; dao động trong khoảng",
        comparator="~",
    ),
    **_phrases("khoảng trên dưới; ngấp nghé; xấp xỉ bằng; đâu đó; độ; non", comparator="~"),
    **_phrases(
        "tăng; tăng thêm; tăng trưởng; tăng cao hơn; tăng bình quân; nâng thêm; thêm; bổ sung thêm",
        direction="up",
    ),
    **_phrases("lên thêm; gia tăng; cao thêm; tăng trên mức", direction="up"),
    **_phrases(
        "giảm; giảm thiểu; giảm bớt; giảm bình quân; giảm thêm; hạ; bớt; cắt giảm; hụt; giảm sâu",
        direction="down",
    ),
    **_phrases("sụt giảm; giảm mạnh; giảm được; âm trưởng", direction="down"),
    **_phrases("vượt; vượt mức; vượt trên mức; vượt kế hoạch; vượt chỉ tiêu; vượt dự toán", direction="over"),
    **_phrases("đạt và vượt; vượt thêm; vượt xa", direction="over"),
    **_phrases(
        "còn; xuống còn; còn lại; lên; xuống; lên đến; lên tới; lên thành; xuống mức; lên mức", form="level"
    ),
    **_phrases(
        "xuống dưới mức; chỉ còn; vẫn còn; nay còn; đạt mức; xuống đến; xuống tới; thành", form="level"
    ),
    **_phrases("từ", form="from"),
    **_phrases("gấp; gấp khoảng; bằng gấp", form="times"),
    **_phrases(
        "nhóm; tốp; top; thứ; hạng; thứ hạng; vị trí; vị trí thứ; đứng thứ; xếp thứ; xếp hạng", form="rank"
    ),
    **_phrases(
        "xếp vị trí thứ; xếp vị trí; đứng vị trí; hạng thứ; trong nhóm; nằm trong nhóm; thuộc nhóm",
        form="rank",
    ),
    **_phrases("đứng đầu nhóm; trong tốp; trong top; bậc thứ; lọt top; lọt nhóm", form="rank"),
    **_phrases("âm; trừ", form="negative"),
    **_phrases(
        "đạt; được; có; là; bằng; chiếm; đến; tới; đủ; cả; tất cả; toàn bộ; chỉ; mới; mới đạt; chỉ đạt",
        form="filler",
    ),
    **_phrases(
        "bình quân; trung bình; mức; tổng; tổng số; tổng cộng; số; với; và; đã; sẽ; đều; mỗi; tỷ lệ",
        form="filler",
    ),
    **_phrases(
        "tỉ lệ; hoàn thành; thực hiện; trị giá; giá trị; ở mức; đạt tỷ lệ; đạt tỉ lệ; cao tới; nữa",
        form="filler",
    ),
    **_phrases(
        "khoảng từ; cho; trong; của; mỗi năm; hằng năm; hàng năm; thêm được; khống chế; duy trì",
        form="filler",
    ),
}
PREFIXES["khoảng từ"] = Phrase(comparator="~", form="from")
PREFIXES["dao động từ"] = PREFIXES["quanh từ"] = Phrase(comparator="~", form="from")
PREFIXES["vượt mốc"] = PREFIXES["vượt ngưỡng"] = PREFIXES["vượt con số"] = Phrase(
    comparator=">", form="level"
)
PREFIXES["từ khoảng"] = Phrase(comparator="~", form="from")
PREFIXES["từ trên"] = Phrase(comparator=">=")
PREFIXES["giảm còn"] = PREFIXES["giảm xuống"] = PREFIXES["giảm xuống còn"] = Phrase(form="level")
PREFIXES["tăng lên"] = PREFIXES["tăng lên đến"] = PREFIXES["tăng lên thành"] = Phrase(form="level")

PREFIX = re.compile(
    r"(?:" + "|".join(sorted(map(re.escape, PREFIXES), key=len, reverse=True)) + r")(?=[ \d]|$)"
)

SUFFIXES: dict[str, Comparator] = {
    "trở lên": ">=",
    "trở xuống": "<=",
    "trở lại": "<=",
    "là ít nhất": ">=",
    "là tối thiểu": ">=",
    "là tối đa": "<=",
}
SUFFIX = re.compile(r"\b(?:" + "|".join(SUFFIXES) + r")\b")
