"""Who promised what, what was reached, where and by which measures: data from Vietnamese local-government news.

>>> from chitieu import Extractor, assemble
>>> document = Extractor.from_pretrained().extract("Hết năm 2024, tỷ lệ che phủ rừng đạt 67,44%.")
>>> rows = assemble(document)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from annotations.document import Document, Relation, Span
    from annotations.errors import InputError
    from annotations.formats import read_documents, write_documents
    from annotations.schema import Schema
    from model.extractor import Extractor
    from model.records import Record, assemble

_HOME = {
    "Document": "annotations.document",
    "Extractor": "model.extractor",
    "InputError": "annotations.errors",
    "Record": "model.records",
    "Relation": "annotations.document",
    "Schema": "annotations.schema",
    "Span": "annotations.document",
    "assemble": "model.records",
    "read_documents": "annotations.formats",
    "write_documents": "annotations.formats",
}

__all__ = [
    "Document",
    "Extractor",
    "InputError",
    "Record",
    "Relation",
    "Schema",
    "Span",
    "assemble",
    "read_documents",
    "write_documents",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: reading a file should not wait for the network's libraries."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
