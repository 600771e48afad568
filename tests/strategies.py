"""What hypothesis makes documents of: everything that a text may hold, and every way in which spans may lie."""

from __future__ import annotations

import json
import unicodedata

from hypothesis import strategies as st

from annotations.document import Document, Relation, Span
from annotations.schema import Schema

SCHEMA = Schema.default()

_PIECES = [
    "tỷ lệ hộ nghèo", "65,5%", "27/39", "1.120 tỷ đồng", "TP. Lai Châu", "Ðiện Biên", "  ", "\n", "\r\n", "\n---\n", "---", "[", "]",
    "|", "\\", "[i1|", "😀", "👨‍👩‍👧", "\u00a0", "\u200b", "e\u0302\u0301", "“đã đạt”", "#meta {}", "i1: a1", "\ufeff", "\x0b", "TỔNG THU",
]  # fmt: skip


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Text of Vietnamese pieces, mark-up signs, line ends and arbitrary characters, now and then decomposed."""
    characters = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
    pieces = draw(st.lists(st.sampled_from(_PIECES) | characters, max_size=14))
    text = "".join(pieces)
    return unicodedata.normalize("NFD", text) if draw(st.booleans()) else text


@st.composite
def documents(draw: st.DrawFn, *, foreign: bool = True) -> Document:
    """Documents with nested, crossing and (if `foreign`) oddly named spans, relations, scores and meta."""
    text = draw(texts())
    count = draw(st.integers(0, 6)) if text else 0
    scores = st.none() | st.floats(0, 1)
    spans = []
    for number in range(1, count + 1):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        label = draw(st.sampled_from(SCHEMA.labels))
        odd = foreign and draw(st.booleans())
        span_id = (
            f"{draw(st.sampled_from(['x-', 'Ab_', 'i0']))}{number}" if odd else f"{label.letter}{number}"
        )
        spans.append(Span(span_id, start, end, label.name, draw(scores)))
    spans = list({span.id: span for span in spans}.values())
    relations = {}
    for head in spans:
        for tail in spans:
            names = SCHEMA.pairs.get((head.label, tail.label), ())
            if head != tail and names and draw(st.booleans()):
                relations[head.id, tail.id] = Relation(head.id, tail.id, names[0], draw(scores))
    meta = draw(
        st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.integers() | st.booleans(), max_size=2)
    )
    identity = draw(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8))
    return Document(identity, text, tuple(spans), tuple(relations.values()), json.loads(json.dumps(meta)))
