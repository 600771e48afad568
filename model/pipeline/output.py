"""The output of a run: streamed as parts come, or kept in parts and made one file at the end."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, get_args

from annotations import jsonl
from annotations.document import Document
from annotations.errors import InputError
from annotations.files import replacing
from model.export.writing import Format, opened, write
from model.pipeline.formats import PartFormat, header, merge
from model.pipeline.part import Part
from model.pipeline.parts import Mark, Parts, cannot_write

if TYPE_CHECKING:
    from annotations.sources import Chunk, Reject

Engine = Callable[[Iterable["Chunk"]], Generator[Part, None, None]]
"""What makes parts of chunks, in their order."""

Watch = Callable[[int, float | None, bool], None]
"""Is told of every part: its articles, the input's position after it, and whether an earlier run had made it."""


@dataclass(frozen=True, slots=True)
class Form:
    """A format, and whether rows or spans are written in it."""

    format: Format
    rows: bool

    @property
    def streams(self) -> bool:
        """Whether parts of the output, one after the other, are the output, while more are to come."""
        return self.format in ("jsonl", "csv", "table")

    @property
    def merges(self) -> bool:
        """Whether the parts can be in the output's own format; else they hold whole documents."""
        return self.format in ("jsonl", "csv", "parquet")

    @property
    def parts(self) -> PartFormat:
        """The format of the parts."""
        name = f"{'rows' if self.rows else 'spans'}-{self.format}"
        return next((known for known in get_args(PartFormat) if known == name), "spans-jsonl")


@dataclass(slots=True)
class Summary:
    """How much was read, found and rejected, and the first reject."""

    articles: int = 0
    rows: int = 0
    spans: int = 0
    rejects: int = 0
    first: Reject | None = None

    def add(self, part: Part | Mark) -> None:
        """Count one part more."""
        self.articles += part.articles
        self.rows += part.rows
        self.spans += part.spans
        self.rejects += len(part.rejects)
        self.first = self.first or next(iter(part.rejects), None)

    def check(self) -> None:
        """See that something could be read.

        Raises
        ------
        InputError
            If there was no article.
        """
        if self.articles:
            return
        if self.first is None:
            raise InputError("there is no article in the input")
        others = f" (and {self.rejects - 1:,} more; no article could be read)" if self.rejects > 1 else ""
        origin = self.first.origin
        raise InputError(self.first.reason + others, source=origin.source, line=origin.record)


def stream(
    chunks: Iterable[Chunk], engine: Engine, form: Form, watch: Watch, rejected: Callable[[Reject], None]
) -> Summary:
    """Write an output to standard output as its parts come; `rejected` is told of every reject."""
    summary = Summary()
    with closing(engine(chunks)) as parts:
        for part in parts:
            if part.articles:
                _print(part, form, first=summary.articles == 0)
            for reject in part.rejects:
                rejected(reject)
            summary.add(part)
            watch(part.articles, part.position, False)
    return summary


def collect(chunks: Iterable[Chunk], engine: Engine, parts: Parts, watch: Watch) -> int:
    """Make and keep the parts that are still missing.

    Returns
    -------
    How many parts there are now.

    Raises
    ------
    InputError
        If the input is not what it was when the parts were made that are there.
    Stopped
        If a part cannot be written, or the engine stops.
    """
    count = 0

    def missing() -> Iterator[Chunk]:
        nonlocal count
        for chunk in chunks:
            count += 1
            mark = parts.finished(chunk)
            if mark is None:
                yield chunk
            else:
                watch(mark.articles, chunk.position, True)

    with closing(engine(missing())) as made:
        for part in made:
            parts.keep(part)
            watch(part.articles, part.position, False)
    return count


def finish(
    parts: Parts, count: int, form: Form, output: Path | None, rejects: Path | Callable[[Reject], None]
) -> Summary:
    """Make one output of `count` parts, if there is an article in them.

    Parameters
    ----------
    output
        None for standard output.
    rejects
        A file for them, written if there are any or an older one is to be replaced, or what is told of each.

    Raises
    ------
    Stopped
        If the output cannot be written; the parts stay.
    """
    summary = Summary()
    for mark in parts.marks(count):
        summary.add(mark)
    try:
        _reject(parts, count, rejects, any=summary.rejects > 0)
        if summary.articles and form.merges:
            with opened(output, binary=True) as whole:
                merge(map(parts.file, range(count)), form.parts, whole)
        elif summary.articles:
            summary.rows = write(_documents(parts, count), form.format, output)
    except OSError as error:
        if output is None:
            raise
        raise cannot_write(output, error) from error
    return summary


def _reject(parts: Parts, count: int, rejects: Path | Callable[[Reject], None], *, any: bool) -> None:
    found = (reject for mark in parts.marks(count) for reject in mark.rejects)
    if not isinstance(rejects, Path):
        for reject in found:
            rejects(reject)
    elif any or rejects.exists():
        with replacing(rejects) as lines:
            write_rejects(found, lines)


def write_rejects(rejects: Iterable[Reject], stream: IO[str]) -> None:
    """One JSON object a line: source, record, id and reason."""
    for reject in rejects:
        stream.write(json.dumps(reject.to_json(), ensure_ascii=False) + "\n")


def _documents(parts: Parts, count: int) -> Iterator[Document]:
    for number in range(count):
        for _, document in jsonl.read(parts.file(number)):
            yield document


def _print(part: Part, form: Form, *, first: bool) -> None:
    if form.merges:
        sys.stdout.buffer.write((header(form.parts) if first else b"") + part.data)
        sys.stdout.buffer.flush()
        return
    lines = part.data.decode("utf-8").split("\n")
    write((jsonl.from_dict(jsonl.loads(line)) for line in lines if line), form.format)
    sys.stdout.flush()
