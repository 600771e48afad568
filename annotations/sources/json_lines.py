"""JSON Lines: one object a line, with its text in a field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from annotations.jsonl import loads
from annotations.sources.blocks import Broken
from annotations.sources.items import Item, Reject
from annotations.sources.reading import Reading
from annotations.sources.records import from_row


def read(reading: Reading) -> Iterator[Item]:
    """The articles of a file, line by line; empty lines are passed over, though counted."""
    number = 0
    try:
        for number, line in enumerate(reading.lines(), 1):
            if line is None:
                longest = f"{reading.options.max_bytes:,}"
                yield Reject(reading.origin(number), f"the line is longer than {longest} bytes")
            elif line.strip():
                yield _article(line, number, reading)
    except Broken as error:
        yield Reject(reading.origin(number + 1), str(error))


def _article(line: bytes, number: int, reading: Reading) -> Item:
    origin = reading.origin(number)
    try:
        value = loads(line.decode("utf-8"))
        if not isinstance(value, Mapping):
            return Reject(origin, f"expected an object, found {type(value).__name__}")
        return from_row(value, origin, reading.fallback(number), reading.options)
    except UnicodeDecodeError as error:
        return Reject(origin, f"not UTF-8: byte 0x{line[error.start]:02x}")
    except RecursionError:
        return Reject(origin, "not JSON: nested too deep")
    except ValueError as error:
        return Reject(origin, str(error))
