"""Lines, sentences and windows: nothing is lost, nothing is read twice."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.layout import Layout, layout, windows
from model.tokenizers import Encoding


def of_words(text: str) -> Encoding:
    """One piece for each word and each line break."""
    import re

    found = [match.span() for match in re.finditer(r"\r?\n|[^\s]+", text)]
    starts, ends = np.array(found, dtype=np.int64).reshape(-1, 2).T
    return Encoding(np.zeros(len(found), dtype=np.int64), starts, ends)


def test_lines_and_sentences() -> None:
    text = "Thu đạt 5,5%. Chi giảm!\nTheo TP. Huế; rồi\n\nhết"
    where = layout(text, of_words(text))
    assert where.lines.tolist() == [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 3]
    assert where.sentences[:6].tolist() == [0, 0, 0, 1, 1, 1]
    assert np.flatnonzero(where.line_starts).tolist() == [0, 6, 11, 12]


@given(st.lists(st.integers(1, 40), max_size=30), st.integers(4, 60), st.floats(0, 0.5))
def test_every_piece_belongs_to_one_window(sizes: list[int], length: int, share: float) -> None:
    lines = np.repeat(np.arange(len(sizes)), sizes)
    where = Layout(lines, lines)
    found = windows(where, length, int(length * share))
    owned = [piece for window in found for piece in range(window.own_start, window.own_end)]
    assert owned == list(range(len(lines)))
    for window in found:
        assert window.start <= window.own_start <= window.own_end <= window.end <= window.start + length


def test_windows_end_at_line_ends() -> None:
    lines = np.repeat(np.arange(10), 30)
    assert {window.end % 30 for window in windows(Layout(lines, lines), 100, 20)} == {0}


def test_neighbours_share_context() -> None:
    lines = np.zeros(300, dtype=np.int64)
    found = windows(Layout(lines, lines), 100, 40)
    assert all(20 <= a.end - b.start <= 40 for a, b in itertools.pairwise(found))
    assert all(a.own_end - b.start >= 10 for a, b in itertools.pairwise(found))


def test_an_overlap_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="overlap"):
        windows(layout("a", of_words("a")), 10, 6)
