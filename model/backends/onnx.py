"""The encoder in ONNX Runtime, in float32 or with matrix products in 8-bit integers."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import onnxruntime  # type: ignore[import-untyped]
import torch
from torch import Tensor

from annotations.errors import InputError
from model.backends.encoder import IntArray, Name

INPUT, OUTPUT = "input_ids", "states"
_BUDGET = 2048
"""Pieces in one call for each thread."""


class OnnxEncoder:
    """A graph that `model.backends.graph` has made.

    Windows are computed one by one, each thread another: nothing is padded, a window's values stay in the core's cache,
    and in int8, where all values of a call share their scale, a window's states depend on nothing but itself.

    Parameters
    ----------
    file
        The graph with its weights.
    threads
        How many windows are computed at a time; by default as many as PyTorch takes threads.

    Raises
    ------
    InputError
        If the file is no such graph.
    """

    def __init__(self, file: Path, name: Name, threads: int | None = None) -> None:
        self.name = name
        threads = threads or torch.get_num_threads()
        self.budget = _BUDGET * threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="encoder")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        if not has_vnni():
            options.add_session_config_entry("session.x64quantprecision", "1")
        try:
            self._session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
            if [value.name for value in self._session.get_inputs()] != [INPUT]:
                raise ValueError("not the graph of an encoder")
        except Exception as error:  # onnxruntime's exceptions have no common base
            raise InputError(f"broken export: {' '.join(str(error).split())[:300]}", source=file) from error

    def __call__(self, windows: Sequence[IntArray]) -> Tensor:
        """States of all pieces of the windows, one window after another, float32, shape `(pieces, width)`."""
        return torch.cat(list(self._pool.map(self._states, windows)))

    def _states(self, window: IntArray) -> Tensor:
        (states,) = self._session.run([OUTPUT], {INPUT: window[None]})
        return torch.from_numpy(states[0])


def has_vnni() -> bool:
    """Whether the processor adds 8-bit products in 32 bits.

    Others do so in 16 bits, which overflow if one factor is signed; ONNX Runtime then has a slower way that is exact.
    """
    return bool(getattr(torch.cpu, "_is_vnni_supported", bool)())
