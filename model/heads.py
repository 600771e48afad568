"""The heads on an encoder: BIO layers with CRF for the spans, helped by a table of n-gram weights, and a biaffine scorer
for the relations.

States of the encoder and the n-grams that literally stand around a piece are added up in the tagger's scores (a deep
and a wide part, learnt together: Cheng et al. 2016).
"""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import torch
from torch import Tensor, nn

from model.crf import STATES, LayeredCRF
from model.pairs import FEATURE_SIZES
from model.settings import Settings

_FEATURE_WIDTH = 16
_PAIRS_AT_ONCE = 1 << 13
"""So that what is computed of them stays within a core's cache."""


class Heads(nn.Module):
    """From states of pieces to span emissions and relation logits.

    Parameters
    ----------
    width
        Of the states.
    """

    def __init__(self, settings: Settings, width: int) -> None:
        super().__init__()
        schema = settings.get_schema()
        layers, relations = len(schema.labels), len(schema.relations)
        self.ngram_dropout = settings.ngram_dropout
        self.tagger = nn.Linear(width, layers * STATES)
        self.ngrams = (
            nn.EmbeddingBag(settings.ngrams, layers * STATES, mode="sum") if settings.ngrams else None
        )
        self.crf = LayeredCRF(layers)
        self.scorer = (
            RelationScorer(width, settings.relation_width, layers, relations, settings.relation_dropout)
            if relations
            else None
        )

    def emissions(self, states: Tensor, ngrams: Tensor | None) -> Tensor:
        """Scores of O, B and I for every label of every piece: `(pieces, labels, 3)`.

        Parameters
        ----------
        states
            `(pieces, width)`.
        ngrams
            `(pieces, n-grams)`, as `model.ngrams` numbers them; None will do where there are no weights for them.
        """
        scores: Tensor = self.tagger(states)
        if self.ngrams is not None:
            assert ngrams is not None
            kept = torch.ones_like(ngrams, dtype=self.ngrams.weight.dtype)
            kept = nn.functional.dropout(kept, self.ngram_dropout, self.training)
            scores = scores + self.ngrams(ngrams % self.ngrams.num_embeddings, per_sample_weights=kept)
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
