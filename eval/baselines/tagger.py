"""Spans by a linear-chain CRF over hand-made features (Lafferty, McCallum & Pereira 2001), the usual baseline."""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pycrfsuite  # type: ignore[import-untyped]

from annotations.document import Document, Span
from annotations.schema import Schema

IsPlace = Callable[[str], bool]
"""Whether a name is that of a known administrative unit."""
Token = tuple[int, int]

_TOKEN = re.compile(r"\d+(?:[.,/]\d+)*|[^\W\d]+|_+|[^\w\s]")
_NESTED = 0.01
_SETTINGS = {
    "c1": 0.3,
    "c2": 0.03,
    "max_iterations": 80,
    "feature.minfreq": 2,
    "feature.possible_transitions": True,
}
_BACK = 12
_CUES = {
    "goal": (
        "phấn đấu",
        "mục tiêu",
        "chỉ tiêu",
        "kế hoạch",
        "nghị quyết",
        "đề ra",
        "yêu cầu",
        "phải",
        "giao",
        "cam kết",
    ),
    "done": ("đạt", "thực hiện", "ước", "đã", "còn", "hiện", "mới", "tăng", "giảm", "hoàn thành", "thu được"),
    "share": ("bằng", "vượt", "so với", "dự toán", "chỉ tiêu", "kế hoạch"),
}


@dataclass(frozen=True)
class CRFTagger:
    """One CRF for each group of labels that hardly ever overlap, so that a place inside a measure can be found.

    Parameters
    ----------
    models
        Trained files' contents, one for each group.
    """

    schema: Schema
    models: tuple[bytes, ...]
    is_place: IsPlace | None

    @classmethod
    def fit(cls, documents: Sequence[Document], schema: Schema, is_place: IsPlace | None = None) -> CRFTagger:
        """Train on annotated documents."""
        return cls(
            schema, tuple(_train(documents, group, is_place) for group in groups(documents, schema)), is_place
        )

    def extract(self, documents: Sequence[Document]) -> Iterator[Document]:
        """Documents with their spans replaced; a span's score is the lowest marginal probability of its tags."""
        taggers = []
        for model in self.models:
            taggers.append(pycrfsuite.Tagger())
            taggers[-1].open_inmemory(model)
        for document in documents:
            found: list[tuple[str, int, int, float]] = []
            for tokens, features in _lines(document.text, self.is_place):
                items = pycrfsuite.ItemSequence(features)
                for tagger in taggers:
                    tagger.set(items)
                    found += _spans(tagger, tagger.tag(), tokens)
            numbers = Counter[str]()
            spans = []
            for label, start, end, score in sorted(found, key=lambda one: one[1]):
                numbers[label] += 1
                spans.append(
                    Span(f"{self.schema.by_name[label].letter}{numbers[label]}", start, end, label, score)
                )
            yield replace(document, spans=tuple(spans), relations=())


def groups(documents: Sequence[Document], schema: Schema) -> list[list[str]]:
    """Labels in as few groups as can be such that labels of one group share hardly a hundredth of their spans."""
    totals = Counter(span.label for document in documents for span in document.spans)
    overlaps = Counter[frozenset[str]]()
    for document in documents:
        for one, other in combinations(document.spans, 2):
            if other.start >= one.end:
                continue
            overlaps[frozenset((one.label, other.label))] += 1
    found: list[list[str]] = []
    for label in sorted(
        (name for name in schema.label_names if totals[name]), key=lambda name: -totals[name]
    ):
        fitting = [
            group
            for group in found
            if all(overlaps[frozenset((label, o))] <= _NESTED * min(totals[label], totals[o]) for o in group)
        ]
        if fitting:
            max(fitting, key=len).append(label)
        else:
            found.append([label])
    return found


def _train(documents: Sequence[Document], labels: Sequence[str], is_place: IsPlace | None) -> bytes:
    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.set_params(_SETTINGS)
    for document in documents:
        spans = [span for span in document.spans if span.label in labels]
        for tokens, features in _lines(document.text, is_place):
            trainer.append(pycrfsuite.ItemSequence(features), _tags(tokens, spans))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.crfsuite"
        trainer.train(str(path))
        return path.read_bytes()


def _tags(tokens: Sequence[Token], spans: Sequence[Span]) -> list[str]:
    tags = ["O"] * len(tokens)
    for span in spans:
        inside = [n for n, (start, end) in enumerate(tokens) if start >= span.start and end <= span.end]
        for n in inside:
            tags[n] = f"I-{span.label}"
        if inside:
            tags[inside[0]] = f"B-{span.label}"
    return tags


def _spans(
    tagger: Any, tags: Sequence[str], tokens: Sequence[Token]
) -> Iterator[tuple[str, int, int, float]]:
    first = 0
    for n in range(1, len(tags) + 1):
        if n < len(tags) and tags[n] == f"I-{tags[n - 1][2:]}":
            continue
        if tags[first] != "O":
            score = min(tagger.marginal(tags[k], k) for k in range(first, n))
            yield tags[first][2:], tokens[first][0], tokens[n - 1][1], round(score, 6)
        first = n


def _lines(text: str, is_place: IsPlace | None) -> Iterator[tuple[list[Token], list[list[str]]]]:
    """Tokens of every line that has any, and their features."""
    start = 0
    for line in text.split("\n"):
        tokens = [(start + match.start(), start + match.end()) for match in _TOKEN.finditer(line)]
        if tokens:
            yield tokens, _features([text[a:b] for a, b in tokens], is_place)
        start += len(line) + 1


def _features(tokens: Sequence[str], is_place: IsPlace | None) -> list[list[str]]:
    words = [unicodedata.normalize("NFC", token).lower() for token in tokens]
    shapes = [_shape(token) for token in tokens]
    pairs = [f"{a} {b}" for a, b in zip(words, [*words[1:], ""], strict=True)]
    known = _known_places(tokens, is_place) if is_place else set()
    rows = []
    for n in range(len(tokens)):
        row = ["bias", f"s={shapes[n]}", f"p={pairs[n]}"]
        if n in known:
            row.append("place")
        if n:
            row.append(f"p-1={pairs[n - 1]}")
        for step in range(-3, 4):
            if 0 <= n + step < len(tokens):
                row.append(f"w{step}={words[n + step]}")
                if abs(step) < 3:
                    row.append(f"s{step}={shapes[n + step]}")
            else:
                row.append(f"edge{step}")
        left = " ".join(words[max(0, n - _BACK) : n])
        right = " ".join(words[n + 1 : n + 7])
        row += [f"{name}<" for name, cues in _CUES.items() if any(cue in left for cue in cues)]
        row += [f"{name}>" for name, cues in _CUES.items() if any(cue in right for cue in cues)]
        rows.append(row)
    return rows


def _shape(token: str) -> str:
    if token[0].isdigit():
        return "fraction" if "/" in token else f"number{min(len(token), 5)}"
    if token.isalpha():
        return "ALL" if token.isupper() and len(token) > 1 else "Capital" if token[0].isupper() else "small"
    return token


def _known_places(tokens: Sequence[str], is_place: IsPlace) -> set[int]:
    """Tokens that belong to a capitalised name of two to four syllables which is that of a place."""
    found: set[int] = set()
    for length in (4, 3, 2):
        for n in range(len(tokens) - length + 1):
            part = tokens[n : n + length]
            if all(word[0].isupper() for word in part) and is_place(" ".join(part)):
                found.update(range(n, n + length))
    return found
