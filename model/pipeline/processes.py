"""Worker processes: each has a pipe, takes chunks from it as they come, and sends parts back."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import traceback
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from annotations.errors import InputError
from model.backends.allocation import keep_freed_memory
from model.pipeline.part import Part
from model.pipeline.stopped import Stopped
from model.pipeline.work import Worker, WorkerSettings

if TYPE_CHECKING:
    from annotations.sources import Chunk

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_HELD = 2
"""Chunks that a process holds: one that it works on and one that waits, so that it never waits for the reader."""
_AHEAD = 4
"""Chunks for each process that may be handed out before the oldest of them is finished."""


@dataclass(slots=True)
class WorkerProcess:
    """A process and the number of chunks that it holds."""

    process: SpawnProcess
    pipe: Connection[Any, Any]
    held: int = 0

    def give(self, chunk: Chunk) -> None:
        """Hand it a chunk.

        Raises
        ------
        Stopped
            If the process is dead.
        """
        try:
            self.pipe.send(chunk)
        except OSError as error:
            raise self._death() from error
        self.held += 1

    def take(self) -> Part:
        """The next part that it has finished.

        Raises
        ------
        InputError
            If it could not load its extractor.
        Stopped
            If it failed or is dead.
        """
        try:
            answer = self.pipe.recv()
        except (EOFError, OSError) as error:
            raise self._death() from error
        if isinstance(answer, Exception):
            raise answer
        self.held -= 1
        return answer  # type: ignore[no-any-return]

    def _death(self) -> Stopped:
        self.process.join(5)
        code = self.process.exitcode
        how = f"ended with status {code}"
        if code is not None and code < 0:
            how = f"was killed by {signal.Signals(-code).name}"
            how += " (is the memory too small for so many workers?)" if -code == signal.SIGKILL else ""
        return Stopped(f"worker process {self.process.pid} {how}")


@contextmanager
def started(settings: WorkerSettings, count: int) -> Iterator[tuple[WorkerProcess, ...]]:
    """Worker processes, running until the block is left; they end also when this process is killed."""
    context = multiprocessing.get_context("spawn")
    resource_tracker.ensure_running()
    team: list[WorkerProcess] = []
    try:
        for _ in range(count):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, settings), daemon=True)
            with _no_signals():
                process.start()
            theirs.close()
            team.append(WorkerProcess(process, ours))
        yield tuple(team)
    finally:
        for worker in team:
            worker.process.kill()
        for worker in team:
            worker.process.join()
            worker.pipe.close()


def spread(chunks: Iterable[Chunk], team: Sequence[WorkerProcess]) -> Generator[Part, None, None]:
    """Parts of chunks, in the chunks' order, each made by whichever process was free.

    Parameters
    ----------
    chunks
        Read as they are needed.

    Raises
    ------
    InputError
        If a process could not load its extractor.
    Stopped
        If one fails or is killed.
    """
    coming = iter(chunks)
    unfinished: deque[int] = deque()
    finished: dict[int, Part] = {}
    more = True
    while more or unfinished:
        worker = _free(team) if more and len(unfinished) < _AHEAD * len(team) else None
        if worker is not None:
            chunk = next(coming, None)
            if chunk is None:
                more = False
                continue
            worker.give(chunk)
            unfinished.append(chunk.number)
        for answering in _ready(team, block=worker is None):
            part = answering.take()
            finished[part.number] = part
        while unfinished and unfinished[0] in finished:
            yield finished.pop(unfinished.popleft())


def _free(team: Sequence[WorkerProcess]) -> WorkerProcess | None:
    """The process that should have the next chunk, None if all have enough."""
    least = min(team, key=lambda worker: worker.held)
    return least if least.held < _HELD else None


def _ready(team: Sequence[WorkerProcess], *, block: bool) -> list[WorkerProcess]:
    """Processes that have sent something, or have died; if told to `block`, at least one."""
    by_pipe = {worker.pipe: worker for worker in team}
    return [by_pipe[pipe] for pipe in wait(list(by_pipe), None if block else 0)]  # type: ignore[index]


@contextmanager
def _no_signals() -> Iterator[None]:
    """Hold signals back while a process is started: it inherits that, so that only this one hears of an interruption."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(pipe: Connection[Any, Any], settings: WorkerSettings) -> None:
    """What a worker process does until its pipe is closed."""
    os.environ["OMP_NUM_THREADS"] = os.environ["RAYON_NUM_THREADS"] = str(settings.threads)
    inbox: SimpleQueue[Chunk] = SimpleQueue()
    threading.Thread(target=_receive, args=(pipe, inbox), daemon=True).start()
    try:
        keep_freed_memory()
        worker = Worker(settings)
        while True:
            pipe.send(worker(inbox.get()))
    except InputError as error:
        pipe.send(error)
    except Exception as error:
        failure = Stopped(f"a worker failed: {type(error).__name__}: {error}")
        failure.add_note(traceback.format_exc())
        pipe.send(failure)


def _receive(pipe: Connection[Any, Any], inbox: SimpleQueue[Chunk]) -> None:
    """Take chunks while another is worked on; when the pipe's other end is gone, so is the process's purpose."""
    try:
        while True:
            inbox.put(pipe.recv())
    except (EOFError, OSError):
        os._exit(0)
