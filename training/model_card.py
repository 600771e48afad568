"""The README that every trained model carries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import yaml

from model.network import ExtractorModel
from training.config import TrainConfig
from training.presets import licence_of

if TYPE_CHECKING:
    from training.run import Result

_TEMPLATE = """---
{front}---
# An extractor of {schema}

Finds {labels} in Vietnamese text and links them ({relations}). Made by
`python -m train`; load it with `Extractor.from_pretrained(folder)` or `chitieu extract --model folder`.

## Data
- learnt from: {data}: {train}
- early stopping on: {dev_paths}: {dev}

## Scores on the early-stopping documents
They chose the epoch ({epoch:g} of at most {epochs}), so they flatter the model; a held-out set gives the honest figure.

| | exact F1 |
|---|---|
| spans | {span:.4f} |
| relations | {relation:.4f} |

## Network
{parameters:,} parameters; encoder `{encoder}` ({kind}, {layers} layers × {width}); windows of {window} pieces, {overlap} shared.

## Settings
```yaml
{settings}```
"""


def model_card(model: ExtractorModel, config: TrainConfig, result: Result) -> str:
    """A model card in the Hugging Face form: data, settings, scores, and what the limits lost."""
    settings = model.config.settings
    schema = settings.get_schema()
    encoder = model.config.encoder_config()
    licence = licence_of(config.encoder)
    front = {
        "language": "vi",
        **({"license": licence} if licence else {}),
        "library_name": "chitieu",
        "tags": ["token-classification", "relation-extraction", "vietnamese"],
    }
    return _TEMPLATE.format(
        front=yaml.safe_dump(front, sort_keys=False),
        schema=f"{schema.name} {schema.version}",
        labels=", ".join(schema.label_names),
        relations=", ".join(schema.relation_names) or "no relations",
        data=", ".join(last_parts(config.data)),
        train=result.train,
        dev_paths=", ".join(last_parts(config.dev)),
        dev=result.dev,
        epoch=result.metrics["epoch"],
        epochs=config.epochs,
        span=result.metrics["eval_span_f1"],
        relation=result.metrics["eval_relation_f1"],
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        encoder=config.encoder if not config.random_weights else f"{config.encoder}, from random weights",
        kind=encoder.model_type,
        layers=encoder.num_hidden_layers,
        width=encoder.hidden_size,
        window=settings.window,
        overlap=settings.overlap,
        settings=yaml.safe_dump(_settings(config), sort_keys=False, allow_unicode=True),
    )


def last_parts(paths: Iterable[object]) -> list[str]:
    """Paths without the folders that only the author's machine has."""
    return ["/".join(str(path).replace("\\", "/").split("/")[-3:]) for path in paths]


def _settings(config: TrainConfig) -> dict[str, object]:
    settings = config.model_dump(mode="json", exclude={"data", "dev", "output", "resume", "overwrite"})
    return {name: value for name, value in settings.items() if value is not None}
