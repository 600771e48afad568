"""What to annotate next: doubt first, and no twins."""

from __future__ import annotations

import pytest

from annotations.document import Document, Span
from annotations.label_studio.selection import select, uncertainty


def document(id: str, text: str, *scores: float) -> Document:
    spans = tuple(Span(f"i{n}", n, n + 1, "INDICATOR", score) for n, score in enumerate(scores))
    return Document(id, text, spans)


FOREST = "độ che phủ rừng của huyện tăng lên nhờ trồng rừng và giữ rừng"
SCHOOL = "số trường học đạt chuẩn quốc gia tăng thêm bốn trường so với năm trước"


def test_doubt_is_entropy_by_length() -> None:
    assert uncertainty(document("a", "một hai", 0.5, 1.0)) == pytest.approx(50)
    assert uncertainty(document("a", "một hai ba bốn", 0.5, 1.0)) == pytest.approx(25)
    assert uncertainty(document("a", "một hai")) == 0


def test_the_unsure_come_first_and_twins_do_not() -> None:
    candidates = [
        document("sure", SCHOOL + " lần nữa", 0.99),
        document("unsure", FOREST, 0.5),
        document("twin", FOREST + " này", 0.5),
        document("other", SCHOOL, 0.3),
    ]
    assert [choice.document.id for choice in select(candidates, 2)] == ["unsure", "other"]
    assert [choice.document.id for choice in select(candidates, 2, diversity=0)] == ["unsure", "twin"]
    known = [document("known", FOREST)]
    assert [choice.document.id for choice in select(candidates, 1, known=known)] == ["other"]
    assert len(select(candidates, 9)) == 4
    assert select([], 3) == select(candidates, 0) == []
    assert len(select([document("a", "!"), document("b", "?")], 2)) == 2
