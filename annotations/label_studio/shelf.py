"""A folder of pulled documents, one slot for each, as inline files or as lines of JSONL files."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

from annotations import jsonl
from annotations.document import Document
from annotations.errors import InputError
from annotations.files import read_text, replacing
from annotations.formats import read_documents, write_documents
from annotations.schema import Schema


class Shelf(ABC):
    """Where pulled documents stand; a slot is a name that stays the same from pull to pull."""

    @abstractmethod
    def slot(self, place: str, document: Document, taken: set[str]) -> str:
        """A slot for a document in a place (a folder's name, maybe empty) that no `folded` slot in `taken` has."""

    @abstractmethod
    def folded(self, slot: str) -> str:
        """What two slots have in common that cannot both be."""

    @abstractmethod
    def is_in(self, slot: str, place: str) -> bool:
        """Whether a slot belongs to a place."""

    @abstractmethod
    def has(self, slot: str) -> bool:
        """Whether something stands in a slot."""

    @abstractmethod
    def get(self, slot: str) -> Document | None:
        """What stands in a slot; None if it cannot be read as a document."""

    @abstractmethod
    def put(self, slot: str, document: Document | None) -> None:
        """Place a document in a slot, or with None empty it."""

    @abstractmethod
    def flush(self) -> None:
        """Bring everything to the disk."""


class InlineShelf(Shelf):
    """A file of the inline form for each document."""

    def __init__(self, root: Path, schema: Schema) -> None:
        self.root = root
        self.schema = schema

    def slot(self, place: str, document: Document, taken: set[str]) -> str:
        stem = re.sub(r"[^\w.-]+", "_", document.id).strip("._")[:120] or "document"
        name = f"{place}/{stem}".lstrip("/")
        return _second(name, lambda free: self.folded(f"{free}.txt") in taken) + ".txt"

    def folded(self, slot: str) -> str:
        return slot.lower()  # not every file system tells them apart

    def is_in(self, slot: str, place: str) -> bool:
        return slot.rpartition("/")[0] == place

    def has(self, slot: str) -> bool:
        return (self.root / slot).is_file()

    def get(self, slot: str) -> Document | None:
        path = self.root / slot
        try:
            return next(read_documents(path, schema=self.schema))
        except InputError:
            return None

    def put(self, slot: str, document: Document | None) -> None:
        path = self.root / slot
        if document is None:
            path.unlink(missing_ok=True)
            return
        write_documents([document], path, schema=self.schema)

    def flush(self) -> None:
        """Every file is on the disk already."""


class JsonlShelf(Shelf):
    """A JSONL file for each place; a slot names the file and the line's document id."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._files: dict[str, dict[str, str]] = {}
        self._changed: set[str] = set()

    def slot(self, place: str, document: Document, taken: set[str]) -> str:
        return f"{_file(place)}\n" + _second(document.id, lambda key: f"{_file(place)}\n{key}" in taken)

    def folded(self, slot: str) -> str:
        return slot

    def is_in(self, slot: str, place: str) -> bool:
        return slot.split("\n", 1)[0] == _file(place)

    def has(self, slot: str) -> bool:
        name, line = slot.split("\n", 1)
        return line in self._lines(name)

    def get(self, slot: str) -> Document | None:
        name, line = slot.split("\n", 1)
        try:
            return jsonl.from_dict(json.loads(self._lines(name)[line]))
        except (InputError, json.JSONDecodeError):
            return None

    def put(self, slot: str, document: Document | None) -> None:
        name, line = slot.split("\n", 1)
        lines = self._lines(name)
        if document is None:
            lines.pop(line, None)
        else:
            lines[line] = jsonl.dump(document)
        self._changed.add(name)

    def flush(self) -> None:
        for name in sorted(self._changed):
            with replacing(self.root / name) as stream:
                stream.writelines(line + "\n" for line in self._files[name].values())
        self._changed.clear()

    def _lines(self, name: str) -> dict[str, str]:
        """Lines of a file by document id (a second one of the same id gets `~2`)."""
        if name not in self._files:
            path = self.root / name
            lines: dict[str, str] = {}
            for number, line in enumerate(read_text(path).split("\n") if path.exists() else (), 1):
                if line.strip():
                    try:
                        key = str(json.loads(line)["id"])
                    except (json.JSONDecodeError, KeyError, TypeError):
                        raise InputError("no document with an id", source=path, line=number) from None
                    lines[_second(key, lines.__contains__)] = line
            self._files[name] = lines
        return self._files[name]


def _file(place: str) -> str:
    return f"{place or 'documents'}.jsonl"


def _second(key: str, taken: Callable[[str], bool]) -> str:
    """The key, or if it is taken `key~2` and so on."""
    found, number = key, 1
    while taken(found):
        number += 1
        found = f"{key}~{number}"
    return found
