"""The word segmenters that can be asked for by name, each behind one call: a line in, its words out."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, get_args

from annotations.errors import InputError

SegmenterName = Literal["pyvi", "underthesea", "vncorenlp", "none"]
SEGMENTERS: tuple[SegmenterName, ...] = get_args(SegmenterName)

Segmenter = Callable[[str], list[str]]
"""From a line to its words in order; the syllables of a word are apart by a space or `_`."""

VNCORENLP_FOLDER = "VNCORENLP_FOLDER"
"""The environment variable that names the folder with VnCoreNLP's jar and models."""


@cache
def load_segmenter(name: SegmenterName) -> Segmenter:
    """The segmenter of that name, loaded once in a process.

    - `pyvi` (Tran, CRF) and `underthesea` (Vu, CRF): Python packages of these names;
    - `vncorenlp` (Nguyen et al. 2018, the one PhoBERT was made with): the package `py_vncorenlp`, Java, and the folder
      with its jar and models in the environment variable `VNCORENLP_FOLDER`;
    - `none`: every syllable is a word.

    Raises
    ------
    InputError
        If the name is unknown, or what it needs is not installed.
    """
    if name not in _LOADERS:
        raise InputError(f"unknown word segmenter {name!r}; known: {', '.join(SEGMENTERS)}")
    return _LOADERS[name]()


def _import(module: str) -> Any:
    try:
        return import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise InputError(
            f"the word segmenter needs the package {package!r}: pip install {package}"
        ) from error


def _pyvi() -> Segmenter:
    tokenize = _import("pyvi.ViTokenizer").tokenize
    return lambda line: tokenize(line).split()


def _underthesea() -> Segmenter:
    return partial(_import("underthesea").word_tokenize, use_token_normalize=False)


def _vncorenlp() -> Segmenter:
    package = _import("py_vncorenlp")
    folder = os.environ.get(VNCORENLP_FOLDER)
    if not folder:
        raise InputError(f"set {VNCORENLP_FOLDER} to the folder with VnCoreNLP's jar and models")
    here = Path.cwd()
    try:
        model = package.VnCoreNLP(annotators=["wseg"], save_dir=str(Path(folder).resolve()))
    except Exception as error:  # the package and its Java bridge raise bare exceptions
        raise InputError(f"VnCoreNLP does not start: {error}", source=folder) from error
    finally:
        os.chdir(here)  # VnCoreNLP leaves its user in its own folder
    return lambda line: [word for sentence in model.word_segment(line) for word in sentence.split()]


def _none() -> Segmenter:
    return str.split


_LOADERS: dict[str, Callable[[], Segmenter]] = {
    "pyvi": _pyvi,
    "underthesea": _underthesea,
    "vncorenlp": _vncorenlp,
    "none": _none,
}
