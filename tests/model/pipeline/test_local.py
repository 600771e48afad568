"""The local engine: the same parts however many processes make them."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from annotations.corpus import FOLDER
from annotations.document import Document
from annotations.errors import InputError
from annotations.formats import read_documents
from annotations.sources import Chunk, Origin, Reject
from model.pipeline.local import run_local
from model.pipeline.stopped import Stopped
from model.pipeline.work import WorkerSettings


@pytest.fixture(scope="module")
def chunks() -> list[Chunk]:
    """Chunks of very different size, one of them without documents."""
    documents = [Document(d.id, d.text[:400], meta={"url": d.id}) for d in read_documents(FOLDER / "dev")]
    groups = [documents[:9], documents[9:10], [], *([one] for one in documents[10:20]), documents[20:25]]
    reject = Reject(Origin("a.jsonl", 3), "not JSON")
    return [Chunk(n, tuple(group), (reject,) * (n % 2), n / 20) for n, group in enumerate(groups)]


@pytest.fixture
def settings(untrained: Path) -> WorkerSettings:
    return WorkerSettings("spans-jsonl", untrained, "cpu", threads=1)


def test_processes_make_the_same_parts_in_order_and_read_no_more_than_they_need(
    settings: WorkerSettings, chunks: list[Chunk]
) -> None:
    alone = list(run_local(chunks, settings, 0))
    assert [part.number for part in alone] == list(range(len(chunks)))
    drawn = 0

    def counting() -> Iterator[Chunk]:
        nonlocal drawn
        for chunk in chunks:
            drawn += 1
            yield chunk

    made = []
    for part in run_local(counting(), settings, 2):
        made.append(part)
        assert drawn <= len(made) + 8
    assert made == alone
    assert not multiprocessing.active_children()


def test_threads_change_scores_by_less_than_a_thousandth(
    settings: WorkerSettings, chunks: list[Chunk]
) -> None:
    two, one = (
        [
            _plain(line)
            for part in run_local(chunks, replace(settings, threads=threads), 1)
            for line in part.data.splitlines()
        ]
        for threads in (2, 1)
    )
    assert [shape for shape, _ in one] == [shape for shape, _ in two]
    scores = [score for _, found in one for score in found]
    assert len(scores) > 100
    assert scores == pytest.approx([score for _, found in two for score in found], abs=1e-3)


def _plain(line: bytes) -> tuple[Any, list[float]]:
    """A document without scores, and its scores."""
    data = json.loads(line)
    return data, [item.pop("score") for item in data["spans"] + data["relations"]]


def test_a_worker_that_is_killed_stops_the_run(settings: WorkerSettings, chunks: list[Chunk]) -> None:
    parts = run_local(iter(chunks * 50), settings, 2)
    assert next(parts).number == 0
    victim = multiprocessing.active_children()[0].pid
    assert victim is not None
    os.kill(victim, signal.SIGKILL)
    with pytest.raises(Stopped, match=f"worker process {victim} was killed by SIGKILL"):
        list(parts)
    assert not multiprocessing.active_children()


def test_a_model_that_cannot_be_loaded_is_told_as_it_is(
    settings: WorkerSettings, chunks: list[Chunk], tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="no extractor here") as caught:
        list(run_local(chunks, replace(settings, model=tmp_path), 2))
    assert str(caught.value.source) == str(tmp_path)


def test_leaving_early_ends_the_processes(settings: WorkerSettings, chunks: list[Chunk]) -> None:
    parts = run_local(chunks, settings, 2)
    assert len(list(islice(parts, 2))) == 2
    parts.close()  # type: ignore[attr-defined]
    assert not multiprocessing.active_children()


def test_without_chunks_nothing_is_loaded(settings: WorkerSettings, tmp_path: Path) -> None:
    assert list(run_local([], replace(settings, model=tmp_path))) == []
