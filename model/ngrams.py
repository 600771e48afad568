"""Pieces and pairs of pieces around each piece, as numbers that a table of weights is looked up by.

A small encoder that has read little text knows few phrases well; what the neighbouring pieces literally are tells a
tagger much, as it does a linear CRF. N-grams are numbered by hashing (Weinberger et al. 2009), so no vocabulary is kept.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
UIntArray = npt.NDArray[np.uint64]

TEMPLATES = (*((step,) for step in range(-3, 4)), (-2, -1), (-1, 0), (0, 1), (1, 2))
"""Positions of the pieces of each n-gram, from the piece that it is for."""

_REACH = max(abs(step) for template in TEMPLATES for step in template)
_OUTSIDE = 1
"""Stands for what is no piece of the line; piece ids begin after it."""
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_START = np.uint64(0xD6E8FEB86659FD93)
_SHIFT = np.uint64(32)
_LOWER = np.uint64(0xFFFFFFFF)


def ngrams(ids: IntArray, lines: IntArray) -> IntArray:
    """Numbers from 0 to 2**32 - 1 of the n-grams of each piece, shape `(pieces, len(TEMPLATES))`.

    Equal n-grams have equal numbers, others seldom; neither reaches into another line.

    Parameters
    ----------
    ids, lines
        Of the pieces of a text, shape `(pieces,)`.
    """
    around = {step: _moved(ids, lines, step) for step in range(-_REACH, _REACH + 1)}
    found = np.empty((len(ids), len(TEMPLATES)), dtype=np.int64)
    for number, template in enumerate(TEMPLATES):
        mixed = _mixed(_START, np.full(len(ids), number, dtype=np.uint64))
        for step in template:
            mixed = _mixed(mixed, around[step])
        found[:, number] = (mixed & _LOWER).astype(np.int64)
    return found


def _mixed(numbers: UIntArray | np.uint64, more: UIntArray) -> UIntArray:
    """Numbers that every bit of both has a part in."""
    product: UIntArray = (numbers ^ more) * _PRIME
    return product ^ (product >> _SHIFT)


def _moved(ids: IntArray, lines: IntArray, step: int) -> UIntArray:
    """The piece so many places after each piece, `_OUTSIDE` where its line has none."""
    places = np.arange(len(ids)) + step
    there = (places >= 0) & (places < len(ids))
    places = np.clip(places, 0, max(len(ids) - 1, 0))
    there &= lines[places] == lines
    return np.where(there, ids[places] + _OUTSIDE + 1, _OUTSIDE).astype(np.uint64)
