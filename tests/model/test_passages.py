"""Where sentences end."""

from __future__ import annotations

import pytest

from model.passages import Passages


@pytest.mark.parametrize("following", ["Để", "Ấy", "Ủy ban", "Xã", "“Đây"])
def test_a_sentence_begins_with_any_capital(following: str) -> None:
    text = f"Thu đạt 5 tỷ đồng. {following} là kết quả tốt."
    assert Passages.of(text).sentences == (0, text.index(following))


@pytest.mark.parametrize("text", ["Ở TP. Đà Lạt có mưa.", "Đạt 5. đúng vậy", "Tăng 1.120 tỷ"])
def test_no_sentence_ends_here(text: str) -> None:
    assert Passages.of(text).sentences == (0,)
