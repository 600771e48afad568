"""The encoder and tokenizer that a run starts from."""

from __future__ import annotations

from pathlib import Path

from transformers import AutoConfig, AutoModel, PretrainedConfig, PreTrainedModel

from annotations.errors import InputError
from model.network import without_pooler
from model.tokenizers import Tokenizer, load_tokenizer

COMPACT = Path(__file__).parent.parent / "model" / "compact"


def locate(name: str) -> Path:
    """The folder of an encoder given by name or path.

    Raises
    ------
    InputError
        If there is no such folder.
    """
    folder = COMPACT if name == "compact" else Path(name)
    if not (folder / "config.json").is_file():
        raise InputError("no encoder here (there is no config.json)", source=folder)
    return folder


def load(folder: Path, *, random_weights: bool, attention: str) -> tuple[PreTrainedModel, Tokenizer]:
    """Load an encoder, or a new one of its shape, in float32, and its tokenizer.

    Raises
    ------
    InputError
        If the folder holds no encoder of a known kind.
    """
    try:
        config: PretrainedConfig = AutoConfig.from_pretrained(folder)
        settings = {"attn_implementation": attention, **without_pooler(config)}
        if random_weights:
            encoder = AutoModel.from_config(config, **settings)
        else:
            encoder = AutoModel.from_pretrained(folder, config=config, dtype="float32", **settings)
        return encoder, load_tokenizer(folder)
    except (OSError, ValueError, KeyError) as error:
        raise InputError(
            f"cannot load the encoder: {' '.join(str(error).split())[:300]}", source=folder
        ) from error
