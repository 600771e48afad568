"""From scores to relations."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotations import corpus
from annotations.document import Document, Relation, Span
from annotations.formats import read_documents
from annotations.schema import Schema
from model import decode
from model.tags import PieceSpan

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


def test_unsure_indicators_without_a_figure_go() -> None:
    spans = (
        Span("i1", 0, 1, "INDICATOR", 0.4),
        Span("i2", 2, 3, "INDICATOR", 0.4),
        Span("i3", 4, 5, "INDICATOR", 0.8),
        Span("a1", 6, 7, "ACTUAL", 0.1),
        Span("l1", 8, 9, "LOCALITY", 0.1),
        Span("m1", 10, 11, "MEASURE", 0.1),
    )
    relations = (
        Relation("i1", "a1", "HAS_ACTUAL", 0.6),
        Relation("i1", "l1", "IN_LOCALITY", 0.6),
        Relation("i2", "l1", "IN_LOCALITY", 0.9),
        Relation("i2", "m1", "ACHIEVED_BY", 0.9),
        Relation("i3", "l1", "IN_LOCALITY", 0.9),
    )
    document = Document("d", "a b c d e f g", spans, relations)
    kept = decode.without_lone_heads(document, SCHEMA, 0.7)
    assert [span.id for span in kept.spans] == ["i1", "i3", "a1", "l1", "m1"]
    assert kept.relations == (relations[0], relations[1], relations[4])
    assert decode.without_lone_heads(document, SCHEMA, 0.0) == document


def test_a_place_that_is_named_again_is_linked_where_the_guide_says() -> None:
    text = "Xã A và xã A: số hộ ở xã  A.\nXã A: số hộ; trồng rừng tại xã A; xã B"
    starts = [found.start() for found in re.finditer("[Xx]ã +A|xã B", text)]
    places = [Span(f"l{n}", s, s + 4 + (text[s + 3] == " "), "LOCALITY") for n, s in enumerate(starts)]
    first, second = (found.start() for found in re.finditer("số hộ", text))
    measure = Span("m1", text.index("trồng"), places[4].end, "MEASURE")
    heads = (Span("i1", first, first + 5, "INDICATOR"), Span("i2", second, second + 5, "INDICATOR"), measure)
    links = [("i1", "l4", 0.6), ("i1", "l2", 0.7), ("i2", "l0", 0.8), ("i2", "l5", 0.9), ("m1", "l3", 0.5)]
    relations = tuple(Relation(head, tail, "IN_LOCALITY", score) for head, tail, score in links)
    document = Document("d", text, (*places, *heads), relations)
    moved = decode.at_nearest_mentions(document, ["IN_LOCALITY"])
    assert [(r.head, r.tail, r.score) for r in moved.relations] == [
        ("i1", "l1", 0.7),
        ("i2", "l3", 0.8),
        ("i2", "l5", 0.9),
        ("m1", "l4", 0.5),
    ]
    assert decode.at_nearest_mentions(document, []) == document


def test_the_corpus_links_places_where_the_guide_says() -> None:
    moved = [
        (document.id, relation)
        for document in read_documents(corpus.FOLDER / "dev")
        for relation in set(document.relations)
        - set(decode.at_nearest_mentions(document, ["IN_LOCALITY"]).relations)
    ]
    assert moved == []


def test_of_two_spans_that_must_not_overlap_the_likelier_one_stays() -> None:
    nesting = np.array([[True, False, True], [False, True, True], [True, True, True]])
    spans = [
        PieceSpan(0, 9, 2),
        PieceSpan(1, 3, 0),
        PieceSpan(1, 2, 1),
        PieceSpan(3, 4, 1),
        PieceSpan(6, 7, 1),
    ]
    kept, scores = decode.compatible(spans, [0.1, 0.6, 0.7, 0.5, 0.2], nesting)
    assert kept == [spans[0], spans[2], spans[3], spans[4]]
    assert scores == [0.1, 0.7, 0.5, 0.2]
    assert decode.compatible(spans, [0.5] * 5, np.ones((3, 3), dtype=bool))[0] == spans


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(0, 8), st.integers(0, 2), st.floats(0, 1)), max_size=12
    )
)
def test_what_stays_never_conflicts_and_what_goes_had_a_reason(
    drawn: list[tuple[int, int, int, float]],
) -> None:
    nesting = np.eye(3, dtype=bool)
    spans = [PieceSpan(first, first + more, label) for first, more, label, _ in drawn]
    kept, _ = decode.compatible(spans, [score for *_, score in drawn], nesting)

    def conflict(one: PieceSpan, other: PieceSpan) -> bool:
        return one.label != other.label and one.first <= other.last and other.first <= one.last

    assert not any(conflict(one, other) for one in kept for other in kept)
    assert all(span in kept or any(conflict(span, other) for other in kept) for span in spans)
