"""How much a benchmark measures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from model.backends.devices import Device


@dataclass(frozen=True, slots=True)
class Shape:
    """Size of an encoder of RoBERTa's kind."""

    layers: int = 12
    width: int = 768
    heads: int = 12
    inner: int = 3072
    vocabulary: int = 64001
    positions: int = 258


PHOBERT = Shape()
"""PhoBERT-base (Nguyen & Nguyen 2020), which RoBERTa-base is but for the vocabulary and the length."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured, and on how much.

    Attributes
    ----------
    articles
        Articles of the comparison, also of backends.
    rounds
        How often each contestant runs; the median counts.
    trial
        Articles on which batch sizes are tried.
    lengths, length_pieces
        Lengths of an article (pieces) whose cost is measured, each on so many pieces in all.
    batch_sizes
        Articles at a time.
    short_articles, multiples
        Sizes of the runs that memory and linearity are taken from.
    minutes
        Longest time that the longest of those runs may be expected to take; it is made shorter if need be.
    processes, process_articles
        Numbers of worker processes that are compared, and on how many articles.
    shape
        Of the encoder that stands for PhoBERT, with random weights.
    phobert_articles
        Articles that it reads.
    """

    model: Path | None = None
    device: Device = "auto"
    threads: int | None = None
    phobert: Path | None = None
    articles: int = 256
    rounds: int = 3
    trial: int = 64
    lengths: tuple[int, ...] = (32, 128, 512, 2048, 8192)
    length_pieces: int = 32768
    batch_sizes: tuple[int, ...] = (1, 2, 4, 8, 16, 32, 64)
    short_articles: int = 1000
    multiples: tuple[int, ...] = (1, 10, 100)
    minutes: float = 15
    processes: tuple[int, ...] = (1, 2)
    process_articles: int = 2048
    shape: Shape = PHOBERT
    phobert_articles: int = 64

    def quick(self) -> Self:
        """The same questions on next to nothing: whether everything runs, not how fast."""
        return replace(
            self,
            articles=min(self.articles, 4),
            rounds=1,
            trial=2,
            lengths=(32, 300),
            length_pieces=300,
            batch_sizes=(1, 4),
            short_articles=4,
            multiples=(1, 2),
            process_articles=8,
            shape=Shape(layers=2, width=64, heads=2, inner=128),
            phobert_articles=2,
        )
