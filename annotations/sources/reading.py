"""An input on its way through a reader."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import IO

from annotations.sources.blocks import BLOCK, PACKINGS, Broken, Meter, counted, lines, whole
from annotations.sources.inputs import STDIN, Input
from annotations.sources.items import Item, Origin, Reject
from annotations.sources.records import Options


@dataclass(frozen=True, slots=True)
class Reading:
    """An input, the name that its articles' ids begin with, how it is to be read, and how far it has been."""

    input: Input
    name: str
    options: Options
    meter: Meter = field(default_factory=Meter)

    def origin(self, record: int | None = None) -> Origin:
        """The place of a record of the input, or of all of it."""
        return Origin(self.input.source, record)

    def fallback(self, record: int) -> str:
        """The id of a record that has none of its own."""
        return f"{self.name}:{record}"

    def blocks(self) -> Iterator[bytes]:
        """The input's bytes, unpacked.

        Raises
        ------
        Broken
            Where no more can be read; all that stands before has been given by then.
        """
        with _opened(self.input.path) as stream:
            if self.input.packing:
                unpack, size = PACKINGS[self.input.packing]
                yield from unpack(counted(stream, self.meter, size))
            else:
                yield from counted(stream, self.meter, BLOCK)

    def lines(self) -> Iterator[bytes | None]:
        """The input's lines without their `\\n` and a byte-order mark, or None for one that is too long to be read.

        Raises
        ------
        Broken
            As `blocks`; what stands before the break on its line is not given.
        """
        for number, line in enumerate(lines(self.blocks(), self.options.max_bytes)):
            yield line.removeprefix(codecs.BOM_UTF8) if line and number == 0 else line

    def whole(self) -> bytes | Reject:
        """All bytes of the input; or a reject, if they cannot be read or are too many."""
        limit = self.options.max_bytes
        try:
            data = whole(self.blocks(), limit)
        except Broken as error:
            return Reject(self.origin(), str(error), self.name)
        return Reject(self.origin(), f"larger than {limit:,} bytes", self.name) if data is None else data


Reader = Callable[[Reading], Iterator[Item]]
"""Gives the articles of an input one by one, and a reject for every record that holds none."""


def _opened(path: str) -> IO[bytes] | nullcontext[IO[bytes]]:
    if path == STDIN:
        return nullcontext(sys.stdin.buffer)
    try:
        return open(path, "rb")
    except OSError as error:
        raise Broken(f"cannot be read: {error.strerror}") from error
