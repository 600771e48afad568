"""Counts of one article against counts made by hand."""

from __future__ import annotations

from annotations import inline
from annotations.agreement import Tally
from annotations.document import Document, Relation
from eval.counting import case, sentence_starts

GOLD = inline.parse(
    "[l1|Huyện Bình An] có [i1|tỷ lệ hộ nghèo] là [a1|4,2%]. Kế hoạch là [t1|dưới 5%].\n"
    "Huyện [m1|hỗ trợ nhà ở tại [l2|xã Tân Lập]].\n---\ni1: a1 t1 l1 m1\nm1: l2",
    id="gold",
)
FOUND = inline.parse(
    "[l1|Huyện Bình An] có tỷ lệ [i1|hộ nghèo] là [a1|4,2%]. Kế hoạch là [a2|dưới 5%].\n"
    "Huyện [m1|hỗ trợ nhà ở tại [l2|xã Tân Lập]].\n---\ni1: a1 a2 l1\nm1: l2",
    id="found",
)


def test_strict_and_relaxed_spans() -> None:
    tallies = case(GOLD, FOUND).tallies
    assert {name: tally for (measure, name), tally in tallies.items() if measure == "spans"} == {
        "LOCALITY": Tally(2),
        "INDICATOR": Tally(0, 1, 1),
        "ACTUAL": Tally(1, 1, 0),
        "TARGET": Tally(0, 0, 1),
        "MEASURE": Tally(1),
    }
    assert tallies["spans relaxed", "INDICATOR"] == Tally(1)
    assert tallies["spans relaxed", "TARGET"] == Tally(missed=1)
    assert tallies["spans relaxed", "ACTUAL"] == Tally(1, 1, 0)


def test_strict_and_relaxed_relations() -> None:
    tallies = case(GOLD, FOUND).tallies
    # Strict: only m1 → l2, since every other link has the misplaced indicator as its head.
    assert tallies["relations", "IN_LOCALITY"] == Tally(1, 1, 1)
    assert tallies["relations", "HAS_ACTUAL"] == Tally(0, 2, 1)
    # Relaxed: the indicator overlaps, so its links to the place and to 4,2% hold; 5% has another label.
    assert tallies["relations relaxed", "IN_LOCALITY"] == Tally(2)
    assert tallies["relations relaxed", "HAS_ACTUAL"] == Tally(1, 1, 0)
    assert tallies["relations relaxed", "HAS_TARGET"] == Tally(missed=1)


def test_within_and_across_sentences() -> None:
    tallies = case(GOLD, FOUND).tallies
    assert tallies["relations within a sentence", "IN_LOCALITY"] == Tally(1, 1, 1)
    assert tallies["relations across sentences", "ACHIEVED_BY"] == Tally(missed=1)
    assert tallies["relations across sentences", "HAS_TARGET"] == Tally(missed=1)
    assert tallies["relations within a sentence", "HAS_ACTUAL"] == Tally(0, 1, 1)
    assert tallies["relations across sentences", "HAS_ACTUAL"] == Tally(0, 1, 0)


def test_relations_on_gold_spans() -> None:
    linked = Document(
        GOLD.id,
        GOLD.text,
        GOLD.spans,
        (Relation("i1", "a1", "HAS_ACTUAL"), Relation("a1", "l1", "IN_LOCALITY")),
    )
    tallies = case(GOLD, FOUND, linked).tallies
    assert tallies["relations on gold spans", "HAS_ACTUAL"] == Tally(1)
    assert tallies["relations on gold spans", "IN_LOCALITY"] == Tally(0, 1, 2)
    assert not any(measure == "relations on gold spans" for measure, _ in case(GOLD, FOUND).tallies)


def test_rows() -> None:
    from model.records import assemble

    tallies = case(GOLD, GOLD, assemble=assemble).tallies
    assert tallies["rows", "rows"].f1 == tallies["exact rows", "rows"].f1 == 1
    assert tallies["rows", "rows"].right >= 1
    tallies = case(GOLD, FOUND, assemble=assemble).tallies
    assert tallies["rows", "rows"].right == 0, "the indicator is named otherwise"
    assert tallies["figures", "target"].missed == 1


def test_an_empty_article() -> None:
    assert case(Document("e", ""), Document("e", "")).tallies == {}


def test_sentences() -> None:
    text = "Đạt 1.120 tỷ. Vượt kế hoạch! (Ảnh) ở TP. lớn\nHết"
    assert [text[start : start + 4] for start in sentence_starts(text)] == ["Đạt ", "Vượt", "Ảnh)", "Hết"]
