"""Which texts a model has learnt from, kept with it as MinHash signatures, so that nobody scores it on them unawares."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from annotations.corpus import Twins, fingerprint
from annotations.document import Document
from annotations.errors import InputError
from annotations.files import read_text, replacing

FILE = "fingerprints.json"
ALIKE = 0.3
"""Estimated Jaccard index of syllable 5-grams from which two texts count as one; different articles stay below 0.1."""


@dataclass(frozen=True)
class Fingerprints:
    """Signatures of a collection of texts.

    Parameters
    ----------
    ids
        Of the documents.
    signatures
        Lowest 16 bits of each MinHash value (Li & König 2010, b-bit minwise hashing), shape `(documents, values)`.
    """

    ids: tuple[str, ...]
    signatures: npt.NDArray[np.uint16]

    @classmethod
    def of(cls, documents: Iterable[Document]) -> Fingerprints:
        """Fingerprints of documents' texts; spelling in upper or lower case or decomposed letters makes no difference."""
        listed = list(documents)
        rows = [fingerprint(document.text).hashvalues.astype(np.uint16) for document in listed]
        return cls(tuple(d.id for d in listed), _table(rows))

    def seen(self, documents: Sequence[Document], threshold: float = ALIKE) -> list[Twins]:
        """Documents that are here already, nearly or wholly, each with the one of ours that is most like it."""
        if not self.ids:
            return []
        others = Fingerprints.of(documents)
        found = []
        for document, signature in zip(documents, others.signatures, strict=True):
            alike = (self.signatures == signature).mean(1)
            best = int(alike.argmax())
            if alike[best] >= threshold:
                found.append(Twins(self.ids[best], document.id, float(alike[best])))
        return found

    def save(self, folder: Path) -> None:
        """Write them into a model folder."""
        lines = {
            id: base64.b64encode(row.astype("<u2").tobytes()).decode()
            for id, row in zip(self.ids, self.signatures, strict=True)
        }
        with replacing(folder / FILE) as stream:
            json.dump(
                {"shingles": "syllable 5-grams", "signatures": lines}, stream, indent=0, ensure_ascii=False
            )

    @classmethod
    def load(cls, folder: Path) -> Fingerprints | None:
        """Those of a model folder; None if it has none.

        Raises
        ------
        InputError
            If the file is broken.
        """
        file = folder / FILE
        if not file.is_file():
            return None
        try:
            lines = json.loads(read_text(file))["signatures"]
            rows = [
                np.frombuffer(base64.b64decode(line, validate=True), dtype="<u2") for line in lines.values()
            ]
            return cls(tuple(lines), _table(rows))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(f"broken fingerprints: {error}", source=file) from error


def _table(rows: list[npt.NDArray[np.uint16]]) -> npt.NDArray[np.uint16]:
    return np.stack(rows).astype(np.uint16) if rows else np.zeros((0, 0), dtype=np.uint16)
