"""In training, windows laid end to end give the loss and the gradients that padded ones give."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from annotations import corpus
from annotations.formats import read_documents
from annotations.schema import Schema
from model import network
from model.batch import Collator
from training.config import TrainConfig
from training.data import AnnotatedDataset
from training.run import build

SCHEMA = Schema.default()


def test_packed_and_padded_windows_teach_the_same(
    tiny_encoder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = TrainConfig(encoder=str(tiny_encoder), window=120, overlap=24, dropout=0)
    model, tokenizer = build(config, SCHEMA)
    documents = list(read_documents(corpus.FOLDER / "dev"))[:3]
    limits = {
        "window": model.config.settings.window,
        "overlap": model.config.settings.overlap,
        "reach": config.reach,
    }
    dataset = AnnotatedDataset(documents, tokenizer, SCHEMA, **limits)
    batch = Collator(tokenizer, SCHEMA, config.reach)([dataset[number] for number in range(3)])
    assert len(set(batch["attention_mask"].sum(1).tolist())) > 1, "windows of different lengths"
    assert network.packing(model.encoder.eval())

    def learnt() -> tuple[torch.Tensor, torch.Tensor]:
        model.zero_grad()
        loss = model.eval()(**batch).loss
        loss.backward()
        return loss.detach(), model.encoder.embeddings.word_embeddings.weight.grad.clone()

    packed = learnt()
    monkeypatch.setattr(network, "packing", lambda encoder: None)
    padded = learnt()
    torch.testing.assert_close(packed[0], padded[0], rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(packed[1], padded[1], rtol=1e-3, atol=1e-6)
    assert packed[1].abs().max() > 0


def test_what_knows_dropout_of_attention_is_not_packed(tiny_encoder: Path) -> None:
    config = TrainConfig(encoder=str(tiny_encoder), window=120, overlap=24, attention_dropout=0.1)
    model, _ = build(config, SCHEMA)
    assert not network.packing(model.encoder.train())
    assert network.packing(model.encoder.eval())
