"""Baselines do what they say, on texts made for it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from annotations import inline
from annotations.corpus import FOLDER
from annotations.document import Document, Relation
from annotations.formats import read_documents
from annotations.schema import Schema
from annotations.structure import check_structure
from annotations.validate import validate
from eval.baselines.linking import Majority, nearest
from eval.baselines.rules import Rules
from eval.baselines.tagger import CRFTagger, groups
from tests.strategies import texts

SCHEMA = Schema.default()
PLACES = {"Mường Tè", "Lai Châu"}


def found(document: Document) -> set[tuple[str, str]]:
    return {(span.label, document.text_of(span)) for span in document.spans}


def test_rules_by_hand() -> None:
    text = (
        "Hết năm 2024, huyện Bình An có 17/20 chỉ tiêu thành phần hoàn thành; tỷ lệ hộ nghèo còn 4,2%. "
        "Năm 2025, Mường Tè phấn đấu thu ngân sách trên 60 tỷ đồng.\n"
        "Để có kết quả đó, huyện đã giao chỉ tiêu giảm nghèo cho từng xã; vận động hộ khá giúp hộ nghèo."
    )
    document = Rules(PLACES.__contains__).extract(Document("d", text))
    assert not {breach.code for breach in validate(document)} - {"cut-word"}
    assert found(document) >= {
        ("LOCALITY", "huyện Bình An"),
        ("LOCALITY", "Mường Tè"),
        ("RATIO", "17/20"),
        ("ACTUAL", "4,2%"),
        ("TARGET", "trên 60 tỷ đồng"),
        ("INDICATOR", "tỷ lệ hộ nghèo"),
        ("INDICATOR", "thu ngân sách"),
        ("MEASURE", "giao chỉ tiêu giảm nghèo cho từng xã"),
        ("MEASURE", "vận động hộ khá giúp hộ nghèo"),
    }
    assert not {text for _, text in found(document)} & {"2024", "2025"}, "years are no values"
    assert ("LOCALITY", "Mường Tè") not in found(Rules().extract(Document("d", text)))


@settings(max_examples=40)
@given(texts())
def test_rules_read_anything(text: str) -> None:
    document = Rules(PLACES.__contains__).extract(Document("d", text))
    check_structure(document)
    assert not {breach.code for breach in validate(document)} & {"same-label-overlap", "outer-punctuation"}


def test_nearest_by_hand() -> None:
    document = inline.parse(
        "[l1|Huyện A] có [i1|tỷ lệ hộ nghèo] [a1|4%], [i2|thu ngân sách] [a2|9 tỷ đồng]. Đạt [r1|120%] kế hoạch.\n"
        "[i3|Số trường] ở [l2|xã B] là [a3|7]. Huyện [m1|xây trường ở [l3|xã C]]. Có [a4|27] [i4|xã].",
    )
    links = {(r.head, r.tail) for r in nearest(document, SCHEMA).relations}
    assert links == {
        ("i1", "a1"), ("i2", "a2"), ("i2", "r1"), ("i3", "a3"), ("i4", "a4"),
        ("i1", "l1"), ("i2", "l1"), ("i3", "l2"), ("i4", "l3"), ("m1", "l3"),
    }  # fmt: skip


def test_nearest_in_any_schema() -> None:
    schema = Schema.from_dict(
        {
            "name": "s",
            "version": "1",
            "labels": [{"name": "WHO", "letter": "w"}, {"name": "ACT", "letter": "a"}],
            "relations": [{"name": "DOES", "heads": ["WHO"], "tails": ["ACT"]}],
        }
    )
    document = inline.parse("[w1|An] [a1|chạy]. Rồi [a2|nghỉ].", schema=schema)
    assert nearest(document, schema).relations == (Relation("w1", "a1", "DOES"),)


def test_majority_learns_what_most_pairs_do() -> None:
    lesson = inline.parse("[i1|thu] [a1|1%]. Còn [i2|chi] [a2|2%].\n---\ni1: a1\ni2: a2")
    question = inline.parse("[i1|nợ] là [a1|7%]. Và [i2|vay] là [a2|8%].")
    linked = Majority.fit([lesson] * 3, SCHEMA).link(question)
    assert {(r.head, r.tail, r.label, r.score) for r in linked.relations} == {
        ("i1", "a1", "HAS_ACTUAL", 1.0),
        ("i2", "a2", "HAS_ACTUAL", 1.0),
    }
    assert Majority.fit([], SCHEMA).link(question).relations == ()


@pytest.fixture(scope="module")
def lessons() -> list[Document]:
    return list(read_documents(FOLDER / "train"))[:12]


def test_labels_that_overlap_are_tagged_apart(lessons: list[Document]) -> None:
    together = groups(lessons, SCHEMA)
    assert sorted(label for group in together for label in group) == sorted(SCHEMA.label_names)
    measure = next(group for group in together if "MEASURE" in group)
    assert "LOCALITY" not in measure and "INDICATOR" not in measure


def test_the_crf_knows_what_it_has_learnt(lessons: list[Document]) -> None:
    tagger = CRFTagger.fit(lessons[:6], SCHEMA)
    again = list(tagger.extract(lessons[:6]))
    learnt = {span for d in lessons[:6] for span in found(d)}
    known = {span for d in again for span in found(d)}
    assert len(learnt & known) > 0.7 * len(learnt)
    assert all(0 <= span.score <= 1 for d in again for span in d.spans if span.score is not None)
    for document in tagger.extract([Document("e", ""), Document("f", "\n\n😀\n"), lessons[8]]):
        check_structure(document)
        assert not {breach.code for breach in validate(document)} & {"crosses-lines", "same-label-overlap"}
