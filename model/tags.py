"""Spans as BIO layers and back, over the pieces of a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from annotations.document import Span
from model.crf import B, I
from model.tokenizers import Encoding

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PieceSpan:
    """A span in pieces, `first` to `last` inclusive; `label` is the number of its layer."""

    first: int
    last: int
    label: int


def reading_order(span: PieceSpan) -> tuple[int, int, int]:
    """What spans are sorted by wherever their numbers matter: first piece, longer first, label."""
    return span.first, -span.last, span.label


def locate(spans: Sequence[Span], encoding: Encoding, labels: Sequence[str]) -> list[PieceSpan | None]:
    """The pieces that each span covers, or None where no piece begins or ends at its edge, or its label is unknown."""
    numbers = {label: number for number, label in enumerate(labels)}
    starts = np.array([span.start for span in spans], dtype=np.int64)
    ends = np.array([span.end for span in spans], dtype=np.int64)
    firsts = np.searchsorted(encoding.starts, starts)
    lasts = np.searchsorted(encoding.ends, ends, side="right") - 1
    found: list[PieceSpan | None] = []
    for span, first, last in zip(spans, firsts.tolist(), lasts.tolist(), strict=True):
        fits = (
            span.label in numbers
            and first <= last < len(encoding)
            and encoding.starts[first] == span.start
            and encoding.ends[last] == span.end
        )
        found.append(PieceSpan(first, last, numbers[span.label]) if fits else None)
    return found


def encode(spans: Sequence[PieceSpan], pieces: int, layers: int) -> IntArray:
    """Tags of shape `(pieces, layers)`."""
    tags = np.zeros((pieces, layers), dtype=np.int64)
    for span in spans:
        tags[span.first : span.last + 1, span.label] = I
        tags[span.first, span.label] = B
    return tags


def decode(tags: IntArray) -> list[PieceSpan]:
    """The spans of tags `(pieces, layers)`, in reading order, longer first."""
    found: list[PieceSpan] = []
    for layer, column in enumerate(tags.T):
        firsts = np.flatnonzero(column == B)
        stops = np.append(np.flatnonzero(column != I), len(column))
        lasts = stops[np.searchsorted(stops, firsts, side="right")] - 1
        found += [PieceSpan(f, t, layer) for f, t in zip(firsts.tolist(), lasts.tolist(), strict=True)]
    return sorted(found, key=reading_order)
