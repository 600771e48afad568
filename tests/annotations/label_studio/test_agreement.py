"""Agreement of annotators, and the queue of what they differ on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from annotations.inline import parse
from annotations.label_studio.agreement import agreement, by_text, review_queue
from annotations.label_studio.tasks import Annotated, Status

EQUAL = "[l1|Xã A] nghèo"
AN = "[l1|Xã A] có [r1|17/20] [i1|chỉ tiêu]\n---\ni1: r1"
BINH = "[l1|Xã A] có [a1|17/20] [i1|chỉ tiêu]\n---\ni1: a1"
CHI = "[l1|Xã A] có [r1|17/20] [i1|chỉ tiêu]\n---\ni1: r1 l1"


def annotated(
    content: str, name: str, id: str = "d1", status: Status = Status.submitted, day: int = 1
) -> Annotated:
    return Annotated(parse(content, id=id), name, status, f"{name} {day}", datetime(2025, 1, day, tzinfo=UTC))


ITEMS = [
    annotated(AN, "an"),
    annotated(BINH, "bình"),
    annotated(EQUAL, "an", "d2"),
    annotated(EQUAL, "chi", "d2"),
    annotated("Xã A có 17/20 chỉ tiêu", "chi", day=1),
    annotated(CHI, "chi", day=2),
    annotated("Xã A có 17/20 chỉ tiêu", "dũng", status=Status.draft),
    annotated("Xã A có 17/20 chỉ tiêu", "em", status=Status.skipped),
    annotated("Một mình", "an", "d3"),
]


def test_the_latest_submitted_of_everybody_is_compared() -> None:
    texts = by_text(ITEMS)
    assert [(next(iter(v.values())).id, list(v)) for v in texts] == [
        ("d1", ["an", "bình", "chi"]),
        ("d2", ["an", "chi"]),
    ]


def test_pairs_by_hand() -> None:
    report = agreement(by_text(ITEMS))
    pairs = {(pair.first, pair.second): pair for pair in report.pairs}
    assert set(pairs) == {("an", "bình"), ("an", "chi"), ("bình", "chi")}
    assert pairs["an", "bình"].agreement.span.f1 == pytest.approx(2 / 3)
    assert pairs["an", "bình"].agreement.relation.f1 == 0
    assert pairs["an", "chi"].documents == 2
    assert pairs["an", "chi"].agreement.span.f1 == 1
    assert pairs["an", "chi"].agreement.relation.f1 == pytest.approx(2 / 3)
    assert report.span_alpha["LOCALITY"] == 1
    assert report.of_annotator("an")[0].f1 == pytest.approx(2 * (2 + 4) / (2 * (2 + 4) + 2))
    assert report.to_dict()["alpha"]["spans"]["TARGET"] is None


def test_the_queue_holds_every_version_and_names_the_differences() -> None:
    report = agreement(by_text(ITEMS))
    (item,) = review_queue(report)
    assert (item.document.id, item.annotated, item.document.spans) == ("d1", False, ())
    assert list(item.predictions) == ["an", "bình", "chi"]
    lines = item.data["review"]["differences"]
    assert "RATIO “17/20” [8, 13): an, chi" in lines
    assert "ACTUAL “17/20” [8, 13): bình" in lines
    assert "IN_LOCALITY “chỉ tiêu” → “Xã A” [14 → 0]: chi" in lines
    assert not any(line.startswith(("LOCALITY", "INDICATOR")) for line in lines)


def test_full_agreement_leaves_no_queue() -> None:
    report = agreement(by_text([annotated(AN, "an"), annotated(AN, "bình")]))
    assert report.disagreements == ()
    assert review_queue(report) == []
