"""Where the lines and sentences of an article are, and how its pieces fill the encoder's windows."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from model.passages import Passages
from model.tokenizers import Encoding

IntArray = npt.NDArray[np.int64]

_LINE_END = re.compile(r"\n|\r(?!\n)")


@dataclass(frozen=True, slots=True)
class Layout:
    """Line and sentence number of every piece, both shape `(pieces,)`, counted from 0 and never falling."""

    lines: IntArray
    sentences: IntArray

    @property
    def line_starts(self) -> npt.NDArray[np.bool_]:
        """Which pieces begin a line, shape `(pieces,)`."""
        return np.diff(self.lines, prepend=-1) > 0


@dataclass(frozen=True, slots=True)
class Window:
    """The pieces `[start, end)` that the encoder reads together; those of `[own_start, own_end)` it answers for."""

    start: int
    end: int
    own_start: int
    own_end: int


def layout(text: str, encoding: Encoding) -> Layout:
    """Line and sentence numbers of the pieces of a text; a sentence never goes over a line end.

    A piece that stands for a line break belongs to the line it ends.
    """
    breaks = np.array([match.start() for match in _LINE_END.finditer(text)], dtype=np.int64)
    lines = np.searchsorted(breaks, encoding.starts, side="left")
    sentence_starts = np.union1d(breaks + 1, Passages.of(text).sentences)
    sentences = np.searchsorted(sentence_starts, encoding.starts, side="right") - 1
    _, lines = np.unique(lines, return_inverse=True)
    return Layout(lines.astype(np.int64), sentences.astype(np.int64))


def windows(where: Layout, length: int, overlap: int) -> list[Window]:
    """Cut a text's pieces into windows of at most `length`, neighbours sharing about `overlap` pieces as context.

    Windows end at a line end where one lies in their last half, else at a sentence end, else anywhere; every piece
    belongs to exactly one window, the one that sees most around it.

    Raises
    ------
    ValueError
        If `overlap` leaves no room for new pieces.
    """
    if not 0 <= overlap <= length // 2:
        raise ValueError(f"an overlap of {overlap} does not fit windows of {length}")
    total = len(where.lines)
    bounds: list[tuple[int, int]] = []
    start = 0
    while total - start > length:
        end = _cut(where, start + length // 2, start + length)
        bounds.append((start, end))
        start = max(_cut(where, end - overlap, end - overlap // 2), start + 1)
    bounds.append((start, total))
    found = []
    own_start = 0
    for index, (begin, end) in enumerate(bounds):
        following = bounds[index + 1][0] if index + 1 < len(bounds) else None
        own_end = total if following is None else (following + end + 1) // 2
        found.append(Window(begin, end, own_start, own_end))
        own_start = own_end
    return found


def _cut(where: Layout, lowest: int, highest: int) -> int:
    """The best place in `[lowest, highest]` to begin anew: the last line start, else sentence start, else the last."""
    for numbers in (where.lines, where.sentences):
        starts = np.flatnonzero(np.diff(numbers[lowest - 1 : highest + 1]) > 0)
        if len(starts):
            return lowest + int(starts[-1])
    return highest
