"""How much of the time of extraction is spent inside the encoder."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from chitieu.bench.stopwatch import Task, clock
from model.backends.encoder import Encoder, IntArray, Name
from model.extractor import Extractor


class Clocked:
    """An encoder that counts the seconds that it runs."""

    def __init__(self, encoder: Encoder, device: torch.device) -> None:
        self._encoder = encoder
        self._device = device
        self.name: Name = encoder.name
        self.budget = encoder.budget
        self.seconds = 0.0

    def __call__(self, windows: Sequence[IntArray]) -> Tensor:
        """What the encoder makes of the windows."""
        start = self._now()
        states = self._encoder(windows)
        self.seconds += self._now() - start
        return states

    def _now(self) -> float:
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)
        return time.perf_counter()


def outside(extractor: Extractor, work: Callable[[Extractor], Task]) -> float:
    """Share (0 to 1) of the seconds of some work that pass while the encoder is not running.

    Parameters
    ----------
    work
        From an extractor to what it shall do.
    """
    clocked = Clocked(extractor.encoder, extractor.device)
    whole = clock(work(extractor.with_encoder(clocked)))
    return 1 - clocked.seconds / whole
