"""How an extractor reads texts, and what of its finds it reports."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from annotations.errors import InputError
from annotations.schema import Schema

MODEL_TYPE = "chitieu-extractor"
_CONFIG_FILE = "config.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that an extractor is made with beside its encoder.

    Parameters
    ----------
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

    schema: Mapping[str, Any] = field(default_factory=lambda: Schema.default().to_dict())
    window: int = 510
    overlap: int = 64
    reach: int = 1024
    relation_width: int = 128
    dropout: float = 0.1
    relation_dropout: float = 0.1
    relation_weight: float = 1.0
    ngrams: int = 0
    ngram_dropout: float = 0.2
    nesting: Sequence[Sequence[str]] | None = None
    thresholds: Mapping[str, float] = field(default_factory=dict)
    rivals: Mapping[str, float] = field(default_factory=lambda: {"IN_LOCALITY": 0.9})
    least_alone: float = 0.7
    nearest: Sequence[str] = ("IN_LOCALITY",)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Those of the values that are settings; the rest by default."""
        return cls(**{name: values[name] for name in setting_names() if name in values})

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


def setting_names() -> list[str]:
    """What settings are called, there and in a `config.json`."""
    return [field.name for field in fields(Settings)]


def read_config(folder: Path) -> dict[str, Any]:
    """What the `config.json` of an extractor holds: its settings, and its encoder's configuration as `encoder`.

    Raises
    ------
    InputError
        If the file is missing or broken, or another model's.
    """
    file = folder / _CONFIG_FILE
    if not file.is_file():
        raise InputError(f"no extractor here (there is no {_CONFIG_FILE})", source=folder)
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"broken {_CONFIG_FILE}: {error}", source=folder) from error
    kind = config.get("model_type") if isinstance(config, dict) else None
    if kind != MODEL_TYPE:
        raise InputError(f"this is no extractor but another kind of model ({kind})", source=folder)
    return dict(config)
