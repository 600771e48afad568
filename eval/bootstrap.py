"""How sure a score is: articles drawn again and again, with replacement.

Efron & Tibshirani (1993), chapter 13, for percentile intervals; Koehn (2004), section 3, for the paired test. Counts
come as arrays `(…, 3)` of right, wrong and missed; articles are drawn whole, because what stands in one article is
not independent.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

DRAWS = 2000
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """Bounds that hold a score in 95 of 100 samples of articles."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """Score of one system less that of another on the same articles.

    `p` is the two-sided probability of a difference at least this far from none, in the bootstrap's distribution; it is
    never below 2 / (draws + 1) (Davison & Hinkley 1997, section 4.2).
    """

    difference: float
    low: float
    high: float
    p: float

    def to_dict(self) -> dict[str, float]:
        """Its fields by name."""
        return asdict(self)


def draws(articles: int, number: int = DRAWS, seed: int = 0) -> FloatArray:
    """How often each article is drawn, shape `(number, articles)`; rows sum to `articles`."""
    generator = np.random.default_rng(seed)
    if not articles:
        return np.zeros((number, 0))
    return generator.multinomial(articles, np.full(articles, 1 / articles), size=number).astype(np.float64)


def f1(counts: FloatArray) -> FloatArray:
    """F1 of counts `(…, 3)`, shape `(…)`; 1 where there was nothing to find and nothing was found."""
    right, rest = 2 * counts[..., 0], counts[..., 1] + counts[..., 2]
    return np.where(right + rest > 0, right / np.maximum(right + rest, 1), 1.0)


def interval(scores: FloatArray) -> Interval:
    """Percentile interval of resampled scores `(number,)`."""
    low, high = np.quantile(scores, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(low), float(high))


def paired(first: FloatArray, second: FloatArray, number: int = DRAWS, seed: int = 0) -> Difference:
    """Compare the F1 of two systems on the same articles.

    Parameters
    ----------
    first, second
        Counts by article, shape `(articles, 3)`, in the same order.

    Raises
    ------
    ValueError
        If the numbers of articles differ.
    """
    if first.shape != second.shape:
        raise ValueError(f"{len(first)} articles cannot be paired with {len(second)}")
    drawn = draws(len(first), number, seed)
    differences = f1(drawn @ first) - f1(drawn @ second)
    bounds = interval(differences)
    tail = min((differences <= 0).sum(), (differences >= 0).sum())
    observed = float(f1(first.sum(0)) - f1(second.sum(0)))
    return Difference(observed, bounds.low, bounds.high, float(min(1.0, 2 * (tail + 1) / (number + 1))))
