"""Real models, made small: two layers, 32 wide, with a tokenizer trained on the corpus."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("OMP_NUM_THREADS", "1")

settings.register_profile("ci", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci")


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an untrained RoBERTa of two layers and its syllable tokenizer."""
    import torch
    from transformers import RobertaConfig, RobertaModel

    from annotations.corpus import FOLDER
    from annotations.formats import read_documents
    from model.tokenizers import SyllableTokenizer

    torch.set_num_threads(1)
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("tiny") / "encoder"
    lines = [line for document in read_documents(FOLDER / "train") for line in document.text.split("\n")]
    tokenizer = SyllableTokenizer.train(lines, 2000)
    tokenizer.save(folder)
    config = RobertaConfig(
        vocab_size=tokenizer.vocab_size,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=258,
        pad_token_id=tokenizer.pad_id,
        bos_token_id=tokenizer.cls_id,
        eos_token_id=tokenizer.sep_id,
        type_vocab_size=1,
    )
    RobertaModel(config, add_pooling_layer=False).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def untrained(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved extractor that has learnt nothing: it finds much, and nothing right."""
    import torch

    from annotations.schema import Schema
    from training.config import TrainConfig
    from training.run import build

    torch.manual_seed(1)
    model, tokenizer = build(TrainConfig(encoder=str(tiny_encoder)), Schema.default())
    folder = tmp_path_factory.mktemp("untrained")
    model.save_pretrained(folder)
    tokenizer.save(folder)
    return folder
