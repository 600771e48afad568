"""Reading text strictly and writing it whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from annotations.errors import InputError


def read_text(path: str | Path) -> str:
    """A UTF-8 file's text, line ends kept as they are, a byte-order mark dropped.

    Raises
    ------
    InputError
        If the file cannot be read or is not UTF-8.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", source=path) from error
    return decode(data, path)


def visible(path: Path, root: Path) -> bool:
    """Whether neither a file in a folder nor a folder on the way to it is hidden."""
    return not any(part.startswith(".") for part in path.relative_to(root).parts)


def decode(data: bytes, source: str | Path) -> str:
    """UTF-8 bytes as text, a byte-order mark dropped.

    Raises
    ------
    InputError
        If they are not UTF-8 (with the line of the first bad byte).
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"not UTF-8: byte 0x{data[error.start]:02x}", source=source, line=line) from error


@contextmanager
def replacing(path: str | Path, *, binary: bool = False) -> Iterator[IO[Any]]:
    """Open a file for writing, UTF-8 or `binary`, that takes its name only when all of it has been written.

    A link's target is replaced, not the link; a pipe or a device (`/dev/null`) is written as it is.

    Raises
    ------
    InputError
        If the path is a folder, or no file can be made there.
    """
    mode, encoding, newline = ("wb", None, None) if binary else ("w", "utf-8", "")
    if os.path.isdir(path):
        raise InputError("cannot write: this is a folder", source=path)
    if os.path.exists(path) and not os.path.isfile(path):
        with open(path, mode, encoding=encoding, newline=newline) as stream:
            yield stream
        return
    target = Path(os.path.realpath(path))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    except OSError as error:
        raise InputError(f"cannot write: {error.strerror}", source=path) from error
    try:
        with os.fdopen(handle, mode, encoding=encoding, newline=newline) as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
