"""RoBERTa and BERT over windows laid end to end, from their bare weights.

Products then work on pieces only, attention needs no mask, and a batch stays within a core's cache. transformers' own
modules compute the same (Liu et al. 2019, Devlin et al. 2019); importing them takes 2 s, more than a hundred articles do.
Weights bear the names that transformers gives them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from model.backends.encoder import CPU_BUDGET, IntArray, Name

AFTER_PADDING = {"roberta", "xlm-roberta", "camembert"}
"""Encoders, by their `model_type`, that give the first position the number after the padding piece's id."""
_FROM_ZERO = {"bert"}


@dataclass(frozen=True, slots=True)
class Shape:
    """What an encoder's weights do not tell of it."""

    layers: int
    heads: int
    epsilon: float
    first_position: int

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Self | None:
        """That of an encoder's configuration; None if `states_of` does not compute such an encoder."""
        family = config.get("model_type")
        if family not in AFTER_PADDING | _FROM_ZERO:
            return None
        if config.get("hidden_act") != "gelu" or config.get("is_decoder"):
            return None
        return cls(
            layers=config["num_hidden_layers"],
            heads=config["num_attention_heads"],
            epsilon=config["layer_norm_eps"],
            first_position=config["pad_token_id"] + 1 if family in AFTER_PADDING else 0,
        )


class PackedEncoder:
    """The encoder of `states_of`, on a CPU.

    Raises
    ------
    KeyError
        If one of the weights is missing.
    """

    name: Name = "torch"
    budget = CPU_BUDGET

    def __init__(self, weights: Mapping[str, Tensor], shape: Shape) -> None:
        self._weights, self._shape = weights, shape
        with torch.inference_mode():
            self([np.zeros(1, dtype=np.int64)])  # so that what is missing is missed now

    def __call__(self, windows: Sequence[IntArray]) -> Tensor:
        """States of all pieces of the windows, one window after another, float32, shape `(pieces, width)`."""
        ids = torch.from_numpy(np.concatenate(windows))
        return states_of(self._weights, self._shape, ids, [len(window) for window in windows]).float()


def states_of(
    weights: Mapping[str, Tensor], shape: Shape, ids: Tensor, lengths: Sequence[int], dropout: float = 0.0
) -> Tensor:
    """States of the pieces of windows that stand one after another, shape `(pieces, width)`.

    Parameters
    ----------
    ids
        Shape `(pieces,)`.
    lengths
        Of the windows; they add up to the number of pieces.
    dropout
        Of states, in training; there is none of attention.
    """

    def affine(values: Tensor, name: str) -> Tensor:
        return functional.linear(values, weights[f"{name}.weight"], weights[f"{name}.bias"])

    def norm(values: Tensor, name: str) -> Tensor:
        weight, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
        return functional.layer_norm(values, weight.shape, weight, bias, shape.epsilon)

    def dropped(values: Tensor) -> Tensor:
        return functional.dropout(values, dropout) if dropout else values

    positions = torch.from_numpy(np.concatenate([np.arange(length) for length in lengths]))
    states = (
        functional.embedding(ids, weights["embeddings.word_embeddings.weight"])
        + weights["embeddings.token_type_embeddings.weight"][0]
        + functional.embedding(
            positions + shape.first_position, weights["embeddings.position_embeddings.weight"]
        )
    )
    states = dropped(norm(states, "embeddings.LayerNorm"))
    for number in range(shape.layers):
        layer = f"encoder.layer.{number}"
        query, key, value = (
            affine(states, f"{layer}.attention.self.{part}") for part in ("query", "key", "value")
        )
        mixed = affine(attention(query, key, value, shape.heads, lengths), f"{layer}.attention.output.dense")
        states = norm(dropped(mixed) + states, f"{layer}.attention.output.LayerNorm")
        wide = functional.gelu(affine(states, f"{layer}.intermediate.dense"))
        states = norm(dropped(affine(wide, f"{layer}.output.dense")) + states, f"{layer}.output.LayerNorm")
    return states


def attention(query: Tensor, key: Tensor, value: Tensor, heads: int, lengths: Sequence[int]) -> Tensor:
    """Attention of each window to itself; windows of one length that stand together are computed together.

    Parameters
    ----------
    query, key, value
        Of all windows, one after another: `(pieces, width)`.
    lengths
        Of the windows; they add up to the number of pieces.

    Returns
    -------
    Tensor
        `(pieces, width)`.
    """
    parts = []
    start = 0
    for length, same in groupby(lengths):
        end = start + length * len(list(same))
        q, k, v = (
            part[start:end].unflatten(0, (-1, length)).unflatten(2, (heads, -1)).transpose(1, 2)
            for part in (query, key, value)
        )
        if q.dtype == torch.bfloat16:  # plain matrix products win where bfloat16 does (`attention_for`)
            mixed = torch.softmax(q @ k.transpose(2, 3) * q.shape[3] ** -0.5, 3) @ v
        else:
            mixed = functional.scaled_dot_product_attention(q, k, v)
        parts.append(mixed.transpose(1, 2).flatten(0, 1).flatten(1))
        start = end
    return torch.cat(parts)
