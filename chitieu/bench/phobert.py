"""An encoder of PhoBERT's shape and the word segmenter before it: which of the two is waited for."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModel, RobertaConfig

from chitieu.bench.articles import articles
from chitieu.bench.plan import Plan
from chitieu.bench.stopwatch import clock
from model.backends.devices import attention_for, choose_device, fast_dtype
from model.segmenters import SegmenterName, find_words, load_segmenter
from model.tokenizers import PhobertTokenizer

PROCESSES = 2
_TASKS_EACH = 4
_BATCH_ROWS = 8
_SPECIAL = 5
"""Ids of PhoBERT's vocabulary that no word has."""


@dataclass(frozen=True, slots=True)
class Phobert:
    """Articles a second of the two.

    Attributes
    ----------
    shape
        Of the encoder, in words.
    real_tokenizer
        Whether pieces were counted by PhoBERT's own tokenizer; else every word is one piece, which flatters the network.
    segmenter_articles_per_second, network_articles_per_second
        Of the segmenter in `PROCESSES` processes, and of the encoder alone on packed rows.
    ratio
        The first to the second; above 1 the network is waited for.
    """

    shape: str
    segmenter: str
    real_tokenizer: bool
    articles: int
    pieces: int
    processes: int
    segmenter_articles_per_second: float
    network_articles_per_second: float
    ratio: float


def phobert(plan: Plan, segmenter: SegmenterName = "pyvi") -> Phobert:
    """Measure both, one after the other.

    Raises
    ------
    InputError
        If the segmenter is not installed, or the plan's folder holds no files of PhoBERT's.
    """
    load_segmenter(segmenter)
    texts = [article.text for article in articles(plan.phobert_articles)]
    pieces = _pieces(texts, plan.phobert, segmenter)
    segmenting = len(texts) / _segmenting(texts, segmenter)
    network = len(texts) / _network(pieces, plan)
    shape = plan.shape
    return Phobert(
        f"{shape.layers} layers, {shape.width} wide",
        segmenter,
        plan.phobert is not None,
        len(texts),
        pieces,
        PROCESSES,
        segmenting,
        network,
        segmenting / network,
    )


def _pieces(texts: Sequence[str], folder: Path | None, segmenter: SegmenterName) -> int:
    if folder:
        return sum(map(len, PhobertTokenizer.from_files(folder, segmenter).encode_batch(texts)))
    return sum(int((~words.joined).sum()) for words in find_words(texts, segmenter))


def _segmenting(texts: Sequence[str], segmenter: SegmenterName) -> float:
    """Seconds to segment all texts in `PROCESSES` processes that are ready."""
    groups = [texts[start :: PROCESSES * _TASKS_EACH] for start in range(PROCESSES * _TASKS_EACH)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, context, initializer=load_segmenter, initargs=(segmenter,)) as pool:
        names = [segmenter] * len(groups)
        list(pool.map(find_words, [texts[:1]] * len(groups), names))
        return clock(lambda: list(pool.map(find_words, groups, names)))


@torch.inference_mode()
def _network(pieces: int, plan: Plan) -> float:
    """Seconds that an untrained encoder of that shape takes for so many pieces."""
    device, shape = choose_device(plan.device), plan.shape
    config = RobertaConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.width,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.inner,
        max_position_embeddings=shape.positions,
        pad_token_id=1,
        type_vocab_size=1,
    )
    make: Any = AutoModel.from_config
    network = make(
        config, dtype=fast_dtype(device), attn_implementation=attention_for(device), add_pooling_layer=False
    )
    network.eval().to(device)
    length = shape.positions - 2
    rows = max(1, -(-pieces // (length - 2)))
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(_SPECIAL, shape.vocabulary, (rows, length), generator=generator).to(device)
    network(input_ids=ids[:1])

    def read() -> None:
        for batch in torch.split(ids, _BATCH_ROWS):
            network(input_ids=batch)
        if device.type == "cuda":
            torch.cuda.synchronize(device)

    return clock(read) * pieces / (rows * (length - 2))
