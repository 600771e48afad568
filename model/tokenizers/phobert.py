"""PhoBERT's tokenizer: words by a segmenter, pieces by PhoBERT's own BPE, offsets into the text as it came in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Self

import numpy as np

from model.normalize import LETTER, Normalized, normalize
from model.segmenters import SegmenterName, Words, find_words, load_segmenter
from model.tokenizers.base import Encoding, read_marker, register, write_marker
from model.tokenizers.phobert_bpe import SPECIAL, PhobertBpe

_NEW_TONE = re.compile(rf"[òóỏõọ][ae](?!{LETTER})|(?<!q)[ùúủũụ]y(?!{LETTER})|Ủy(?!{LETTER})")
_TO_OLD = {
    new: old
    for plain, first, second in (("oa", "òóỏõọ", "àáảãạ"), ("oe", "òóỏõọ", "èéẻẽẹ"), ("uy", "ùúủũụ", "ỳýỷỹỵ"))
    for new, old in zip((a + plain[1] for a in first), (plain[0] + b for b in second), strict=True)
} | {"Ủy": "Uỷ"}


class PhobertTokenizer:
    """PhoBERT behind the house protocol.

    Texts are normalised (`model.normalize`), segmented into words (`model.segmenters`), and the words, their syllables
    joined by `_`, are cut into pieces by `PhobertBpe`.

    Parameters
    ----------
    bpe
        PhoBERT's BPE.
    segmenter
        Name of the word segmenter; it is stored with the tokenizer, because the encoder is trained on its words.

    Raises
    ------
    InputError
        If the segmenter is not installed.
    """

    kind = "phobert"

    def __init__(self, bpe: PhobertBpe, segmenter: SegmenterName = "pyvi") -> None:
        load_segmenter(segmenter)
        self._bpe = bpe
        self.segmenter = segmenter

    @classmethod
    def from_files(cls, folder: str | Path, segmenter: SegmenterName = "pyvi") -> Self:
        """Build the tokenizer from the `vocab.txt` and `bpe.codes` of a folder as the hub has it."""
        return cls(PhobertBpe.from_files(Path(folder) / "vocab.txt", Path(folder) / "bpe.codes"), segmenter)

    @classmethod
    def from_pretrained(cls, folder: str | Path) -> Self:
        """Load what `save` wrote; `vocab.txt` and `bpe.codes` are not needed."""
        return cls(PhobertBpe.from_json(Path(folder) / "tokenizer.json"), read_marker(folder)["segmenter"])

    def encode_batch(self, texts: Sequence[str]) -> list[Encoding]:
        """Cut texts into pieces; their offsets are those of the texts as given."""
        return self.encode_split(texts, [()] * len(texts))

    def encode_split(self, texts: Sequence[str], edges: Sequence[Iterable[int]]) -> list[Encoding]:
        """The same, with words and so pieces ending at the given places (code points) of each text."""
        normal = [normalize(text) for text in texts]
        words = [
            found.split_at(np.searchsorted(item.starts, np.fromiter(places, dtype=np.int64)))
            for item, found, places in zip(
                normal, find_words([item.text for item in normal], self.segmenter), edges, strict=True
            )
        ]
        pieces = self._bpe.encode_batch([_written(item, w) for item, w in zip(normal, words, strict=True)])
        return [_placed(piece, w, item) for piece, w, item in zip(pieces, words, normal, strict=True)]

    @property
    def cls_id(self) -> int:
        return SPECIAL.index("<s>")

    @property
    def sep_id(self) -> int:
        return SPECIAL.index("</s>")

    @property
    def pad_id(self) -> int:
        return SPECIAL.index("<pad>")

    @property
    def mask_id(self) -> int:
        return self._bpe.mask_id

    @property
    def vocab_size(self) -> int:
        return self._bpe.vocab_size

    def save(self, folder: Path) -> None:
        """Write `tokenizer.json` and the marker with this kind and the segmenter."""
        folder.mkdir(parents=True, exist_ok=True)
        self._bpe.save(folder / "tokenizer.json")
        write_marker(folder, self.kind, segmenter=self.segmenter)


def old_tone(text: str) -> str:
    """Put the tone of `òa, òe, ùy` where PhoBERT knows it: `hòa` to `hoà`; `HÒA` and `Thúy` it knows as they are.

    VnCoreNLP rewrote PhoBERT's training text so: its vocabulary has `hoà`, `uỷ`, `thuỷ_sản`, but no `hòa`, `ủy`.
    """
    return _NEW_TONE.sub(lambda match: _TO_OLD[match.group()], text)


def _written(item: Normalized, words: Words) -> str:
    """The atoms, `_` between those of a word and a space between words."""
    text = old_tone(item.text)
    parts: list[str] = []
    for start, end, joined in zip(
        words.starts.tolist(), words.ends.tolist(), words.joined.tolist(), strict=True
    ):
        parts += "_" if joined else " ", text[start:end]
    return "".join(parts[1:])


def _placed(pieces: Encoding, words: Words, item: Normalized) -> Encoding:
    """Pieces of the written words, back in the text; a piece that is `_` alone stands for the gap it fills."""
    sizes = words.ends - words.starts
    offsets = np.cumsum(sizes + 1) - (sizes + 1)
    first = np.searchsorted(offsets, pieces.starts, side="right") - 1
    last = np.searchsorted(offsets, pieces.ends - 1, side="right") - 1
    within_first, within_last = pieces.starts - offsets[first], pieces.ends - offsets[last]
    opens = within_first == sizes[first]
    following = np.minimum(first + 1, len(sizes) - 1)
    starts = np.where(opens, words.starts[following], words.starts[first] + within_first)
    ends = words.starts[last] + np.minimum(within_last, sizes[last])
    starts, ends = np.minimum(starts, ends), np.maximum(starts, ends)
    return Encoding(pieces.ids, item.starts[starts], item.ends[ends - 1])


register(PhobertTokenizer.kind, PhobertTokenizer.from_pretrained)
