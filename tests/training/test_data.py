"""What is read from the training documents besides the documents."""

from __future__ import annotations

from annotations import inline
from training.data import nested_labels


def test_labels_that_overlap_somewhere() -> None:
    texts = [
        "[m1|đưa [i1|tỷ lệ che phủ rừng] lên [t1|65,5%]] ở [l1|huyện Bình An]",
        "[i1|thu ngân sách] đạt [a1|5 tỷ đồng]; [m1|mở lớp ở [l1|xã Tà Lèng]]",
    ]
    documents = [inline.parse(text, id=str(number)) for number, text in enumerate(texts)]
    assert nested_labels(documents) == [
        ("INDICATOR", "MEASURE"),
        ("LOCALITY", "MEASURE"),
        ("MEASURE", "TARGET"),
    ]
    assert nested_labels([]) == []
