"""The encoder in ONNX Runtime, in float32 or with matrix products in 8-bit integers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
import torch
from torch import Tensor

from annotations.errors import InputError
from model.backends.encoder import IntArray, Name, padded

INPUT, MASK, OUTPUT = "input_ids", "attention_mask", "states"
_BUDGET = 2048


class OnnxEncoder:
    """A graph that `model.backends.graph` has made.

    Parameters
    ----------
    file
        The graph with its weights.
    filler
        Id of the padding piece.
    threads
        How many threads compute one call; by default as many as PyTorch takes.

    Raises
    ------
    InputError
        If the file is no such graph.
    """

    budget = _BUDGET

    def __init__(self, file: Path, name: Name, filler: int, threads: int | None = None) -> None:
        self.name = name
        self._filler = filler
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or torch.get_num_threads()
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # processors without VNNI add 8-bit products in 16 bits, which overflow if one factor is signed
        options.add_session_config_entry("session.x64quantprecision", "1")
        try:
            self._session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
            if [value.name for value in self._session.get_inputs()] != [INPUT, MASK]:
                raise ValueError("not the graph of an encoder")
        except Exception as error:  # onnxruntime's exceptions have no common base
            raise InputError(f"broken export: {' '.join(str(error).split())[:300]}", source=file) from error

    def __call__(self, windows: Sequence[IntArray]) -> Tensor:
        """States of all pieces of the windows, one window after another, float32, shape `(pieces, width)`."""
        ids, mask = padded(windows, self._filler)
        (states,) = self._session.run([OUTPUT], {INPUT: ids, MASK: mask.astype(np.int32)})
        return torch.from_numpy(states[mask])
