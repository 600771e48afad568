"""PhoBERT's byte-pair encoding, exactly, by a fast tokenizer that knows where its pieces stand.

`transformers` has PhoBERT's tokenizer (Nguyen & Nguyen 2020) only in Python and without offsets. Its `vocab.txt` and
`bpe.codes` hold an ordinary BPE (Sennrich et al. 2016) in fairseq's spelling: entry `x@@` is the piece `x` that goes
on, entry `x` is the piece `x` that ends a word. What merges make and the vocabulary does not list is `<unk>`, though
further merges may still take it up; such symbols get ids above the vocabulary, and `<unk>` instead of them at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Self

import numpy as np
from tokenizers import AddedToken, Regex, models, pre_tokenizers
from tokenizers import Tokenizer as Backend

from annotations.errors import InputError
from annotations.files import read_text
from model.tokenizers.base import Encoding

ENDS = "</w>"
GOES_ON = "@@"
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
MASK = "<mask>"

_SPACE = r"\t-\r\x{1c}-\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
_WORD = Regex(rf"[^{_SPACE}]+\n?")
"""What Python's `\\S+\\n?` matches; the regular expressions of `tokenizers` have another idea of white space."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNKNOWN = "\U0010ffff"  # no character, and so in no vocabulary


class PhobertBpe:
    """Text to the ids of transformers' `PhobertTokenizer`, with offsets.

    The names of the special tokens (`<mask>` …) count as those tokens wherever they stand in a text, as they do there.
    """

    def __init__(self, backend: Backend) -> None:
        mask = backend.token_to_id(MASK)
        if mask is None:
            raise ValueError(f"not PhoBERT's: the vocabulary has no {MASK}")
        self.mask_id: int = mask
        self._backend = backend
        self._backend.no_padding()
        self._backend.no_truncation()

    @classmethod
    def from_files(cls, vocab: str | Path, codes: str | Path) -> Self:
        """Build the tokenizer from `vocab.txt` and `bpe.codes`.

        Raises
        ------
        InputError
            If a file cannot be read or is not what its name says.
        """
        entries = _read_vocabulary(Path(vocab))
        merges = _read_merges(Path(codes))
        symbols = _number(entries, merges, Path(codes))
        backend = Backend(
            models.BPE(
                vocab=symbols, merges=merges, unk_token="<unk>", end_of_word_suffix=ENDS, fuse_unk=False
            )
        )
        backend.pre_tokenizer = pre_tokenizers.Split(_WORD, "removed", invert=True)
        backend.add_special_tokens(
            [AddedToken(token, special=True, normalized=False) for token in (*SPECIAL, MASK)]
        )
        return cls(backend)

    @classmethod
    def from_json(cls, path: str | Path) -> Self:
        """Load what `save` wrote.

        Raises
        ------
        InputError
            If the file is missing or is no such tokenizer.
        """
        text = read_text(path)
        try:
            return cls(Backend.from_str(text))
        except Exception as error:  # tokenizers raises bare exceptions
            raise InputError(f"no tokenizer: {' '.join(str(error).split())[:200]}", source=path) from error

    @property
    def vocab_size(self) -> int:
        """Ids that the encoder knows; `<mask>` is the last of them."""
        return self.mask_id + 1

    def encode_batch(self, texts: Sequence[str]) -> list[Encoding]:
        """Ids and code-point offsets of the pieces of each text, special tokens at the ends left out."""
        clean = [_SURROGATE.sub(_UNKNOWN, text) for text in texts]
        size, unknown = self.vocab_size, SPECIAL.index("<unk>")
        found = []
        for item in self._backend.encode_batch(clean, add_special_tokens=False):
            ids = np.array(item.ids, dtype=np.int64)
            offsets = np.fromiter(chain.from_iterable(item.offsets), dtype=np.int64, count=2 * len(ids))
            starts, ends = offsets.reshape(-1, 2).T
            found.append(Encoding(np.where(ids < size, ids, unknown), starts, ends))
        return found

    def save(self, path: Path) -> None:
        """Write the whole tokenizer as one `tokenizer.json`."""
        self._backend.save(str(path))


def _read_vocabulary(path: Path) -> dict[str, int]:
    """Entries and their ids, the four special tokens first, in the order of the file (`entry count` a line)."""
    entries = {token: number for number, token in enumerate(SPECIAL)}
    lines = _lines(path)
    for number, line in enumerate(lines if lines[-1] else lines[:-1], 1):
        entry, space, _ = line.strip().rpartition(" ")
        if not space:
            raise InputError("expected “piece count”", source=path, line=number)
        if entry in entries:
            raise InputError(f"the piece {entry!r} is listed twice", source=path, line=number)
        entries[entry] = len(entries)
    return entries


def _read_merges(path: Path) -> list[tuple[str, str]]:
    """Pairs in the order of the file (`left right count` a line).

    Lines with one symbol join nothing and are skipped; so is, as in PhoBERT's own code, a last line without line end.
    """
    merges = []
    for line in _lines(path)[:-1]:
        symbols = line.split()[:-1]
        if len(symbols) == 2:
            merges.append((symbols[0], symbols[1]))
    if not merges:
        raise InputError("no merges here (“left right count” a line)", source=path)
    _check_order(merges, path)
    return merges


def _lines(path: Path) -> list[str]:
    """Lines as Python's text files have them; the last is what follows the last line end."""
    return read_text(path).replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _check_order(merges: Iterable[tuple[str, str]], path: Path) -> None:
    """Refuse merges that no learning of BPE yields: a symbol made twice, or used before it is made.

    Without such merges it is the same whether all occurrences of the best pair are joined at once, as PhoBERT's own
    code does, or one by one, as the fast tokenizer does: joining one never offers a better pair.
    """
    made: set[str] = set()
    used: set[str] = set()
    for left, right in merges:
        used |= {left, right}
        if left + right in made or left + right in used:
            raise InputError(f"merges out of order: {left + right!r}", source=path)
        made.add(left + right)


def _number(entries: dict[str, int], merges: Iterable[tuple[str, str]], path: Path) -> dict[str, int]:
    """Every symbol that can come up, with the id of its entry, or one above the vocabulary if it has none."""
    single = {entry.removesuffix(GOES_ON) for entry in entries}
    symbols = dict.fromkeys(form for char in single if len(char) == 1 for form in (char, char + ENDS))
    for left, right in merges:
        symbols |= dict.fromkeys((left, right, left + right))
    numbers = {token: entries[token] for token in SPECIAL} | {MASK: len(entries)}
    taken = set(numbers.values())
    following = len(entries) + 1
    for symbol in symbols:
        name = symbol.removesuffix(ENDS) if symbol.endswith(ENDS) else symbol + GOES_ON
        number = entries.get(name)
        if symbol in numbers or number in taken:
            raise InputError(f"the symbol {symbol!r} stands for an entry that is taken", source=path)
        if number is None:
            number, following = following, following + 1
        numbers[symbol] = number
        taken.add(number)
    return numbers
