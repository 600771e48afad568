"""The network as it learns: any encoder with the heads on it, in the form that transformers trains and saves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoModel, PreTrainedModel
from transformers.utils.generic import ModelOutput

from model.backends.devices import attention_for
from model.backends.opening import lacks
from model.backends.packed import states_of
from model.backends.pytorch import packing
from model.configuration import ExtractorConfig
from model.crf import STATES, LayeredCRF, O
from model.heads import Heads, RelationScorer

_OUTSIDE_BIAS = 2.0
"""A new tagger starts out believing that pieces are outside: most are, and few spans make few pairs."""


@dataclass
class ExtractorOutput(ModelOutput):
    """Loss of a batch, in nats a piece, and its two parts; scalars."""

    loss: Tensor | None = None
    span_loss: Tensor | None = None
    relation_loss: Tensor | None = None


class ExtractorModel(PreTrainedModel):
    """Batches of pieces to their loss, in one forward pass of the encoder."""

    config_class = ExtractorConfig
    base_model_prefix = "extractor"
    supports_gradient_checkpointing = True
    _supports_sdpa = True
    _supports_flash_attn = True
    _keep_in_fp32_modules_strict = ["heads"]  # noqa: RUF012

    def __init__(self, config: ExtractorConfig, encoder: PreTrainedModel | None = None) -> None:
        super().__init__(config)
        own = config.encoder_config()
        self.encoder = (
            encoder
            or AutoModel.from_config(
                own,
                dtype=torch.get_default_dtype(),  # what `from_pretrained` is asked for, not what `own` was saved in
                attn_implementation=config._attn_implementation,
                **without_pooler(own),
            )
        )
        self.dropout = nn.Dropout(config.settings.dropout)
        self.heads = Heads(config.settings, int(own.hidden_size))
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            nn.init.zeros_(module.bias)
            if module is self.heads.tagger:
                module.bias.data.view(-1, STATES)[:, O] = _OUTSIDE_BIAS
        elif module is self.heads.ngrams:
            nn.init.zeros_(self.heads.ngrams.weight)
        elif isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, std=0.02)
        elif isinstance(module, RelationScorer):
            nn.init.normal_(module.bilinear, std=1 / module.bilinear.shape[1])
        elif isinstance(module, LayeredCRF):
            for parameter in module.parameters():
                nn.init.zeros_(parameter)

    def encode(self, input_ids: Tensor, attention_mask: Tensor, pieces: Tensor) -> Tensor:
        """The state of every piece, from the window that sees most around it, shape `(pieces, width)`."""
        if shape := packing(self.encoder):
            there = attention_mask.bool()
            dropout = self.encoder.config.hidden_dropout_prob if self.encoder.training else 0.0
            weights = dict(self.encoder.named_parameters())
            states = states_of(weights, shape, input_ids[there], there.sum(1).tolist(), dropout)
            pieces = (there.flatten().cumsum(0) - 1)[pieces]
        else:
            output = self.encoder(input_ids=input_ids, attention_mask=attention_mask)
            states = output.last_hidden_state.flatten(0, 1)
        kept: Tensor = self.dropout(states[pieces].float())
        return kept

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        pieces: Tensor,
        ngrams: Tensor,
        rows: Tensor,
        row_mask: Tensor,
        tags: Tensor,
        span_pieces: Tensor,
        pairs: Tensor,
        pair_features: Tensor,
        related: Tensor,
    ) -> ExtractorOutput:
        """The loss of a batch as `Collator` makes it: CRF likelihood of the tags plus cross-entropy of the relations."""
        states = self.encode(input_ids, attention_mask, pieces)
        size = max(len(pieces), 1)
        emissions = self.heads.emissions(states, ngrams)[rows]
        span_loss = self.heads.crf.negative_log_likelihood(emissions, row_mask, tags[rows]) / size
        logits = self.heads.relation_logits(states, span_pieces, pairs, pair_features)
        relation_loss = (
            nn.functional.binary_cross_entropy_with_logits(logits, related, reduction="sum") / size
        )
        loss = span_loss + self.config.relation_weight * relation_loss
        return ExtractorOutput(loss, span_loss.detach(), relation_loss.detach())


def load_network(folder: Path, device: torch.device, dtype: torch.dtype) -> ExtractorModel:
    """The network of a folder on a device, ready to be computed.

    Raises
    ------
    InputError
        If the folder lacks some of its weights.
    """
    load: Any = ExtractorModel.from_pretrained
    model, report = load(
        folder, dtype=dtype, attn_implementation=attention_for(device), output_loading_info=True
    )
    if lacking := sorted(report["missing_keys"]):
        raise lacks(folder, lacking[0])
    loaded: ExtractorModel = model.eval().to(device)
    return loaded


def without_pooler(config: Any) -> dict[str, Any]:
    """RoBERTa and BERT carry a pooling layer for sentence pairs that nobody reads here."""
    return (
        {"add_pooling_layer": False}
        if config.model_type in {"roberta", "bert", "xlm-roberta", "camembert"}
        else {}
    )
