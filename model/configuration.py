"""The configuration of a network, as transformers keeps it."""

from __future__ import annotations

from typing import Any

from transformers import AutoConfig, PretrainedConfig

from model.backends.packed import AFTER_PADDING
from model.settings import MODEL_TYPE, Settings, setting_names


class ExtractorConfig(PretrainedConfig):
    """Configuration of `ExtractorModel`, kept in its `config.json`.

    Parameters
    ----------
    encoder
        The encoder's own configuration as a dictionary (with its `model_type`).
    values
        Those of `Settings`, by name, and transformers' own.
    """

    model_type = MODEL_TYPE
    is_composition = True

    def __init__(self, encoder: dict[str, Any] | None = None, **values: Any) -> None:
        self.encoder = dict(encoder or {})
        settings = Settings.of(values)
        for name in setting_names():
            setattr(self, name, getattr(settings, name))
            values.pop(name, None)
        super().__init__(**values)

    @property
    def settings(self) -> Settings:
        """What the extractor needs of it."""
        return Settings.of(vars(self))

    def encoder_config(self) -> PretrainedConfig:
        """The encoder's configuration as an object."""
        settings = dict(self.encoder)
        return AutoConfig.for_model(settings.pop("model_type"), **settings)


def usable_length(config: PretrainedConfig) -> int:
    """How many pieces an encoder can read, the two that frame them included.

    RoBERTa and its kin count positions from `pad_token_id + 1`, so that PhoBERT's 258 positions hold 256 pieces.
    """
    positions = int(config.max_position_embeddings)
    counts_from_padding = config.model_type in AFTER_PADDING | {"xlm-roberta-xl", "longformer"}
    return positions - (config.pad_token_id + 1) if counts_from_padding else positions
