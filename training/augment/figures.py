"""Other figures for those of an article's values, in the same form: digits, marks, round zeros, order within a value."""

from __future__ import annotations

import random
import re
from itertools import pairwise

from annotations.document import Document
from model.quantities.numerals import read_figure
from training.augment.rewrite import VALUES, Edit, labelled

_FIGURE = re.compile(r"(?<![^\W_])(?:(?<=\d/)|(?<!/))\d+(?:[.,]\d+)*")
_YEAR = re.compile(r"(?:19|20)\d\d")
_TRIES = 20


def redraw_figures(document: Document, rng: random.Random) -> list[Edit]:
    """Edits that give the values of a document other numbers.

    Equal figures stay equal, as far as that agrees with the order of figures within a value (`27/39`, `5 - 10%`),
    which is kept. Percentages from 100 keep their first two digits: 127 % does not become 914 %. Years,
    and what a rate is per (`/10.000 dân`), stay.
    """
    drawn: dict[tuple[str, bool], str] = {}
    edits = []
    values = []
    for start, end in labelled(document, VALUES):
        text = document.text[start:end]
        values.append((start, "%" in text, [m for m in _FIGURE.finditer(text) if not _YEAR.fullmatch(m[0])]))
    for start, percent, matches in sorted(values, key=lambda value: (-len(value[2]), value[0])):
        figures = [match[0] for match in matches]
        new = _redraw(figures, percent, drawn, rng)
        edits += [
            Edit(start + match.start(), start + match.end(), figure)
            for match, figure in zip(matches, new, strict=True)
            if figure != match[0]
        ]
    return edits


def _redraw(
    figures: list[str], percent: bool, drawn: dict[tuple[str, bool], str], rng: random.Random
) -> list[str]:
    order = _order(figures)
    if order is None:
        return figures
    for attempt in range(_TRIES):
        known = drawn if attempt < _TRIES // 2 else {}
        chosen = {
            figure: known.get((figure, percent)) or _draw(figure, percent, rng)
            for figure in dict.fromkeys(figures)
        }
        new = [chosen[figure] for figure in figures]
        if _order(new) == order:
            for figure, other in chosen.items():
                drawn.setdefault((figure, percent), other)
            return new
    return figures


def _order(figures: list[str]) -> list[int] | None:
    """Whether each figure is less than (-1), equal to (0) or more than (1) the next; None if one is no number."""
    read = [read_figure(figure) for figure in figures]
    values = [figure.value for figure in read if figure]
    if len(values) < len(figures):
        return None
    return [(first > second) - (first < second) for first, second in pairwise(values)]


def _draw(figure: str, percent: bool, rng: random.Random) -> str:
    """A figure of the same form; zeros at its beginning and end stay, its last other digit is none."""
    first = len(figure) - len(figure.lstrip("0.,"))
    last = len(figure.rstrip("0.,")) - 1
    frozen = 2 if percent and len(re.split("[.,]", figure)[0]) > 2 else first
    new = list(figure)
    for place in range(frozen, last + 1):
        if new[place].isdigit():
            least = 1 if place in (first, last) else 0
            new[place] = str(rng.randint(least, 9))
    return "".join(new)
