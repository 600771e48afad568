"""Value texts: a table of real phrasings, and round trips from numbers to Vietnamese text and back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.quantities import Habit, Quantity, parse, read_words, spell

_TABLE = Path(__file__).with_name("quantities.tsv")
_EXPECTED = re.compile(
    r"(?P<ambiguous>\? )?(?:(?P<direction>up|down|over) )?(?:(?P<comparator>>=|>|<=|<|~) )?"
    r"(?:(?P<low>[\d.]+)\.\.(?P<high>[\d.]+)|(?P<part>\d+)/(?P<whole>\d+)|(?P<value>-?[\d.]+))(?: (?P<unit>.+))?"
)


def _cases() -> list[tuple[str, str]]:
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if "\t" in line and not line.startswith("#")]  # type: ignore[misc]


def test_the_table_is_large_enough() -> None:
    assert len({text for text, _ in _cases()}) >= 400


@pytest.mark.parametrize(("text", "expected"), _cases())
def test_value_text(text: str, expected: str) -> None:
    quantity = parse(text, start=7)
    assert (quantity.text, quantity.start, quantity.end) == (text, 7, 7 + len(text))
    if expected.startswith("- "):
        assert quantity.problem == expected[2:]
        assert quantity.ends is None
        return
    wanted = _EXPECTED.fullmatch(expected)
    assert wanted is not None, expected
    assert quantity.problem is None
    assert quantity.comparator == (wanted["comparator"] or "=")
    assert quantity.direction == wanted["direction"]
    assert quantity.ambiguous == (wanted["ambiguous"] is not None)
    if wanted["part"]:
        part, whole = float(wanted["part"]), float(wanted["whole"])
        assert (quantity.numerator, quantity.denominator, quantity.unit) == (part, whole, "%")
        assert quantity.value == pytest.approx(100 * part / whole)
        return
    assert quantity.unit == wanted["unit"]
    assert quantity.numerator is None
    if wanted["low"]:
        assert quantity.value is None
        assert quantity.ends == pytest.approx((float(wanted["low"]), float(wanted["high"])))
    else:
        assert quantity.value == pytest.approx(float(wanted["value"]), rel=1e-11)


# --- the document's habit --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "text", "value"),
    [
        ("", "1.120", 1120),
        ("Tỷ lệ hộ nghèo còn 4,2%, thu nhập 45,5 triệu đồng", "1.120", 1120),
        ("Lượng khách 2640 người, tỷ lệ 61.4%, doanh thu 86.9 tỷ", "1.186", 1.186),
        ("Lượng khách 2,640 người, tỷ lệ 61.4%", "1,860", 1860),
        ("Tỷ lệ 61.4%, không có số lớn nào", "1.020", 1020),
        ("Ngày 17.4.2024, lúc 7.30, tỷ lệ 4,2%", "1,120", 1.12),
        ("Nghị quyết số 1.5 ngày 3.2", "1,120", 1.12),
    ],
)
def test_habit_decides_open_forms(document: str, text: str, value: float) -> None:
    quantity = parse(text, habit=Habit.of(document))
    assert quantity.value == value
    assert quantity.ambiguous


def test_habit_is_certain_when_all_figures_agree() -> None:
    assert Habit.of("4,2% và 1.234,5 ha").certain
    assert not Habit.of("4,2% và 5.7%").certain
    assert not Habit.of("không có số").certain


# --- round trips -----------------------------------------------------------------------------------------------------

_UNITS = {
    "%": "%",
    "tỷ đồng": "VND",
    "triệu lượt": "lượt",
    "ha": "ha",
    "hộ": "hộ",
    "tấn/ha": "tấn/ha",
    "nghìn USD": "USD",
}
_SCALE = {"tỷ đồng": 1e9, "triệu lượt": 1e6, "nghìn USD": 1e3}
_BOUNDS = {
    "": "=",
    "trên ": ">=",
    "hơn ": ">",
    "dưới ": "<",
    "khoảng ": "~",
    "không quá ": "<=",
    "ít nhất ": ">=",
}
_DIRECTIONS = {"": None, "tăng ": "up", "giảm ": "down", "vượt ": "over"}


def _vietnamese(number: int, decimals: int) -> str:
    """A number of 10^-decimals with thousands points and a decimal comma."""
    whole, part = divmod(number, 10**decimals)
    grouped = f"{whole:,}".replace(",", ".")
    return grouped + (f",{part:0{decimals}}" if decimals else "")


@given(
    st.integers(0, 10**9),
    st.integers(0, 2),
    st.sampled_from(sorted(_UNITS)),
    st.sampled_from(sorted(_BOUNDS)),
    st.sampled_from(sorted(_DIRECTIONS)),
)
def test_number_to_text_to_number(number: int, decimals: int, unit: str, bound: str, direction: str) -> None:
    quantity = parse(f"{direction}{bound}{_vietnamese(number, decimals)} {unit}")
    assert quantity.value == pytest.approx(number / 10**decimals * _SCALE.get(unit, 1.0), rel=1e-11)
    assert (quantity.unit, quantity.comparator, quantity.direction) == (
        _UNITS[unit],
        _BOUNDS[bound],
        _DIRECTIONS[direction],
    )


@given(
    st.integers(0, 10**5),
    st.integers(0, 10**5),
    st.sampled_from(["-", " - ", "–", " đến "]),
    st.sampled_from(sorted(_UNITS)),
)
def test_ranges(first: int, second: int, dash: str, unit: str) -> None:
    low, high = sorted((first, second))
    quantity = parse(f"{_vietnamese(low, 1)}{dash}{_vietnamese(high, 1)} {unit}")
    scale = _SCALE.get(unit, 1.0) / 10
    assert quantity.ends == pytest.approx((low * scale, high * scale), rel=1e-11)
    assert quantity.unit == _UNITS[unit]


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_fractions(part: int, whole: int) -> None:
    quantity = parse(f"{_vietnamese(part, 0)}/{_vietnamese(whole, 0)}")
    assert (quantity.numerator, quantity.denominator) == (part, whole)


@given(st.integers(1, 10**12 - 1))
def test_number_words(number: int) -> None:
    words = spell(number).split()
    assert read_words(words) == (number, len(words))
    assert parse(f"{spell(number)} hộ").value == number


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (15, "mười lăm"),
        (21, "hai mươi mốt"),
        (105, "một trăm linh năm"),
        (1005, "một nghìn không trăm linh năm"),
        (2_000_010, "hai triệu không trăm mười"),
        (1_250_000_000, "một tỷ hai trăm năm mươi triệu"),
    ],
)
def test_spelling(number: int, words: str) -> None:
    assert spell(number) == words


@pytest.mark.parametrize("number", [-1, 10**12])
def test_spelling_refuses_what_it_cannot_spell(number: int) -> None:
    with pytest.raises(ValueError, match="between"):
        spell(number)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    quantity = parse(text)
    assert (quantity.problem is None) == (quantity.ends is not None)
    assert isinstance(quantity, Quantity)
    assert set(quantity.to_json()) >= {
        "text",
        "unit",
        "comparator",
        "direction",
        "numerator",
        "denominator",
        "start",
        "end",
    }


@given(
    st.lists(
        st.sampled_from(
            [
                "tăng",
                "giảm",
                "trên",
                "từ",
                "đến",
                "5",
                "1.120",
                "7,5",
                "/",
                "-",
                "%",
                "tỷ",
                "đồng",
                "hai",
                "mươi",
                "nửa",
                "phần",
                "hàng",
                "trăm",
                "lần",
                "gấp",
                "nhóm",
                "mỗi",
                "năm",
            ]
        ),
        max_size=8,
    )
)
def test_any_order_of_its_words_is_read_or_refused(words: list[str]) -> None:
    quantity = parse(" ".join(words))
    assert (quantity.problem is None) == (quantity.ends is not None)
