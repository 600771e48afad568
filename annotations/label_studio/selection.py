"""Which documents to annotate next: where the model is unsure, and not the same thing twice."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]

from annotations.corpus import syllables
from annotations.document import Document, Relation, Span


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen document and its uncertainty: bits of doubt for each hundred syllables."""

    document: Document
    uncertainty: float


def uncertainty(document: Document) -> float:
    """Bits of doubt about the spans and relations found, for each hundred syllables that an annotator must read."""
    items: tuple[Span | Relation, ...] = (*document.spans, *document.relations)
    doubts = [_entropy(item.score) for item in items if item.score is not None]
    return 100 * sum(doubts) / max(1, len(document.text.split()))


def select(
    candidates: Sequence[Document],
    count: int,
    *,
    known: Sequence[Document] = (),
    diversity: float = 0.4,
) -> list[Choice]:
    """The `count` documents most worth annotating, best first.

    Source: Carbonell & Goldstein, The Use of MMR (SIGIR 1998): each choice weighs its uncertainty (as a share of the
    largest) against its likeness (cosine of tf-idf) to what is chosen or known already.

    Parameters
    ----------
    candidates
        Documents with the model's spans and calibrated scores.
    known
        Documents that are annotated or waiting already.
    diversity
        Weight of being unlike them, in [0, 1].
    """
    if not candidates or count < 1:
        return []
    doubts = np.array([uncertainty(document) for document in candidates])
    value = doubts / (doubts.max() or 1.0)
    vectors = _vectors([document.text for document in (*candidates, *known)])
    own = vectors[: len(candidates)]
    nearest = np.zeros(len(candidates))
    for other in range(len(candidates), vectors.shape[0]):
        nearest = np.maximum(nearest, _likeness(own, vectors[other]))
    open_ones = list(range(len(candidates)))
    chosen: list[Choice] = []
    while open_ones and len(chosen) < count:
        merit = (1 - diversity) * value[open_ones] - diversity * nearest[open_ones]
        best = open_ones.pop(int(merit.argmax()))
        chosen.append(Choice(candidates[best], float(doubts[best])))
        nearest = np.maximum(nearest, _likeness(own, own[best]))
    return chosen


def _vectors(texts: Sequence[str]) -> Any:
    """Sparse unit vectors (texts, syllables); a text without any word is the zero vector."""
    if not any(syllables(text) for text in texts):
        return csr_matrix((len(texts), 1))
    return TfidfVectorizer(analyzer=syllables, sublinear_tf=True).fit_transform(texts)


def _likeness(vectors: Any, one: Any) -> Any:
    """Cosine of every vector with one of them: (texts,)."""
    return (vectors @ one.T).toarray().ravel()


def _entropy(probability: float) -> float:
    if not 0 < probability < 1:
        return 0.0
    return -(probability * math.log2(probability) + (1 - probability) * math.log2(1 - probability))
