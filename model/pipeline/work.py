"""The work on one chunk, the same in every engine: annotate, assemble, write as bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from annotations.document import Document
from model.pipeline.formats import Encoded, PartFormat, encode
from model.pipeline.part import Part

if TYPE_CHECKING:
    from annotations.sources import Chunk

Backend = Literal["auto", "torch", "onnx", "int8"]


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
    device: Literal["auto", "cpu", "cuda"] = "auto"
    backend: Backend = "auto"
    threads: int | None = None


class Worker:
    """An extractor, loaded once, that makes parts of chunks.

    Raises
    ------
    InputError
        If the model folder is missing or broken, or there is no such device.
    """

    def __init__(self, settings: WorkerSettings) -> None:
        from model.extractor import Extractor

        self._format = settings.format
        self._extractor = Extractor.from_pretrained(settings.model, device=settings.device)

    def __call__(self, chunk: Chunk) -> Part:
        """Annotate a chunk's documents."""
        encoded = self._encode(chunk.documents)
        return Part(
            chunk.number,
            len(chunk.documents),
            encoded.rows,
            encoded.spans,
            encoded.data,
            chunk.rejects,
            chunk.position,
        )

    def _encode(self, documents: Sequence[Document]) -> Encoded:
        return encode(list(self._extractor.extract(documents)), self._format)
