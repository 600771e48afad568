"""Encoders to start from, with settings that suit each: `--preset NAME`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

PresetName = Literal["compact", "phobert-base", "phobert-base-v2", "phobert-large", "xlm-roberta-base"]


@dataclass(frozen=True, slots=True)
class Preset:
    """An encoder and its hyper-parameters.

    Attributes
    ----------
    encoder
        What `--encoder` would say: `compact`, or a name on the Hugging Face hub.
    licence
        Of the encoder's weights, as SPDX names it; it passes on to what is fine-tuned from them.
    settings
        Fields of `TrainConfig` that differ from their defaults.
    """

    encoder: str
    licence: str
    settings: Mapping[str, Any] = field(default_factory=dict)


_BASE = {
    "epochs": 20,
    "patience": 6,
    "batch_size": 4,
    "learning_rate": 5e-5,
    "head_learning_rate": 1e-3,
    "layer_decay": 0.95,
    "relation_width": 256,
    "attention_dropout": 0.1,
    "ngrams": 0,
}

PRESETS: dict[PresetName, Preset] = {
    "compact": Preset("compact", "apache-2.0"),
    "phobert-base": Preset("vinai/phobert-base", "mit", _BASE),
    "phobert-base-v2": Preset("vinai/phobert-base-v2", "agpl-3.0", _BASE),
    "phobert-large": Preset(
        "vinai/phobert-large", "mit", {**_BASE, "learning_rate": 2e-5, "layer_decay": 0.97}
    ),
    "xlm-roberta-base": Preset(
        "FacebookAI/xlm-roberta-base", "mit", {**_BASE, "learning_rate": 3e-5, "reach": 1280}
    ),
}


def with_preset(values: Mapping[str, Any]) -> dict[str, Any]:
    """Settings filled up from the preset they name, or from the one whose encoder they name; what is given wins."""
    name = values.get("preset") or preset_of(values.get("encoder"))
    if name not in PRESETS:
        return dict(values)
    preset = PRESETS[name]
    return {"encoder": preset.encoder, **preset.settings, **values, "preset": name}


def preset_of(encoder: object) -> PresetName | None:
    """The preset that has this encoder."""
    return next((name for name, preset in PRESETS.items() if preset.encoder == encoder), None)


def licence_of(encoder: object) -> str | None:
    """The licence of an encoder's weights, None where no preset tells it."""
    name = preset_of(encoder)
    return PRESETS[name].licence if name else None
