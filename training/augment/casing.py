"""Capitals where there were none, and none where there were."""

from __future__ import annotations

import random
import re

from annotations.document import Document
from training.augment.rewrite import LETTER, Edit, lines

_OPENING = re.compile(rf"(?:^|\n)[\W\d_]*({LETTER})")
_SHARE = 0.3


def recase(document: Document, rng: random.Random) -> list[Edit]:
    """The headline in capitals, some line in small letters, or some lines that do not begin with a capital."""
    text = document.text
    all_lines = list(lines(text))
    if not all_lines:
        return []
    way = rng.choice(("headline", "headline", "line", "openings"))
    if way == "openings":
        opening = [match.span(1) for match in _OPENING.finditer(text)]
        return [Edit(start, end, _small(text[start:end])) for start, end in opening if rng.random() < _SHARE]
    start, end = all_lines[0] if way == "headline" else rng.choice(all_lines)
    change = _capitals if way == "headline" else _small
    return [Edit(start, end, change(text[start:end]))]


def _capitals(text: str) -> str:
    return "".join(upper if len(upper := char.upper()) == 1 else char for char in text)


def _small(text: str) -> str:
    return "".join(lower if len(lower := char.lower()) == 1 else char for char in text)
