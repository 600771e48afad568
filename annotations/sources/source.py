"""All the articles of a command line's paths, one by one and then in chunks."""

from __future__ import annotations

import hashlib
import importlib
import os
from collections.abc import Iterator, Sequence

from annotations.errors import InputError
from annotations.sources.inputs import STDIN, Input, Kind, find
from annotations.sources.items import Chunk, Item, Reject
from annotations.sources.reading import Reader, Reading
from annotations.sources.records import Options

_READERS = {
    Kind.txt: "texts",
    Kind.html: "pages",
    Kind.jsonl: "json_lines",
    Kind.csv: "separated",
    Kind.tsv: "separated",
    Kind.parquet: "parquet",
    Kind.dataset: "datasets",
    Kind.hub: "datasets",
}
"""The module whose `read` reads a kind; each is imported when it is needed, since some are slow to start."""

_REJECTS_PER_DOCUMENT = 16


class Source:
    """Inputs in their order, read as a stream: nothing of them is kept but their names.

    Made by `open_source`.
    """

    def __init__(self, inputs: Sequence[Input], options: Options) -> None:
        self._inputs = inputs
        self._options = options
        self._names = _Names(inputs)
        sizes = [one.size for one in inputs]
        self._total = None if None in sizes else sum(size or 0 for size in sizes)
        self._done = 0
        self._begun = False
        self._current: Reading | None = None

    def read(self) -> Iterator[Item]:
        """Articles and rejects in the inputs' order, the same ones every time.

        Raises
        ------
        InputError
            If standard input is to be read again, or the connection to the Hugging Face Hub fails.
        """
        if self._begun and any(one.path == STDIN for one in self._inputs):
            raise InputError("can be read only once", source="standard input")
        self._begun = True
        self._done = 0
        for one in self._inputs:
            self._current = Reading(one, self._names.of(one), self._options)
            yield from _reader(one.kind)(self._current)
            self._done += one.size or 0
            self._current = None

    @property
    def position(self) -> float | None:
        """The share of all bytes that the last `read` has come through, in [0, 1]; None if their number is unknown."""
        if self._total is None:
            return None
        if self._total == 0:
            return 1.0
        current = 0
        if self._current is not None:
            current = min(self._current.meter.consumed, self._current.input.size or 0)
        return (self._done + current) / self._total

    def fingerprint(self) -> str:
        """A hash of paths, sizes, times of change and options: equal where the same articles are read again.

        What comes through a stream, such as standard input, is never the same again.
        """
        digest = hashlib.sha256(repr(self._options).encode())
        for one in self._inputs:
            digest.update(f"\0{one.source}\0{one.kind}\0{one.size}\0{one.stamp}".encode())
        return digest.hexdigest()


def open_source(
    paths: Sequence[str | os.PathLike[str]],
    *,
    text_column: str = "text",
    id_column: str = "id",
    max_characters: int = 1_000_000,
    input_format: str | None = None,
) -> Source:
    """The articles that paths name: files, folders, `-` for standard input, `hf:NAME[:SPLIT]` for a data set of the Hub.

    Parameters
    ----------
    text_column, id_column
        The fields of a record that hold the text and the id; all others become meta.
    max_characters
        An article of more characters (code points) is rejected.
    input_format
        What standard input, and files that are named without a known ending, hold: txt, html, jsonl, csv or tsv (files also parquet).
        Without it standard input is one text.

    Raises
    ------
    InputError
        If a path is missing or of no known kind, a folder holds nothing to read, or something is named twice.
    """
    inputs = find([os.fspath(path) for path in paths], input_format)
    return Source(inputs, Options(text_column, id_column, max_characters))


def chunks(source: Source, size: int) -> Iterator[Chunk]:
    """A source's documents, `size` by `size`, each with the rejects met since the one before.

    Rejects after the last document come in a chunk without documents. Where there are very many rejects, a chunk has
    fewer documents, so that memory stays bounded.

    Raises
    ------
    InputError
        As `Source.read`.
    """
    documents, rejects = [], []
    number = 0
    for item in source.read():
        if isinstance(item, Reject):
            rejects.append(item)
        else:
            documents.append(item.document)
        if len(documents) == size or len(rejects) == _REJECTS_PER_DOCUMENT * size:
            yield Chunk(number, tuple(documents), tuple(rejects), source.position)
            documents, rejects = [], []
            number += 1
    if documents or rejects:
        yield Chunk(number, tuple(documents), tuple(rejects), source.position)


class _Names:
    """What ids begin with: a file's stem, or so much of its path that no other input has the same."""

    def __init__(self, inputs: Sequence[Input]) -> None:
        self._stems = _shared(os.path.basename(one.stem) for one in inputs)
        self._paths = _shared(one.stem for one in inputs if os.path.basename(one.stem) in self._stems)

    def of(self, one: Input) -> str:
        name = os.path.basename(one.stem)
        if name not in self._stems:
            return name
        return one.source if one.stem in self._paths else one.stem


def _shared(names: Iterator[str]) -> set[str]:
    """The names that come more than once."""
    seen: set[str] = set()
    shared: set[str] = set()
    for name in names:
        (shared if name in seen else seen).add(name)
    return shared


def _reader(kind: Kind) -> Reader:
    reader: Reader = importlib.import_module(f"annotations.sources.{_READERS[kind]}").read
    return reader
