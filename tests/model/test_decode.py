"""From scores to relations."""

from __future__ import annotations

import numpy as np

from annotations.document import Span
from annotations.schema import Schema
from model import decode

SCHEMA = Schema.default()


def test_of_a_heads_places_only_rivals_of_the_likeliest_stay() -> None:
    place, target = (SCHEMA.relation_names.index(name) for name in ("IN_LOCALITY", "HAS_TARGET"))
    spans = [Span(f"i{number}", number, number + 1, "INDICATOR") for number in range(4)]
    pairs = np.array(
        [[0, 1, place], [0, 2, place], [0, 3, place], [0, 1, target], [0, 2, target], [3, 1, place]]
    )
    probabilities = np.array([0.95, 0.9, 0.6, 0.95, 0.6, 0.55], dtype=np.float32)
    found = decode.to_relations(spans, pairs, probabilities, SCHEMA, {}, {"IN_LOCALITY": 0.9})
    assert [(relation.head, relation.tail, relation.label) for relation in found] == [
        ("i0", "i1", "IN_LOCALITY"),
        ("i0", "i2", "IN_LOCALITY"),
        ("i0", "i1", "HAS_TARGET"),
        ("i0", "i2", "HAS_TARGET"),
        ("i3", "i1", "IN_LOCALITY"),
    ]
    assert len(decode.to_relations(spans, pairs, probabilities, SCHEMA, {}, {})) == 6
