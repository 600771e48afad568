"""Any encoder of the hub that has a fast tokenizer (XLM-R, mBERT, ViDeBERTa …), behind the house protocol."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from model.normalize import normalize
from model.tokenizers.base import Encoding, IntArray, register, write_marker


class FastTokenizer:
    """A fast tokenizer of `transformers`; texts are normalised first (`model.normalize`).

    Raises
    ------
    ValueError
        If it is not a fast one, or has no tokens to open, close and pad with.
    """

    kind = "fast"

    def __init__(self, backend: Any) -> None:
        if not backend.is_fast:
            raise ValueError(f"{type(backend).__name__} tells no offsets (it is no fast tokenizer)")
        self._backend = backend
        backend.split_special_tokens = True  # "<mask>" written in an article is six characters, not a mask
        self.cls_id = self._one_of("cls", "bos")
        self.sep_id = self._one_of("sep", "eos")
        self.pad_id = self._one_of("pad")
        self.mask_id = self._one_of("mask", "unk")
        self._unknown = self._one_of("unk", "pad")
        self._special = np.array(backend.all_special_ids, dtype=np.int64)

    @classmethod
    def from_pretrained(cls, folder: str | Path) -> Self:
        """Load the tokenizer of a folder as the hub has it, or as `save` wrote it."""
        from transformers import AutoTokenizer  # finding it takes a third of a second

        return cls(AutoTokenizer.from_pretrained(str(folder)))

    def _one_of(self, *names: str) -> int:
        for name in names:
            number = getattr(self._backend, f"{name}_token_id")
            if number is not None:
                return int(number)
        raise ValueError(f"the tokenizer has no {' or '.join(names)} token")

    @property
    def vocab_size(self) -> int:
        return len(self._backend)

    def encode_batch(self, texts: Sequence[str]) -> list[Encoding]:
        """Cut texts into pieces; their offsets are those of the texts as given.

        White space that a piece begins or ends with is not counted as its own; a piece that stands for nothing in the
        text is left out. A special token's name written in a text, which some vocabularies hold as a word, is unknown.
        """
        if not texts:
            return []
        normal = [normalize(text) for text in texts]
        found = self._backend(
            [item.text for item in normal],
            add_special_tokens=False,
            return_offsets_mapping=True,
            return_attention_mask=False,
            verbose=False,
        )
        results = []
        for item, ids, offsets in zip(normal, found["input_ids"], found["offset_mapping"], strict=True):
            numbers = np.array(ids, dtype=np.int64)
            numbers[np.isin(numbers, self._special)] = self._unknown
            starts, ends = _trimmed(item.text, np.array(offsets, dtype=np.int64).reshape(-1, 2))
            kept = starts < ends
            starts, ends = starts[kept], ends[kept]
            results.append(Encoding(numbers[kept], item.starts[starts], item.ends[ends - 1]))
        return results

    def save(self, folder: Path) -> None:
        """Write the tokenizer's own files and the marker that names this kind."""
        self._backend.save_pretrained(str(folder))
        write_marker(folder, self.kind)


def _trimmed(text: str, offsets: IntArray) -> tuple[IntArray, IntArray]:
    """Offsets `(pieces, 2)` without white space at either end, unless there is nothing else."""
    space = np.array([char.isspace() for char in text] + [False], dtype=bool)
    places = np.arange(len(space))
    following = np.minimum.accumulate(np.where(space, len(text), places)[::-1])[::-1]
    previous = np.maximum.accumulate(np.where(space, -1, places))
    starts, ends = offsets.T
    inner_starts, inner_ends = following[starts], previous[np.maximum(ends - 1, 0)] + 1
    blank = (starts >= ends) | (inner_starts >= inner_ends)
    return np.where(blank, starts, inner_starts), np.where(blank, ends, inner_ends)


register(FastTokenizer.kind, FastTokenizer.from_pretrained)
