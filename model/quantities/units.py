"""Units of Vietnamese official language: their names, what they measure and how they convert.

A table of our own: general unit libraries know neither `tạ`, `sào`, `lượt` nor `nghìn tỷ đồng`, and counted nouns
have to be units as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its canonical name, its dimension and its size in the dimension's base unit.

    `factor` is None where a size differs from region to region (`sào`) or means nothing (counted nouns).
    """

    name: str
    dimension: str
    factor: float | None = None


# name | dimension | factor | other spellings
_TABLE = """
VND | money:VND | 1 | đồng; vnđ; đ; việt nam đồng; đồng việt nam; đồng tiền việt nam
USD | money:USD | 1 | đô la mỹ; đô la; đô-la; đô-la mỹ; đôla; us$; $; usd mỹ
EUR | money:EUR | 1 | euro; ơ-rô
CNY | money:CNY | 1 | nhân dân tệ; ndt; tệ
JPY | money:JPY | 1 | yên nhật; yên; yen
KRW | money:KRW | 1 | won; won hàn quốc
LAK | money:LAK | 1 | kíp; kíp lào
% | share | 1 | phần trăm
‰ | share | 0.1 | phần nghìn; phần ngàn
điểm % | points | 1 | điểm phần trăm; % điểm; phần trăm điểm
lần | times | 1 |
tấn | mass | 1000 |
tạ | mass | 100 |
yến | mass | 10 |
kg | mass | 1 | ki-lô-gam; kilôgam; ki lô gam; kilogam; cân; ký; kí
lạng | mass | 0.1 |
g | mass | 0.001 | gam; gram
km2 | area | 1000000 | km²; ki-lô-mét vuông; kilômét vuông; cây số vuông; km vuông
ha | area | 10000 | héc ta; hecta; héc-ta; hec-ta; hécta; hec ta
m2 | area | 1 | m²; mét vuông
sào | area | | sào bắc bộ; sào trung bộ
mẫu | area | |
công đất | area | |
km | length | 1000 | ki-lô-mét; kilômét; ki lô mét; cây số; kilomet
hải lý | length | 1852 |
m | length | 1 | mét; mét dài; md; m dài
cm | length | 0.01 | xăng-ti-mét; phân
mm | length | 0.001 | mi-li-mét; ly
m3 | volume | 1 | m³; mét khối; khối; khối nước
lít | volume | 0.001 | l
ml | volume | 0.000001 |
năm | time | 31557600 |
quý | time | 7889400 |
tháng | time | 2629800 |
tuần | time | 604800 |
ngày | time | 86400 | ngày đêm; ngày làm việc; ngày công; hôm
giờ | time | 3600 | tiếng; giờ đồng hồ; h; tiếng đồng hồ
phút | time | 60 |
giây | time | 1 |
kWh | energy | 1 | ki-lô-oát giờ; kw giờ
MWh | energy | 1000 |
GWh | energy | 1000000 |
W | power | 0.001 | oát
kW | power | 1 | ki-lô-oát; kwp
MW | power | 1000 | mê-ga-oát; mwp
GW | power | 1000000 |
CV | power | 0.7355 | mã lực
kV | voltage | 1 |
kVA | apparent power | 1 |
MVA | apparent power | 1000 |
TEU | freight | 1 | teus
GB | data | 1 |
Mbps | rate | 1 | mb/s; mbit/s
°C | temperature | 1 | độ c; oc; độ
km/h | speed | 1 | km/giờ; km / giờ
thứ hạng | rank | 1 | bậc; hạng
điểm | score | 1 |
"""

