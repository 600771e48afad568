"""Scores that are probabilities: of a hundred spans with the score 0.8, eighty are right.

Platt scaling (Platt 1999; with no offset it is temperature scaling, Guo et al. 2017), one for each label and relation
type: a logistic curve over the logit of the network's score. A relation is right only if its spans are, so its curve
also reads the scores of the two. Curves are drawn towards the identity where there are few examples, and never fall.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from annotations.agreement import judge
from annotations.document import Document, Relation, Span
from annotations.errors import InputError
from annotations.files import read_text, replacing

FILE = "calibration.json"
_SPAN_PRIOR = (1.0,)
_RELATION_PRIOR = (1.0, 0.5, 0.5)
_STRENGTH = 1.0
_EDGE = 1e-6


@dataclass(frozen=True, slots=True)
class Curve:
    """`sigmoid(offset + Σ slope · logit(score))`."""

    slopes: tuple[float, ...]
    offset: float

    def __call__(self, *scores: float) -> float:
        total = self.offset + sum(s * _logit(p) for s, p in zip(self.slopes, scores, strict=True))
        return round(1 / (1 + math.exp(-max(-30.0, min(30.0, total)))), 6)

    @classmethod
    def fit(cls, scores: Sequence[Sequence[float]], right: Sequence[bool], prior: Sequence[float]) -> Self:
        """The most probable curve, given which of the items were right and normal priors around `prior` and 0."""
        from scipy.optimize import minimize  # type: ignore[import-untyped]  # a third of a second

        logits = np.array([[_logit(p) for p in row] for row in scores], dtype=float).reshape(-1, len(prior))
        signs = np.where(np.array(right, dtype=bool), 1.0, -1.0)
        start = np.array([*prior, 0.0])

        def loss(parameters: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
            margins = signs * (logits @ parameters[:-1] + parameters[-1])
            away = parameters - start
            pull = -signs / (1 + np.exp(np.clip(margins, -50, 50)))
            gradient = np.append(pull @ logits, pull.sum()) + _STRENGTH * away
            return float(np.logaddexp(0, -margins).sum() + _STRENGTH / 2 * away @ away), gradient

        bounds = [(0.0, None)] * len(prior) + [(None, None)]
        best = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x
        return cls(tuple(float(x) for x in best[:-1].round(6)), round(float(best[-1]), 6))


@dataclass(frozen=True)
class Calibration:
    """The curves of a model, by label and by relation type; what has none keeps its score."""

    spans: Mapping[str, Curve]
    relations: Mapping[str, Curve]

    @classmethod
    def fit(cls, pairs: Iterable[tuple[Document, Document]]) -> Self:
        """Fit curves to what the uncalibrated model found in annotated documents.

        Parameters
        ----------
        pairs
            Gold and prediction of each text; the texts should not have been learnt from.
        """
        spans: dict[str, list[tuple[tuple[float, ...], bool]]] = defaultdict(list)
        relations: dict[str, list[tuple[tuple[float, ...], bool]]] = defaultdict(list)
        for gold, found in pairs:
            scores = _scores(found)
            right_spans, right_relations = judge(gold, found)
            for span, right in right_spans:
                spans[span.label].append(((scores[span.id],), right))
            for relation, right in right_relations:
                relations[relation.label].append((_of_relation(relation, scores), right))
        return cls(_fit_each(spans, _SPAN_PRIOR), _fit_each(relations, _RELATION_PRIOR))

    def apply(self, document: Document) -> Document:
        """The document with calibrated scores."""
        scores = _scores(document)
        return replace(
            document,
            spans=tuple(self._span(span) for span in document.spans),
            relations=tuple(self._relation(relation, scores) for relation in document.relations),
        )

    def _span(self, span: Span) -> Span:
        curve = self.spans.get(span.label)
        if curve is None or span.score is None:
            return span
        return Span(span.id, span.start, span.end, span.label, curve(span.score))

    def _relation(self, relation: Relation, scores: Mapping[str, float]) -> Relation:
        curve = self.relations.get(relation.label)
        if curve is None or relation.score is None:
            return relation
        score = curve(*_of_relation(relation, scores))
        return Relation(relation.head, relation.tail, relation.label, score)

    def save(self, folder: Path) -> None:
        """Write it into a model folder."""
        with replacing(folder / FILE) as stream:
            json.dump(asdict(self), stream, indent=1, ensure_ascii=False)

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """That of a model folder; None if it has none.

        Raises
        ------
        InputError
            If the file is broken.
        """
        file = folder / FILE
        if not file.is_file():
            return None
        try:
            data = json.loads(read_text(file))
            spans, relations = (
                {
                    name: Curve(tuple(map(float, c["slopes"])), float(c["offset"]))
                    for name, c in data[part].items()
                }
                for part in ("spans", "relations")
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(f"broken calibration: {error}", source=file) from error
        if any(len(c.slopes) != 1 for c in spans.values()) or any(
            len(c.slopes) != 3 for c in relations.values()
        ):
            raise InputError("broken calibration: a curve has the wrong number of slopes", source=file)
        return cls(spans, relations)


def _fit_each(
    examples: Mapping[str, Sequence[tuple[tuple[float, ...], bool]]], prior: Sequence[float]
) -> dict[str, Curve]:
    return {
        name: Curve.fit([scores for scores, _ in found], [right for _, right in found], prior)
        for name, found in sorted(examples.items())
    }


def _scores(document: Document) -> dict[str, float]:
    return {span.id: 1.0 if span.score is None else span.score for span in document.spans}


def _of_relation(relation: Relation, spans: Mapping[str, float]) -> tuple[float, float, float]:
    own = 1.0 if relation.score is None else relation.score
    return own, spans[relation.head], spans[relation.tail]


def _logit(score: float) -> float:
    score = min(max(score, _EDGE), 1 - _EDGE)
    return math.log(score / (1 - score))
