"""Compare the fast PhoBERT tokenizer with transformers' own on any text.

    python scripts/check_phobert_tokenizer.py vocab.txt bpe.codes TEXT… [--lines N]

TEXT is a plain or .xz file, a line at a time. Written are the pieces compared, the lines whose ids differ, the pieces whose
offsets do not slice back to what they stand for, and how much faster the fast one is. Exit status 1 if anything differs.
"""

from __future__ import annotations

import argparse
import lzma
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from transformers import PhobertTokenizer as SlowTokenizer

from annotations.errors import InputError
from model.tokenizers.base import Encoding
from model.tokenizers.phobert_bpe import PhobertBpe


def lines(paths: list[Path]) -> Iterator[str]:
    """The lines of the files, line ends kept."""
    for path in paths:
        try:
            with (
                lzma.open(path, "rt", encoding="utf-8")
                if path.suffix == ".xz"
                else path.open(encoding="utf-8") as file
            ):
                yield from file
        except (OSError, UnicodeDecodeError, lzma.LZMAError) as error:
            raise InputError(f"cannot read: {error}", source=path) from error


def misplaced(text: str, encoding: Encoding, tokens: list[str]) -> int:
    """Pieces whose offsets do not give back the slow tokenizer's piece of the same number."""
    slices = (text[start:end] for start, end in zip(encoding.starts, encoding.ends, strict=True))
    return sum(
        part != token and part != token.removesuffix("@@") for part, token in zip(slices, tokens, strict=True)
    )


def compare(fast: PhobertBpe, slow: SlowTokenizer, texts: list[str]) -> tuple[int, int, int, float]:
    """Pieces, differing lines, misplaced pieces, and the slow tokenizer's time over the fast one's."""
    fast.encode_batch(texts[:1])
    start = time.process_time()
    found = fast.encode_batch(texts)
    middle = time.process_time()
    wanted = [slow.encode(text, add_special_tokens=False) for text in texts]
    end = time.process_time()
    pairs = list(zip(texts, found, wanted, strict=True))
    different = [pair for pair in pairs if pair[1].ids.tolist() != pair[2]]
    for text, encoding, ids in different[:5]:
        print(f"differs: {text!r}\n  fast {encoding.ids.tolist()}\n  slow {ids}")
    same = [(text, encoding) for text, encoding, ids in pairs if encoding.ids.tolist() == ids]
    wrong = sum(misplaced(text, encoding, slow.tokenize(text)) for text, encoding in same)
    return sum(map(len, wanted)), len(different), wrong, (end - middle) / (middle - start)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("vocab", type=Path, help="vocab.txt")
    parser.add_argument("codes", type=Path, help="bpe.codes")
    parser.add_argument("texts", type=Path, nargs="+", metavar="TEXT")
    parser.add_argument("--lines", type=int, metavar="N", help="stop after so many lines (default: all)")
    options = parser.parse_args()
    try:
        fast = PhobertBpe.from_files(options.vocab, options.codes)
        texts = list(islice(lines(options.texts), options.lines))
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if not texts:
        print("error: no line to compare", file=sys.stderr)
        return 2
    slow = SlowTokenizer(str(options.vocab), str(options.codes))
    pieces, different, wrong, ratio = compare(fast, slow, texts)
    print(f"{pieces} pieces of {len(texts)} lines compared")
    print(f"{different} lines differ, {wrong} offsets do not slice back")
    print(f"the fast tokenizer takes 1/{ratio:.1f} of the slow one's time")
    return 1 if different or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
