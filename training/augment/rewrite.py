"""The one way in which augmentation changes a text: replacements that carry every span along exactly."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from annotations.document import Document

VALUES = ("TARGET", "ACTUAL", "RATIO")
LETTER = r"[^\W\d_]"


class Edit(NamedTuple):
    """Characters `start` to `end` of a text, at least one, and what stands there instead."""

    start: int
    end: int
    text: str

    @property
    def keeps_length(self) -> bool:
        return len(self.text) == self.end - self.start


def rewrite(document: Document, edits: Iterable[Edit]) -> Document:
    """Replace stretches of a document's text; its spans cover what came of the characters that they covered.

    A span may hold an edit or have the same edge; an edge strictly inside an edit keeps its place when the edit keeps
    the length.

    Raises
    ------
    ValueError
        If edits are empty, overlap or lie outside the text, a span's edge falls into an edit that changes the length,
        or a span would be left with nothing.
    """
    ordered = sorted(edits)
    if not ordered:
        return document
    pieces: list[str] = []
    starts: list[int] = []
    moves: list[int] = []  # how far the beginning of each edit moves
    position = length = 0
    for edit in ordered:
        if not position <= edit.start < edit.end <= len(document.text):
            raise ValueError(f"{edit} is empty, overlaps another edit or lies outside the text")
        length += edit.start - position
        starts.append(edit.start)
        moves.append(length - edit.start)
        pieces += document.text[position : edit.start], edit.text
        length += len(edit.text)
        position = edit.end
    pieces.append(document.text[position:])

    def moved(offset: int) -> int:
        number = bisect_right(starts, offset) - 1
        if number < 0:
            return offset
        edit, move = ordered[number], moves[number]
        if offset >= edit.end:
            return offset + move + len(edit.text) - (edit.end - edit.start)
        if offset > edit.start and not edit.keeps_length:
            raise ValueError(f"the edge {offset} of a span falls into {edit}")
        return offset + move

    spans = tuple(replace(span, start=moved(span.start), end=moved(span.end)) for span in document.spans)
    for before, after in zip(document.spans, spans, strict=True):
        if before.start < before.end and after.start >= after.end:
            raise ValueError(f"the edits leave nothing of {before}")
    return replace(document, text="".join(pieces), spans=spans)


def fitting(document: Document, edits: Iterable[Edit]) -> list[Edit]:
    """The edits that `rewrite` can apply together: of two that overlap the first, and none across a span's edge."""
    borders = edges(document)
    found: list[Edit] = []
    for edit in sorted(edits):
        overlaps = found and edit.start < found[-1].end
        crosses = not edit.keeps_length and bisect_right(borders, edit.start) < bisect_left(borders, edit.end)
        if not overlaps and not crosses:
            found.append(edit)
    return found


def edges(document: Document) -> list[int]:
    """Where spans begin and end, in order."""
    return sorted({offset for span in document.spans for offset in (span.start, span.end)})


def stretches(document: Document) -> Iterator[tuple[int, int]]:
    """The text from edge to edge: no span begins or ends inside any of these ranges."""
    return pairwise(sorted({0, *edges(document), len(document.text)}))


def lines(text: str) -> Iterator[tuple[int, int]]:
    """Where each line that holds more than spaces begins and ends."""
    return (match.span() for match in re.finditer(r"[^\n]*\S[^\n]*", text))


def labelled(document: Document, labels: Sequence[str]) -> list[tuple[int, int]]:
    """Where spans with these labels stand."""
    return [(span.start, span.end) for span in document.spans if span.label in labels]


def in_manner_of(written: str, new: str) -> str:
    """A phrase spelled as the one whose place it takes: in capitals, with `Ð` for `Đ`, decomposed."""
    if len(written) > 3 and written.isupper():
        new = new.upper()
    if "Ð" in written:
        new = new.replace("Đ", "Ð")
    return new if unicodedata.is_normalized("NFC", written) else unicodedata.normalize("NFD", new)
