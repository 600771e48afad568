"""Tallies against counts made by hand."""

from __future__ import annotations

import pytest

from annotations import inline
from annotations.agreement import Tally, compare


def test_by_hand() -> None:
    gold = inline.parse("[i1|a] [a1|1%] [a2|2%] [l1|X]\n---\ni1: a1 a2 l1")
    other = inline.parse("[i9|a] [a1|1%] [t1|2%] [l1|X]\n---\ni9: a1 t1\na1: l1")
    found = compare([(gold, other)])
    assert found.spans == {
        "INDICATOR": Tally(1), "ACTUAL": Tally(1, 0, 1), "TARGET": Tally(0, 1, 0), "LOCALITY": Tally(1),
    }  # fmt: skip
    assert found.span == Tally(3, 1, 1)
    assert found.span.f1 == pytest.approx(0.75)
    assert found.relation == Tally(1, 2, 2)


def test_undefined_scores() -> None:
    assert (Tally().precision, Tally().recall, Tally().f1) == (1.0, 1.0, 1.0)
    assert (Tally(wrong=2).precision, Tally(wrong=2).recall, Tally(wrong=2).f1) == (0.0, 0.0, 0.0)
    assert (Tally(missed=2).precision, Tally(missed=2).recall, Tally(missed=2).f1) == (0.0, 0.0, 0.0)


def test_other_texts_are_refused() -> None:
    with pytest.raises(ValueError, match="not annotations of one text"):
        compare([(inline.parse("a"), inline.parse("b"))])
