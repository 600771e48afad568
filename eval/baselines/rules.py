"""Spans by rules: regular expressions over numbers, units, cue words and capital letters, and a list of place names.

Written from the annotation guide and tried on the training articles only. It reads Vietnamese in composed form; texts
in another form are read as they are, so that offsets stay true.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from annotations.document import Document, Span
from annotations.schema import Schema
from annotations.validate import is_outer_punctuation
from eval.counting import sentence_starts

IsPlace = Callable[[str], bool]
"""Whether a name is that of a known province, district or commune."""
Found = tuple[str, int, int]

_NUMBER = r"\d+(?:[.,]\d+)*"
_UNIT = (
    r"(?:%|‰|(?:nghìn |ngàn |triệu |tỷ |tỉ )*(?:đồng|USD|đô la)\b|(?:nghìn |ngàn |triệu )?"
    r"(?:lượt(?: khách| người)?|người|hộ|tấn|tạ|ha|héc ta|m2|m²|m3|km|kg|lít|con|giường(?: bệnh)?|vụ|căn(?: nhà)?|nhà|ca|điểm|"
    r"xã|thôn|trường|hồ sơ|sản phẩm|tiêu chí|ngày|giờ|phút|MW|kWh)\b|tỷ\b|tỉ\b|triệu\b|nghìn\b)"
)
_VALUE = re.compile(
    r"(?:\b(?P<direction>tăng|giảm|vượt|thêm)\s+)?"
    r"(?:\b(?:gần|trên|hơn|khoảng|dưới|ít nhất|tối thiểu|tối đa|xấp xỉ|từ|thêm|đến)\s+)?"
    rf"(?<![\w/.,])(?P<number>{_NUMBER}(?:/{_NUMBER})?(?:\s?[-–]\s?{_NUMBER})?)(?![\w/]*\d)"
    rf"(?P<unit>\s?{_UNIT}(?:\s?/\s?(?:năm|ha|người|tháng|ngày|vụ|hộ|km2))*)?"
    r"(?P<more>\s+trở lên\b)?",
    re.IGNORECASE,
)
_NO_VALUE = re.compile(
    r"(?:năm|tháng|ngày|quý|khóa|khoá|lần thứ|thứ|số|điều|khoản|điểm|mục|đợt|tuổi|quyết định|nghị quyết|kỳ|đường|quốc lộ|"
    r"giai đoạn|nhiệm kỳ|và ngày|lúc|hôm|sáng|chiều|khu|tổ|lớp|bảng|phụ lục|covid|điện thoại|máy)\s*(?:\(|số\s*)?$",
    re.IGNORECASE,
)
_GOAL = re.compile(
    r"phấn đấu|mục tiêu|kế hoạch(?: là|:| năm| đề ra| giao)|nghị quyết(?: đề ra| đặt ra| giao| là|:)|đề ra|đặt ra|yêu cầu|"
    r"phải|cam kết|(?:được )?giao(?: là)?|chỉ tiêu(?:[^.;]{0,30}là|:| năm| giao)|đến (?:hết |cuối )?năm 20\d\d|sẽ|nâng (?:lên|thành|tỷ lệ)|dự kiến đến",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"(?<!phải )thực hiện|ước|đã|hiện|mới|giải ngân|thu được|dừng ở|lần lượt|kết quả|tính đến|(?:hết|cuối|đầu|trong|của) năm 20[01]\d|"
    r"thực tế|vượt mức|chỉ (?:đạt|có|còn|bằng)|tháng (?:đầu|qua)|so với|năm (?:qua|ngoái|trước)|tăng|giảm",
    re.IGNORECASE,
)
_OF_PLAN = re.compile(
    r"\s*(?:so với\s+|của\s+)?(?:tổng\s+)?(?:kế hoạch|dự toán|chỉ tiêu|nghị quyết|mục tiêu|KH\b|NQ\b|vốn kế hoạch|tiến độ)",
    re.IGNORECASE,
)
_NAME = r"[A-ZÀ-ÖØ-ÞĐƠƯẠ-Ỹ][\w'’]*"
_PLACE_TYPE = (
    r"(?:tỉnh|thành phố|TP\.?|T\.P|huyện|H\.|quận|Q\.|thị xã|TX\.?|thị trấn|TT\.?|xã|phường|P\.|thôn|bản|buôn|ấp|làng|"
    r"khu phố|tổ dân phố|xóm|vùng|khu vực|đặc khu)"
)
_TYPED_PLACE = re.compile(
    rf"(?<!\w)(?i:{_PLACE_TYPE})\s*(?P<name>{_NAME}(?:\s+(?:{_NAME}|\d+))*(?:\s+-\s+{_NAME}(?:\s+{_NAME})*)?)"
)
_CAPITALS = re.compile(rf"(?<!\w){_NAME}(?:\s+{_NAME})+")
_MEASURED = re.compile(
    r"(?<!\w)(?:tỷ lệ|tỉ lệ|tỷ trọng|số|tổng|thu nhập|thu ngân sách|thu nội địa|thu tiền|thu phí|giá trị|diện tích|sản lượng|"
    r"năng suất|doanh thu|kim ngạch|dân số|lượng khách|lượt khách|khách|vốn|chi đầu tư|chi thường xuyên|dư nợ|nợ|độ che phủ|"
    r"chỉ số|mức|tốc độ|giải ngân|lợi nhuận|tiến độ|xuất khẩu|thời gian|chiều dài|khối lượng|kinh phí|điểm|hộ nghèo|lao động|"
    r"bảo hiểm y tế|học sinh|đảng viên|giáo viên|tăng trưởng)\s+(?=\w)",
    re.IGNORECASE,
)
_NAME_ENDS = re.compile(
    rf"\s*(?:[.;:()\"“”–…\n]|,(?!\s(?:xã|phường|thôn|thị|thành|khu|tội|đội)\b)|\s-\s|\s(?:đạt(?! (?:chuẩn|tiêu|danh))|còn|là|tăng|giảm|ước|mới|chỉ(?! tiêu)|đã|sẽ|phải|lên|"
    r"xuống|từ|vượt|năm|trên địa bàn|tại|so với|bằng|hiện|cũng|luôn|vẫn|theo|khi|để|nhằm|thì|mà|dừng|gần|hơn|khoảng|dưới|toàn|dự kiến|"
    rf"thực hiện|giao|mỗi|bị|hằng|hàng|ngay|tháng|quý|cuối|nay|(?:của |ở |trong )?(?:toàn )?{_PLACE_TYPE}\s+[A-ZĐ]\w*)(?=\W)|"
    rf"\s(?:của |trên |trong |ở )?\(?{_NUMBER})"
)
_SPOKEN_OF = re.compile(r"(?:nâng|giảm|hạ|kéo giảm|tăng|chỉ tiêu|mục tiêu|tiêu chí)\s+$", re.IGNORECASE)
_COUNTED = re.compile(
    r"\s(?P<name>(?!năm\b|tháng\b|ngày\b|tuổi\b|đến\b|và\b|của\b|so\b|trong\b|trên\b|là\b|đạt\b|lần\b|khi\b|thì\b|nên\b|mà\b|để\b|được\b)"
    r"[^\W\d_]+)(?=\s)"
)
_LONGEST_NAME = 90
_ACTION = re.compile(
    r"(?:(?:^|\n|[,;:•+*–-]\s*|(?<=\s)(?:để|đã|đang|sẽ|cần|phải|và|huyện|xã|tỉnh|thành phố|phường|UBND|ngành|cơ quan|nhờ|bằng cách|"
    r"là|việc|đồng thời|tục)\s+)|(?<=[.!?]\s))"
    r"(?P<verb>(?:tiếp tục|tập trung|tăng cường|đẩy mạnh|đẩy nhanh|chỉ đạo|vận động|hỗ trợ|bố trí|xây dựng|tổ chức|mở|công khai|"
    r"rà soát|phối hợp|giám sát|phân công|thu hồi|kiểm tra|ưu tiên|đào tạo|tập huấn|lồng ghép|nâng cấp|nâng cao|hướng dẫn|"
    r"kiến nghị|xử lý|điều chỉnh|kêu gọi|liên kết|thành lập|thí điểm|ký|bổ sung|cử|số hóa|giao|huy động|lập|rút ngắn|quản lý|"
    r"đối chiếu|khuyến khích|công bố|di dời|kết nối|cho vay|quy hoạch|tuyên truyền|khảo sát|đối thoại|duy trì|sắp xếp|bồi dưỡng|"
    r"mời|chuyển giao|đấu giá|cấp|kiểm soát|tuần tra|bàn giao|luân chuyển|đặt hàng|biên soạn|trích|phát triển|nhân rộng|"
    r"niêm yết|khôi phục|nạo vét|trồng|tháo gỡ|lắp|củng cố|cải tạo|sửa chữa|thanh tra|ban hành|thu hút|chuyển đổi|áp dụng|"
    r"đổi mới|đầu tư|siết|xóa|giúp|phát động|thực hiện|triển khai|khai thác|mở rộng|tinh giản|đưa|yêu cầu|giải quyết|nâng))"
    r"(?=[\s,]+[^\W\d])",
    re.IGNORECASE,
)
_ACTION_ENDS = re.compile(
    r"[;.!?\n…:(]|,\s|\s(?:nhằm|để|qua đó|từ đó|góp phần|đảm bảo|bảo đảm|tạo ra|hình thành|trong khi|nhờ đó|nhưng|đồng thời)(?=\s)",
    re.IGNORECASE,
)
_SHORTEST_ACTION = 4


@dataclass(frozen=True, slots=True)
class Rules:
    """Finds spans of the default schema.

    Parameters
    ----------
    is_place
        Recognises bare names (`Mường Tè`); without it only names with a type word are found.
    """

    is_place: IsPlace | None = None

    def extract(self, document: Document) -> Document:
        """The document with its spans replaced and no relations."""
        text = document.text
        values = list(_values(text))
        found = [
            *values,
            *_indicators(text, values),
            *_places(text, self.is_place),
            *_actions(text),
        ]
        schema = Schema.default()
        numbers = Counter[str]()
        spans = []
        for label, start, end in _without_overlaps([_trim(text, *one) for one in found]):
            numbers[label] += 1
            spans.append(Span(f"{schema.by_name[label].letter}{numbers[label]}", start, end, label))
        return replace(document, spans=tuple(spans), relations=())


def _values(text: str) -> Iterator[Found]:
    starts = sentence_starts(text)
    for match in _VALUE.finditer(text):
        number = match["number"]
        before = text[max(0, match.start() - 40) : match.start()]
        if _NO_VALUE.search(before) or not (match["unit"] or _stands_as_value(text, match)):
            continue
        if _is_date(number, text, match.end()):
            continue
        sentence = starts[bisect_right(starts, match.start()) - 1]
        line = text.rfind("\n", 0, match.start()) + 1
        yield (
            _kind(text, match, text[sentence : match.start()], text[line:sentence]),
            match.start(),
            match.end(),
        )


def _stands_as_value(text: str, match: re.Match[str]) -> bool:
    """A bare number is a value where it counts something or follows a word of result."""
    before = text[max(0, match.start() - 12) : match.start()].lower().rstrip()
    said = before.endswith(
        ("đạt", "còn", "là", "có", "được", "tăng", "giảm", "vượt", "lên", "xuống", "mới", "ước")
    )
    return "/" in match["number"] or (said and bool(_COUNTED.match(text, match.end())))


def _is_date(number: str, text: str, end: int) -> bool:
    if number.count("/") == 1:
        first, second = number.split("/")
        in_date = text[end : end + 1] == "/" or (
            first.isdigit() and second.isdigit() and int(first) > int(second)
        )
        return in_date or (second.isdigit() and len(second) == 4 and second.startswith(("19", "20")))
    return bool(re.fullmatch(r"(?:19|20)\d\d(?:\s?[-–]\s?(?:19|20)\d\d)?", number))


def _kind(text: str, match: re.Match[str], sentence: str, line: str) -> Literal["TARGET", "ACTUAL", "RATIO"]:
    """By the last word of purpose or of result before the value, in its sentence, else in its paragraph."""
    percent = "%" in (match["unit"] or "")
    if percent and _OF_PLAN.match(text, match.end()):
        return "RATIO"
    for passage in (sentence, line):
        goal = max((found.end() for found in _GOAL.finditer(passage)), default=-1)
        done = max((found.end() for found in _DONE.finditer(passage)), default=-1)
        if goal > done:
            return "TARGET"
        if done > goal:
            break
    if "/" in match["number"]:
        return "RATIO"
    in_brackets = (
        text[match.start() - 1 : match.start()] == "(" and text[match.end() : match.end() + 1] == ")"
    )
    over = (match["direction"] or "").lower() == "vượt" or sentence.rstrip().lower().endswith("bằng")
    return "RATIO" if percent and (in_brackets or over) else "ACTUAL"


def _indicators(text: str, values: list[Found]) -> Iterator[Found]:
    """Names of quantities that have a value in their sentence, and what a bare number counts."""
    starts = sentence_starts(text)
    valued = {bisect_right(starts, start) for _, start, _ in values}
    named: set[int] = set()
    for match in _MEASURED.finditer(text):
        sentence = bisect_right(starts, match.start())
        if sentence in valued or _SPOKEN_OF.search(text, max(0, match.start() - 12), match.start()):
            named.add(sentence)
            yield "INDICATOR", match.start(), _name_end(text, match.start(), match.end())
    for _, start, end in values:
        counted = _COUNTED.match(text, end)
        if counted and text[end - 1].isdigit() and bisect_right(starts, start) not in named:
            yield "INDICATOR", counted.start("name"), _name_end(text, counted.start("name"), counted.end())


def _name_end(text: str, start: int, position: int) -> int:
    stop = _NAME_ENDS.search(text, position - 1)
    return min(stop.start() if stop else len(text), start + _LONGEST_NAME)


def _places(text: str, is_place: IsPlace | None) -> Iterator[Found]:
    taken: set[int] = set()
    for match in _TYPED_PLACE.finditer(text):
        taken.update(range(match.start(), match.end()))
        yield "LOCALITY", match.start(), match.end()
    if is_place is None:
        return
    for match in _CAPITALS.finditer(text):
        words = list(re.finditer(r"\S+", match[0]))
        first = 0
        while first < len(words):
            for last in range(min(len(words), first + 4), first + 1, -1):
                start = match.start() + words[first].start()
                end = match.start() + words[last - 1].end()
                if is_place(text[start:end]) and not taken & {start, end - 1}:
                    yield "LOCALITY", start, end
                    first = last
                    break
            else:
                first += 1


def _actions(text: str) -> Iterator[Found]:
    position = 0
    while match := _ACTION.search(text, position):
        start = match.start("verb")
        stop = _ACTION_ENDS.search(text, match.end())
        while stop and stop[0].startswith(",") and not _ACTION.match(text, stop.start()):
            stop = _ACTION_ENDS.search(text, stop.end())
        end = stop.start() if stop else len(text)
        position = max(end, match.end())
        if len(text[start:end].split()) >= _SHORTEST_ACTION:
            yield "MEASURE", start, end


def _trim(text: str, label: str, start: int, end: int) -> Found:
    while start < end and is_outer_punctuation(text[start:end], 0):
        start += 1
    while start < end and is_outer_punctuation(text[start:end], -1):
        end -= 1
    return label, start, end


def _without_overlaps(found: list[Found]) -> Iterator[Found]:
    """Spans in reading order; of overlapping ones of one label, the first and longest."""
    reached: dict[str, int] = {}
    for label, start, end in sorted(found, key=lambda one: (one[1], -one[2])):
        if start < end and start >= reached.get(label, 0):
            reached[label] = end
            yield label, start, end
