"""Calibration error, thresholds and curves, against figures worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.document import Document, Relation, Span
from eval.reliability import Judged, Threshold, bins, calibration_error, judged, suggest, trade_off


def items(*pairs: tuple[float, bool], gold: int) -> Judged:
    scores, right = zip(*pairs, strict=True)
    return Judged("x", np.array(scores), np.array(right), gold)


FOUR = items((0.95, True), (0.95, False), (0.55, True), (0.15, False), gold=4)


def test_error_by_hand() -> None:
    assert [(one.items, one.right) for one in bins(FOUR)] == [(1, 0.0), (1, 1.0), (2, 0.5)]
    assert calibration_error(FOUR) == pytest.approx((1 * 0.15 + 1 * 0.45 + 2 * 0.45) / 4)
    assert calibration_error(items((1.0, True), (0.0, False), gold=1)) == 0.0


def test_trade_off_by_hand() -> None:
    assert trade_off(FOUR) == [
        Threshold(0.95, 0.5, 0.25, pytest.approx(2 / 6)),
        Threshold(0.55, pytest.approx(2 / 3), 0.5, pytest.approx(4 / 7)),
        Threshold(0.15, 0.5, 0.5, 0.5),
    ]
    best = suggest(FOUR)
    assert best is not None and best.score == 0.55
    assert suggest(Judged("x", np.array([]), np.array([], dtype=bool), 3)) is None


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30))
def test_the_suggestion_is_the_best_of_all(pairs: list[tuple[float, bool]]) -> None:
    gold = sum(right for _, right in pairs) + 2
    best = suggest(items(*pairs, gold=gold))
    assert best is not None
    for score, _ in pairs:
        kept = [right for s, right in pairs if s >= score]
        assert 2 * sum(kept) / (len(kept) + gold) <= best.f1 + 1e-9


def test_verdicts() -> None:
    gold = Document("d", "abcd", (Span("1", 0, 1, "X"), Span("2", 1, 2, "Y")), (Relation("1", "2", "R"),))
    found = Document(
        "d",
        "abcd",
        (
            Span("1", 0, 1, "X", 0.9),
            Span("1b", 0, 1, "X", 0.8),
            Span("2", 1, 2, "Y", 0.7),
            Span("3", 2, 3, "Y"),
        ),
        (Relation("1", "2", "R", 0.6), Relation("1", "3", "R", 0.5)),
    )
    x, y, everything = judged([(gold, found)], "spans")
    assert (x.name, x.scores.tolist(), x.right.tolist(), x.gold) == ("X", [0.9, 0.8], [True, False], 1)
    assert (y.scores.tolist(), y.right.tolist()) == ([0.7], [True])
    assert (everything.name, len(everything.scores), everything.gold) == ("all", 3, 2)
    assert judged([(gold, found)], "relations")[0].right.tolist() == [True, False]
    assert judged([(gold, gold)], "spans") == []
