"""seqeval and our own counts say the same of flat annotation."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval.metrics import classification_report, f1_score, precision_score, recall_score

from annotations.agreement import compare
from annotations.document import Document, Span
from eval.bio import flat_report, flat_sequences, is_flat, layers_report

TEXT = "Hết năm 2024 huyện có 17/20 chỉ tiêu đạt\nKế hoạch là 4,2% dân số , phải giảm"
WORDS = TEXT.split(" ")


@st.composite
def flat(draw: st.DrawFn) -> Document:
    """Spans that never overlap nor cross lines, on whole words."""
    cuts = sorted(draw(st.sets(st.integers(0, len(WORDS)), max_size=8)))
    starts = [sum(len(word) + 1 for word in WORDS[:n]) for n in range(len(WORDS) + 1)]
    spans = [
        Span(f"s{a}", starts[a], starts[b] - 1, label)
        for a, b in pairwise(cuts)
        if (label := draw(st.sampled_from(["", "X", "Y"]))) and "\n" not in TEXT[starts[a] : starts[b] - 1]
    ]
    return Document("d", TEXT, tuple(spans))


@given(st.lists(st.tuples(flat(), flat()), min_size=1, max_size=4))
def test_agrees_with_seqeval(pairs: list[tuple[Document, Document]]) -> None:
    gold, found = flat_sequences(pairs)
    ours = compare(pairs).span
    if ours.right + ours.wrong and ours.right + ours.missed:
        assert precision_score(gold, found) == pytest.approx(ours.precision)
        assert recall_score(gold, found) == pytest.approx(ours.recall)
        assert f1_score(gold, found) == pytest.approx(ours.f1)


@given(st.lists(st.tuples(flat(), flat()), min_size=1, max_size=3))
def test_the_report_is_seqevals_own(pairs: list[tuple[Document, Document]]) -> None:
    gold, found = flat_sequences(pairs)
    if any(tag != "O" for side in (gold, found) for line in side for tag in line):
        assert flat_report(pairs) == classification_report(gold, found, digits=4, zero_division=0)


def test_tags_by_hand() -> None:
    gold = Document("d", "TP. Lai Châu\nđạt 65,5%", (Span("l", 0, 12, "L"), Span("a", 17, 22, "A")))
    found = Document(
        "d", gold.text, (Span("l", 4, 12, "L"), Span("l2", 17, 20, "L", 0.4), Span("a", 17, 22, "A", 0.9))
    )
    assert flat_sequences([(gold, found)]) == (
        [["B-L", "I-L", "I-L", "I-L"], ["O", "B-A", "I-A", "I-A", "I-A"]],
        [["O", "O", "B-L", "I-L"], ["O", "B-A", "I-A", "I-A", "I-A"]],
    )
    assert is_flat([gold])
    assert not is_flat([found])


def test_layers_keep_nested_spans() -> None:
    nested = Document(
        "d", "xây trường ở Tân Lập", (Span("m", 0, 20, "MEASURE"), Span("l", 13, 20, "LOCALITY"))
    )
    lines = {
        line.split()[0]: line.split()[1:]
        for line in layers_report([(nested, nested)], ["LOCALITY", "MEASURE"]).splitlines()
        if line
    }
    assert lines["LOCALITY"] == lines["MEASURE"] == ["1.0000", "1.0000", "1.0000", "1"]
    assert "LOCALITY" not in flat_report([(nested, nested)]), "the flat view holds only the outer span"


def test_nothing_to_find_and_nothing_found() -> None:
    bare = Document("d", "Không có gì\n\n")
    assert flat_report([(bare, bare)]) == layers_report([(bare, bare)], ["X"]) == "no spans on either side\n"
    assert layers_report([], []) == "no spans on either side\n"
