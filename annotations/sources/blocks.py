"""Bytes of a file in blocks, unpacked on the way, and lines out of them, in bounded memory."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

BLOCK = 1 << 16
"""Bytes read at once."""

_ZSTD_BLOCK = 1 << 10
"""Bytes unpacked at once where the result's size cannot be limited: 4 of them may stand for 128 KiB."""


class Broken(Exception):
    """What follows in a file cannot be read; the message says why."""


@dataclass(slots=True)
class Meter:
    """Bytes of a file read so far."""

    consumed: int = 0


def counted(stream: IO[bytes], meter: Meter, size: int = BLOCK) -> Iterator[bytes]:
    """A stream's bytes in blocks of at most `size`, counted; what has come through a pipe does not wait for more.

    Raises
    ------
    Broken
        If the stream fails.
    """
    read = getattr(stream, "read1", stream.read)
    while True:
        try:
            block: bytes = read(size)
        except OSError as error:
            raise Broken(f"cannot be read: {error.strerror or error}") from error
        if not block:
            return
        meter.consumed += len(block)
        yield block


def gunzip(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack gzip, of one member or several; zeros after a member are padding.

    Raises
    ------
    Broken
        If it is no gzip, damaged or cut off; all that stands before has been given by then.
    """
    member = None
    for block in blocks:
        while block := block if member else block.lstrip(b"\0"):
            member = member or zlib.decompressobj(wbits=31)
            try:
                data = member.decompress(block, BLOCK)
            except zlib.error as error:
                raise Broken(f"damaged gzip: {error}") from error
            if data:
                yield data
            block, member = (member.unused_data, None) if member.eof else (member.unconsumed_tail, member)
    if member:
        raise Broken("the gzip file is cut off")


def unzstd(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack Zstandard, of one frame or several.

    Raises
    ------
    Broken
        If it is no Zstandard, damaged or cut off; all that stands before has been given by then.
    """
    import zstandard

    frame = None
    for block in blocks:
        while block:
            frame = frame or zstandard.ZstdDecompressor().decompressobj()
            try:
                data = frame.decompress(block)
            except zstandard.ZstdError as error:
                raise Broken(f"damaged zstd: {error}") from error
            if data:
                yield data
            block, frame = (frame.unused_data, None) if frame.eof else (b"", frame)
    if frame:
        raise Broken("the zstd file is cut off")


Unpack = Callable[[Iterator[bytes]], Iterator[bytes]]

PACKINGS: dict[str, tuple[Unpack, int]] = {".gz": (gunzip, BLOCK), ".zst": (unzstd, _ZSTD_BLOCK)}
"""Suffixes of packed files, how each is unpacked, and from blocks of which size."""


def lines(blocks: Iterator[bytes], limit: int) -> Iterator[bytes | None]:
    """Lines without their `\\n`, or None for one of more than `limit` bytes, of which no more is kept."""
    parts: list[bytes] = []
    length = 0
    for block in blocks:
        *ends, rest = block.split(b"\n")
        for end in ends:
            yield b"".join([*parts, end]) if length + len(end) <= limit else None
            parts, length = [], 0
        length += len(rest)
        if length > limit:
            parts.clear()
        elif rest:
            parts.append(rest)
    if length:
        yield b"".join(parts) if length <= limit else None


def whole(blocks: Iterator[bytes], limit: int) -> bytes | None:
    """All bytes of a file, or None if there are more than `limit`, of which no more are read."""
    parts: list[bytes] = []
    length = 0
    for block in blocks:
        length += len(block)
        if length > limit:
            return None
        parts.append(block)
    return b"".join(parts)
