"""Which parameter learns how fast."""

from __future__ import annotations

import re
from typing import Any

from torch.optim import AdamW

from model.network import ExtractorModel

_LAYER = re.compile(r"encoder\.encoder\.layer\.(\d+)\.")


def groups(
    model: ExtractorModel,
    learning_rate: float,
    head_learning_rate: float,
    ngram_learning_rate: float,
    layer_decay: float,
    weight_decay: float,
) -> list[dict[str, Any]]:
    """Parameter groups with layer-wise decaying learning rates (Howard & Ruder 2018, section 3.2).

    The encoder's last layer learns at `learning_rate`, each below it at `layer_decay` times the one above, the
    embeddings slowest; the n-gram weights at `ngram_learning_rate`, everything else at
    `head_learning_rate`. Vectors are not decayed.
    """
    layers = int(model.config.encoder_config().num_hidden_layers)
    found: dict[tuple[float, float], list[Any]] = {}
    for name, parameter in model.named_parameters():
        if name.startswith("heads.ngrams."):
            rate = ngram_learning_rate
        elif not name.startswith("encoder."):
            rate = head_learning_rate
        elif match := _LAYER.match(name):
            rate = learning_rate * layer_decay ** (layers - 1 - int(match[1]))
        else:
            rate = learning_rate * layer_decay**layers
        decay = weight_decay if parameter.ndim > 1 else 0.0
        found.setdefault((rate, decay), []).append(parameter)
    return [{"params": values, "lr": rate, "weight_decay": decay} for (rate, decay), values in found.items()]


def adamw(model: ExtractorModel, **settings: float) -> AdamW:
    """AdamW (Loshchilov & Hutter 2019) over `groups`, all of a group's parameters in one pass."""
    return AdamW(groups(model, **settings), betas=(0.9, 0.98), eps=1e-6, fused=True)
