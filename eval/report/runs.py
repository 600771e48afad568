"""How models came to be, for learning curves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """Scores on the early-stopping documents, epoch by epoch, and from how many documents the model learnt."""

    name: str
    documents: int
    epochs: tuple[float, ...]
    spans: tuple[float, ...]
    relations: tuple[float, ...]
