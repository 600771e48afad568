"""Segmenting many lines, in worker processes where there is enough to do."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence

from joblib import Parallel, cpu_count, delayed  # type: ignore[import-untyped]

from model.segmenters.registry import SegmenterName, load_segmenter

BIG = 1_000_000
"""Characters from which starting workers (a few seconds, once) is worth it."""
_CHUNK = 2_000
"""Lines that a worker takes at a time."""


def segment(lines: Sequence[str], name: SegmenterName, big: int = BIG) -> list[list[str]]:
    """The words of every line, in its order."""
    processes = _processes()
    if name == "none" or processes == 1 or sum(map(len, lines)) < big:
        return _segment(lines, name)
    load_segmenter(name)  # what is missing is said here, not by a worker
    size = max(1, min(_CHUNK, -(-len(lines) // processes)))
    chunks = [lines[start : start + size] for start in range(0, len(lines), size)]
    parts = Parallel(n_jobs=processes)(delayed(_segment)(chunk, name) for chunk in chunks)
    return [words for part in parts for words in part]


def _segment(lines: Sequence[str], name: SegmenterName) -> list[list[str]]:
    segmenter = load_segmenter(name)
    return [segmenter(line) for line in lines]


def _processes() -> int:
    """Workers to use; a process that is itself a worker has none."""
    return 1 if multiprocessing.current_process().daemon else int(cpu_count())
