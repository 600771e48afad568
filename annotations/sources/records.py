"""From the fields of one record to an article, or to the reason why it is none."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from annotations.document import Document
from annotations.sources.items import Article, Item, Origin, Reject

_ANNOTATION = ("spans", "relations")


@dataclass(frozen=True, slots=True)
class Options:
    """Which fields of a record hold the text and the id, and the most characters that an article may have."""

    text_column: str = "text"
    id_column: str = "id"
    max_characters: int = 1_000_000

    @property
    def max_bytes(self) -> int:
        """The most bytes read for one record: room for a longest text, every character escaped, and some more."""
        return 12 * self.max_characters + (4 << 20)


def from_text(
    text: str, origin: Origin, id: str, options: Options, meta: Mapping[str, Any] | None = None
) -> Item:
    """An article, or a reject where the text is empty, blank or too long."""
    if not text.strip():
        return Reject(origin, "the text is blank" if text else "the text is empty", id)
    if len(text) > options.max_characters:
        return Reject(origin, f"the text is longer than {options.max_characters:,} characters", id)
    return Article(origin, Document(id, text, meta=meta or {}))


def from_row(row: Mapping[str, Any], origin: Origin, fallback: str, options: Options) -> Item:
    """The article of a record with named fields; the others go into its meta, an annotation is left out.

    Parameters
    ----------
    fallback
        The id of a record that has none.
    """
    own = row.get(options.id_column)
    if own is not None and (isinstance(own, bool) or not isinstance(own, (str, int))):
        return Reject(origin, f"the id is neither a string nor a whole number, but {type(own).__name__}")
    id = fallback if own in (None, "") else str(own)
    text = row.get(options.text_column)
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as error:
            return Reject(origin, f"not UTF-8: byte 0x{text[error.start]:02x}", id)
    if not isinstance(text, str):
        found = "missing" if text is None else f"no string, but {type(text).__name__}"
        return Reject(origin, f"the field {options.text_column!r} is {found}", id)
    return from_text(text, origin, id, options, _meta(row, options))


def _meta(row: Mapping[str, Any], options: Options) -> dict[str, Any]:
    """What a record holds beside its text; the fields of an inner “meta” stand beside the others where none clash."""
    left_out = (options.text_column, options.id_column, *_ANNOTATION)
    meta = {str(key): plain(value) for key, value in row.items() if key not in left_out}
    inner = meta.get("meta")
    if not isinstance(inner, dict) or inner.keys() & (meta.keys() - {"meta"}):
        return meta
    del meta["meta"]
    return {**meta, **inner}


def plain(value: Any) -> Any:
    """A value as JSON can hold it: times in ISO 8601, bytes as text or else base64, no NaN and no infinity."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return base64.b64encode(value).decode("ascii")
    return str(value)


def missing_column(columns: Sequence[str], options: Options) -> str | None:
    """Why no row of a table with these columns can hold an article; None if it can."""
    if options.text_column in columns:
        return None
    return f"no column {options.text_column!r} (there are: {', '.join(columns)})"


def one_line(error: Exception) -> str:
    """What an error of another library says, in one line that is not too long."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
