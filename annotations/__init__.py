"""What an annotated article is: schema, document, file formats, checks."""

from annotations.document import Document, Relation, Span
from annotations.errors import InputError
from annotations.schema import Schema

__all__ = ["Document", "InputError", "Relation", "Schema", "Span"]
