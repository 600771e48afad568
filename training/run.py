"""One fine-tuning run, from annotated files to a model folder."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch.utils.tensorboard import SummaryWriter
from transformers import (
    EarlyStoppingCallback,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
    set_seed,
)
from transformers.integrations.integration_utils import TensorBoardCallback
from transformers.trainer_utils import get_last_checkpoint

from annotations.errors import InputError
from annotations.fingerprints import Fingerprints
from annotations.schema import Schema
from model.backends.devices import attention_for, choose_device, fast_dtype
from model.batch import Collator
from model.configuration import ExtractorConfig, usable_length
from model.extractor import Extractor
from model.network import ExtractorModel
from model.tokenizers import Tokenizer
from training import encoders
from training.augment import Augmenter, Lexicon
from training.calibrate import calibrate
from training.config import TrainConfig
from training.data import AnnotatedDataset, Losses, nested_labels
from training.model_card import last_parts, model_card
from training.optimizer import adamw
from training.presets import licence_of
from training.sources import sources
from training.trainer import ExtractorTrainer

_FRAME = 2  # the two pieces that open and close a window
_BASE_WIDTH, _BASE_RATE = 768, 1e-4
"""Encoders from this width on forget what they have learnt at higher rates."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a run came to: the best epoch's dev metrics, and what the limits lost of train and dev."""

    output: Path
    metrics: dict[str, float]
    history: tuple[dict[str, float], ...]
    train: Losses
    dev: Losses


class EpochCallback(TrainerCallback):
    """Tells the data set which epoch begins; accelerate's loader does so itself only where one process trains."""

    def __init__(self, dataset: AnnotatedDataset) -> None:
        self.dataset = dataset

    def on_epoch_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **settings: Any
    ) -> None:
        self.dataset.set_epoch(int(state.epoch or 0))


def train(config: TrainConfig) -> Result:
    """Fine-tune an extractor and save it in `config.output`.

    Raises
    ------
    InputError
        If the data, the encoder or the output folder cannot be used.
    """
    folder = encoders.locate(config.encoder)
    checkpoints = config.output / "checkpoints"
    last = get_last_checkpoint(str(checkpoints)) if checkpoints.is_dir() else None
    if last and not (config.resume or config.overwrite):
        raise InputError(
            "holds an earlier run; say --resume, --overwrite or another --output", source=config.output
        )
    if last and config.overwrite:
        shutil.rmtree(checkpoints, ignore_errors=True)  # another process of the run may be at it, too
        last = None

    if (licence := licence_of(config.encoder)) == "agpl-3.0":
        tell(
            f"{config.encoder} is under {licence}: what is trained from it may be passed on under that licence only"
        )
    given = sources(config)
    schema, documents, dev_documents = given.schema, given.train, given.dev
    set_seed(config.seed)
    model, tokenizer = build(config, schema, folder, nested_labels(documents))
    settings = model.config.settings
    if config.compile:
        model.encoder.compile(dynamic=True)
    limits = {"window": settings.window, "overlap": settings.overlap, "reach": settings.reach}
    augmenter = Augmenter(config, Lexicon.from_documents(documents), config.seed) if config.augment else None
    dataset = AnnotatedDataset(documents, tokenizer, schema, augmenter=augmenter, **limits)
    dev_losses = AnnotatedDataset(dev_documents, tokenizer, schema, split=False, **limits).losses
    tell(f"train: {dataset.losses}\ndev: {dev_losses}")

    trainer = ExtractorTrainer(
        model=model,
        text_tokenizer=tokenizer,
        dev=dev_documents,
        args=arguments(config, checkpoints, len(dataset)),
        train_dataset=dataset,
        eval_dataset=dataset,
        data_collator=Collator(tokenizer, schema, config.reach),
        callbacks=[
            EarlyStoppingCallback(config.patience),
            EpochCallback(dataset),
            *([TensorBoardCallback(SummaryWriter(str(config.output / "tensorboard")))] if is_first() else []),
        ],
        optimizers=(
            adamw(
                model,
                learning_rate=config.learning_rate,
                head_learning_rate=config.head_learning_rate,
                ngram_learning_rate=config.ngram_learning_rate,
                layer_decay=config.layer_decay,
                weight_decay=config.weight_decay,
            ),
            None,
        ),
    )
    trainer.train(resume_from_checkpoint=last)
    history = tuple(entry for entry in trainer.state.log_history if "eval_score" in entry)
    best = max(history, key=lambda entry: entry["eval_score"])
    result = Result(config.output, best, history, dataset.losses, dev_losses)
    if trainer.is_world_process_zero():
        Fingerprints.of(documents).save(config.output)
        calibrate(Extractor.of_network(model.eval(), tokenizer), dev_documents).save(config.output)
        save(model, tokenizer, config, result)
    trainer.accelerator.wait_for_everyone()
    return result


