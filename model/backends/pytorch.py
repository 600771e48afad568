"""The encoder as transformers' network: packed where that gives the same, else padded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from model.backends.devices import to_device
from model.backends.encoder import CPU_BUDGET, Encoder, IntArray, Name, padded
from model.backends.packed import PackedEncoder, Shape

if TYPE_CHECKING:
    from transformers import PreTrainedModel

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
        self.budget = CPU_BUDGET if network.device.type == "cpu" else _GPU_BUDGET

    def __call__(self, windows: Sequence[IntArray]) -> Tensor:
        """States of all pieces of the windows, one window after another, float32, shape `(pieces, width)`."""
        ids, mask = (
            to_device(torch.from_numpy(part), self._network.device) for part in padded(windows, self._filler)
        )
        states: Tensor = self._network(input_ids=ids, attention_mask=mask.long()).last_hidden_state
        return states[mask].float()


def encoder_of(network: PreTrainedModel, filler: int) -> Encoder:
    """What computes an encoder's network where it is; `filler` is the id of the padding piece."""
    if shape := packing(network):
        return PackedEncoder(network.state_dict(), shape)
    return PaddedEncoder(network, filler)


def packing(network: PreTrainedModel) -> Shape | None:
    """The shape by which `states_of` computes what the network itself would; None where it does not.

    It knows no dropout of attention, keeps all that it computes for the gradients, and does not run what was compiled.
    """
    if network.device.type != "cpu" or network._compiled_call_impl is not None:
        return None
    if any(getattr(module, "gradient_checkpointing", False) for module in network.modules()):
        return None
    if network.training and network.config.attention_probs_dropout_prob:
        return None
    return Shape.of(network.config.to_dict())
