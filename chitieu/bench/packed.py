"""The limit: the encoder's forward alone, every row full, every piece once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor
from transformers import PreTrainedModel

from annotations.document import Document
from chitieu.bench.stopwatch import Task, clock
from model.extractor import Extractor
from model.tokenizers import Tokenizer

Way = Callable[[Tensor], object]
"""From rows `(rows, length)` to their states."""

_ROWS = (1, 2, 4, 8, 16, 32)


def rows(documents: Sequence[Document], tokenizer: Tokenizer, window: int) -> list[Tensor]:
    """All pieces of all articles, one after another, cut into rows of `window` pieces and the two that frame them.

    Returns
    -------
    Full rows `(rows, window + 2)`, and what is left over `(1, rest + 2)`; a part without any row is left out.
    """
    encodings = tokenizer.encode_batch([document.text for document in documents])
    ids = torch.from_numpy(np.concatenate([encoding.ids for encoding in encodings]))
    full = len(ids) // window * window
    parts = [ids[:full].view(-1, window), ids[full:].view(1, -1)]
    return [_framed(part, tokenizer) for part in parts if part.numel()]


class Limit:
    """Computes nothing but states of packed rows, in the way and so many rows at a time as is fastest here.

    Parameters
    ----------
    trial
        Articles to try on.
    network
        The encoder in transformers; with the backend `torch`, its plain forward is tried, too.

    Attributes
    ----------
    way
        `network` or `backend`.
    batch_rows
        Rows at a time.
    """

    def __init__(self, extractor: Extractor, trial: Sequence[Document], network: PreTrainedModel) -> None:
        self._extractor = extractor
        self._ways: dict[str, Way] = {"backend": lambda batch: extractor.encoder(list(batch.numpy()))}
        if extractor.backend == "torch":
            self._ways["network"] = lambda batch: network(input_ids=batch.to(network.device))
        self.way, self.batch_rows = self._fastest(trial)

    def prepare(self, documents: Sequence[Document]) -> Task:
        """What reads all articles once."""
        packed = rows(documents, self._extractor.tokenizer, self._extractor.settings.window)
        return self._reading(packed, self.way, self.batch_rows)

    def _reading(self, packed: Sequence[Tensor], way: str, size: int) -> Task:
        batches = [batch for part in packed for batch in torch.split(part, size)]
        return lambda: self._read(batches, self._ways[way])

    @torch.inference_mode()
    def _read(self, batches: Sequence[Tensor], way: Way) -> None:
        for batch in batches:
            way(batch)
        if self._extractor.device.type == "cuda":
            torch.cuda.synchronize(self._extractor.device)

    def _fastest(self, trial: Sequence[Document]) -> tuple[str, int]:
        packed = rows(trial, self._extractor.tokenizer, self._extractor.settings.window)[:1]
        sizes = [size for size in _ROWS if size <= len(packed[0])]
        seconds = {}
        for way in self._ways:
            self._reading([packed[0][:1]], way, 1)()
            for size in sizes:
                seconds[way, size] = clock(self._reading(packed, way, size))
        return min(seconds, key=seconds.__getitem__)


def _framed(ids: Tensor, tokenizer: Tokenizer) -> Tensor:
    edge = ids.new_ones(len(ids), 1)
    return torch.cat([edge * tokenizer.cls_id, ids, edge * tokenizer.sep_id], dim=1)
