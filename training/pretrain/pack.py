"""Text to one long row of piece ids on disk.

A folder of packed tokens holds ``general.u16``, ``focus.u16`` and ``heldout.u16`` (unsigned 16-bit little-endian ids,
every article closed by the separator) and the tokenizer that made them.
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import numpy.typing as npt

from annotations.errors import InputError
from model.normalize import normalize
from model.tokenizers import SyllableTokenizer
from training.pretrain.config import PretrainConfig
from training.pretrain.source import articles

Tokens = npt.NDArray[np.uint16]
STREAMS = ("general", "focus", "heldout")


def learn_tokenizer(texts: Iterable[list[str]], lines: int, vocab_size: int) -> SyllableTokenizer:
    """Train a tokenizer on about so many lines, evenly spread over texts of unknown length."""
    sample: list[str] = []
    stride, seen = 1, 0
    for text in texts:
        for line in text:
            if seen % stride == 0:
                sample.append(line)
            seen += 1
            if len(sample) >= 2 * lines:
                sample = sample[::2]
                stride *= 2
    return SyllableTokenizer.train(sample, vocab_size)


def pack(
    texts: Iterable[list[str]], tokenizer: SyllableTokenizer, config: PretrainConfig, folder: Path
) -> dict[str, int]:
    """Write the streams of packed tokens and their tokenizer into a folder, which appears only when it is complete.

    Parameters
    ----------
    texts
        Articles, each as its lines.

    Returns
    -------
    The number of tokens in each stream.
    """
    draft = folder.with_name(folder.name + ".part")
    shutil.rmtree(draft, ignore_errors=True)
    tokenizer.save(draft)
    rng = np.random.default_rng(config.seed)
    counts = dict.fromkeys(STREAMS, 0)
    with ExitStack() as stack:
        files = {name: stack.enter_context((draft / f"{name}.u16").open("wb")) for name in STREAMS}
        for number, article in enumerate(_normalized(texts)):
            lowered = "\n".join(article).lower()
            if number % config.heldout_every == config.heldout_every - 1:
                name = "heldout"
            elif sum(word.lower() in lowered for word in config.focus) >= config.focus_hits:
                name = "focus"
            else:
                name = "general"
            ids = _join(tokenizer.encode_ids(article), tokenizer, rng, config.line_breaks)
            files[name].write(ids.tobytes())
            counts[name] += len(ids)
    if not counts["general"] + counts["focus"]:
        raise InputError("too little text: no article is left to train on", source=str(folder))
    os.replace(draft, folder)
    return counts


def _normalized(texts: Iterable[list[str]]) -> Iterator[list[str]]:
    for article in texts:
        yield normalize("\n".join(article)).text.split("\n")


def _join(
    lines: list[list[int]], tokenizer: SyllableTokenizer, rng: np.random.Generator, breaks: float
) -> Tokens:
    """Join the lines of an article, some line ends kept as a piece, and close it with the separator."""
    ids: list[int] = []
    for line, kept in zip(lines, rng.random(len(lines)) < breaks, strict=True):
        ids += line
        if kept:
            ids.append(tokenizer.line_break_id)
    if ids and ids[-1] == tokenizer.line_break_id:
        ids.pop()
    return np.array([*ids, tokenizer.sep_id], dtype="<u2")


def read_stream(folder: Path, name: str) -> Tokens:
    """One stream of packed tokens, shape ``(tokens,)``, mapped from disk.

    Raises
    ------
    InputError
        If it is not there.
    """
    path = folder / f"{name}.u16"
    if not path.is_file():
        raise InputError("no packed tokens here", source=str(path))
    return np.memmap(path, dtype="<u2", mode="r") if path.stat().st_size else np.zeros(0, dtype="<u2")


def prepare(config: PretrainConfig) -> Path:
    """The folder of packed tokens of a run: the one it names, the one an interrupted run left, or a new one."""
    folder = config.tokens or config.output / "tokens"
    if config.tokens is None and not folder.is_dir():
        config.output.mkdir(parents=True, exist_ok=True)
        tokenizer = learn_tokenizer(articles(config.text), config.tokenizer_lines, config.vocab_size)
        pack(articles(config.text), tokenizer, config, folder)
    return folder
