"""One spelling, and the way back to the text as it came in."""

import sys
import unicodedata

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from model.normalize import _LAST_COMPOSED, normalize

any_text = st.text(st.characters(exclude_categories=())) | st.text(
    "aăâeêoôơuưyhqgiđ\u0301\u0300\u0309\u0323\u0302 \n\u200bÐHOÀ"
)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("hoà thuận, hoá học, xoè, thuỷ lợi, thuý, HOÀ", "hòa thuận, hóa học, xòe, thủy lợi, thúy, HÒA"),
        ("quý quả quỹ hoàn toàn thoái khuỷu tay thuyết", "quý quả quỹ hoàn toàn thoái khuỷu tay thuyết"),
        ("Oà Hoà HoÀ", "Òa Hòa HòA"),
        ("Ðảng bộ ðịa phương", "Đảng bộ địa phương"),
        ("5 – 10% ‘a’ “b” 5\u00a0%", "5 - 10% 'a' \"b\" 5 %"),
        ("tỷ\u200blệ\ufeff", "tỷlệ"),
        ("a\r\nb\rc", "a \nb\nc"),
        ("PHẤN ĐẤU NĂM 2025 ĐẠT 60%", "phấn đấu năm 2025 đạt 60%"),
        ("UBND TP HCM họp", "UBND TP HCM họp"),
        ("MỘT HAI\nBA BỐN", "MỘT HAI\nBA BỐN"),
        ("BA BỐN NĂM Sáu", "BA BỐN NĂM Sáu"),
        ("１００％", "100%"),
    ],
)
def test_spelling(written: str, read: str) -> None:
    assert normalize(written).text == read


def test_decomposed_letters_map_to_all_their_marks() -> None:
    written = unicodedata.normalize("NFD", "tỷ lệ đạt")
    result = normalize(written)
    assert result.text == "tỷ lệ đạt"
    start = result.text.index("lệ")
    assert written[slice(*result.to_original(start, start + 2))] == unicodedata.normalize("NFD", "lệ")


@given(any_text)
@example("\u0958 ế\u0301\u0301 \u1100\u1161\u11a8 \ufb2c \ud800")
def test_map_is_within_bounds_in_order_and_never_empty(text: str) -> None:
    result = normalize(text)
    assert len(result.text) == len(result.starts) == len(result.ends)
    assert np.all(result.starts < result.ends)
    assert np.all(result.ends[:-1] <= result.starts[1:])
    if result.text:
        start, end = result.to_original(0, len(result.text))
        assert 0 <= start < end <= len(text)


@given(st.text("aăâeêoôơuưyhqgiđ\u0301\u0300\u0309\u0323\u0302 \n\u200bHOÀÒỦ"))
def test_every_letter_stands_for_the_same_letter(text: str) -> None:
    def base(letters: str) -> str:
        return unicodedata.normalize("NFD", letters)[0].lower()

    result = normalize(text)
    for char, start, end in zip(result.text, result.starts, result.ends, strict=True):
        assert base(char) == base(text[start:end]) or unicodedata.combining(char)


@given(any_text)
def test_text_that_needs_nothing_keeps_its_offsets(text: str) -> None:
    result = normalize(text)
    if result.text == text:
        assert np.array_equal(result.starts, np.arange(len(text)))
        assert np.array_equal(result.ends, np.arange(len(text)) + 1)


@given(st.text("aăâeêoôơuưyàáảãạòóỏõọếệđĐA bcnq.,%0123\n"))
def test_normalizing_twice_changes_nothing(text: str) -> None:
    once = normalize(text).text
    assert normalize(once).text == once


@given(any_text)
def test_composed_and_decomposed_text_read_alike(text: str) -> None:
    plain = "".join(char for char in text if ord(char) < 0x1F00)
    assert (
        normalize(unicodedata.normalize("NFD", plain)).text
        == normalize(unicodedata.normalize("NFC", plain)).text
    )


def test_a_range_outside_the_text_is_refused() -> None:
    with pytest.raises(ValueError, match="no range"):
        normalize("abc").to_original(1, 4)


def test_no_later_character_is_composed_or_joins_another() -> None:
    later = map(chr, range(_LAST_COMPOSED + 1, sys.maxunicode + 1))
    assert not [char for char in later if unicodedata.decomposition(char) or unicodedata.combining(char)]
