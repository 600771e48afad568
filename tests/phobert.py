"""PhoBERT's files: the real ones where they are at hand, and small ones of the same format made here."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

SHARED = Path(__file__).parents[1].parent / "shared"
REAL = SHARED / "phobert"
NEWS = SHARED / "corpus" / "vietnews.txt.xz"

needs_real_files = pytest.mark.skipif(
    not REAL.is_dir(), reason="PhoBERT's own files are not here (../shared/phobert)"
)


def write_files(folder: Path, lines: Iterable[str], symbols: int = 1500) -> None:
    """`vocab.txt` and `bpe.codes` learnt from lines, with the oddities of the real ones.

    Those are: symbols that merges make and the vocabulary lacks, lines with one symbol only, no last line end.
    """
    folder.mkdir(parents=True, exist_ok=True)
    backend = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    backend.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    backend.train_from_iterator(
        lines, trainers.BpeTrainer(vocab_size=symbols, end_of_word_suffix="</w>", show_progress=False)
    )
    merges: list[tuple[str, str]] = []
    seen: set[str] = set()
    for left, right in json.loads(backend.to_str())["model"]["merges"]:
        if left + right not in seen:
            merges.append((left, right))
            seen |= {left, right, left + right}
    codes = [f"{left} {right} {1000 - number}" for number, (left, right) in enumerate(merges)]
    codes[5:5] = ["km²</w> 7", "của 3"]
    (folder / "bpe.codes").write_text("\n".join([*codes, "h h 1"]), encoding="utf-8")
    names = [
        symbol.removesuffix("</w>") if symbol.endswith("</w>") else f"{symbol}@@" for symbol in sorted(seen)
    ]
    kept = Counter(name for number, name in enumerate(names) if number % 11)
    (folder / "vocab.txt").write_text("\n".join(f"{name} {9}" for name in kept), encoding="utf-8")
