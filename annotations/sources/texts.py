"""Plain text files, one article each."""

from __future__ import annotations

from collections.abc import Iterator

from annotations.errors import InputError
from annotations.files import decode
from annotations.inline import is_inline
from annotations.sources.items import Item, Reject
from annotations.sources.reading import Reading
from annotations.sources.records import from_text

_ANNOTATED = "an annotated article; chitieu rows reads it, chitieu convert makes JSON Lines of it"


def read(reading: Reading) -> Iterator[Item]:
    """The one article of a file: its text as it stands there, without a byte-order mark."""
    data, origin = reading.whole(), reading.origin()
    if isinstance(data, Reject):
        yield data
    elif b"\0" in data:
        yield Reject(origin, "a binary file, not a text", reading.name)
    else:
        try:
            text = decode(data, origin.source)
        except InputError as error:
            yield Reject(origin, f"{error.message} in line {error.line}", reading.name)
            return
        if is_inline(text):
            yield Reject(origin, _ANNOTATED, reading.name)
        else:
            yield from_text(text, origin, reading.name, reading.options)
