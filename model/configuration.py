"""What a saved extractor is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from transformers import AutoConfig, PretrainedConfig

from annotations.schema import Schema

_RIVALS = {"IN_LOCALITY": 0.9}
_LEAST_ALONE = 0.7
_NEAREST = ("IN_LOCALITY",)


class ExtractorConfig(PretrainedConfig):
    """Configuration of `ExtractorModel`, kept in its `config.json`.

    Parameters
    ----------
    encoder
        The encoder's own configuration as a dictionary (with its `model_type`).
    schema
        Labels and relations as plain data (`Schema.to_dict`).
    window, overlap
        Pieces that the encoder reads at once, without the two that frame them, and how many of them neighbouring
        windows share.
    reach
        A relation's ends are at most so many pieces apart.
    relation_width
        Width of the projections that the biaffine scorer compares.
    dropout
        Of the heads' inputs, in training.
    relation_dropout
        Inside the relation scorer, in training.
    relation_weight
        Of the relations' loss beside the spans', in training.
    ngrams
        Rows of the table of n-gram weights, over which n-grams are spread by their hash; 0 for no such table.
    ngram_dropout
        Share of a piece's n-grams that are left out, in training.
    nesting
        Pairs of labels whose spans may overlap, as they do in what the network has learnt from; None for all.
    thresholds
        Probability from which a relation of a type is reported, by relation name; 0.5 where none is given.
    rivals
        Share of its head's best probability that a relation must reach, by relation name: an indicator is measured at
        one place, or at several that are about as likely.
    least_alone
        Score that a span must reach if it could head a figure and heads none: an indicator of which no value is told.
    nearest
        Relations, by name, that lead to the nearest of several mentions in the same words.
    """

    model_type = "chitieu-extractor"
    is_composition = True

    def __init__(
        self,
        encoder: dict[str, Any] | None = None,
        schema: dict[str, Any] | None = None,
        window: int = 510,
        overlap: int = 128,
        reach: int = 1024,
        relation_width: int = 128,
        dropout: float = 0.1,
        relation_dropout: float = 0.1,
        relation_weight: float = 1.0,
        ngrams: int = 0,
        ngram_dropout: float = 0.2,
        nesting: Sequence[Sequence[str]] | None = None,
        thresholds: dict[str, float] | None = None,
        rivals: dict[str, float] | None = None,
        least_alone: float = _LEAST_ALONE,
        nearest: Sequence[str] = _NEAREST,
        **kwargs: Any,
    ) -> None:
        self.encoder = dict(encoder or {})
        self.schema = schema or Schema.default().to_dict()
        self.window = window
        self.overlap = overlap
        self.reach = reach
        self.relation_width = relation_width
        self.dropout = dropout
        self.relation_dropout = relation_dropout
        self.relation_weight = relation_weight
        self.ngrams = ngrams
        self.ngram_dropout = ngram_dropout
        self.nesting = None if nesting is None else [list(pair) for pair in nesting]
        self.thresholds = dict(thresholds or {})
        self.rivals = dict(_RIVALS if rivals is None else rivals)
        self.least_alone = least_alone
        self.nearest = list(nearest)
        super().__init__(**kwargs)

    def encoder_config(self) -> PretrainedConfig:
        """The encoder's configuration as an object."""
        settings = dict(self.encoder)
        return AutoConfig.for_model(settings.pop("model_type"), **settings)

    def get_schema(self) -> Schema:
        """The schema as an object."""
        return Schema.from_dict(self.schema)

    def nesting_table(self) -> npt.NDArray[np.bool_]:
        """Which labels' spans may overlap, shape `(labels, labels)`; those of one label never do."""
        names = self.get_schema().label_names
        table = np.full((len(names), len(names)), self.nesting is None)
        for first, second in self.nesting or ():
            one, other = names.index(first), names.index(second)
            table[one, other] = table[other, one] = True
        np.fill_diagonal(table, True)
        return table


def usable_length(config: PretrainedConfig) -> int:
    """How many pieces an encoder can read, the two that frame them included.

    RoBERTa and its kin count positions from `pad_token_id + 1`, so that PhoBERT's 258 positions hold 256 pieces.
    """
    positions = int(config.max_position_embeddings)
    counts_from_padding = config.model_type in {
        "roberta",
        "xlm-roberta",
        "camembert",
        "xlm-roberta-xl",
        "longformer",
    }
    return positions - (config.pad_token_id + 1) if counts_from_padding else positions
