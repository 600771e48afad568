"""Periods: every form, its role, and the value that it governs."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.inline import parse
from model.grouping import read
from model.periods import find_periods

_WRITTEN = date(2024, 5, 3)


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        ("Hết năm 2024, huyện có", "2024", "at"),
        ("nhiệm kỳ 2020-2025", "2020/2025", "at"),
        ("nhiệm kỳ 2020 – 2025", "2020/2025", "at"),
        ("giai đoạn 2021 - 2030", "2021/2030", "at"),
        ("trong năm năm (2011-2015)", "2011/2015", "at"),
        ("9 tháng đầu năm 2018", "2018-01/2018-09", "at"),
        ("sáu tháng đầu năm 2023", "2023-01/2023-06", "at"),
        ("6 tháng cuối năm", "2024-07/2024-12", "at"),
        ("5 tháng đầu năm nay", "2024-01/2024-05", "at"),
        ("ba tháng đầu năm 2023", "2023-01/2023-03", "at"),
        ("cuối 2020", "2020", "at"),
        ("nửa đầu năm 2022", "2022-01/2022-06", "at"),
        ("quý I/2019", "2019-01/2019-03", "at"),
        ("quý I / 2019", "2019-01/2019-03", "at"),
        ("quý III năm 2021", "2021-07/2021-09", "at"),
        ("quý 4", "2024-10/2024-12", "at"),
        ("tháng 6/2024", "2024-06", "at"),
        ("tháng 12 năm 2015", "2015-12", "at"),
        ("đến hết tháng 7-2019 hai vùng có", "2019-07", "by"),
        ("Tính đến hết tháng 6-2017", "2017-06", "at"),
        ("đến năm 2025 đạt", "2025", "by"),
        ("phấn đấu đến hết năm 2025", "2025", "by"),
        ("trước tháng 6/2024", "2024-06", "by"),
        ("chậm nhất là năm 2026", "2026", "by"),
        ("trước ngày 31/12/2013", "2013-12-31", "by"),
        ("đến 31/12/2019", "2019-12-31", "by"),
        ("ngày 17/4/2024", "2024-04-17", "event"),
        ("ngày 3 tháng 2 năm 2018", "2018-02-03", "event"),
        ("so với năm 2018", "2018", "baseline"),
        ("so với cùng kỳ năm trước", "2023", "baseline"),
        ("so với tháng 12/2015", "2015-12", "baseline"),
        ("so với số ước thực hiện năm 2018", "2018", "baseline"),
        ("từ năm 2010", "2010", "since"),
        ("năm nay", "2024", "at"),
        ("năm ngoái", "2023", "at"),
        ("tháng trước", "2024-04", "at"),
        ("năm học 2023-2024", "2023/2024", "at"),
        ("dự kiến cuối năm đạt 92%", "2024", "at"),
        ("phấn đấu đến hết năm đạt", "2024", "by"),
        ("năm\u00a02024", "2024", "at"),
        ("NĂM 2024", "2024", "at"),
    ],
)
def test_forms(text: str, name: str, role: str) -> None:
    (found,) = find_periods(text, _WRITTEN)
    assert (found.name, found.role) == (name, role)
    assert found.first <= found.last


@pytest.mark.parametrize(
    "text",
    [
        "12/17 xã",
        "2024 hộ",
        "đạt 2020%",
        "Nghị quyết số 05",
        "tháng 13",
        "ngày 31/2/2024",
        "5 năm qua",
        "cả năm xã",
        "những tháng cuối năm",
        "năm trường",
    ],
)
def test_what_is_no_period(text: str) -> None:
    assert find_periods(text, _WRITTEN) == ()


def test_the_same_period_of_another_year() -> None:
    _, baseline = find_periods("9 tháng đầu năm 2018 đạt 5 tỷ, tăng 3% so với cùng kỳ", None)
    assert (baseline.name, baseline.role) == ("2017-01/2017-09", "baseline")


def test_without_a_date_the_years_of_the_text_decide() -> None:
    assert [p.name for p in find_periods("Năm 2016 và năm 2016 họp; tháng 5 tăng", None)] == [
        "2016",
        "2016",
        "2016-05",
    ]
    assert find_periods("tháng 5 tăng", None) == ()


@given(st.text(max_size=80), st.booleans())
def test_any_text(text: str, dated: bool) -> None:
    for period in find_periods(text, _WRITTEN if dated else None):
        assert 0 <= period.start < period.end <= len(text)


@given(
    st.lists(
        st.sampled_from(
            [
                "năm",
                "2020",
                "tháng",
                "9",
                "đầu",
                "quý",
                "II",
                "/",
                "-",
                "ngày",
                "31",
                "cùng kỳ",
                "nhiệm kỳ",
                "đến",
                "so với",
                "12",
            ]
        ),
        max_size=9,
    )
)
def test_any_order_of_their_words(words: list[str]) -> None:
    text = " ".join(words)
    for period in find_periods(text, _WRITTEN):
        assert text[period.start : period.end].strip()


def _governed(text: str) -> dict[str, tuple[str | None, str | None]]:
    values = read(parse(text + "\n---\n" + '#meta {"date": "2024-05-03"}\n', id="x")).values
    return {
        v.span.id: (v.period.name if v.period else None, v.baseline.name if v.baseline else None)
        for v in values
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Năm 2023 thu [a1|5 tỷ đồng], năm 2022 thu [a2|4 tỷ đồng].",
            {"a1": ("2023", None), "a2": ("2022", None)},
        ),
        ("Có [a1|25] hộ năm 2014, nay [a2|165] hộ.", {"a1": ("2014", None), "a2": (None, None)}),
        ("Năm 2016 có [a1|5] xã. Hiện có [a2|9] xã.", {"a1": ("2016", None), "a2": (None, None)}),
        (
            "Kết quả 9 tháng năm 2023\nThu [a1|5 tỷ đồng]/[t1|8 tỷ đồng].",
            {"a1": ("2023-01/2023-09", None), "t1": (None, None)},
        ),
        (
            "Kế hoạch giai đoạn 2026 - 2030\nThu [t1|8 tỷ đồng], nay [a1|5 tỷ đồng].",
            {"t1": ("2026/2030", None), "a1": (None, None)},
        ),
        (
            "Huyện họp\nĐạt [a1|91,4%] của năm 2017; nghị quyết cho cuối khóa là [t1|94%].",
            {"a1": ("2017", None), "t1": (None, None)},
        ),
        (
            "Đến năm 2020 trước giao [t1|700 ha], nay rút xuống [t2|550 ha].",
            {"t1": ("2020", None), "t2": ("2020", None)},
        ),
        ("Nhiệm kỳ 2020 - 2025, nghị quyết đầu nhiệm kỳ đòi [t1|76%].", {"t1": ("2020/2025", None)}),
        ("Số lò gấp [a1|ba lần] năm 2015.", {"a1": (None, "2015")}),
        (
            "Tỷ lệ năm 2017 và 2018 lần lượt là [a1|14,6%] và [a2|7,6%].",
            {"a1": ("2017", None), "a2": ("2018", None)},
        ),
        ("Phấn đấu đến năm 2025 đạt [t1|60%].", {"t1": ("2025", None)}),
        (
            "Các chỉ tiêu năm 2024:\n+ thu [t1|5 tỷ đồng];\n+ nghèo [t2|dưới 3%].",
            {"t1": ("2024", None), "t2": ("2024", None)},
        ),
        ("Tháng 5 [a1|tăng 0,5%] so với tháng trước.", {"a1": ("2024-05", "2024-04")}),
        ("Sáng 20/8/2023 họp: tỷ lệ đạt [a1|60%].", {"a1": (None, None)}),
        ("Kết quả 9 tháng năm 2023\nThu đạt [a1|5 tỷ đồng].", {"a1": ("2023-01/2023-09", None)}),
        ("Đến hết tháng 7-2019 có [a1|2.402] xã.", {"a1": ("2019-07", None)}),
        (
            "Thu ngân sách năm 2025 đạt [t1|9 tỷ đồng]\nĐã thu [a1|8 tỷ đồng].",
            {"t1": ("2025", None), "a1": (None, None)},
        ),
    ],
)
def test_what_a_period_governs(text: str, expected: dict[str, tuple[str | None, str | None]]) -> None:
    found = _governed(text)
    assert {key: found[key] for key in expected} == expected


def test_decomposed_letters_alone_are_found() -> None:
    text = unicodedata.normalize("NFD", "đến hết tháng chín")
    (found,) = find_periods(text, _WRITTEN)
    assert text[found.start : found.end] == text
