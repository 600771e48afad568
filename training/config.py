"""Every setting of a fine-tuning run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, field_validator, model_validator

from annotations import corpus
from annotations.formats import named
from model.segmenters.registry import SegmenterName
from training.augment import AugmentConfig
from training.presets import PresetName, with_preset

Scheduler = Literal[
    "linear", "cosine", "constant_with_warmup", "polynomial", "inverse_sqrt", "warmup_stable_decay"
]
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]


class _Run(BaseModel):
    data: tuple[Path, ...] = Field(
        (corpus.FOLDER / "train",), min_length=1, description="annotated files or folders to learn from"
    )
    dev: tuple[Path, ...] = Field(
        (corpus.FOLDER / "dev",),
        description="annotated files or folders for early stopping; never learnt from",
    )
    format: str | None = Field(None, description="form of the data, where file names do not tell it")
    schema_file: Path | None = Field(
        None, description="YAML file with labels and relations (default: the project's own)"
    )
    output: Path = Field(
        Path("runs/extractor"), description="folder for the model, its card and its checkpoints"
    )
    preset: PresetName = Field(
        "compact", description="an encoder with settings that suit it; options win over it"
    )
    encoder: str = Field("compact", description="“compact”, a folder, or a hub name of an encoder")
    segmenter: SegmenterName = Field("pyvi", description="what makes words of syllables for PhoBERT")
    random_weights: bool = Field(
        False, description="keep the encoder's shape and tokenizer but not what it has learnt"
    )

    epochs: Annotated[int, Field(ge=1)] = Field(5, description="passes over the data at most")
    patience: Annotated[int, Field(ge=1)] = Field(
        4, description="epochs without a better dev score before stopping"
    )
    batch_size: Annotated[int, Field(ge=1)] = Field(2, description="documents in a step, on each device")
    accumulate: Annotated[int, Field(ge=1)] = Field(
        1, description="steps whose gradients are added up before an update"
    )
    learning_rate: Positive = Field(3e-4, description="peak learning rate of the encoder's last layer")
    head_learning_rate: Positive = Field(
        1.5e-3, description="peak learning rate of taggers and relation scorer"
    )
    layer_decay: Annotated[float, Field(gt=0, le=1)] = Field(
        0.95, description="each lower encoder layer learns at this share of the one above"
    )
    weight_decay: Annotated[float, Field(ge=0)] = Field(
        0.01, description="decoupled weight decay of matrices"
    )
    warmup: Share = Field(0.1, description="share of all steps in which the learning rate rises")
    scheduler: Scheduler = Field("linear", description="how the learning rate falls afterwards")
    clip: Positive = Field(1.0, description="largest norm of a step's gradient")
    dropout: Share = Field(0.1, description="dropout of the heads' inputs")
    relation_dropout: Share = Field(0.1, description="dropout inside the relation scorer")
    attention_dropout: Share = Field(
        0.0, description="dropout of the encoder's attention weights; a third of the time on a CPU"
    )
    ngrams: Annotated[int, Field(ge=0)] = Field(
        1 << 17, description="rows of the table of n-gram weights beside the encoder; 0 for none"
    )
    ngram_dropout: Share = Field(0.2, description="share of a piece's n-grams that are left out")
    ngram_learning_rate: Positive = Field(0.015, description="peak learning rate of the n-gram weights")
    relation_weight: Positive = Field(1.5, description="weight of the relations' loss beside the spans'")
    relation_width: Annotated[int, Field(ge=8)] = Field(
        128, description="width of the relation scorer's projections"
    )
    window: Annotated[int, Field(ge=8)] | None = Field(
        None, description="pieces that the encoder reads at once (default: as many as it can)"
    )
    overlap: Annotated[int, Field(ge=0)] = Field(
        64, description="pieces that neighbouring windows share as context"
    )
    reach: Annotated[int, Field(ge=1)] = Field(1024, description="pieces between a relation's ends at most")

    augment: bool = Field(
        True, description="change the training documents anew in every epoch, by the shares below"
    )

    seed: int = Field(1, description="of weights, order, dropout and augmentation")
    seeds: Annotated[int, Field(ge=1)] = Field(
        1, description="runs with as many seeds, from --seed on; their mean and spread are reported"
    )
    resume: bool = Field(False, description="go on from the last checkpoint in the output folder")
    overwrite: bool = Field(False, description="throw away an earlier run in the output folder")
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        "auto", description="of the arithmetic; auto is bfloat16 where the machine has it"
    )
    compile: bool = Field(
        False, description="compile the encoder (a minute at the start, faster steps on a GPU)"
    )
    save_dtype: Literal["float32", "float16", "bfloat16"] = Field(
        "float32", description="of the saved weights"
    )
    workers: Annotated[int, Field(ge=0)] = Field(0, description="processes that prepare batches")

    @model_validator(mode="before")
    @classmethod
    def _filled(cls, values: dict[str, Any]) -> dict[str, Any]:
        return with_preset(values)

    @field_validator("format")
    @classmethod
    def _known(cls, name: str | None) -> str | None:
        return None if name is None else named(name).name

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.window is not None and self.overlap > self.window // 2:
            raise ValueError(f"an overlap of {self.overlap} does not fit a window of {self.window}")
        return self


class TrainConfig(AugmentConfig, _Run):
    """Settings of `python -m train`: a YAML file's keys and the command line's options."""
