"""Timing contestants side by side."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from annotations.document import Document

Task = Callable[[], object]
Prepare = Callable[[Sequence[Document]], Task]
"""Makes of articles what runs on the clock; what it does itself is not counted."""

_WARM = 2
"""Articles that every contestant reads before the clock runs."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Seconds of each run over the same articles, their median, and what follows from it.

    Pieces are those of the articles, each once, whatever a contestant makes of them.
    """

    name: str
    seconds: tuple[float, ...]
    median: float
    articles_per_second: float
    pieces_per_second: float

    @classmethod
    def of(cls, name: str, seconds: Sequence[float], articles: int, pieces: int) -> Speed:
        """Work it out from the seconds of each run."""
        middle = median(seconds)
        return cls(name, tuple(seconds), middle, articles / middle, pieces / middle)


def clock(task: Task) -> float:
    """Seconds that a task takes, with nothing left over to tidy up from before."""
    gc.collect()
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


def race(
    contestants: Mapping[str, Prepare], articles: Sequence[Document], pieces: int, rounds: int
) -> dict[str, Speed]:
    """Run all contestants on the same articles by turns, to and fro, so that a slow spell of the machine hits all."""
    for prepare in contestants.values():
        prepare(articles[:_WARM])()
    tasks = {name: prepare(articles) for name, prepare in contestants.items()}
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for number in range(rounds):
        for name in reversed(tasks) if number % 2 else tasks:
            seconds[name].append(clock(tasks[name]))
    return {name: Speed.of(name, taken, len(articles), pieces) for name, taken in seconds.items()}
