"""What a word segmenter would do to annotated spans, and how fast it is."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from annotations.document import Document
from model.normalize import Normalized, normalize
from model.segmenters.registry import Segmenter, SegmenterName, load_segmenter
from model.segmenters.words import IntArray, boundaries, find_words


@dataclass(frozen=True, slots=True)
class SegmenterFigures:
    """Figures of one segmenter on annotated documents.

    Attributes
    ----------
    spans
        All gold spans.
    cut_alone
        Spans with an edge inside one of the segmenter's words, as it makes them of the plain line (or in a line whose
        characters it changes).
    cut
        Spans with an edge inside one of the words that `find_words` makes with its help.
    words, syllables
        Words so made, and the syllables, numbers and signs they are made of.
    speed
        Of the segmenter: white-space-separated tokens of plain text in a second of one core.
    """

    name: SegmenterName
    spans: int
    cut_alone: int
    cut: int
    words: int
    syllables: int
    speed: float


def measure(name: SegmenterName, documents: Sequence[Document]) -> SegmenterFigures:
    """Run a segmenter over documents.

    Raises
    ------
    InputError
        If the segmenter is not installed.
    """
    segmenter = load_segmenter(name)
    segmenter("khởi động")
    normal = [normalize(document.text) for document in documents]
    start = time.process_time()
    ends = [_word_ends(item.text, segmenter) for item in normal]
    seconds = time.process_time() - start
    words = find_words([item.text for item in normal], name)
    edges = [_edges(document, item) for document, item in zip(documents, normal, strict=True)]
    solid = [_solid(item.text) for item in normal]
    return SegmenterFigures(
        name=name,
        spans=sum(map(len, edges)),
        cut_alone=sum(
            any(int(count[place]) not in known for place in pair)
            for count, known, pairs in zip(solid, ends, edges, strict=True)
            for pair in pairs
        ),
        cut=sum(
            any(map(found.hides, pair)) for found, pairs in zip(words, edges, strict=True) for pair in pairs
        ),
        words=sum(int((~found.joined).sum()) for found in words),
        syllables=sum(len(found.joined) for found in words),
        speed=sum(len(item.text.split()) for item in normal) / max(seconds, 1e-9),
    )


def _edges(document: Document, item: Normalized) -> list[tuple[int, int]]:
    """Start and end of every span in the normalised text."""
    places = [(span.start, span.end) for span in document.spans]
    return [(int(a), int(b)) for a, b in np.searchsorted(item.starts, np.array(places).reshape(-1, 2))]


def _solid(text: str) -> IntArray:
    """How many characters stand before each place of a text, white space and `_` left out; shape `(length + 1,)`."""
    return np.cumsum([0, *(not char.isspace() and char != "_" for char in text)])


def _word_ends(text: str, segmenter: Segmenter) -> set[int]:
    """After which characters of a text (counted as `_solid` does) the segmenter's words end."""
    found = {0}
    before = 0
    for line in text.split("\n"):
        size = int(_solid(line)[-1])
        if size:
            ends = boundaries(segmenter(line))
            found |= {before + end for end in ends} if ends and ends[-1] == size else {before, before + size}
        before += size
    return found
