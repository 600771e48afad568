"""Articles to measure with: those of the project's training split, cut and repeated, the same in every run."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import cycle, islice

from annotations.corpus import FOLDER
from annotations.document import Document
from annotations.formats import read_documents
from model.tokenizers import Tokenizer

_SHARES = (1.0, 0.5, 0.75, 0.3, 1.0, 2.0, 0.6)
"""How much of an article stands in for it, in turn; two of them stand for a long one."""
_SHORT = 160
"""Characters of a short article."""


@cache
def texts() -> tuple[str, ...]:
    """The texts of the training split by id, without empty lines, which not every tokenizer cuts into as many pieces."""
    found = sorted(read_documents(FOLDER / "train"), key=lambda document: document.id)
    return tuple("\n".join(filter(str.strip, document.text.split("\n"))) for document in found)


def articles(count: int) -> list[Document]:
    """So many articles of all lengths, whole lines each."""
    whole = texts()
    return [
        Document(f"article-{number}", _share(whole, number, share))
        for number, share in zip(range(count), cycle(_SHARES), strict=False)
    ]


def short(count: int) -> Iterator[Document]:
    """So many articles of a sentence or two, one by one."""
    whole = texts()
    for number in range(count):
        text, start = whole[number % len(whole)], number // len(whole) * _SHORT
        begin = start % max(1, len(text) - _SHORT)
        yield Document(f"short-{number}", text[begin : begin + _SHORT].strip())


def of_length(pieces: int, count: int, tokenizer: Tokenizer) -> list[Document]:
    """So many articles of about so many pieces each."""
    made = []
    for number in range(count):
        text = ""
        for part in islice(cycle(texts()), number % len(texts()), None):
            text = f"{text}\n{part}" if text else part
            (encoding,) = tokenizer.encode_batch([text])
            if len(encoding) >= pieces:
                made.append(Document(f"length-{number}", text[: encoding.ends[pieces - 1]]))
                break
    return made


def _share(whole: tuple[str, ...], number: int, share: float) -> str:
    text = whole[number % len(whole)]
    if share > 1:
        return f"{text}\n{whole[(number + 1) % len(whole)]}"
    lines = text.split("\n")
    return "\n".join(lines[: max(1, round(share * len(lines)))])
