"""Which file holds documents in which form: one way in and one way out for all of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from annotations import conll, inline, jsonl
from annotations.document import Document
from annotations.errors import InputError
from annotations.files import read_text, replacing, visible
from annotations.schema import Schema


@dataclass(frozen=True, slots=True)
class Located:
    """A document and the place it came from (`line` where a file holds several)."""

    document: Document
    source: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Format:
    """How one kind of file is read and written.

    `suffixes` tell a file's format by its name.
    """

    name: str
    suffixes: tuple[str, ...]
    read: Callable[[Path, Schema], Iterator[Located]]
    write: Callable[[Iterable[Document], Path, Schema], None]


def _read_inline(path: Path, schema: Schema) -> Iterator[Located]:
    content = read_text(path)
    yield Located(inline.parse(content, id=path.stem, source=str(path), schema=schema), str(path))


def _write_inline(documents: Iterable[Document], path: Path, schema: Schema) -> None:
    if path.suffix == ".txt":
        documents = list(documents)
        if len(documents) != 1:
            raise InputError(
                f"one .txt file holds one document, not {len(documents)}; name a folder", source=path
            )
        _write_article(documents[0], path, schema)
        return
    taken: set[str] = set()
    for document in documents:
        stem = re.sub(r"[^\w.-]+", "_", document.id).strip("._")[:120] or "document"
        name, number = stem, 1
        while name.lower() in taken:
            number += 1
            name = f"{stem}~{number}"
        taken.add(name.lower())
        _write_article(document, path / f"{name}.txt", schema)


def _write_article(document: Document, path: Path, schema: Schema) -> None:
    content = inline.dump(document, stem=path.stem, schema=schema)
    with replacing(path) as stream:
        if content.startswith("\ufeff"):  # a reader takes the first one for a byte-order mark
            stream.write("\ufeff")
        stream.write(content)


def _read_jsonl(path: Path, schema: Schema) -> Iterator[Located]:
    for line, document in jsonl.read(path):
        yield Located(document, str(path), line)


def _write_jsonl(documents: Iterable[Document], path: Path, schema: Schema) -> None:
    with replacing(path) as stream:
        jsonl.write(documents, stream)


def _read_tasks(path: Path, schema: Schema) -> Iterator[Located]:
    from annotations.label_studio import files

    return (Located(document, str(path)) for document in files.read(path, schema))


def _write_tasks(documents: Iterable[Document], path: Path, schema: Schema) -> None:
    from annotations.label_studio import files

    files.write(documents, path, schema)


def _read_conll(path: Path, schema: Schema) -> Iterator[Located]:
    for line, document in conll.read(path):
        yield Located(document, str(path), line)


def _write_conll(documents: Iterable[Document], path: Path, schema: Schema) -> None:
    with replacing(path) as stream:
        conll.write(documents, stream)


FORMATS: dict[str, Format] = {
    "inline": Format("inline", (".txt",), _read_inline, _write_inline),
    "jsonl": Format("jsonl", (".jsonl",), _read_jsonl, _write_jsonl),
    "conll": Format("conll", (".conll", ".bio", ".iob", ".iob2"), _read_conll, _write_conll),
    "label-studio": Format("label-studio", (".json",), _read_tasks, _write_tasks),
}


def named(name: str) -> Format:
    """The format of that name.

    Raises
    ------
    InputError
        If there is none.
    """
    if name not in FORMATS:
        raise InputError(f"unknown format {name!r}; known: {', '.join(FORMATS)}")
    return FORMATS[name]


def of_path(path: str | Path) -> Format:
    """The format that a file's name tells.

    Raises
    ------
    InputError
        If it tells none.
    """
    for format in FORMATS.values():
        if Path(path).name.endswith(format.suffixes):
            return format
    known = ", ".join(suffix for format in FORMATS.values() for suffix in format.suffixes)
    raise InputError(f"no known format has such a name (known: {known})", source=path)


def read_located(
    path: str | Path, *, format: str | None = None, schema: Schema | None = None
) -> Iterator[Located]:
    """Documents of a file, or of all known files in a folder (sorted, searched through), with their places.

    Raises
    ------
    InputError
        If nothing is there, or a file is not what its format says.
    """
    schema = schema or Schema.default()
    path = Path(path)
    if not path.exists():
        raise InputError("no such file or folder", source=path)
    chosen = named(format) if format else None
    if not path.is_dir():
        yield from (chosen or of_path(path)).read(path, schema)
        return
    suffixes = chosen.suffixes if chosen else tuple(suffix for f in FORMATS.values() for suffix in f.suffixes)
    files = [
        p for p in sorted(path.rglob("*")) if p.is_file() and p.name.endswith(suffixes) and visible(p, path)
    ]
    if not files:
        raise InputError(f"the folder holds no file named *{', *'.join(suffixes)}", source=path)
    for file in files:
        yield from (chosen or of_path(file)).read(file, schema)


def read_documents(
    path: str | Path, *, format: str | None = None, schema: Schema | None = None
) -> Iterator[Document]:
    """Like `read_located`, without the places."""
    return (located.document for located in read_located(path, format=format, schema=schema))


def write_documents(
    documents: Iterable[Document],
    path: str | Path,
    *,
    format: str | None = None,
    schema: Schema | None = None,
) -> None:
    """Write documents to a file (or, in inline form, a folder: one file each), whole or not at all.

    Raises
    ------
    InputError
        If the format is unknown or cannot hold a document.
    """
    path = Path(path)
    chosen = named(format) if format else of_path(path) if path.suffix else FORMATS["inline"]
    chosen.write(documents, path, schema or Schema.default())
