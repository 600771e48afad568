"""The limit: the encoder's forward alone, every row full, every piece once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from annotations.document import Document
from chitieu.bench.stopwatch import Task, clock
from model.extractor import Extractor
from model.tokenizers import Tokenizer

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
    """Runs the encoder of an extractor over packed rows, so many at a time as it reads fastest."""

    def __init__(self, extractor: Extractor, trial: Sequence[Document]) -> None:
        self._extractor = extractor
        self.batch_rows = self._fastest(trial)

    def prepare(self, documents: Sequence[Document]) -> Task:
        """What reads all articles once."""
        config = self._extractor.model.config
        packed = rows(documents, self._extractor.tokenizer, config.window)
        return self._reading(packed, self.batch_rows)

    @torch.inference_mode()
    def _read(self, batches: Sequence[Tensor]) -> None:
        device, encoder = self._extractor.device, self._extractor.model.encoder
        for batch in batches:
            encoder(input_ids=batch.to(device, non_blocking=True))
        if device.type == "cuda":
            torch.cuda.synchronize(device)

    def _reading(self, packed: Sequence[Tensor], size: int) -> Task:
        batches = [batch for part in packed for batch in part.split(size)]
        return lambda: self._read(batches)

    def _fastest(self, trial: Sequence[Document]) -> int:
        config = self._extractor.model.config
        full = rows(trial, self._extractor.tokenizer, config.window)[0]
        sizes = [size for size in _ROWS if size <= len(full)]
        self._read([full[:1]])
        seconds = {size: clock(self._reading([full], size)) for size in sizes}
        return min(seconds, key=seconds.__getitem__)


def _framed(ids: Tensor, tokenizer: Tokenizer) -> Tensor:
    opening, closing = (
        ids.new_full((len(ids), 1), tokenizer.cls_id),
        ids.new_full((len(ids), 1), tokenizer.sep_id),
    )
    return torch.cat([opening, ids, closing], dim=1)
