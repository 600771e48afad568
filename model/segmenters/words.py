"""Words of texts: what a segmenter joins, so far as no edge of a span could ever lie inside."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
import numpy.typing as npt

from model.quantities.units import find_unit
from model.segmenters.parallel import segment
from model.segmenters.registry import SegmenterName

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_ATOM = re.compile(r"(?:[^\W\d_][\u0300-\u036f]*)+|\d+(?:[.,]\d+)*|\S")
"""A syllable, a number with its points and commas, or any other character that is no white space."""
_MULTIPLIERS = frozenset({"trăm", "nghìn", "ngàn", "vạn", "triệu", "tỷ", "tỉ"})
_LONGEST_UNIT = 8
"""Atoms in which the name of a unit is looked for."""


@dataclass(frozen=True, slots=True)
class Words:
    """The atoms of a text (syllables, numbers, single signs) and which of them make a word with the one before.

    Attributes
    ----------
    starts, ends
        Shape `(atoms,)`: atom `i` is `text[starts[i]:ends[i]]`; between two atoms there is at most white space.
    joined
        Shape `(atoms,)`: atom `i` goes on the word of atom `i - 1`. Only syllables of one line are ever joined.
    """

    starts: IntArray
    ends: IntArray
    joined: BoolArray

    def split_at(self, places: Iterable[int]) -> Words:
        """The same with a word boundary at each place: atoms and words that go over one are cut there."""
        cuts = np.unique(np.fromiter(places, dtype=np.int64))
        atom = np.searchsorted(self.starts, cuts, side="left") - 1
        inside = cuts[(atom >= 0) & (cuts < self.ends[atom])] if len(self.starts) else cuts[:0]
        starts, ends = np.union1d(self.starts, inside), np.union1d(self.ends, inside)
        joined = np.zeros(len(starts), dtype=bool)
        joined[np.searchsorted(starts, self.starts)] = self.joined
        previous = np.concatenate([[-1], ends[:-1]]) if len(ends) else ends
        joined &= np.searchsorted(cuts, previous, side="left") == np.searchsorted(cuts, starts, side="right")
        return Words(starts, ends, joined)

    def hides(self, place: int) -> bool:
        """Whether a place in the text lies inside a word, so that no word begins or ends there."""
        atom = bisect_left(self.starts, place)
        if atom and place < self.ends[atom - 1]:
            return True
        return bool(0 < atom < len(self.starts) and self.joined[atom])


def find_words(texts: Sequence[str], segmenter: SegmenterName) -> list[Words]:
    """The words of texts.

    Line by line the segmenter is given the atoms with one space between them, and joins them. Numbers, `%`, `/`,
    punctuation, and whatever else is not made of letters alone, always stand alone; the unit after a number is never
    part of a longer word. The segmenter's words are laid on the atoms by counting characters; a line in which it
    changes their number is left unjoined.
    """
    atoms = [[match.span() for match in _ATOM.finditer(text)] for text in texts]
    rows = [_rows(text, spans) for text, spans in zip(texts, atoms, strict=True)]
    lines = [
        [text[start:end] for start, end in row]
        for text, part in zip(texts, rows, strict=True)
        for row in part
    ]
    segmented = iter(segment([" ".join(line) for line in lines], segmenter))
    following = iter(lines)
    found = []
    for spans, part in zip(atoms, rows, strict=True):
        joined = [flag for _ in part for flag in _joins(next(following), next(segmented))]
        starts, ends = np.array(spans, dtype=np.int64).reshape(-1, 2).T
        found.append(Words(starts, ends, np.array(joined, dtype=bool)))
    return found


def boundaries(words: Iterable[str]) -> list[int]:
    """After how many characters, spaces and `_` left out, each word ends."""
    return list(accumulate(sum(char not in " _" for char in word) for word in words))


def _rows(text: str, spans: Sequence[tuple[int, int]]) -> list[Sequence[tuple[int, int]]]:
    """The atoms of each line that has any."""
    breaks = [i for i, (one, other) in enumerate(pairwise(spans), 1) if "\n" in text[one[1] : other[0]]]
    return [spans[a:b] for a, b in pairwise([0, *breaks, len(spans)]) if a < b]


def _joins(atoms: Sequence[str], words: Sequence[str]) -> list[bool]:
    """Which atoms of a line the segmenter joins to the one before."""
    atom_ends, word_ends = boundaries(atoms), boundaries(words)
    if atom_ends[-1:] != word_ends[-1:]:
        return [False] * len(atoms)
    apart = set(word_ends)
    letters = [atom.isalpha() for atom in atoms]
    units = _unit_edges(atoms)
    joins = [
        end not in apart and one and other and number not in units
        for number, (end, (one, other)) in enumerate(zip(atom_ends, pairwise(letters), strict=False), 1)
    ]
    return [False, *joins]


def _unit_edges(atoms: Sequence[str]) -> set[int]:
    """Before which atoms a unit, or a word like `triệu`, that follows a number begins or ends."""
    edges: set[int] = set()
    for number, atom in enumerate(atoms):
        if not atom[0].isdigit():
            continue
        place = number + 1
        while place < len(atoms) and atoms[place].lower() in _MULTIPLIERS:
            edges.add(place)
            place += 1
        edges.add(place)
        following = " ".join(atoms[place : place + _LONGEST_UNIT]).lower()
        if found := find_unit(following):
            edges.add(place + following[: found[1]].count(" ") + 1)
    return edges
