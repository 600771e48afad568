"""The network of a run: a RoBERTa whose first heads already look at neighbouring positions, and its training loss.

A small RoBERTa started from plain noise stays for millions of tokens at the loss of a unigram model, since no head
knows yet which position is next to which. Here the position embeddings start as sinusoids (Vaswani et al. 2017,
section 3.5) on the first dimensions, and heads of the first two layers with query matrices that turn these sinusoids
by a fixed step, so that the query at position `p` matches the key at `p - 1`, `p + 1`, ... The result is an ordinary
RoBERTa checkpoint; training is free to change all of it.
"""

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import RobertaConfig, RobertaForMaskedLM

from training.pretrain.config import PretrainConfig
from training.pretrain.masking import IGNORED

OFFSETS = ((-1, 1, -2, 2), (-1, 1, -3, 3))
"""Where the heads of the first and of the second layer look at the start; further heads start as noise."""
AMPLITUDE = 0.056
TURN = 0.6
VALUE_GAIN = 0.7


def build(config: PretrainConfig, vocab_size: int, pad_id: int, attention: str) -> RobertaForMaskedLM:
    """A new network, its weights a function of the seed."""
    torch.manual_seed(config.seed)
    shape = RobertaConfig(  # type: ignore[call-arg]
        vocab_size=vocab_size,
        hidden_size=config.width,
        num_hidden_layers=config.layers,
        num_attention_heads=config.heads,
        intermediate_size=config.feed_forward,
        max_position_embeddings=config.positions + pad_id + 1,
        type_vocab_size=1,
        pad_token_id=pad_id,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        layer_norm_eps=1e-5,
        attn_implementation=attention,
    )
    network = RobertaForMaskedLM(shape)
    if config.position_heads:
        look_at_neighbours(network)
    return network


@torch.no_grad()
def look_at_neighbours(network: RobertaForMaskedLM) -> None:
    """Give the heads of the first two layers fixed relative positions to look at."""
    shape = network.config
    pairs = shape.hidden_size // shape.num_attention_heads // 2
    frequencies = torch.rand(pairs) * math.pi
    table = network.roberta.embeddings.position_embeddings.weight
    angles = torch.arange(len(table))[:, None] * frequencies
    table[:, : 2 * pairs] += AMPLITUDE * torch.cat([angles.cos(), angles.sin()], dim=1)
    table[shape.pad_token_id] = 0.0
    layers: Any = network.roberta.encoder.layer
    for layer, offsets in zip(layers, OFFSETS, strict=False):
        attention = layer.attention.self
        for head, offset in enumerate(offsets[: shape.num_attention_heads]):
            rows = slice(2 * pairs * head, 2 * pairs * (head + 1))
            attention.query.weight[rows, : 2 * pairs] += TURN * _rotation(frequencies * offset)
            attention.key.weight[rows, : 2 * pairs] += TURN * torch.eye(2 * pairs)
    for layer in layers:
        for linear in (layer.attention.self.value, layer.attention.output.dense):
            nn.init.normal_(linear.weight, std=VALUE_GAIN / math.sqrt(shape.hidden_size))


def _rotation(angles: Tensor) -> Tensor:
    """The matrix that turns ``(cos a, sin a)`` into ``(cos (a + angle), sin (a + angle))``, shape ``(2 n, 2 n)``."""
    cos, sin = torch.diag(angles.cos()), torch.diag(angles.sin())
    return torch.cat([torch.cat([cos, -sin], dim=1), torch.cat([sin, cos], dim=1)])


class MaskedLanguageModel(nn.Module):
    """Loss at the hidden places alone: the vocabulary is projected nowhere else."""

    def __init__(self, network: RobertaForMaskedLM) -> None:
        super().__init__()
        self.network = network

    def forward(
        self, inputs: Tensor, positions: Tensor, places: Tensor, labels: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Mean loss in nats, and the number of places predicted rightly.

        Parameters
        ----------
        inputs, positions
            Shape ``(batch, length)``.
        places, labels
            Flat indices of the hidden places and what stood there, shape ``(masked,)``.
        """
        hidden = self.network.roberta(inputs, position_ids=positions).last_hidden_state
        scores = self.network.lm_head(hidden.flatten(0, 1).index_select(0, places)).float()
        loss = functional.cross_entropy(scores, labels, ignore_index=IGNORED)
        return loss, (scores.argmax(-1) == labels).sum()