def tell(message: str) -> None:
    """Say something on standard error; of several processes that train together, only the first does."""
    if is_first():
        print(message, file=sys.stderr, flush=True)


def is_first() -> bool:
    """Whether this process is the only one of a run, or the first."""
    return os.environ.get("RANK", "0") == "0"


def build(
    config: TrainConfig,
    schema: Schema,
    folder: Path | None = None,
    nesting: Sequence[Sequence[str]] | None = None,
) -> tuple[ExtractorModel, Tokenizer]:
    """The network with fresh heads on the encoder that the run starts from (in `folder`, if that is known).

    Parameters
    ----------
    nesting
        Pairs of labels whose spans may overlap; None for all.
    """
    attention = attention_for(choose_device("auto"))
    encoder, tokenizer = encoders.load(
        folder or encoders.locate(config.encoder),
        random_weights=config.random_weights,
        attention=attention,
        segmenter=config.segmenter,
        attention_dropout=config.attention_dropout,
    )
    if encoder.config.hidden_size >= _BASE_WIDTH and config.learning_rate > _BASE_RATE:
        tell(
            f"a learning rate of {config.learning_rate:g} is high for an encoder {encoder.config.hidden_size} wide; "
            "--preset phobert-base --encoder DIR takes settings that suit its size"
        )
    longest = usable_length(encoder.config) - _FRAME
    window = min(config.window or longest, longest)
    settings = ExtractorConfig(
        encoder=encoder.config.to_diff_dict() | {"model_type": encoder.config.model_type},
        schema=schema.to_dict(),
        window=window,
        overlap=min(config.overlap, window // 2),
        reach=config.reach,
        relation_width=config.relation_width,
        dropout=config.dropout,
        ngrams=config.ngrams,
        ngram_dropout=config.ngram_dropout,
        relation_dropout=config.relation_dropout,
        relation_weight=config.relation_weight,
        nesting=nesting,
    )
    settings._attn_implementation = attention
    return ExtractorModel(settings, encoder), tokenizer


def arguments(config: TrainConfig, checkpoints: Path, documents: int) -> TrainingArguments:
    """Our settings in the Trainer's words."""
    device = choose_device("auto")
    half = config.precision == "bfloat16" or (
        config.precision == "auto" and fast_dtype(device) == torch.bfloat16
    )
    processes = int(os.environ.get("WORLD_SIZE", "1"))
    steps = -(-documents // (config.batch_size * config.accumulate * processes)) * config.epochs
    return TrainingArguments(
        output_dir=str(checkpoints),
        num_train_epochs=config.epochs,
        per_device_train_batch_size=config.batch_size,
        gradient_accumulation_steps=config.accumulate,
        learning_rate=config.learning_rate,
        lr_scheduler_type=config.scheduler,
        warmup_steps=round(config.warmup * steps),
        max_grad_norm=config.clip,
        bf16=half,
        use_cpu=device.type == "cpu",
        seed=config.seed,
        data_seed=config.seed,
        eval_strategy="epoch",
        save_strategy="epoch",
        logging_steps=10,
        save_total_limit=2,
        load_best_model_at_end=True,
        metric_for_best_model="score",
        greater_is_better=True,
        report_to="none",
        remove_unused_columns=False,
        dataloader_num_workers=config.workers,
        dataloader_pin_memory=device.type == "cuda",
    )


def save(model: ExtractorModel, tokenizer: Tokenizer, config: TrainConfig, result: Result) -> None:
    """Write the model folder; its `config.json` comes last, so that a half-written folder is never taken for one."""
    output = config.output
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output, prefix=".saving-") as name:
        part = Path(name)
        model.to(getattr(torch, config.save_dtype)).save_pretrained(part)
        tokenizer.save(part)
        (part / "README.md").write_text(model_card(model, config, result), encoding="utf-8")
        report: dict[str, Any] = {
            "config": config.model_dump(mode="json", exclude={"output"})
            | {"data": last_parts(config.data), "dev": last_parts(config.dev)},
            "metrics": result.metrics,
            "history": result.history,
            "train": asdict(result.train),
            "dev": asdict(result.dev),
        }
        (part / "training.json").write_text(
            json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        for file in sorted(part.iterdir(), key=lambda path: path.name == "config.json"):
            os.replace(file, output / file.name)
