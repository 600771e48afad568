"""Batches: bounded by size and time, in order, and none of them takes the others down."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence

import pytest

from annotations.document import Document
from chitieu.service.batching import Batcher, Bounds, Busy, Served


class Worker:
    """Notes the batches that it is given."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.batches: list[list[str]] = []
        self.busy = threading.Lock()

    def __call__(self, documents: Sequence[Document]) -> list[Served]:
        assert self.busy.acquire(blocking=False), "two batches at a time"
        time.sleep(self.seconds)
        self.batches.append([document.id for document in documents])
        self.busy.release()
        if any(document.text == "hỏng" for document in documents):
            raise ValueError("hỏng")
        return [Served(document, "v") for document in documents]


def documents(count: int, text: str = "văn bản") -> list[Document]:
    return [Document(str(n), text) for n in range(count)]


def run(worker: Worker, bounds: Bounds, *requests: list[Document]) -> list[list[Served] | BaseException]:
    async def ask() -> list[list[Served] | BaseException]:
        async with Batcher(worker, bounds) as batcher:
            return await asyncio.gather(*map(batcher.annotate, requests), return_exceptions=True)

    return asyncio.run(ask())


def test_requests_share_batches_and_keep_their_order() -> None:
    worker = Worker()
    answers = run(worker, Bounds(documents=8), documents(3), documents(10), [])
    assert [[served.document.id for served in answer] for answer in answers if isinstance(answer, list)] == [
        ["0", "1", "2"],
        [str(n) for n in range(10)],
        [],
    ]
    assert [len(batch) for batch in worker.batches] == [8, 5]


def test_a_batch_is_bounded_by_characters() -> None:
    worker = Worker()
    run(worker, Bounds(documents=100, characters=25), documents(7, "x" * 10))
    assert [len(batch) for batch in worker.batches] == [3, 3, 1]


def test_a_lone_document_is_answered_before_its_batch_is_full() -> None:
    worker = Worker()
    run(worker, Bounds(documents=100, wait=0.05), documents(1))
    assert [len(batch) for batch in worker.batches] == [1]


def test_a_failing_batch_fails_its_requests_only() -> None:
    worker = Worker(0.05)
    first, second = run(worker, Bounds(documents=2), documents(2, "hỏng"), documents(2))
    assert isinstance(first, ValueError)
    assert isinstance(second, list)


def test_who_waits_too_long_in_line_is_told_so() -> None:
    answers = run(Worker(0.1), Bounds(documents=2, waiting=5), documents(5), documents(5))
    assert isinstance(answers[0], list)
    assert isinstance(answers[1], Busy)


def test_nothing_is_computed_for_those_who_left() -> None:
    worker = Worker(0.2)

    async def ask() -> None:
        async with Batcher(worker, Bounds(documents=1, wait=0)) as batcher:
            stays = asyncio.create_task(batcher.annotate([Document("stays", "a")]))
            await asyncio.sleep(0.05)
            leaves = asyncio.create_task(batcher.annotate([Document("leaves", "a")]))
            await asyncio.sleep(0.05)
            leaves.cancel()
            await stays
            await batcher.annotate([Document("last", "a")])

    asyncio.run(ask())
    assert worker.batches == [["stays"], ["last"]]


@pytest.mark.parametrize("count", [0, 1, 33])
def test_any_number_of_documents(count: int) -> None:
    (answer,) = run(Worker(), Bounds(), documents(count))
    assert isinstance(answer, list)
    assert len(answer) == count
