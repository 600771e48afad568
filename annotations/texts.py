"""Raw articles, as they come from a crawler or an editor: documents without annotation."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from annotations.document import Document
from annotations.errors import InputError
from annotations.files import read_text
from annotations.jsonl import from_dict

SUFFIXES = (".txt", ".jsonl")


def read_texts(paths: Iterable[str | Path]) -> Iterator[Document]:
    """Articles of files, folders (searched through, sorted) or, for `-`, of standard input.

    A `.txt` file is one article; a `.jsonl` file has one object a line, whose `text` is the article and whose other
    keys are kept as meta.

    Raises
    ------
    InputError
        If a file is missing, is not UTF-8 or not what its name says, or an article is empty.
    """
    for path in paths:
        if str(path) == "-":
            yield _article("stdin", _decode_stdin(), "standard input")
            continue
        for file in _files(Path(path)):
            if file.suffix == ".jsonl":
                yield from _lines(file)
            else:
                yield _article(file.stem, read_text(file), str(file))


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise InputError("no such file or folder", source=path)
    if not path.is_dir():
        if path.suffix not in SUFFIXES:
            raise InputError(f"not a text this reads ({', '.join(SUFFIXES)})", source=path)
        return [path]
    files = [file for file in sorted(path.rglob("*")) if file.suffix in SUFFIXES and file.is_file()]
    if not files:
        raise InputError(f"the folder holds no {' or '.join(SUFFIXES)} file", source=path)
    return files


def _lines(file: Path) -> Iterator[Document]:
    for number, line in enumerate(read_text(file).split("\n"), 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f"not JSON: {error.msg}", source=file, line=number) from error
        document = from_dict(data, id=f"{file.stem}:{number}", source=str(file), line=number)
        yield _article(document.id, document.text, str(file), number, meta=dict(document.meta))


def _article(
    id: str, text: str, source: str, line: int | None = None, meta: dict[str, object] | None = None
) -> Document:
    if not text.strip():
        raise InputError("the text is empty", source=source, line=line)
    return Document(id, text, meta=meta or {})


def _decode_stdin() -> str:
    data = sys.stdin.buffer.read()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"not UTF-8: byte 0x{data[error.start]:02x}", source="standard input", line=line
        ) from error
