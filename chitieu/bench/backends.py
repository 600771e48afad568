"""The backends that compute the encoder, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import get_args

from annotations.errors import InputError
from chitieu.bench.articles import articles
from chitieu.bench.comparison import count_pieces, extraction, ratios
from chitieu.bench.loading import load
from chitieu.bench.plan import Plan
from chitieu.bench.stopwatch import Prepare, Speed, race
from model.backends.encoder import Name


@dataclass(frozen=True, slots=True)
class Backends:
    """Speed of extraction by backend, articles per second of each to those of `torch`, and why others are missing."""

    speeds: Mapping[str, Speed]
    to_torch: Mapping[str, float]
    missing: Mapping[str, str]


def backends(plan: Plan) -> Backends:
    """Let every backend that this model has run on the same articles by turns."""
    missing: dict[str, str] = {}
    contestants: dict[str, Prepare] = {}
    extractor = load(plan, "torch")
    contestants["torch"] = partial(extraction, extractor)
    for name in get_args(Name):
        if name != "torch":
            try:
                contestants[name] = partial(extraction, load(plan, name))
            except InputError as error:
                missing[name] = str(error)
    documents = articles(plan.articles)
    speeds = race(contestants, documents, count_pieces(documents, extractor), plan.rounds)
    to_torch = {name: 1 / ratio for name, ratio in ratios(speeds, "torch").items()}
    return Backends(speeds, to_torch, missing)
