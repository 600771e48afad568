"""What becomes of one chunk of articles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from annotations.sources import Reject


@dataclass(frozen=True, slots=True)
class Part:
    """The output of one chunk.

    Parameters
    ----------
    number
        The chunk's.
    articles, rows, spans
        How many were annotated, assembled and found. `rows` is 0 where the format holds spans.
    data
        All of them, in the part format that was asked for.
    rejects
        The chunk's, and the articles that could not be annotated.
    position
        Share of the input consumed when the chunk was read, None if unknown.
    """

    number: int
    articles: int
    rows: int
    spans: int
    data: bytes
    rejects: tuple[Reject, ...] = ()
    position: float | None = None
