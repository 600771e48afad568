"""What every tokenizer of the house is, and how the right one is found for a saved encoder."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]

MARKER = "chitieu_tokenizer.json"
"""The file beside an encoder that names its kind of tokenizer, and its settings: ``{"kind": "syllable"}``."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """The pieces of one text, without the special tokens that frame it.

    Attributes
    ----------
    ids
        Vocabulary ids, shape ``(pieces,)``.
    starts, ends
        Shape ``(pieces,)``: piece ``i`` stands for ``text[starts[i]:ends[i]]`` of the text exactly as it came in.
        Never empty, in order, without overlap (but the bytes of one character, where an encoder reads bytes, all stand
        for that character); what no piece holds is white space or invisible.
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


@runtime_checkable
class SplittingTokenizer(Tokenizer, Protocol):
    """A tokenizer whose pieces can be made to end at given places: the edges of gold spans, in training."""

    def encode_split(self, texts: Sequence[str], edges: Sequence[Iterable[int]]) -> list[Encoding]: ...


_KINDS: dict[str, Callable[[Path], Tokenizer]] = {}


def register(kind: str, load: Callable[[Path], Tokenizer]) -> None:
    """Make a kind of tokenizer known to :func:`load_tokenizer`."""
    _KINDS[kind] = load


def write_marker(folder: Path, kind: str, **settings: str) -> None:
    """Note beside an encoder which kind of tokenizer it has, and how that is set."""
    (folder / MARKER).write_text(json.dumps({"kind": kind, **settings}) + "\n", encoding="utf-8")


def read_marker(folder: str | Path) -> dict[str, Any]:
    """What `write_marker` noted.

    Raises
    ------
    ValueError
        If there is no such note.
    """
    marker = Path(folder) / MARKER
    if not marker.is_file():
        raise ValueError(f"{folder}: no {MARKER}, so the kind of tokenizer is unknown")
    found: dict[str, Any] = json.loads(marker.read_text(encoding="utf-8"))
    return found


def load_tokenizer(folder: str | Path) -> Tokenizer:
    """Load the tokenizer that was saved with an encoder, of whatever kind it is.

    Raises
    ------
    ValueError
        If the folder does not say its kind, or names an unknown one.
    """
    kind = read_marker(folder)["kind"]
    if kind not in _KINDS:
        raise ValueError(
            f"{folder}: unknown kind of tokenizer {kind!r}; known are {', '.join(sorted(_KINDS))}"
        )
    return _KINDS[kind](Path(folder))
