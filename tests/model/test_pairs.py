"""Candidate relations: all that the schema allows, none else, with what lies between them."""

from __future__ import annotations

import numpy as np

from annotations.schema import Schema
from model.layout import Layout
from model.pairs import FEATURE_SIZES, allowed, candidates

SCHEMA = Schema.default()
NUMBER = {name: number for number, name in enumerate(SCHEMA.label_names)}


def test_all_allowed_pairs_within_reach() -> None:
    labels = np.array([NUMBER[name] for name in ("INDICATOR", "ACTUAL", "LOCALITY", "MEASURE", "INDICATOR")])
    firsts = np.array([0, 5, 10, 20, 90])
    lines = np.zeros(100, dtype=np.int64)
    pairs = candidates(firsts, firsts + 1, labels, Layout(lines, lines), allowed(SCHEMA), reach=50)
    names = {
        (int(h), int(t), SCHEMA.relation_names[k])
        for h, t, k in zip(pairs.heads, pairs.tails, pairs.types, strict=True)
    }
    assert names == {
        (0, 1, "HAS_ACTUAL"), (0, 2, "IN_LOCALITY"), (1, 2, "IN_LOCALITY"), (0, 3, "ACHIEVED_BY"), (3, 2, "IN_LOCALITY"),
    }  # fmt: skip
    assert (pairs.features >= 0).all()
    assert (pairs.features < np.array(FEATURE_SIZES)).all()


def test_features_tell_direction_and_what_is_between() -> None:
    labels = np.array([NUMBER[name] for name in ("INDICATOR", "INDICATOR", "ACTUAL")])
    firsts = np.array([0, 4, 8])
    lines = np.array([0] * 4 + [1] * 8)
    pairs = candidates(firsts, firsts + 1, labels, Layout(lines, lines), allowed(SCHEMA), reach=50)
    far, near = pairs.features[pairs.heads == 0][0], pairs.features[pairs.heads == 1][0]
    assert far[0] > near[0] > FEATURE_SIZES[0] // 2
    assert (far[1] - FEATURE_SIZES[1] // 2, near[1] - FEATURE_SIZES[1] // 2) == (1, 0)
    assert (far[3], near[3]) == (1, 0)


def test_no_spans_no_pairs() -> None:
    none = np.zeros(0, dtype=np.int64)
    pairs = candidates(none, none, none, Layout(none, none), allowed(SCHEMA), reach=5)
    assert pairs.features.shape == (0, len(FEATURE_SIZES))


def test_candidates_are_ranked_as_the_schema_prefers_places() -> None:
    labels = np.array(
        [NUMBER[name] for name in ("LOCALITY", "LOCALITY", "LOCALITY", "INDICATOR", "LOCALITY")]
    )
    firsts = np.array([0, 10, 14, 20, 22])
    lines = np.array([0] * 5 + [1] * 25)
    pairs = candidates(firsts, firsts + 1, labels, Layout(lines, lines), allowed(SCHEMA), reach=50)
    assert dict(zip(pairs.tails.tolist(), pairs.features[:, 6].tolist(), strict=True)) == {
        2: 0,
        1: 1,
        4: 2,
        0: 3,
    }
    assert set(pairs.features[:, 7].tolist()) == {0}
