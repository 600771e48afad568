"""The local engine: chunks worked on in this process, or in several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from model.pipeline.part import Part
from model.pipeline.work import Worker, WorkerSettings

if TYPE_CHECKING:
    from annotations.sources import Chunk


def run_local(chunks: Iterable[Chunk], settings: WorkerSettings, workers: int = 0) -> Iterator[Part]:
    """Parts of chunks, in the chunks' order.

    Parameters
    ----------
    chunks
        Read as they are needed, never more than a few for each worker.
    workers
        Processes to start; 0 or 1 works in this one.

    Raises
    ------
    InputError
        If the extractor cannot be loaded.
    """
    if workers <= 1:
        yield from map(Worker(settings), chunks)
        return
    raise NotImplementedError
