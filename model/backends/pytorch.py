"""The encoder as transformers' network: packed where that gives the same, else padded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from model.backends.devices import to_device
from model.backends.encoder import Encoder, IntArray, Name, padded
from model.backends.packed import PackedEncoder, Shape, states_of

if TYPE_CHECKING:
    from transformers import PreTrainedModel

_CPU_BUDGET = 2048
_GPU_BUDGET = 32768


class PaddedEncoder:
    """Any encoder on any device: windows side by side, the shorter ones filled up.

    Parameters
    ----------
    filler
        Id of the padding piece.
    """

    name: Name = "torch"

    def __init__(self, network: PreTrainedModel, filler: int) -> None:
        self._network, self._filler = network, filler
        self.budget = _CPU_BUDGET if network.device.type == "cpu" else _GPU_BUDGET

    def __call__(self, windows: Sequence[IntArray]) -> Tensor:
        """States of all pieces of the windows, one window after another, float32, shape `(pieces, width)`."""
        ids, mask = (
            to_device(torch.from_numpy(part), self._network.device) for part in padded(windows, self._filler)
        )
        states: Tensor = self._network(input_ids=ids, attention_mask=mask.long()).last_hidden_state
        return states[mask].float()


def encoder_of(network: PreTrainedModel, filler: int) -> Encoder:
    """What computes an encoder's network where it is; `filler` is the id of the padding piece."""
    shape = Shape.of(network.config.to_dict())
    if shape and packs(network):
        return PackedEncoder(network.state_dict(), shape)
    return PaddedEncoder(network, filler)


def packs(network: PreTrainedModel) -> bool:
    """Whether `packed_states` computes what the network itself would, and faster.

    It knows no dropout of attention and keeps all it computes for the gradients; a compiled network is faster still.
    """
    if network.device.type != "cpu" or Shape.of(network.config.to_dict()) is None:
        return False
    checkpointing = any(getattr(module, "gradient_checkpointing", False) for module in network.modules())
    if network._compiled_call_impl is not None or checkpointing:
        return False
    return not network.training or network.config.attention_probs_dropout_prob == 0


def packed_states(network: PreTrainedModel, ids: Tensor, lengths: Sequence[int]) -> Tensor:
    """`states_of` the network's own weights, which learn from what is made of them.

    Raises
    ------
    ValueError
        If it is no network that can be packed (`packs`).
    """
    shape = Shape.of(network.config.to_dict())
    if shape is None:
        raise ValueError(f"encoders of type {network.config.model_type} cannot be packed")
    dropout = network.config.hidden_dropout_prob if network.training else 0.0
    return states_of(dict(network.named_parameters()), shape, ids, lengths, dropout)
