"""How times are written: one pattern for each form. Group names end in the number of their pattern."""

from __future__ import annotations

import re

YEAR = r"(?:19|20)\d\d"
NUMBER_WORD = r"(?:một|hai|ba|bốn|tư|năm|sáu|bảy|tám|chín|mười một|mười hai|mười|\d{1,2})"
NUMBERS = {
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10,
    "mười một": 11, "mười hai": 12, "i": 1, "ii": 2, "iii": 3, "iv": 4,
}  # fmt: skip
_OF_YEAR = (
    rf"(?:(?:[ ,]*(?:của )?(?:năm )?| ?/ ?| ?- ?|\.)(?P<y{{0}}>{YEAR})(?![\d/])"
    rf"|[ ,]*(?:của )?(?P<r{{0}}>năm nay|năm trước|năm ngoái|năm sau))?"
)
FORMS: tuple[tuple[str, str], ...] = (
    ("day", rf"(?:ngày )?(?P<d1>\d{{1,2}})(?P<s1>[/.-])(?P<m1>\d{{1,2}})(?P=s1)(?P<y1>{YEAR})"),
    ("day", rf"ngày (?P<d2>\d{{1,2}}) tháng (?P<m2>\d{{1,2}}) năm (?P<y2>{YEAR})"),
    ("day", r"ngày (?P<d3>\d{1,2})[/-](?P<m3>\d{1,2})(?![/\d-])"),
    (
        "span",
        rf"(?:nhiệm kỳ|giai đoạn|thời kỳ|khóa|các năm|trong|từ năm)? ?(?P<a4>{YEAR}) ?(?:-|đến năm|đến|tới năm) ?(?P<b4>{YEAR})",
    ),
    ("months", rf"(?P<n5>{NUMBER_WORD}) tháng (?P<w5>đầu|cuối)(?: năm)?" + _OF_YEAR.format("5")),
    ("months", rf"(?P<n6>{NUMBER_WORD}) tháng(?: năm | ?/ ?)(?P<y6>{YEAR})"),
    ("half", r"(?:nửa|6 tháng|sáu tháng) (?P<w7>đầu|cuối)(?: năm)?" + _OF_YEAR.format("7")),
    ("quarter", r"(?:cuối |đầu |hết )?quý (?P<q8>iv|iii|ii|i|[1-4])" + _OF_YEAR.format("8")),
    (
        "month",
        rf"(?:đầu |cuối |giữa )?tháng (?P<m9>\d{{1,2}}|{NUMBER_WORD})(?! ?tháng| ngày)"
        + _OF_YEAR.format("9"),
    ),
    ("years", rf"(?P<n10>{NUMBER_WORD}) năm ?\(? ?(?P<a10>{YEAR}) ?- ?(?P<b10>{YEAR})\)?"),
    (
        "year",
        rf"(?:(?:(?:đầu|cuối|giữa|hết|cả|trong|trọn) )?(?:các )?năm (?:học )?|(?:đầu|cuối|giữa|hết) )"
        rf"(?P<y11>{YEAR})(?! ?-)",
    ),
    (
        "relative",
        r"(?P<x12>(?<!tháng )(?<!quý )(?<!dịp )(?<!ngày )(?:hết|cuối|cả) năm"
        r"(?! (?:(?:19|20)\d\d|các|học|nay|trước|ngoái|sau|tới|một|hai|ba|bốn|năm|sáu|đầu|cuối|thứ|qua|xã|phường|huyện|tỉnh|thôn|bản|ấp|đơn vị|người|hộ|trường|mặt|dự án|tuyến))|năm nay|năm trước|năm ngoái|năm sau|năm tới|tháng này|tháng trước|tháng sau|quý trước|hôm nay|hôm qua)",
    ),
    ("same", r"(?P<x13>cùng kỳ(?: năm)?(?: (?:trước|ngoái|(?:19|20)\d\d))?)"),
    ("term", r"(?P<x14>đầu nhiệm kỳ|cuối nhiệm kỳ|hết nhiệm kỳ)"),
)
_STARTS = "ngày nhi gia thời khóa các trong từ một hai ba bố tư nă sáu bảy tám chín mười nửa cuối đầu hết quý thá giữa cả trọn cùng hôm"
FORM = re.compile(
    rf"(?<![\w/])(?=\d|{'|'.join(_STARTS.split())})(?:"
    + "|".join(f"(?P<f{i}>{body})" for i, (_, body) in enumerate(FORMS))
    + ")"
)
