"""What every document must be before it is written or used, whatever its schema."""

from __future__ import annotations

from annotations.document import Document
from annotations.errors import InputError


def check_structure(document: Document, *, source: str | None = None, line: int | None = None) -> None:
    """Raise InputError if ids are doubled, ends are missing, offsets lie outside the text, or it is no Unicode."""

    def fail(message: str) -> InputError:
        return InputError(f"document {document.id!r}: {message}", source=source, line=line)

    try:
        document.text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise fail(f"a lone surrogate at character {error.start}") from error
    ids: set[str] = set()
    for span in document.spans:
        if span.id in ids:
            raise fail(f"two spans have the id {span.id!r}")
        if not 0 <= span.start <= span.end <= len(document.text):
            length = len(document.text)
            raise fail(
                f"span {span.id!r} [{span.start}, {span.end}) lies outside the text of {length} characters"
            )
        ids.add(span.id)
    for relation in document.relations:
        for end in (relation.head, relation.tail):
            if end not in ids:
                raise InputError(
                    f"document {document.id!r}: relation {relation.label} names the missing span {end!r}",
                    source=source,
                    line=line,
                )
