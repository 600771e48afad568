"""Every epoch sees the documents changed anew, and a run that is resumed sees what it would have seen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from safetensors.torch import load_file
from transformers import TrainerControl, TrainerState, TrainingArguments

from annotations import corpus
from annotations.formats import read_documents
from annotations.schema import Schema
from model.tokenizers import load_tokenizer
from training.augment import AugmentConfig, Augmenter, Lexicon
from training.config import TrainConfig
from training.data import AnnotatedDataset
from training.run import EpochCallback, train

Seen = list[tuple[int, int, str]]
FILES = sorted((corpus.FOLDER / "train").glob("*.txt"))[:4]


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    """Epoch, index and text of every item that a trainer takes."""
    taken: Seen = []
    take = AnnotatedDataset.__getitem__

    def record(self: AnnotatedDataset, index: int) -> object:
        item = take(self, index)
        taken.append((self.epoch, index, item[0].text))
        return item

    monkeypatch.setattr(AnnotatedDataset, "__getitem__", record)
    return taken


@pytest.fixture
def config(tiny_encoder: Path, tmp_path: Path) -> Callable[..., TrainConfig]:
    def make(name: str, **settings: object) -> TrainConfig:
        return TrainConfig(
            encoder=str(tiny_encoder),
            data=tuple(FILES),
            dev=(FILES[0],),
            output=tmp_path / name,
            batch_size=2,
            precision="float32",
            **{"epochs": 2, **settings},
        )

    return make


def test_a_resumed_run_sees_the_same_and_learns_the_same(
    config: Callable[..., TrainConfig], seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(config("whole"))
    whole = seen.copy()
    assert [epoch for epoch, _, _ in whole] == [0, 0, 0, 0, 1, 1, 1, 1]
    texts = {index: {text for _, number, text in whole if number == index} for index in range(4)}
    assert sum(len(each) for each in texts.values()) > 6

    seen.clear()
    set_epoch = AnnotatedDataset.set_epoch

    def stop(self: AnnotatedDataset, epoch: int) -> None:
        if epoch == 1:
            raise KeyboardInterrupt
        set_epoch(self, epoch)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(AnnotatedDataset, "set_epoch", stop)
        train(config("parts"))
    result = train(config("parts", resume=True))
    assert seen == whole

    weights = load_file(result.output / "model.safetensors")
    expected = load_file(result.output.parent / "whole" / "model.safetensors")
    assert all((weights[name] == expected[name]).all() for name in expected)


def test_the_trainer_itself_tells_which_epoch_begins(tiny_encoder: Path, tmp_path: Path) -> None:
    """With several processes accelerate's loader does not."""
    dataset = AnnotatedDataset(
        [], load_tokenizer(tiny_encoder), Schema.default(), window=200, overlap=50, reach=1024
    )
    arguments = TrainingArguments(output_dir=str(tmp_path), use_cpu=True)
    EpochCallback(dataset).on_epoch_begin(arguments, TrainerState(epoch=2.5), TrainerControl())
    assert dataset.epoch == 2


def test_without_augmentation_the_trainer_sees_the_documents_themselves(
    config: Callable[..., TrainConfig], seen: Seen
) -> None:
    train(config("plain", augment=False, epochs=1))
    documents = [document.text for file in FILES for document in read_documents(file)]
    assert sorted((index, text) for _, index, text in seen) == list(enumerate(documents))


def test_gold_goes_with_the_changed_text(tiny_encoder: Path) -> None:
    documents = list(read_documents(corpus.FOLDER / "train"))[:20]
    everything = AugmentConfig(**dict.fromkeys(AugmentConfig.model_fields, 1.0))
    dataset = AnnotatedDataset(
        documents,
        load_tokenizer(tiny_encoder),
        Schema.default(),
        window=200,
        overlap=50,
        reach=1024,
        augmenter=Augmenter(everything, Lexicon.from_documents(documents), seed=1),
    )
    dataset.set_epoch(3)
    for index, document in enumerate(documents):
        reading, gold = dataset[index]
        changed = dataset.augmenter(document, 3, index)
        assert reading.text == changed.text != document.text
        assert gold.lost_spans == 0
        assert len(gold.spans) == len(changed.spans)
