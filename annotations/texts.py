"""Raw articles read strictly: documents without annotation, or the first thing that is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from annotations.document import Document
from annotations.errors import InputError
from annotations.sources import Reject, open_source


def read_texts(paths: Iterable[str | Path]) -> Iterator[Document]:
    """Articles of files, folders or, for `-`, of standard input, as `annotations.sources.open_source` finds them.

    Raises
    ------
    InputError
        If a path cannot be read, at the first record that holds no article, or at the second article of one id.
    """
    ids: set[str] = set()
    for item in open_source(list(paths)).read():
        source, record = item.origin.source, item.origin.record
        if isinstance(item, Reject):
            raise InputError(item.reason, source=source, line=record)
        if item.document.id in ids:
            raise InputError(f"the id {item.document.id!r} is used twice", source=source, line=record)
        ids.add(item.document.id)
        yield item.document
