"""Sums, macro means, intervals, slices and comparisons, against figures worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from annotations.agreement import Tally
from annotations.document import Document, Span
from eval import bootstrap
from eval.counting import case
from eval.evaluation import Evaluation, difference, differences
from eval.tables import tables


def article(name: str, *labels: str, genre: str = "news") -> Document:
    """A text of words, one span of each label on the words in turn."""
    spans = tuple(Span(f"s{n}", 2 * n, 2 * n + 1, label) for n, label in enumerate(labels) if label)
    return Document(name, "a b c d e f", spans, meta={"genre": genre})


GOLD = [article("1", "X", "X", "Y"), article("2", "X", genre="report"), article("3")]
GOOD = [article("1", "X", "X", "Y"), article("2", "X", "Y"), article("3")]
BAD = [article("1", "X", "", "X"), article("2"), article("3", "Y")]


def evaluation(name: str, found: list[Document]) -> Evaluation:
    return Evaluation(name, "data", tuple(case(g, f) for g, f in zip(GOLD, found, strict=True)))


def test_micro_and_macro() -> None:
    one = evaluation("bad", BAD)
    assert one.tally("spans", "X") == Tally(1, 1, 2)
    assert one.tally("spans", "Y") == Tally(0, 1, 1)
    assert one.tally("spans") == Tally(1, 2, 3)
    assert one.tally("spans").f1 == pytest.approx(2 / 7)
    assert one.macro_f1("spans") == pytest.approx((2 / 5 + 0) / 2)
    assert one.tally("relations") == Tally()
    assert one.macro_f1("relations") == 1.0


def test_slices() -> None:
    parts = evaluation("good", GOOD).slices(["genre", "sector"])
    assert {place: part.tally("spans") for place, part in parts.items()} == {
        ("genre", "news"): Tally(3),
        ("genre", "report"): Tally(1, 1, 0),
    }


def test_confusion_and_errors() -> None:
    one = evaluation("bad", BAD)
    assert one.confusion() == {("X", "X"): 1, ("X", ""): 2, ("Y", "X"): 1, ("", "Y"): 1}
    assert one.errors() == {"X": {"right": 1, "missed": 2}, "Y": {"label": 1, "invented": 1}}


def test_draws_are_articles_with_replacement() -> None:
    drawn = bootstrap.draws(7, 50)
    assert drawn.shape == (50, 7)
    assert (drawn.sum(1) == 7).all()
    assert (drawn == bootstrap.draws(7, 50)).all()
    assert bootstrap.draws(0, 5).shape == (5, 0)


def test_interval_of_two_articles() -> None:
    # One article all right, one all wrong: each draw gives F1 1 (1/4), 1/2 (1/2) or 0 (1/4).
    counts = np.array([[1.0, 0, 0], [0, 1, 1]])
    scores = bootstrap.f1(bootstrap.draws(2, 4000) @ counts)
    values, numbers = np.unique(scores, return_counts=True)
    assert values.tolist() == [0, 0.5, 1]
    assert numbers / 4000 == pytest.approx([0.25, 0.5, 0.25], abs=0.03)
    assert bootstrap.interval(scores) == bootstrap.Interval(0, 1)


def test_an_interval_of_equal_articles_is_a_point() -> None:
    counts = np.tile([3.0, 1, 0], (9, 1))
    bounds = bootstrap.interval(bootstrap.f1(bootstrap.draws(9) @ counts))
    assert bounds.low == bounds.high == pytest.approx(6 / 7)


def test_paired_difference() -> None:
    better, worse = np.tile([4.0, 0, 0], (20, 1)), np.tile([2.0, 2, 2], (20, 1))
    one = bootstrap.paired(better, worse)
    assert (one.difference, one.low, one.high, one.p) == (0.5, 0.5, 0.5, 2 / 2001)
    same = bootstrap.paired(better, better)
    assert (same.difference, same.p) == (0.0, 1.0)
    with pytest.raises(ValueError, match="cannot be paired"):
        bootstrap.paired(better, worse[:3])


def test_comparisons() -> None:
    good, bad = evaluation("good", GOOD), evaluation("bad", BAD)
    assert difference(good, bad, "spans").difference == pytest.approx(8 / 9 - 2 / 7)
    assert [
        (a.system, b.system, m) for a, b, m, _ in differences([good, bad, replace(good, data="other")])
    ] == [
        ("good", "bad", "spans"),
    ]
    with pytest.raises(ValueError, match="same articles"):
        difference(good, replace(bad, cases=bad.cases[:1]), "spans")


def test_everything_can_be_shown_without_articles() -> None:
    nothing = Evaluation("none", "empty", ())
    assert nothing.to_dict()["documents"] == 0
    assert len(list(tables([nothing]))) == 1


def test_plain_data() -> None:
    data = evaluation("good", GOOD).to_dict()
    assert data["spans"]["micro"]["right"] == 4
    assert data["spans"]["micro"]["low"] <= data["spans"]["micro"]["f1"] <= data["spans"]["micro"]["high"]
    assert data["errors"]["Y"]["invented"] == 1
    assert {
        "key": "genre",
        "value": "report",
        "documents": 1,
        "spans": pytest.approx(2 / 3),
    } in data["by"]
