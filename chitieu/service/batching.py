"""Many small requests, one network: what waits is annotated in batches bounded by size and by time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from annotations.document import Document


@dataclass(frozen=True, slots=True)
class Served:
    """An annotated document and the version of the model that annotated it."""

    document: Document
    version: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large a batch may be, how long (seconds) it waits for company, how many documents may wait at all."""

    documents: int = 32
    characters: int = 200_000
    wait: float = 0.02
    waiting: int = 5000


class Busy(RuntimeError):
    """Too much waits already."""


class Batcher:
    """Collects documents into batches for one worker thread.

    Parameters
    ----------
    annotate
        Annotates a batch; called in a thread, never twice at a time.
    """

    def __init__(self, annotate: Callable[[Sequence[Document]], Sequence[Served]], bounds: Bounds) -> None:
        self._annotate = annotate
        self._bounds = bounds
        self._queue: asyncio.Queue[tuple[Document, asyncio.Future[Served]]] = asyncio.Queue()
        self._worker: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Batcher:
        self._worker = asyncio.create_task(self._work())
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._worker:
            self._worker.cancel()
            with suppress(asyncio.CancelledError):
                await self._worker

    async def annotate(self, documents: Sequence[Document]) -> list[Served]:
        """Annotate documents, in their order.

        Raises
        ------
        Busy
            If too many documents wait already.
        """
        if self._queue.qsize() + len(documents) > self._bounds.waiting:
            raise Busy(f"{self._queue.qsize()} documents are waiting already")
        loop = asyncio.get_running_loop()
        futures: list[asyncio.Future[Served]] = [loop.create_future() for _ in documents]
        for document, future in zip(documents, futures, strict=True):
            self._queue.put_nowait((document, future))
        return list(await asyncio.gather(*futures))

    async def _work(self) -> None:
        while True:
            batch = await self._collect()
            batch = [
                (document, future) for document, future in batch if not future.done()
            ]  # nobody waits any more
            if not batch:
                continue
            try:
                results = await asyncio.to_thread(self._annotate, [document for document, _ in batch])
            except Exception as error:
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_, future), served in zip(batch, results, strict=True):
                if not future.done():
                    future.set_result(served)

    async def _collect(self) -> list[tuple[Document, asyncio.Future[Served]]]:
        batch = [await self._queue.get()]
        size = len(batch[0][0].text)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._bounds.wait
        while len(batch) < self._bounds.documents and size < self._bounds.characters:
            try:
                async with asyncio.timeout_at(deadline):
                    batch.append(await self._queue.get())
            except TimeoutError:
                break
            size += len(batch[-1][0].text)
        return batch
