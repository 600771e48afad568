"""Words and pairs of words around each piece, as numbers that a table of weights is looked up by.

A small encoder that has read little text knows few phrases well; what the neighbouring words literally are tells a
tagger much, as it does a linear CRF. Words count as written small with every digit 0, their shapes apart, so that a
phrase is the same one with other figures or in a heading; words farther off count wherever they stand. N-grams are
numbered by hashing (Weinberger et al. 2009), so no vocabulary is kept.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from model.normalize import normalize
from model.tokenizers import Encoding

IntArray = npt.NDArray[np.int64]
UIntArray = npt.NDArray[np.uint64]
View = Literal["form", "shape", "piece"]

_NEAR, _BEFORE, _AFTER = range(-3, 4), range(-12, -3), range(4, 8)
_PAIRS = ((-2, -1), (-1, 0), (0, 1), (1, 2))
_TRIPLES = ((-2, -1, 0), (-1, 0, 1), (0, 1, 2))

TEMPLATES: tuple[tuple[View, str, tuple[int, ...]], ...] = (
    *(("form", f"{step}", (step,)) for step in _NEAR),
    *(("form", f"{pair}", pair) for pair in _PAIRS),
    *(("form", "before", (step,)) for step in _BEFORE),
    *(("form", "after", (step,)) for step in _AFTER),
    *(("shape", f"{triple}", triple) for triple in _TRIPLES),
    *(("piece", f"{step}", (step,)) for step in (-1, 0, 1)),
)
"""What each n-gram is made of: forms or shapes of words, or pieces; a name, the same for those that are not told apart;
and how far from the piece it is for, in words or in pieces."""

_MOVES = {(view, step) for view, _, steps in TEMPLATES for step in steps}

_WORD = re.compile(r"\d+(?:[.,/]\d+)*|[^\W\d_]+|[\n\r]|\S")
_DIGIT = re.compile(r"\d")
_OUTSIDE = np.uint64(1 << 40)
"""Stands for what is no word or piece of the line."""
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_START = np.uint64(0xD6E8FEB86659FD93)
_SHIFT = np.uint64(32)
_LOWER = np.uint64(0xFFFFFFFF)
_KNOWN_WORDS = 1 << 16


def ngrams(texts: Sequence[str], encodings: Sequence[Encoding], lines: IntArray) -> IntArray:
    """Numbers from 0 to 2**32 - 1 of the n-grams of each piece of all texts, shape `(pieces, len(TEMPLATES))`.

    Equal n-grams have equal numbers, others seldom; none reaches into another line.

    Parameters
    ----------
    encodings
        The pieces of each text.
    lines
        The number of each piece's line, shape `(pieces,)`; no other line of any text has it.
    """
    forms, shapes, word_of = _all_words(texts, encodings)
    word_lines = np.full(len(forms), -1)
    word_lines[word_of] = lines
    pieces = np.concatenate([encoding.ids for encoding in encodings]).astype(np.uint64)
    views = {
        "form": (forms, word_lines, word_of),
        "shape": (shapes, word_lines, word_of),
        "piece": (pieces, lines, np.arange(len(pieces))),
    }
    moved = {(view, step): _moved(*views[view][:2], step) for view, step in _MOVES}
    found = np.empty((len(pieces), len(TEMPLATES)), dtype=np.int64)
    for column, (view, name, steps) in enumerate(TEMPLATES):
        values, _, places = views[view]
        mixed: UIntArray = np.full(len(values), _START ^ np.uint64(zlib.crc32(f"{view} {name}".encode())))
        for step in steps:
            mixed = _mixed(mixed, moved[view, step])
        found[:, column] = (mixed & _LOWER)[places]
    return found


def _all_words(texts: Sequence[str], encodings: Sequence[Encoding]) -> tuple[UIntArray, UIntArray, IntArray]:
    """What `_words` finds in each text, one after another."""
    parts = [_words(text, encoding) for text, encoding in zip(texts, encodings, strict=True)]
    forms, shapes, places = zip(*parts, strict=True)
    firsts = np.cumsum([0, *map(len, forms[:-1])])
    word_of = np.concatenate([first + own for first, own in zip(firsts, places, strict=True)])
    return np.concatenate(forms), np.concatenate(shapes), word_of


def _words(text: str, encoding: Encoding) -> tuple[UIntArray, UIntArray, IntArray]:
    """Forms and shapes of the words, and to which of them each piece belongs; the first is what stands before any."""
    whole = normalize(text)
    words = list(_WORD.finditer(whole.text))
    seen = np.array([0, *(_seen(word.group()) for word in words)], dtype=np.uint64)
    starts = whole.starts[np.array([word.start() for word in words], dtype=np.int64)]
    return seen & _LOWER, seen >> _SHIFT, np.searchsorted(starts, encoding.starts, side="right")


@lru_cache(_KNOWN_WORDS)
def _seen(word: str) -> int:
    """The form of a word, as a number, in the lower 32 bits, its shape in the upper ones."""
    form, shape = _DIGIT.sub("0", word.lower()), _shape(word)
    return zlib.crc32(form.encode()) | zlib.crc32(shape.encode()) << 32


def _shape(word: str) -> str:
    if word[0].isdigit():
        return "fraction" if "/" in word else f"number {min(len(word), 5)}"
    if not word.isalpha():
        return word
    if word.isupper() and len(word) > 1:
        return "all capitals"
    return "capital" if word[0].isupper() else "small"


def _mixed(numbers: UIntArray, more: UIntArray) -> UIntArray:
    """Numbers that every bit of both has a part in."""
    product: UIntArray = (numbers ^ more) * _PRIME
    return product ^ (product >> _SHIFT)


def _moved(values: UIntArray, lines: IntArray, step: int) -> UIntArray:
    """The value so many places after each, `_OUTSIDE` where its line has none."""
    size = max(len(values) - abs(step), 0)
    here, there = (slice(first, first + size) for first in (max(-step, 0), max(step, 0)))
    moved = np.full(len(values), _OUTSIDE)
    moved[here] = np.where(lines[here] == lines[there], values[there], _OUTSIDE)
    return moved