_COUNTED = """
người; người dân; người lao động; lao động; nhân khẩu; dân; khẩu; hộ; hộ dân; hộ nghèo; hộ cận nghèo; hộ gia đình; gia đình; lượt; lượt người;
lượt khách; lượt hộ; lượt hội viên; lượt đoàn viên; lượt đảng viên; khách; du khách; khách du lịch; xã; phường; thị trấn; xã, phường; xã, thị trấn; huyện; quận; thị xã; thành phố;
tỉnh; tỉnh, thành; tỉnh, thành phố; thôn; bản; thôn, bản; ấp; khu phố; tổ dân phố; khu dân cư; khóm; buôn; trường; trường học; phòng học; lớp; lớp học; phòng;
học sinh; sinh viên; học viên; trẻ; trẻ em; em; cháu; giáo viên; bác sĩ; giường; giường bệnh; bệnh nhân; ca; ca mắc; ca bệnh; trạm; trạm y tế; bệnh viện;
đảng viên; đoàn viên; hội viên; chi bộ; đảng bộ; chi, đảng bộ; chi hội; cấp ủy viên; cán bộ; công chức; viên chức; cán bộ, công chức; cán bộ, đảng viên; tổ chức; tổ chức đảng; cơ quan; đơn vị; chỉ tiêu;
tiêu chí; nhiệm vụ; mục tiêu; chỉ số; sản phẩm; mô hình; dự án; công trình; hạng mục; gói thầu; đề án; chương trình; kế hoạch; nghị quyết; văn bản; thủ tục; thủ tục hành chính;
hồ sơ; đơn; đơn thư; vụ; vụ việc; vụ án; vụ tai nạn; cuộc; buổi; hội nghị; hợp tác xã; htx; tổ hợp tác; doanh nghiệp; hộ kinh doanh; cơ sở; cửa hàng; chợ; siêu thị; trang trại;
nhà máy; khu công nghiệp; cụm công nghiệp; con; cây; gốc; bò; con bò; trâu; lợn; con lợn; con gia súc; gia cầm; con gia cầm; tàu; chiếc; tàu cá; xe; phương tiện; máy; bộ; cái; căn; căn nhà;
nhà; ngôi nhà; ngôi; suất; suất quà; phần; phần quà; thẻ; thuê bao; tài khoản; giao dịch; tuyến; tuyến đường; tuyến phố; cầu; điểm trường; điểm du lịch; di tích; lễ hội; câu lạc bộ; nhà văn hóa; lô; thửa; giấy;
giấy chứng nhận; chứng chỉ; bằng; huy chương; giải; giải thưởng; giống; loài; loại; nhóm; tổ; đội; đoàn; cụm; khu; vùng; ngành; lĩnh vực; sở, ngành; địa phương; nền kinh tế; nước; quốc gia;
quốc gia và vùng lãnh thổ; liều; mũi; mũi tiêm; trường hợp; đối tượng; phụ nữ; thanh niên; người có công; camera; mã; mã số; mã số vùng trồng; đơn hàng; ao; lồng; lồng bè; bè; hồ; đập; giếng; chuyến; chuyến bay; container; bao; thùng; tập thể; cá nhân; cặp;
đại biểu; cử tri; ý kiến; kiến nghị; công dân; hòa giải viên; cộng tác viên; tin; bài; tin, bài; tin bài; người nghèo; công nhân; kỹ sư; thạc sĩ; tiến sĩ; chuyên gia; trụ sở; cột; trạm bts; trạm biến áp; hộp; sổ; vạn dân; nhân viên; đồng chí; đồng bào
"""

_OF_TIME = re.compile(r"(?:hàng|hằng|mỗi|một|1)\s+(năm|tháng|quý|tuần|ngày|giờ|vụ)")
_DENOMINATORS = {
    "đầu người": "người",
    "người dân": "người",
    "nhân khẩu": "người",
    "khẩu": "người",
    "lao động": "lao động",
    "héc ta": "ha",
    "héc-ta": "ha",
    "hecta": "ha",
    "hộ dân": "hộ",
    "hộ gia đình": "hộ",
    "10.000 dân": "vạn dân",
    "10000 dân": "vạn dân",
    "10.000 người": "vạn dân",
    "10.000 người dân": "vạn dân",
    "1 vạn dân": "vạn dân",
    "một vạn dân": "vạn dân",
    "vạn người": "vạn dân",
    "m²": "m2",
    "m³": "m3",
    "km²": "km2",
    "giờ": "giờ",
    "h": "giờ",
}


def _read_table() -> dict[str, Unit]:
    table: dict[str, Unit] = {}
    for line in _TABLE.strip().splitlines():
        name, dimension, factor, others = (part.strip() for part in line.split("|"))
        unit = Unit(name, dimension, float(factor) if factor else None)
        for spelling in (name, *others.split(";")):
            if spelling.strip():
                table[spelling.strip().lower()] = unit
    for noun in _COUNTED.replace("\n", " ").split(";"):
        table.setdefault(noun.strip(), Unit(noun.strip(), "count"))
    return table


UNITS = _read_table()
_SYLLABLES = re.compile(r"[^\s/()]+")
_LONGEST = max(name.count(" ") + 1 for name in UNITS)


def find_unit(text: str) -> tuple[Unit, int] | None:
    """The unit that a lower-case text starts with, and how many characters it takes; the longest name wins."""
    words = [match.end() for match in _SYLLABLES.finditer(text[:60])][:_LONGEST]
    for end in reversed(words):
        name = text[:end].rstrip(",.;:")
        unit = UNITS.get(name)
        if unit is not None:
            return unit, len(name)
    for sign in ("%", "‰", "$"):
        if text.startswith(sign):
            return UNITS[sign], 1
    return None


def denominator(text: str) -> str:
    """The canonical name of what a rate is per: `đầu người` → `người`, `mỗi năm` → `năm`."""
    name = " ".join(text.split())
    time = _OF_TIME.fullmatch(name)
    if time:
        return time.group(1)
    return _DENOMINATORS.get(name, name)


def dimension(unit: str | None) -> str:
    """What a canonical unit measures; units of one dimension can be compared. A rate names both of its sides."""
    if unit is None:
        return "count"
    head, *per = unit.split("/")
    known = UNITS.get(unit.lower()) or UNITS.get(head.lower())
    base = known.dimension if known else "count"
    if known and known.name == unit:
        return base
    return "/".join([base, *per])


def convert(value: float, unit: str | None, to: str | None) -> float | None:
    """A value in another unit of the same dimension, None where there is no fixed factor."""
    if unit == to:
        return value
    if unit is None or to is None or dimension(unit) != dimension(to):
        return None
    source, target = UNITS.get(unit.split("/")[0].lower()), UNITS.get(to.split("/")[0].lower())
    if source is None or target is None or source.factor is None or target.factor is None:
        return None
    return value * source.factor / target.factor
