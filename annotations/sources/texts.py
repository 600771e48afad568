"""Plain text files, one article each."""

from __future__ import annotations

from collections.abc import Iterator

from annotations.errors import InputError
from annotations.files import decode
from annotations.sources.blocks import Broken, whole
from annotations.sources.items import Item, Reject
from annotations.sources.reading import Reading
from annotations.sources.records import from_text


def read(reading: Reading) -> Iterator[Item]:
    """The one article of a file: its text as it stands there, without a byte-order mark."""
    origin, options = reading.origin(), reading.options
    try:
        data = whole(reading.blocks(), options.max_bytes)
    except Broken as error:
        yield Reject(origin, str(error), reading.name)
        return
    if data is None:
        reason = f"the text is longer than {options.max_characters:,} characters"
        yield Reject(origin, reason, reading.name)
    elif b"\0" in data:
        yield Reject(origin, "a binary file, not a text", reading.name)
    else:
        try:
            text = decode(data, origin.source)
        except InputError as error:
            yield Reject(origin, f"{error.message} in line {error.line}", reading.name)
            return
        yield from_text(text, origin, reading.name, options)
