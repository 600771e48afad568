"""Spans to layers and back."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotations.document import Span
from model.decode import span_scores
from model.tags import PieceSpan, decode, encode, locate
from model.tokenizers import Encoding


@st.composite
def piece_spans(draw: st.DrawFn) -> list[PieceSpan]:
    """Spans over 12 pieces that do not overlap within a layer."""
    found = []
    for layer in range(3):
        position = 0
        while position < 12 and draw(st.booleans()):
            first = draw(st.integers(position, 11))
            last = draw(st.integers(first, 11))
            found.append(PieceSpan(first, last, layer))
            position = last + 1
    return sorted(found, key=lambda span: (span.first, -span.last, span.label))


@given(piece_spans())
def test_decode_undoes_encode(spans: list[PieceSpan]) -> None:
    assert decode(encode(spans, 12, 3)) == spans


@given(piece_spans())
def test_certain_tags_have_certain_spans(spans: list[PieceSpan]) -> None:
    tags = encode(spans, 12, 3)
    states = np.eye(3, dtype=np.float32)[tags]
    inside = np.zeros((12, 3, 2), dtype=np.float32)
    inside[1:][tags[1:] == 2] = 1
    assert span_scores(spans, states, inside) == [1.0] * len(spans)


def test_a_span_between_pieces_is_told() -> None:
    encoding = Encoding(np.zeros(2, dtype=np.int64), np.array([0, 4]), np.array([3, 9]))
    spans = [
        Span("a", 0, 3, "A"),
        Span("b", 0, 9, "A"),
        Span("c", 1, 3, "A"),
        Span("d", 4, 8, "A"),
        Span("e", 4, 9, "Z"),
    ]
    assert locate(spans, encoding, ["A"]) == [PieceSpan(0, 0, 0), PieceSpan(0, 1, 0), None, None, None]
