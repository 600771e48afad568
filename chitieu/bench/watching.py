"""Watching a command: its time, when it first says something, and the memory of all its processes."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

import psutil

INTERVAL = 0.02
"""Seconds between two looks at the memory."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A command that has run.

    Attributes
    ----------
    seconds
        From its start to its end.
    first_output
        Seconds until the first line on standard output, None without any.
    peak_bytes
        The most memory that it and the processes it started held together: sum of their resident sets, looked at
        every `INTERVAL` seconds.
    """

    seconds: float
    first_output: float | None
    peak_bytes: int


def watch(arguments: Sequence[str]) -> Watched:
    """Run `chitieu` with these arguments in a process of its own.

    Raises
    ------
    ChildProcessError
        If it fails.
    """
    command = [sys.executable, "-m", "chitieu", *arguments]
    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors) as process:
            assert process.stdout is not None
            heard: list[float] = []
            listener = threading.Thread(target=_listen, args=(process.stdout, heard))
            listener.start()
            peak = max(memory(process), default=0)
            seconds = time.perf_counter() - start
            listener.join()
        if process.returncode:
            errors.seek(0)
            said = errors.read().decode("utf-8", "replace").strip().splitlines()[-1:]
            raise ChildProcessError(f"chitieu {' '.join(arguments)}: {' '.join(said) or process.returncode}")
    return Watched(seconds, heard[0] - start if heard else None, peak)


def memory(process: subprocess.Popen[bytes]) -> Iterator[int]:
    """Bytes held by a process and its descendants, again and again until it ends."""
    root = psutil.Process(process.pid)
    while process.poll() is None:
        total = 0
        with suppress(psutil.NoSuchProcess):
            for one in [root, *root.children(recursive=True)]:
                with suppress(psutil.NoSuchProcess):
                    total += one.memory_info().rss
        yield total
        time.sleep(INTERVAL)


def _listen(stream: IO[bytes], heard: list[float]) -> None:
    if stream.readline():
        heard.append(time.perf_counter())
    while stream.read(1 << 16):
        pass
