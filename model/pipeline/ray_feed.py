"""How chunks that this process reads become a Ray Data set while it is read."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from ray.data.block import BlockMetadata
from ray.data.datasource import Datasource, ReadTask
from ray.exceptions import RayError
from ray.util.queue import Queue

if TYPE_CHECKING:
    from annotations.sources import Chunk

_LEAVING = 5.0
"""Seconds that the reading thread gets to end when nobody wants more chunks."""


class Feed(Datasource):
    """A data set of one row for each chunk, taken from a queue by one task on this machine as chunks come."""

    def __init__(self, queue: Queue) -> None:
        super().__init__()
        self._queue = queue

    @property
    def supports_distributed_reads(self) -> bool:
        """The queue is here, and what is taken from it must not be lost with another machine."""
        return False

    def estimate_inmemory_data_size(self) -> int | None:
        """Unknown: the input is still to be read."""
        return None

    def get_read_tasks(self, parallelism: int, *_: Any, **__: Any) -> list[ReadTask]:
        """The one task."""
        unknown = BlockMetadata(num_rows=None, size_bytes=None, input_files=None, exec_stats=None)
        return [ReadTask(partial(_take, self._queue), unknown)]


@contextmanager
def feeding(chunks: Iterable[Chunk], ahead: int) -> Iterator[Feed]:
    """Put chunks into a queue, at most so many ahead of whom they are for, from a thread of their own.

    What goes wrong while they are read is raised when the block is left.
    """
    queue = Queue(ahead, actor_options={"num_cpus": 0})
    stop = threading.Event()
    failures: list[BaseException] = []
    thread = threading.Thread(target=_put, args=(chunks, queue, stop, failures), daemon=True)
    thread.start()
    try:
        yield Feed(queue)
        if failures:
            raise failures[0]
    finally:
        stop.set()
        with suppress(RayError):
            queue.shutdown(force=True)
        thread.join(_LEAVING)


def row(item: object) -> pa.Table:
    """A table of one row that holds any object."""
    return pa.table({"item": pa.array([pickle.dumps(item)], pa.large_binary())})


def items(table: pa.Table) -> list[Any]:
    """The objects of a table whose rows `row` made."""
    return [pickle.loads(value) for value in table.column("item").to_pylist()]


def _put(chunks: Iterable[Chunk], queue: Queue, stop: threading.Event, failures: list[BaseException]) -> None:
    try:
        for chunk in chunks:
            if stop.is_set():
                return
            queue.put(chunk)
    except RayError:
        if not stop.is_set():
            raise
    except BaseException as error:
        failures.append(error)
    if not stop.is_set():
        queue.put(None)


def _take(queue: Queue) -> Iterator[pa.Table]:
    while (chunk := queue.get()) is not None:
        yield row(chunk)
