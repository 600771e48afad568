"""transformers' own pipeline over the same encoder weights, as one would use it without this package."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from transformers import AutoModelForTokenClassification, AutoTokenizer, PreTrainedModel, pipeline
from transformers.utils import logging as transformers_logging

from annotations.document import Document
from annotations.errors import InputError
from chitieu.bench.stopwatch import Task
from model.extractor import Extractor
from model.tokenizers import PhobertTokenizer


class Rival:
    """`pipeline("token-classification")` with its defaults, but for what makes it read articles to their end (`stride`).

    Parameters
    ----------
    folder
        As `write` makes it.
    stride
        Pieces that neighbouring windows share.
    """

    def __init__(self, folder: Path, device: torch.device, stride: int) -> None:
        with _quiet():
            self.pipe: Any = pipeline(
                "token-classification",
                model=str(folder),
                device=device,
                stride=stride,
                aggregation_strategy="simple",  # the pipeline takes no stride without one
            )

    def prepare(self, documents: Sequence[Document], batch_size: int | None = None) -> Task:
        """What finds the entities of all articles, one or so many windows at a time."""
        texts = [document.text for document in documents]
        settings = {} if batch_size is None else {"batch_size": batch_size}
        return lambda: list(self.pipe(texts, **settings))

    def pieces(self, documents: Sequence[Document]) -> int:
        """How many pieces it reads, what its windows share counted twice and what frames them not."""
        parts = [
            part
            for document in documents
            for part in self.pipe.preprocess(document.text, **self.pipe._preprocess_params)
        ]
        return sum(
            int(((part["special_tokens_mask"] == 0) & (part["attention_mask"] == 1)).sum()) for part in parts
        )


def write(extractor: Extractor, network: PreTrainedModel, folder: Path) -> None:
    """Save the extractor's encoder, in the number format that it runs in, as a token classifier with its tokenizer.

    Parameters
    ----------
    network
        The encoder in transformers.

    Raises
    ------
    InputError
        If transformers has no tokenizer with offsets for that encoder (PhoBERT).
    """
    if isinstance(extractor.tokenizer, PhobertTokenizer):
        raise InputError("transformers' pipeline finds no offsets with PhoBERT's tokenizer")
    config = copy(network.config)
    config.num_labels = 2 * len(extractor.schema.labels) + 1
    make: Any = AutoModelForTokenClassification.from_config
    classifier = make(config, dtype=network.dtype)
    getattr(classifier, classifier.base_model_prefix).load_state_dict(network.state_dict())
    extractor.tokenizer.save(folder)
    classifier.save_pretrained(folder)
    length = extractor.settings.window + 2
    AutoTokenizer.from_pretrained(folder, model_max_length=length).save_pretrained(folder)


@contextmanager
def rival(extractor: Extractor, network: PreTrainedModel) -> Iterator[Rival]:
    """The pipeline over an extractor's encoder, `network`, in a temporary folder of its own.

    Raises
    ------
    InputError
        As `write`.
    """
    with TemporaryDirectory(prefix="chitieu-bench-") as name:
        with _quiet():
            write(extractor, network, Path(name))
        yield Rival(Path(name), extractor.device, extractor.settings.overlap)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without transformers' remarks on loading."""
    logging: Any = transformers_logging
    before, bar = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(before)
        if bar:
            logging.enable_progress_bar()
