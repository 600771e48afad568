"""One configuration trained with several seeds: how much of a score is luck."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import mean, stdev

from annotations.files import replacing
from training.config import TrainConfig
from training.run import Result, is_first, train

SCORES = ("eval_span_f1", "eval_relation_f1", "eval_score")


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean and sample standard deviation of a score over seeds."""

    mean: float
    deviation: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Those of at least two values."""
        return cls(mean(values), stdev(values))

    def __str__(self) -> str:
        return f"{self.mean:.4f} ± {self.deviation:.4f}"


def train_seeds(config: TrainConfig) -> dict[str, Spread]:
    """Train once for each seed, from `config.seed` on, each run in a folder of its own (`seed-1`, `seed-2`, …).

    The scores of all runs on the early-stopping documents and their spread are written to `seeds.json` in
    `config.output`.

    Raises
    ------
    InputError
        If the data, the encoder or an output folder cannot be used.
    """
    results: dict[int, Result] = {}
    for seed in range(config.seed, config.seed + config.seeds):
        own = config.model_copy(update={"seed": seed, "seeds": 1, "output": config.output / f"seed-{seed}"})
        results[seed] = train(own)
    spreads = {name: Spread.of([one.metrics[name] for one in results.values()]) for name in SCORES}
    if is_first():
        report = {
            "runs": {f"seed-{seed}": one.metrics for seed, one in results.items()},
            "spread": {name: asdict(spread) for name, spread in spreads.items()},
        }
        with replacing(config.output / "seeds.json") as stream:
            json.dump(report, stream, indent=2)
    return spreads
