"""The validator and the guide's rules: what is wrong is found, with its line; what is right is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotations import inline
from annotations.document import Document, Relation, Span
from annotations.formats import read_documents
from annotations.rules import findings
from annotations.validate import validate

REAL = Path(__file__).parents[3] / "shared" / "real"


def codes(text: str) -> list[str]:
    return [breach.code for breach in validate(inline.parse(text))]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[i1| a]", "outer-punctuation"),
        ("[i1|a,]", "outer-punctuation"),
        ("“[m1|làm đường”]", "outer-punctuation"),
        ("[m1|làm (đường)]", "outer-punctuation"),
        ("[i1|a\nb]", "crosses-lines"),
        ("[i1|a [i2|b]]", "same-label-overlap"),
        ("ng[i1|hèo]", "cut-word"),
    ],
)
def test_breaches(text: str, code: str) -> None:
    assert codes(text) == [code]


@pytest.mark.parametrize(
    "text",
    [
        "[a1|5%]",
        "[a1|-3%]",
        "[a1|+5 điểm]",
        "[t1|≥ 60%]",
        "[a1|37 °]",
        "[m1|giao [l1|xã A]] [i1|b]",
        "[a1|5]ha",
    ],
)
def test_what_the_schema_allows(text: str) -> None:
    assert codes(text) == []


def test_a_breach_has_its_line_and_excerpt() -> None:
    breach = validate(inline.parse("dòng một\ndòng hai\nhai khoản thu [i1|ngân sách,] rồi"))[0]
    assert (breach.line, breach.excerpt) == (3, "hai khoản thu ngân sách, rồi")


def test_structure_that_no_reader_lets_through() -> None:
    document = Document(
        "x",
        "a b c",
        (Span("i1", 0, 1, "INDICATOR"), Span("i1", 2, 3, "PLACE"), Span("t1", 4, 9, "TARGET")),
        (Relation("i1", "z", "HAS_TARGET"), Relation("i1", "t1", "HAS"), Relation("t1", "t1", "HAS_TARGET")),
    )
    assert {breach.code for breach in validate(document)} == {
        "doubled-id", "unknown-label", "bad-offsets", "dangling-link", "unknown-relation", "forbidden-link",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("huyện [m1|đã giao chỉ tiêu]", "auxiliary-start"),
        ("[m1|giao chỉ tiêu nhằm giảm nghèo]", "purpose-clause"),
        ("[i1|chỉ tiêu thu ngân sách] vượt", "indicator-prefix"),
        ("đạt [a1|5] triệu đồng", "unit-left-out"),
        ("đạt hơn [a1|5 triệu đồng]", "prefix-left-out"),
        ("[a1|5%]", "unlinked-value"),
        ("[a1|năm 2024]", "date-as-value"),
        ("[l1|các xã] vùng cao", "generic-locality"),
        ("[i1|thu ngân sách [l1|huyện A]]", "indicator-place"),
        ("[l1|thành phố Lai Châu] và thành phố Lai Châu", "missed-locality"),
    ],
)
def test_rules(text: str, code: str) -> None:
    assert code in [finding.code for finding in findings(inline.parse(text))]


@pytest.mark.skipif(not REAL.is_dir(), reason="the real articles are not beside the project")
def test_the_real_gold_has_no_breach() -> None:
    assert [(d.id, b) for d in read_documents(REAL) for b in validate(d)] == []
