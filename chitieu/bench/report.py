"""All sections of a benchmark, one after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from annotations.errors import InputError
from chitieu.bench.backends import Backends, backends
from chitieu.bench.comparison import Comparison, compare
from chitieu.bench.length import LengthCost, by_length
from chitieu.bench.loading import load
from chitieu.bench.machine import Machine, describe
from chitieu.bench.phobert import Phobert, phobert
from chitieu.bench.plan import Plan
from chitieu.bench.runs import Growth, Processes, Start, growth, processes, start


@dataclass(frozen=True, slots=True)
class Report:
    """Every figure; `phobert` is the reason where it could not be measured."""

    plan: Plan
    machine: Machine
    comparison: Comparison
    by_length: Sequence[LengthCost]
    backends: Backends
    phobert: Phobert | str
    start: Start
    processes: Sequence[Processes]
    growth: Growth

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def run(plan: Plan, say: Callable[[str], object]) -> Report:
    """Measure everything, and say before each section what comes.

    Raises
    ------
    InputError
        If the model or the device cannot be used.
    ChildProcessError
        If `chitieu extract` fails.
    """
    say("loading")
    extractor = load(plan)
    machine = describe(extractor)
    say(f"comparing on {plan.articles} articles, {plan.rounds} times")
    comparison = compare(extractor, plan)
    say("lengths of article")
    lengths = by_length(extractor, plan)
    del extractor
    say("backends")
    found = backends(plan)
    say("PhoBERT's shape")
    try:
        shaped: Phobert | str = phobert(plan)
    except InputError as error:
        shaped = str(error)
    say("the command's start")
    started = start(plan)
    say(f"processes, {plan.process_articles} articles")
    worked = processes(plan)
    say(f"memory and linearity, up to {plan.short_articles * max(plan.multiples):,} short articles")
    return Report(plan, machine, comparison, lengths, found, shaped, started, worked, growth(plan))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Path) else value
