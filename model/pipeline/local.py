"""The local engine: chunks worked on in this process, or in several."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING

from model.pipeline.part import Part
from model.pipeline.processes import spread, started
from model.pipeline.work import Worker, WorkerSettings

if TYPE_CHECKING:
    from annotations.sources import Chunk

_MANY = 3
"""Chunks from which starting several processes (a few seconds, once) is worth it."""


def run_local(
    chunks: Iterable[Chunk], settings: WorkerSettings, workers: int | None = None
) -> Generator[Part, None, None]:
    """Parts of chunks, in the chunks' order.

    Parameters
    ----------
    chunks
        Read as they are needed, never more than a few for each worker.
    workers
        Processes to start; 0 or 1 works in this one, None chooses. They share the processor's cores, unless the settings
        say how many threads each has.

    Raises
    ------
    InputError
        If the extractor cannot be loaded.
    Stopped
        If a worker process fails or is killed.
    """
    coming = iter(chunks)
    first = list(islice(coming, _MANY if workers is None else 1))
    if not first:
        return
    if workers is None:
        workers = 1 if len(first) < _MANY or _on_gpu(settings) else cores()
    if workers <= 1:
        yield from map(Worker(settings), chain(first, coming))
    else:
        threads = settings.threads or max(1, cores() // workers)
        with started(replace(settings, threads=threads), workers) as team:
            yield from spread(chain(first, coming), team)


def _on_gpu(settings: WorkerSettings) -> bool:
    if settings.device == "cpu":
        return False
    from model.backends.devices import choose_device

    return choose_device(settings.device).type != "cpu"


def cores() -> int:
    """Processor cores that this process may use."""
    from joblib import cpu_count  # type: ignore[import-untyped]

    return int(cpu_count())
