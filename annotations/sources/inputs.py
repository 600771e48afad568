"""Which files a command line's paths mean, and of which kind each is."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from annotations.errors import InputError
from annotations.sources.blocks import PACKINGS

STDIN = "-"
HUB = "hf:"


class Kind(StrEnum):
    """What an input holds."""

    txt = "txt"
    html = "html"
    jsonl = "jsonl"
    csv = "csv"
    tsv = "tsv"
    parquet = "parquet"
    dataset = "dataset"
    hub = "hub"


SUFFIXES = {
    ".txt": Kind.txt,
    ".html": Kind.html,
    ".htm": Kind.html,
    ".jsonl": Kind.jsonl,
    ".ndjson": Kind.jsonl,
    ".csv": Kind.csv,
    ".tsv": Kind.tsv,
    ".parquet": Kind.parquet,
}
"""Endings of the files that are read; all but Parquet's may be followed by .gz or .zst."""

KNOWN = f"{', '.join(SUFFIXES)}; all but .parquet also with {' or '.join(PACKINGS)}"


@dataclass(frozen=True, slots=True)
class Input:
    """A file, a folder that holds a data set, standard input, or a data set of the Hugging Face Hub.

    `size` is in bytes, None where it is unknown; `packing` is the suffix that tells how the file is packed. `stamp` is
    what, with the size, must be the same where the same is to be read again; of a file, the nanosecond of its change.
    """

    path: str
    kind: Kind
    packing: str
    size: int | None
    stamp: str | int

    @property
    def source(self) -> str:
        """The path as it can be shown."""
        return "standard input" if self.path == STDIN else shown(self.path)

    @property
    def stem(self) -> str:
        """The path without the endings that tell kind and packing."""
        if self.path == STDIN:
            return "stdin"
        path = shown(self.path.removeprefix(HUB) if self.kind is Kind.hub else self.path).rstrip(os.sep)
        if self.kind in (Kind.hub, Kind.dataset):
            return path
        path = path[: len(path) - len(self.packing)]
        stem, suffix = os.path.splitext(path)
        return stem if suffix.lower() in SUFFIXES else path


def shown(path: str) -> str:
    """A path as valid text: bytes in it that are no UTF-8 are replaced."""
    return os.fsencode(path).decode("utf-8", "replace")


def kind_of(name: str, given: Kind | None = None) -> tuple[Kind, str] | None:
    """Kind and packing that a file's name tells; `given` where it tells no kind, and None if there is none given."""
    stem, suffix = os.path.splitext(name.lower())
    packing = suffix if suffix in PACKINGS else ""
    kind = SUFFIXES.get(os.path.splitext(stem)[1] if packing else suffix, given)
    return None if kind is None or (packing and kind is Kind.parquet) else (kind, packing)


def find(paths: Sequence[str], given: str | None = None) -> list[Input]:
    """The inputs that paths mean, folders searched through in the order of the names, hidden files left out.

    Parameters
    ----------
    given
        What standard input, and a file named without a known ending, hold: the name of a kind.

    Raises
    ------
    InputError
        If a path is missing or of no known kind, a folder holds nothing to read, or something is named twice.
    """
    kinds = {str(kind): kind for kind in SUFFIXES.values()}
    if given is not None and given not in kinds:
        raise InputError(f"unknown input format {given!r}; known: {', '.join(kinds)}")
    if given == Kind.parquet and STDIN in paths:
        raise InputError("Parquet cannot be read from a stream", source="standard input")
    found: list[Input] = []
    for path in paths:
        found.extend(_inputs(path, None if given is None else kinds[given]))
    if len(paths) > 1:
        _check_named_once(found)
    return found


def _check_named_once(inputs: Sequence[Input]) -> None:
    seen: set[str] = set()
    for one in inputs:
        place = one.path if one.path == STDIN or one.kind is Kind.hub else os.path.abspath(one.path)
        if place in seen:
            raise InputError("is given twice", source=one.source)
        seen.add(place)


def _inputs(path: str, given: Kind | None) -> Iterator[Input]:
    if path == STDIN:
        yield Input(path, given or Kind.txt, "", None, _once())
    elif path.startswith(HUB):
        from annotations.sources.datasets import revision

        yield Input(path, Kind.hub, "", None, revision(path.removeprefix(HUB)))
    elif not os.path.exists(path):
        raise InputError("no such file or folder", source=shown(path))
    elif os.path.isdir(path):
        yield from _folder(path)
    elif known := kind_of(path, given):
        yield _file(path, *known)
    else:
        raise InputError(f"not a file of articles ({KNOWN})", source=shown(path))


def _folder(path: str) -> Iterator[Input]:
    """A folder's files, or the data sets that `datasets` saved there."""
    splits = os.path.join(path, "dataset_dict.json")
    if os.path.exists(splits):
        try:
            names = json.loads(Path(splits).read_bytes())["splits"]
            folders = [os.path.join(path, name) for name in names]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError("no list of splits in it", source=shown(splits)) from error
        yield from (_dataset(folder) for folder in folders)
    elif os.path.exists(os.path.join(path, "state.json")):
        yield _dataset(path)
    else:
        files = list(_walk(path))
        if not files:
            raise InputError(f"the folder holds no file of articles ({KNOWN})", source=shown(path))
        yield from files


def _walk(folder: str) -> Iterator[Input]:
    """Files of known kinds in a folder and all its folders, sorted; links to folders are not followed."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        raise InputError(f"cannot be searched: {error.strerror}", source=shown(folder)) from error
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path)
        elif entry.is_file() and (known := kind_of(entry.name)):
            yield _file(entry.path, *known)


def _file(path: str, kind: Kind, packing: str) -> Input:
    try:
        status = os.stat(path)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", source=shown(path)) from error
    if not stat.S_ISREG(status.st_mode):
        return Input(path, kind, packing, None, _once())
    return Input(path, kind, packing, status.st_size, status.st_mtime_ns)


def _dataset(folder: str) -> Input:
    """A data set that `datasets` saved, with the stamps of all its files."""
    if not os.path.exists(os.path.join(folder, "state.json")):
        raise InputError("no data set has been saved here", source=shown(folder))
    size = sum(entry.stat().st_size for entry in os.scandir(folder))
    return Input(folder, Kind.dataset, "", size, stamp_of(folder))


def stamp_of(folder: str) -> str:
    """Names, sizes and times of change of all files in a folder."""
    files = sorted(path for path in Path(folder).rglob("*") if path.is_file())
    stats = ((path, path.stat()) for path in files)
    return "\n".join(f"{shown(str(path))} {stat.st_size} {stat.st_mtime_ns}" for path, stat in stats)


def _once() -> str:
    """A stamp like no other: what comes through a stream cannot be known to come again."""
    return os.urandom(16).hex()
