"""Plain text from files and folders, compressed or not, as articles of lines."""

import bz2
import gzip
import io
import lzma
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from annotations.errors import InputError

SUFFIXES = (".txt", ".gz", ".bz2", ".xz", ".zst")


def text_files(paths: Iterable[Path]) -> list[Path]:
    """The text files among and under the paths, in the order of their names.

    Raises
    ------
    InputError
        If a path does not exist, or nothing under it is text.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise InputError("no such file or folder", source=str(path))
        files = (
            sorted(file for file in path.rglob("*") if file.suffix in SUFFIXES) if path.is_dir() else [path]
        )
        if not files:
            raise InputError(f"holds no text file ({', '.join(SUFFIXES)})", source=str(path))
        found += files
    return found


@contextmanager
def open_text(path: Path) -> Iterator[TextIO]:
    """Open a text file, through its decompressor if the name ends in .gz, .bz2, .xz or .zst."""
    openers: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
    if path.suffix == ".zst":
        with _zstandard(path) as lines:
            yield lines
    else:
        with openers.get(path.suffix, open)(path, "rt", encoding="utf-8") as lines:
            yield lines


@contextmanager
def _zstandard(path: Path) -> Iterator[TextIO]:
    program = shutil.which("zstd")
    if program is None:
        raise InputError("the program zstd is needed to read this file", source=str(path))
    with subprocess.Popen([program, "-dcq", str(path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield io.TextIOWrapper(process.stdout, encoding="utf-8")


def articles(paths: Iterable[Path]) -> Iterator[list[str]]:
    """The articles of all files, each as its lines; an empty line or the end of a file ends an article.

    Raises
    ------
    InputError
        If a file cannot be read as text.
    """
    for path in text_files(paths):
        lines: list[str] = []
        try:
            with open_text(path) as file:
                for line in file:
                    if line := line.strip():
                        lines.append(line)
                    elif lines:
                        yield lines
                        lines = []
        except (OSError, EOFError, UnicodeDecodeError, lzma.LZMAError) as error:
            raise InputError(f"cannot be read: {error}", source=str(path)) from error
        if lines:
            yield lines
