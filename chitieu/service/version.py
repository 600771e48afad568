"""What a trained extractor is called: its folder's name and what is in it."""

from __future__ import annotations

import hashlib
from pathlib import Path


def model_version(folder: Path) -> str:
    """The folder's name and eight digits of the SHA-256 of its configuration, weights and tokenizer."""
    content = hashlib.sha256()
    for file in sorted(folder.glob("*")):
        if file.name == "config.json" or file.suffix == ".safetensors" or "tokenizer" in file.name:
            content.update(file.name.encode())
            with file.open("rb") as stream:
                content.update(hashlib.file_digest(stream, "sha256").digest())
    return f"{folder.resolve().name}-{content.hexdigest()[:8]}"
