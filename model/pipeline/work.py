"""The work on one chunk, the same in every engine: annotate, assemble, write as bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from annotations.document import Document
from annotations.sources.items import Origin, Reject
from model.backends.allocation import for_good
from model.pipeline.formats import Encoded, PartFormat, encode
from model.pipeline.part import Part

if TYPE_CHECKING:
    from annotations.sources import Chunk
    from model.backends.devices import Device
    from model.backends.encoder import Backend


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """What a worker needs to know; it can be sent to another process or machine.

    Parameters
    ----------
    format
        Of the parts.
    model
        Folder of the extractor; None for the one that comes along.
    device, backend, threads
        As `Extractor.from_pretrained` takes them.
    """

    format: PartFormat
    model: Path | None = None
    device: Device = "auto"
    backend: Backend = "auto"
    threads: int | None = None


_REASON = 300
"""Characters that a reject's reason may have."""
_FAULTY = 10
"""One article in so many may fail in a chunk; more is no fault of the articles."""


class Worker:
    """An extractor, loaded once, that makes parts of chunks.

    Raises
    ------
    InputError
        If the model folder is missing or broken, or there is no such device.
    """

    def __init__(self, settings: WorkerSettings) -> None:
        with for_good():
            from model.extractor import Extractor

        self._format = settings.format
        self._extractor = Extractor.from_pretrained(
            settings.model, device=settings.device, backend=settings.backend, threads=settings.threads
        )
        self._proven = False

    def __call__(self, chunk: Chunk) -> Part:
        """Annotate a chunk's documents.

        An article that fails where others do not is rejected. What makes many of them fail, or the very first ones, is
        raised.
        """
        documents, rejects = chunk.documents, chunk.rejects
        try:
            encoded = self._encode(documents)
        except Exception:
            faults = dict(self._faults(documents))
            if len(faults) > max(1, len(documents) // _FAULTY) or not (
                len(faults) < len(documents) or self._proven
            ):
                raise
            rejects += tuple(_reject(documents[index], fault) for index, fault in faults.items())
            documents = tuple(d for index, d in enumerate(documents) if index not in faults)
            encoded = self._encode(documents)
        self._proven = self._proven or bool(documents)
        counts = (len(documents), encoded.rows, encoded.spans)
        return Part(chunk.number, *counts, encoded.data, rejects, chunk.position)

    def _encode(self, documents: Sequence[Document]) -> Encoded:
        return encode(list(self._extractor.extract(documents)), self._format)

    def _faults(self, documents: Sequence[Document], first: int = 0) -> Iterator[tuple[int, Exception]]:
        """The places, counted from `first`, of documents that cannot be annotated, and why, found by halving."""
        try:
            self._encode(documents)
        except Exception as error:
            if len(documents) == 1:
                yield first, error
                return
            half = len(documents) // 2
            yield from self._faults(documents[:half], first)
            yield from self._faults(documents[half:], first + half)


def _reject(document: Document, fault: Exception) -> Reject:
    """The reject of an article that a worker knows by its id alone."""
    reason = " ".join(f"cannot be annotated: {type(fault).__name__}: {fault}".split())
    return Reject(Origin(document.id), reason[:_REASON], document.id)
