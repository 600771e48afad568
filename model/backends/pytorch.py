"""The encoder in PyTorch: windows laid end to end on a CPU, padded side by side on a GPU."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from threading import Lock
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from transformers import AttentionInterface, PreTrainedModel

from model.backends.encoder import Encoder, IntArray, Name, padded

PACKED = "chitieu-packed"
"""The name under which `transformers` knows `packed_attention`."""
_FIRST_POSITION = {
    "roberta": lambda config: config.pad_token_id + 1,
    "xlm-roberta": lambda config: config.pad_token_id + 1,
    "camembert": lambda config: config.pad_token_id + 1,
    "bert": lambda config: 0,
    "electra": lambda config: 0,
}
"""Encoders whose pieces see each other in nothing but attention; the position number of a window's first piece."""
_SWITCHING = Lock()
_CPU_BUDGET = 2048
_GPU_BUDGET = 32768


def torch_encoder(network: PreTrainedModel, filler: int, device: torch.device) -> Encoder:
    """The encoder network on a device.

    Parameters
    ----------
    filler
        Id of the padding piece.
    """
    if packs(network):
        return PackedEncoder(network)
    return PaddedEncoder(network, filler, device)


class PaddedEncoder:
    """Any encoder on any device: windows side by side, the shorter ones filled up."""

    name: Name = "torch"

    def __init__(self, network: PreTrainedModel, filler: int, device: torch.device) -> None:
        self._network, self._filler, self._device = network, filler, device
        self.budget = _CPU_BUDGET if device.type == "cpu" else _GPU_BUDGET

    def __call__(self, windows: Sequence[IntArray]) -> Tensor:
        """States of all pieces of the windows, one window after another, float32, shape `(pieces, width)`."""
        ids, mask = (
            to_device(torch.from_numpy(part), self._device) for part in padded(windows, self._filler)
        )
        states: Tensor = self._network(input_ids=ids, attention_mask=mask.long()).last_hidden_state
        return states[mask].float()


class PackedEncoder:
    """RoBERTa and its kin without padding: all windows are one sequence, in which each attends to itself alone.

    Matrix products then work on pieces only, attention needs no mask, and a batch stays within a core's cache.
    """

    name: Name = "torch"
    budget = _CPU_BUDGET

    def __init__(self, network: PreTrainedModel) -> None:
        self._network = network

    def __call__(self, windows: Sequence[IntArray]) -> Tensor:
        """States of all pieces of the windows, one window after another, float32, shape `(pieces, width)`."""
        ids = torch.from_numpy(np.concatenate(windows))
        return packed_states(self._network, ids, [len(window) for window in windows]).float()


def packs(network: PreTrainedModel) -> bool:
    """Whether `packed_states` computes what the network itself would, and faster.

    It knows no dropout of attention, and a compiled network would be compiled anew for every batch.
    """
    compiled = network._compiled_call_impl is not None
    if network.device.type != "cpu" or network.config.model_type not in _FIRST_POSITION or compiled:
        return False
    return not network.training or network.config.attention_probs_dropout_prob == 0


def packed_states(network: PreTrainedModel, ids: Tensor, lengths: Sequence[int]) -> Tensor:
    """States of the pieces of windows that stand one after another, shape `(pieces, width)`.

    Parameters
    ----------
    ids
        Shape `(pieces,)`.
    lengths
        Of the windows; they add up to the number of pieces.
    """
    first = _FIRST_POSITION[network.config.model_type](network.config)
    positions = torch.from_numpy(np.concatenate([np.arange(length) for length in lengths]) + first)
    with attention(network, PACKED):
        states: Tensor = network(
            input_ids=ids[None],
            position_ids=positions[None],
            token_type_ids=torch.zeros_like(ids)[None],
            window_lengths=lengths,
        ).last_hidden_state
    return states[0]


def packed_attention(
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    window_lengths: Sequence[int],
    scaling: float,
    **_: Any,
) -> tuple[Tensor, None]:
    """Attention of each window to itself; windows of one length that stand together are computed together.

    Parameters
    ----------
    query, key, value
        Of all windows, one after another: `(1, heads, pieces, width)`.
    window_lengths
        They add up to the number of pieces.

    Returns
    -------
    Tensor
        `(1, pieces, heads, width)`.
    """
    parts = []
    start = 0
    for length, same in groupby(window_lengths):
        end = start + length * len(list(same))
        q, k, v = (
            part[0, :, start:end].unflatten(1, (-1, length)).transpose(0, 1) for part in (query, key, value)
        )
        if q.dtype == torch.bfloat16:  # plain matrix products win where bfloat16 does (`attention_for`)
            mixed = torch.softmax(q @ k.transpose(2, 3) * scaling, 3) @ v
        else:
            mixed = functional.scaled_dot_product_attention(q, k, v, scale=scaling)
        parts.append(mixed.transpose(1, 2).flatten(0, 1))
        start = end
    return torch.cat(parts)[None], None


AttentionInterface.register(PACKED, packed_attention)


@contextmanager
def attention(network: PreTrainedModel, kind: str) -> Iterator[None]:
    """Let a network attend in another way for a while; of several threads, one after the other."""
    with _SWITCHING:
        usual = network.config._attn_implementation
        network.config._attn_implementation = kind
        try:
            yield
        finally:
            network.config._attn_implementation = usual


def to_device(values: Tensor, device: torch.device) -> Tensor:
    """Copy to a device; to a GPU from pinned memory and without waiting."""
    if device.type != "cuda":
        return values.to(device)
    return values.pin_memory().to(device, non_blocking=True)
