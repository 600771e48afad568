"""What every encoder backend offers, and how many windows it is given at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

IntArray = npt.NDArray[np.int64]
Name = Literal["torch", "onnx", "int8"]
Backend = Literal["auto", "torch", "onnx", "int8"]
CPU_BUDGET = 2048
"""Pieces in one call whose values stay within a core's cache."""


class Encoder(Protocol):
    """Computes the states of windows, each the ids of its pieces and of the two that frame them."""

    @property
    def name(self) -> Name: ...

    @property
    def budget(self) -> int:
        """Pieces in one call that suit the device, padding included."""
        ...

    def __call__(self, windows: Sequence[IntArray]) -> Tensor:
        """States of all pieces of the windows, one window after another, float32, shape `(pieces, width)`."""
        ...


class Thrifty:
    """Calls an encoder with windows of like length, and with fewer at once where the device's memory is too small.

    Parameters
    ----------
    encoder
        What computes the states.
    """

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self.budget = encoder.budget

    def __call__(self, windows: Sequence[IntArray]) -> Iterator[tuple[list[int], Tensor]]:
        """Numbers of windows with their states (see `Encoder`), until all windows have been.

        Raises
        ------
        torch.OutOfMemoryError
            If the memory does not hold a single window.
        """
        waiting = longest_first([len(window) for window in windows])
        while waiting:
            numbers = waiting[: max(1, self.budget // len(windows[waiting[0]]))]
            states = self._attempt([windows[number] for number in numbers])
            if states is not None:
                yield numbers, states
                waiting = waiting[len(numbers) :]

    def _attempt(self, windows: Sequence[IntArray]) -> Tensor | None:
        """The states; None if they were too many for the memory, and then fewer are tried from now on."""
        try:
            return self.encoder(windows)
        except torch.OutOfMemoryError:
            if len(windows) == 1:
                raise
        self.budget = len(windows[0]) * len(windows) // 2
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        return None


def batches(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Group items of like length so that a padded batch holds at most `budget` pieces (or a single item).

    Items without any piece are left out: there is nothing to find in them.
    """
    order = longest_first(lengths)
    start = 0
    while start < len(order):
        size = max(1, budget // lengths[order[start]])
        yield order[start : start + size]
        start += size


def longest_first(lengths: Sequence[int]) -> list[int]:
    """Numbers of the items that have any piece, by falling length."""
    return sorted((i for i, length in enumerate(lengths) if length), key=lengths.__getitem__, reverse=True)


def padded(windows: Sequence[IntArray], filler: int) -> tuple[IntArray, npt.NDArray[np.bool_]]:
    """Windows as one array filled up with `filler`, and which of it they are; shape `(windows, longest)`."""
    sizes = np.array([len(window) for window in windows])
    mask = np.arange(sizes.max()) < sizes[:, None]
    ids = np.full(mask.shape, filler, dtype=np.int64)
    ids[mask] = np.concatenate(windows)
    return ids, mask
