"""What the parts of an output depend on beside the articles: a run goes on only where all of it is the same."""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from model.pipeline.work import WorkerSettings

_DEFAULT_MODEL = Path(__file__).parents[1] / "default"
"""That of `model.extractor`, which would bring PyTorch with it."""


def state_of(source: str, settings: WorkerSettings, chunk: int) -> dict[str, str]:
    """Everything that must not change between a run and the one that goes on with it, by names fit for a message.

    How fast it is computed, and where, may change: scores differ by less than 0.001 then.

    Parameters
    ----------
    source
        The input's fingerprint.
    chunk
        Articles in a chunk.
    """
    return {
        "version of chitieu": _version(),
        "input": source,
        "model": _fingerprint(settings.model or _DEFAULT_MODEL),
        "backend": settings.backend,
        "output format": settings.format,
        "chunk size": str(chunk),
    }


def _version() -> str:
    try:
        return version("chitieu")
    except PackageNotFoundError:  # a checkout that is not installed
        return "unknown"


def _fingerprint(folder: Path) -> str:
    """Of the names, sizes and times of change of a folder's files."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*")):
        facts = path.stat()
        digest.update(f"{path.name}\0{facts.st_size}\0{facts.st_mtime_ns}\0".encode())
    return digest.hexdigest()
