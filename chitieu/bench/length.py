"""Cost against an article's length."""

from __future__ import annotations

from dataclasses import dataclass

from chitieu.bench.articles import of_length
from chitieu.bench.comparison import count_pieces, extraction
from chitieu.bench.plan import Plan
from chitieu.bench.stopwatch import Speed, clock
from model.extractor import Extractor


@dataclass(frozen=True, slots=True)
class LengthCost:
    """What articles of one length (pieces) cost."""

    length: int
    articles: int
    speed: Speed
    seconds_per_article: float


def by_length(extractor: Extractor, plan: Plan) -> list[LengthCost]:
    """Time extraction on articles of each length, of about as many pieces in all."""
    costs = []
    for length in plan.lengths:
        documents = of_length(length, max(1, plan.length_pieces // length), extractor.tokenizer)
        pieces = count_pieces(documents, extractor)
        task = extraction(extractor, documents)
        taken = [clock(task) for _ in range(plan.rounds)]
        speed = Speed.of(f"{length} pieces", taken, len(documents), pieces)
        costs.append(LengthCost(length, len(documents), speed, speed.median / len(documents)))
    return costs
