"""The network: any encoder beside a table of n-gram weights, BIO layers with CRF for the spans, a biaffine scorer for
the relations.

States of the encoder and the n-grams that literally stand around a piece are added up in the tagger's scores (a deep
and a wide part, learnt together: Cheng et al. 2016).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoModel, PreTrainedModel
from transformers.utils.generic import ModelOutput

from model.backends.pytorch import packed_states, packs
from model.configuration import ExtractorConfig
from model.crf import STATES, LayeredCRF, O
from model.pairs import FEATURE_SIZES

_FEATURE_WIDTH = 16
_OUTSIDE_BIAS = 2.0
"""A new tagger starts out believing that pieces are outside: most are, and few spans make few pairs."""
_PAIRS_AT_ONCE = 1 << 13
"""So that what is computed of them stays within a core's cache."""


@dataclass
class ExtractorOutput(ModelOutput):
    """Loss of a batch, in nats a piece, and its two parts; scalars."""

    loss: Tensor | None = None
    span_loss: Tensor | None = None
    relation_loss: Tensor | None = None


class RelationScorer(nn.Module):
    """Biaffine attention between spans (Dozat & Manning 2017, section 3), helped by how they stand in the text.

    A span is its first and last piece's state and its label. Two spans are compared by one bilinear form for each
    relation type, to which a small network of the product of both and of their distances is added.
    """

    def __init__(self, width: int, projection: int, labels: int, relations: int, dropout: float) -> None:
        super().__init__()
        self.label = nn.Embedding(labels, width)
        self.head = nn.Sequential(nn.Linear(3 * width, projection), nn.GELU(), nn.Dropout(dropout))
        self.tail = nn.Sequential(nn.Linear(3 * width, projection), nn.GELU(), nn.Dropout(dropout))
        self.bilinear = nn.Parameter(torch.empty(relations, projection, projection))
        self.features = nn.ModuleList([nn.Embedding(size, _FEATURE_WIDTH) for size in FEATURE_SIZES])
        self.types = nn.Embedding(relations, _FEATURE_WIDTH)
        inputs = _FEATURE_WIDTH * (len(FEATURE_SIZES) + 1) + projection
        self.stand = nn.Sequential(
            nn.Linear(inputs, projection), nn.GELU(), nn.Dropout(dropout), nn.Linear(projection, 1)
        )

    def forward(self, states: Tensor, spans: Tensor, pairs: Tensor, features: Tensor) -> Tensor:
        """Logits of the pairs.

        Parameters
        ----------
        states
            `(pieces, width)`.
        spans
            First piece, last piece, label: `(spans, 3)`.
        pairs
            Head, tail, relation type: `(pairs, 3)`.
        features
            `(pairs, len(FEATURE_SIZES))`.

        Returns
        -------
        Tensor
            `(pairs,)`.
        """
        ends = torch.cat([states[spans[:, 0]], states[spans[:, 1]], self.label(spans[:, 2])], 1)
        head, tail = self.head(ends), self.tail(ends)
        turned = (head @ self.bilinear).flatten(0, 1)
        parts = zip(pairs.split(_PAIRS_AT_ONCE), features.split(_PAIRS_AT_ONCE), strict=True)
        return torch.cat([self._compare(head, turned, tail, *part) for part in parts])

    def _compare(self, head: Tensor, turned: Tensor, tail: Tensor, pairs: Tensor, features: Tensor) -> Tensor:
        """Logits of some pairs, shape `(pairs,)`.

        Parameters
        ----------
        head, tail
            The spans as either, `(spans, projection)`.
        turned
            `head` times the form of the first relation type, of the second ...: `(types * spans, projection)`.
        """
        heads, tails, types = pairs.unbind(1)
        one, other = head[heads], tail[tails]
        bilinear = (turned[types * len(head) + heads] * other).sum(1)
        entrance: Any = self.stand[0]
        of_looks, of_product = entrance.weight.split([entrance.in_features - one.shape[1], one.shape[1]], 1)
        looks = self._looks(torch.column_stack([features, types]), of_looks)
        product = nn.functional.linear(one * other, of_product, entrance.bias)
        logits: Tensor = bilinear + self.stand[1:](looks + product).squeeze(1)
        return logits

    def _looks(self, columns: Tensor, weight: Tensor) -> Tensor:
        """What a linear layer makes of the features' embeddings, looked up after it has been applied to each of them.

        Parameters
        ----------
        columns
            A value of each feature, and the relation type: `(pairs, columns)`.
        weight
            `(outputs, columns * _FEATURE_WIDTH)`.

        Returns
        -------
        Tensor
            `(pairs, outputs)`.
        """
        tables = [embedding.weight for embedding in (*self.features, self.types)]
        parts = zip(tables, weight.split(_FEATURE_WIDTH, 1), strict=True)
        values = torch.cat([table @ part.T for table, part in parts])
        firsts = columns.new_tensor([0, *accumulate(map(len, tables))][:-1])
        return nn.functional.embedding_bag(columns + firsts, values, mode="sum")


