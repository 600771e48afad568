"""Which documents to annotate next: where the model is unsure, and not the same thing twice."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]
from sklearn.isotonic import IsotonicRegression  # type: ignore[import-untyped]

from annotations.agreement import relation_keys, span_keys
from annotations.corpus import syllables
from annotations.document import Document, Relation, Span


@dataclass(frozen=True)
class Calibration:
    """How often a span or relation with a given score is right."""

    spans: IsotonicRegression
    relations: IsotonicRegression

    @classmethod
    def fit(cls, pairs: Iterable[tuple[Document, Document]]) -> Calibration:
        """Learn from gold documents and what the model found in them.

        Source: Zadrozny & Elkan, Transforming Classifier Scores into Accurate Multiclass Probability Estimates
        (KDD 2002): isotonic regression. One right and one wrong answer are added at either end, so that a handful
        of documents does not make anything certain.
        """
        spans: list[tuple[float, bool]] = []
        relations: list[tuple[float, bool]] = []
        for gold, found in pairs:
            right_spans, right_relations = span_keys(gold), relation_keys(gold)
            keys = {span.id: (span.label, span.start, span.end) for span in found.spans}
            spans += [(s.score, keys[s.id] in right_spans) for s in found.spans if s.score is not None]
            relations += [
                (r.score, (r.label, keys[r.head], keys[r.tail]) in right_relations)
                for r in found.relations
                if r.score is not None
            ]
        return cls(_isotonic(spans), _isotonic(relations))

    def doubts(self, document: Document) -> list[float]:
        """Entropy in bits of every span and relation that has a score."""
        return _entropies(self.spans, [s.score for s in document.spans]) + _entropies(
            self.relations, [r.score for r in document.relations]
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen document and its uncertainty: bits of doubt for each hundred syllables."""

    document: Document
    uncertainty: float


def uncertainty(document: Document, calibration: Calibration | None = None) -> float:
    """Bits of doubt about the spans and relations found, for each hundred syllables that an annotator must read."""
    if calibration is None:
        items: tuple[Span | Relation, ...] = (*document.spans, *document.relations)
        doubts = [_entropy(item.score) for item in items if item.score is not None]
    else:
        doubts = calibration.doubts(document)
    return 100 * sum(doubts) / max(1, len(document.text.split()))


def select(
    candidates: Sequence[Document],
    count: int,
    *,
    known: Sequence[Document] = (),
    calibration: Calibration | None = None,
    diversity: float = 0.4,
) -> list[Choice]:
    """The `count` documents most worth annotating, best first.

    Source: Carbonell & Goldstein, The Use of MMR (SIGIR 1998): each choice weighs its uncertainty (as a share of the
    largest) against its likeness (cosine of tf-idf) to what is chosen or known already.

    Parameters
    ----------
    candidates
        Documents with the model's spans and scores.
    known
        Documents that are annotated or waiting already.
    diversity
        Weight of being unlike them, in [0, 1].
    """
    if not candidates or count < 1:
        return []
    doubts = np.array([uncertainty(document, calibration) for document in candidates])
    value = doubts / (doubts.max() or 1.0)
    vectors = _vectors([document.text for document in (*candidates, *known)])
    likeness = vectors[: len(candidates)] @ vectors.T
    nearest = likeness[:, len(candidates) :].max(axis=1, initial=0.0)
    open_ones = list(range(len(candidates)))
    chosen: list[Choice] = []
    while open_ones and len(chosen) < count:
        merit = (1 - diversity) * value[open_ones] - diversity * nearest[open_ones]
        best = open_ones.pop(int(merit.argmax()))
        chosen.append(Choice(candidates[best], float(doubts[best])))
        nearest = np.maximum(nearest, likeness[:, best])
    return chosen


def _vectors(texts: Sequence[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Unit vectors (texts, syllables); a text without any word is the zero vector."""
    if not any(syllables(text) for text in texts):
        return np.zeros((len(texts), 1))
    vectorizer = TfidfVectorizer(analyzer=syllables, sublinear_tf=True)
    return np.asarray(vectorizer.fit_transform(texts).todense())


def _isotonic(answers: Sequence[tuple[float, bool]]) -> IsotonicRegression:
    scores = [score for score, _ in answers] + [0.0, 0.0, 1.0, 1.0]
    right = [float(is_right) for _, is_right in answers] + [0.0, 1.0, 0.0, 1.0]
    return IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(scores, right)


def _entropies(curve: IsotonicRegression, scores: Iterable[float | None]) -> list[float]:
    given = [score for score in scores if score is not None]
    return [_entropy(p) for p in curve.predict(given)] if given else []


def _entropy(probability: float) -> float:
    if not 0 < probability < 1:
        return 0.0
    return -(probability * math.log2(probability) + (1 - probability) * math.log2(1 - probability))
