"""Canonical places: type words from spans, offices, lists and other mentions; surroundings; mergers of 2025."""

from __future__ import annotations

import unicodedata

import pytest

from annotations.inline import parse
from model.gazetteer import gazetteer
from model.places import Place, places


def _places(text: str) -> list[Place]:
    document = parse(text + "\n---\n", id="x")
    found = places(document)
    return [found[span.id] for span in document.spans if span.label == "LOCALITY"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("[l1|TP. Lai Châu], [l2|thành phố Lai Châu] và Thành ủy [l3|Lai Châu]", ["thành phố Lai Châu"] * 3),
        ("Huyện ủy [l1|Mường Tè], UBND [l2|huyện Mường Tè], [l3|H. Mường Tè]", ["huyện Mường Tè"] * 3),
        ("[l1|huyện Bảo Yên] ... Đảng bộ [l2|Bảo Yên]", ["huyện Bảo Yên"] * 2),
        ("các xã: [l1|Bản Giang], [l2|Hồ Thầu], [l3|Tả Lèng]", ["xã Bản Giang", "xã Hồ Thầu", "xã Tả Lèng"]),
        ("hai phường [l1|Đông Phong] và [l2|Tân Phong]", ["phường Đông Phong", "phường Tân Phong"]),
        ("[l1|TP. HCM], [l2|TPHCM], [l3|TP.HCM]", ["thành phố Hồ Chí Minh"] * 3),
        ("[l1|Hà Nội] và [l2|Thủ đô Hà Nội]", ["thành phố Hà Nội"] * 2),
        (
            "[l1|khu vực ĐBSCL], [l2|miền Tây], [l3|vùng Đồng bằng sông Cửu Long]",
            ["vùng Đồng bằng sông Cửu Long"] * 3,
        ),
        ("[l1|Tây Nguyên], [l2|vùng Tây Nguyên]", ["vùng Tây Nguyên"] * 2),
        ("[l1|Việt Nam]", ["Việt Nam"]),
        ("[l1|tỉnh Hoà Bình], [l2|Hòa Bình]", ["tỉnh Hòa Bình"] * 2),
        ("[l1|HUYỆN THAN UYÊN] [l2|huyện Than Uyên]", ["huyện Than Uyên"] * 2),
        ("[l1|Ðồng Tháp]", ["tỉnh Đồng Tháp"]),
        (
            "[l1|Thái Nguyên], [l2|Bắc Kạn] và [l3|Cao Bằng]",
            ["tỉnh Thái Nguyên", "tỉnh Bắc Kạn", "tỉnh Cao Bằng"],
        ),
        ("[l1|bản Nậm Sỏ]", ["bản Nậm Sỏ"]),
        ("[l1|đặc khu Phú Quý]", ["đặc khu Phú Quý"]),
        ("các tỉnh, thành phố [l1|Đắk Lắk]", ["tỉnh Đắk Lắk"]),
        ("[l1|KP. Suối Chồn] và [l2|khu phố Suối Chồn]", ["khu phố Suối Chồn"] * 2),
        ("[l1|huyện đảo Phú Quý]", ["huyện Phú Quý"]),
        ("Các ấp [l1|Thạnh Phú], [l2|Tân Đông]", ["ấp Thạnh Phú", "ấp Tân Đông"]),
        ("[l1|Bạc Liêu], [l2|Sóc Trăng]", ["tỉnh Bạc Liêu", "tỉnh Sóc Trăng"]),
        ("5 tỉnh [l1|Tây Nguyên]", ["vùng Tây Nguyên"]),
        ("[l1|TP Cao Bằng] họp. Thành phố [l2|Cao Bằng] ... [l3|Cao Bằng] vượt", ["thành phố Cao Bằng"] * 3),
    ],
)
def test_names(text: str, names: list[str]) -> None:
    assert [place.name for place in _places(text)] == names


def test_decomposed_letters_name_the_same_place() -> None:
    (place,) = _places(unicodedata.normalize("NFD", "[l1|tỉnh Điện Biên]"))
    assert place.name == "tỉnh Điện Biên"


@pytest.mark.parametrize(
    ("text", "level", "district", "province", "now"),
    [
        ("[l1|huyện Bảo Yên]", "district", None, "tỉnh Lào Cai", "tỉnh Lào Cai"),
        ("[l1|huyện Mù Cang Chải]", "district", None, "tỉnh Yên Bái", "tỉnh Lào Cai"),
        ("[l1|Bình Dương]", "province", None, "tỉnh Bình Dương", "thành phố Hồ Chí Minh"),
        ("[l1|tỉnh Quảng Nam]", "province", None, "tỉnh Quảng Nam", "thành phố Đà Nẵng"),
        (
            "[l1|xã Thừa Đức], [l2|huyện Bình Đại]",
            "commune",
            "huyện Bình Đại",
            "tỉnh Bến Tre",
            "tỉnh Vĩnh Long",
        ),
        (
            "[l1|thôn Dân Hiệp] - [l2|xã Hàm Kiệm] - [l3|huyện Hàm Thuận Nam]",
            "village",
            "huyện Hàm Thuận Nam",
            "tỉnh Bình Thuận",
            "tỉnh Lâm Đồng",
        ),
        ("[l1|huyện Phú Tân] ([l2|Cà Mau])", "district", None, "tỉnh Cà Mau", "tỉnh Cà Mau"),
        ("[l1|huyện Phú Tân] ([l2|An Giang])", "district", None, "tỉnh An Giang", "tỉnh An Giang"),
        ("[l1|xã Vạn Tường]", "commune", None, "tỉnh Quảng Ngãi", "tỉnh Quảng Ngãi"),
        ("[l1|huyện Phú Tân]", "district", None, None, None),
        ("[l1|xã Hòa Bình]", "commune", None, None, None),
        ("[l1|xã Hồng Nam]; [l2|tỉnh Hưng Yên]", "commune", None, "tỉnh Hưng Yên", "tỉnh Hưng Yên"),
        ("[l1|tỉnh Thừa Thiên Huế]", "province", None, "tỉnh Thừa Thiên Huế", "thành phố Huế"),
        ("[l1|thị xã Bến Cát]", "district", None, "tỉnh Bình Dương", "thành phố Hồ Chí Minh"),
        ("[l1|huyện Đăk Hà]", "district", None, "tỉnh Kon Tum", "tỉnh Quảng Ngãi"),
    ],
)
def test_surroundings(
    text: str, level: str, district: str | None, province: str | None, now: str | None
) -> None:
    place = _places(text)[0]
    assert (place.level, place.district, place.province, place.province_now) == (
        level,
        district,
        province,
        now,
    )


def test_another_mention_of_the_province_decides_between_namesakes() -> None:
    place = _places("Tỉnh ủy [l1|Cà Mau] cho biết\n\n[l2|huyện Phú Tân] đạt chuẩn")[1]
    assert place.province == "tỉnh Cà Mau"


def test_the_gazetteer_holds_both_times() -> None:
    book = gazetteer()
    former = {
        unit.name
        for units in book.units.values()
        for unit in units
        if unit.level == "province" and not unit.current
    }
    current = {
        unit.name
        for units in book.units.values()
        for unit in units
        if unit.level == "province" and unit.current
    }
    assert (len(former), len(current)) == (63 + 2, 34)
    assert {book.now(book.find(name, "province")[0]).name for name in former} == current
    assert (
        sum(unit.level == "commune" and unit.current for units in book.units.values() for unit in units)
        == 3321
    )
    assert sum(unit.level == "district" for units in book.units.values() for unit in units) == 696
