"""What every tokenizer of the house is, and how the right one is found for a saved encoder."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]

MARKER = "chitieu_tokenizer.json"
"""The file beside an encoder that names its kind of tokenizer: ``{"kind": "syllable"}``."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """The pieces of one text, without the special tokens that frame it.

    Attributes
    ----------
    ids
        Vocabulary ids, shape ``(pieces,)``.
    starts, ends
        Shape ``(pieces,)``: piece ``i`` stands for ``text[starts[i]:ends[i]]`` of the text exactly as it came in.
        Never empty, in order, without overlap; what no piece holds is white space or invisible.
    """

    ids: IntArray
    starts: IntArray
    ends: IntArray

    def __len__(self) -> int:
        return len(self.ids)


@runtime_checkable
class Tokenizer(Protocol):
    """Any way to cut texts into pieces. ``cls_id`` opens and ``sep_id`` closes what an encoder reads."""

    @property
    def cls_id(self) -> int: ...

    @property
    def sep_id(self) -> int: ...

    @property
    def pad_id(self) -> int: ...

    @property
    def mask_id(self) -> int: ...

    @property
    def vocab_size(self) -> int: ...

    def encode_batch(self, texts: Sequence[str]) -> list[Encoding]: ...

    def save(self, folder: Path) -> None: ...


_KINDS: dict[str, Callable[[Path], Tokenizer]] = {}


def register(kind: str, load: Callable[[Path], Tokenizer]) -> None:
    """Make a kind of tokenizer known to :func:`load_tokenizer`."""
    _KINDS[kind] = load


def write_marker(folder: Path, kind: str) -> None:
    """Note beside an encoder which kind of tokenizer it has."""
    (folder / MARKER).write_text(json.dumps({"kind": kind}) + "\n", encoding="utf-8")


def load_tokenizer(folder: str | Path) -> Tokenizer:
    """Load the tokenizer that was saved with an encoder, of whatever kind it is.

    Raises
    ------
    ValueError
        If the folder does not say its kind, or names an unknown one.
    """
    marker = Path(folder) / MARKER
    if not marker.is_file():
        raise ValueError(f"{folder}: no {MARKER}, so the kind of tokenizer is unknown")
    kind = json.loads(marker.read_text(encoding="utf-8"))["kind"]
    if kind not in _KINDS:
        raise ValueError(
            f"{marker}: unknown kind of tokenizer {kind!r}; known are {', '.join(sorted(_KINDS))}"
        )
    return _KINDS[kind](Path(folder))
