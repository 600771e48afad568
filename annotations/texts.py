"""Raw articles, as they come from a crawler or an editor: documents without annotation."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from annotations.document import Document
from annotations.errors import InputError
from annotations.files import decode, read_text, visible
from annotations.jsonl import read as read_lines

SUFFIXES = (".txt", ".jsonl")


def read_texts(paths: Iterable[str | Path]) -> Iterator[Document]:
    """Articles of files, folders (searched through, sorted, hidden files left out) or, for `-`, of standard input.

    A `.txt` file is one article, named as the file is, or by its whole path where another one has that name; a `.jsonl`
    file has one object a line, whose `text` is the article and whose other keys are kept as meta.

    Raises
    ------
    InputError
        If a file is missing, is not UTF-8 or not what its name says, an article is empty, or two have one id.
    """
    ids: set[str] = set()
    for path in paths:
        for document, source, line in _articles(path, ids):
            if not document.text.strip():
                raise InputError("the text is empty", source=source, line=line)
            if document.id in ids:
                raise InputError(f"the id {document.id!r} is used twice", source=source, line=line)
            ids.add(document.id)
            yield document


def _articles(path: str | Path, taken: set[str]) -> Iterator[tuple[Document, str, int | None]]:
    """Articles of one path, with where they stand."""
    if str(path) == "-":
        if "stdin" in taken:
            raise InputError("can be read only once", source="standard input")
        yield Document("stdin", decode(sys.stdin.buffer.read(), "standard input")), "standard input", None
        return
    for file in _files(Path(path)):
        if file.suffix == ".jsonl":
            for line, document in read_lines(file):
                yield Document(document.id, document.text, meta=document.meta), str(file), line
        else:
            name = file.stem if file.stem not in taken else str(file.with_suffix(""))
            yield Document(name, read_text(file)), str(file), None


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise InputError("no such file or folder", source=path)
    if not path.is_dir():
        if path.suffix not in SUFFIXES:
            raise InputError(f"not a text this reads ({', '.join(SUFFIXES)})", source=path)
        return [path]
    files = [
        file
        for file in sorted(path.rglob("*"))
        if file.suffix in SUFFIXES and file.is_file() and visible(file, path)
    ]
    if not files:
        raise InputError(f"the folder holds no {' or '.join(SUFFIXES)} file", source=path)
    return files
