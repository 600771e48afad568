"""The extractor in service, and how another one takes its place."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from pathlib import Path

from annotations.document import Document
from annotations.files import read_text, replacing
from annotations.schema import Schema
from chitieu.service.batching import Served
from chitieu.service.version import model_version
from model.backends.devices import Device
from model.extractor import DEFAULT_MODEL, Extractor

CURRENT = "current.json"


class Keeper:
    """Holds the extractor that answers; swapping waits for no request and no request waits for it.

    Parameters
    ----------
    folder
        The model to begin with; without one, the model that was last swapped in, or else the one that comes along.
    state
        Folder that remembers the model in service.

    Raises
    ------
    InputError
        If there is no usable model.
    """

    def __init__(self, folder: Path | None, state: Path, device: Device = "auto") -> None:
        self._device: Device = device
        self._state = state
        self._lock = threading.Lock()
        self.folder = folder or self._remembered() or DEFAULT_MODEL
        self._extractor = Extractor.from_pretrained(self.folder, device=device)
        self.version = model_version(self.folder)
        self.versions = [self.version]

    @property
    def schema(self) -> Schema:
        """Labels and relations of the extractor in service."""
        return self._extractor.schema

    def annotate(self, documents: Sequence[Document]) -> list[Served]:
        """Annotate a batch, all of it by one model."""
        with self._lock:
            extractor, version = self._extractor, self.version
        return [Served(document, version) for document in extractor.extract(documents)]

    def swap(self, folder: Path) -> None:
        """Put another model into service.

        Raises
        ------
        InputError
            If it cannot be loaded; the old one stays.
        """
        extractor, version = Extractor.from_pretrained(folder, device=self._device), model_version(folder)
        with self._lock:
            self._extractor, self.version, self.folder = extractor, version, folder
        self.versions.append(version)
        with replacing(self._state / CURRENT) as stream:
            json.dump({"model": str(folder.resolve())}, stream)

    def _remembered(self) -> Path | None:
        file = self._state / CURRENT
        return Path(json.loads(read_text(file))["model"]) if file.exists() else None
