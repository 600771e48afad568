"""What a trained extractor is called: its folder's name and what is in it."""

from __future__ import annotations

import hashlib
from pathlib import Path


def model_version(folder: Path) -> str:
    """The folder's name and eight digits of the SHA-256 of all that decides what it finds."""
    content = hashlib.sha256()
    for file in sorted(folder.glob("*")):
        decides = file.name in ("config.json", "calibration.json") or "tokenizer" in file.name
        if decides or file.suffix == ".safetensors":
            content.update(file.name.encode())
            with file.open("rb") as stream:
                content.update(hashlib.file_digest(stream, "sha256").digest())
    return f"{folder.resolve().name}-{content.hexdigest()[:8]}"