class ExtractorModel(PreTrainedModel):
    """Raw pieces to span emissions and relation logits, in one forward pass of the encoder."""

    config_class = ExtractorConfig
    base_model_prefix = "extractor"
    supports_gradient_checkpointing = True
    _supports_sdpa = True
    _supports_flash_attn = True
    _keep_in_fp32_modules_strict = ["tagger", "ngrams", "crf", "scorer"]  # noqa: RUF012

    def __init__(self, config: ExtractorConfig, encoder: PreTrainedModel | None = None) -> None:
        super().__init__(config)
        schema = config.get_schema()
        own = config.encoder_config()
        self.encoder = encoder or AutoModel.from_config(
            own, attn_implementation=config._attn_implementation, **without_pooler(own)
        )
        width = int(own.hidden_size)
        layers, relations = len(schema.labels), len(schema.relations)
        self.dropout = nn.Dropout(config.dropout)
        self.tagger = nn.Linear(width, layers * STATES)
        self.ngrams = nn.EmbeddingBag(config.ngrams, layers * STATES, mode="sum") if config.ngrams else None
        self.crf = LayeredCRF(layers)
        self.scorer = (
            RelationScorer(width, config.relation_width, layers, relations, config.relation_dropout)
            if relations
            else None
        )
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            nn.init.zeros_(module.bias)
            if module is self.tagger:
                module.bias.data.view(-1, STATES)[:, O] = _OUTSIDE_BIAS
        elif module is self.ngrams:
            nn.init.zeros_(module.weight)
        elif isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, std=0.02)
        elif isinstance(module, RelationScorer):
            nn.init.normal_(module.bilinear, std=1 / module.bilinear.shape[1])
        elif isinstance(module, LayeredCRF):
            for parameter in module.parameters():
                nn.init.zeros_(parameter)

    def encode(self, input_ids: Tensor, attention_mask: Tensor, pieces: Tensor) -> Tensor:
        """The state of every piece, from the window that sees most around it, shape `(pieces, width)`."""
        if packs(self.encoder):
            there = attention_mask.bool()
            states = packed_states(self.encoder, input_ids[there], there.sum(1).tolist())
            pieces = (there.flatten().cumsum(0) - 1)[pieces]
        else:
            output = self.encoder(input_ids=input_ids, attention_mask=attention_mask)
            states = output.last_hidden_state.flatten(0, 1)
        kept: Tensor = self.dropout(states[pieces].float())
        return kept

    def emissions(self, states: Tensor, ngrams: Tensor | None) -> Tensor:
        """Scores of O, B and I for every label of every piece: `(pieces, labels, 3)`.

        Parameters
        ----------
        states
            `(pieces, width)`.
        ngrams
            `(pieces, n-grams)`, as `model.ngrams` numbers them; None will do for a network without their weights.
        """
        scores: Tensor = self.tagger(states)
        if self.ngrams is not None:
            assert ngrams is not None
            kept = torch.ones_like(ngrams, dtype=self.ngrams.weight.dtype)
            kept = nn.functional.dropout(kept, self.config.ngram_dropout, self.training)
            scores = scores + self.ngrams(ngrams % self.config.ngrams, per_sample_weights=kept)
        layered: Tensor = scores.unflatten(1, (-1, STATES))
        return layered

    def relation_logits(
        self, states: Tensor, span_pieces: Tensor, pairs: Tensor, pair_features: Tensor
    ) -> Tensor:
        """One logit for each candidate pair, float32, shape `(pairs,)`."""
        if self.scorer is None or not len(pairs):
            return states.new_zeros(len(pairs), dtype=torch.float32)
        logits: Tensor = self.scorer(states, span_pieces, pairs, pair_features)
        return logits.float()

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
        emissions = self.emissions(states, ngrams)[rows]
        span_loss = self.crf.negative_log_likelihood(emissions, row_mask, tags[rows]) / size
        logits = self.relation_logits(states, span_pieces, pairs, pair_features)
        relation_loss = (
            nn.functional.binary_cross_entropy_with_logits(logits, related, reduction="sum") / size
        )
        loss = span_loss + self.config.relation_weight * relation_loss
        return ExtractorOutput(loss, span_loss.detach(), relation_loss.detach())


def without_pooler(config: Any) -> dict[str, Any]:
    """RoBERTa and BERT carry a pooling layer for sentence pairs that nobody reads here."""
    return (
        {"add_pooling_layer": False}
        if config.model_type in {"roberta", "bert", "xlm-roberta", "camembert"}
        else {}
    )
