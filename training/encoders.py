"""The encoder and tokenizer that a run starts from."""

from __future__ import annotations

import re
from pathlib import Path

from huggingface_hub import snapshot_download
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
)
from transformers import AutoConfig, AutoModel, PretrainedConfig, PreTrainedModel

from annotations.errors import InputError
from model.network import without_pooler
from model.segmenters import SegmenterName
from model.tokenizers import FastTokenizer, PhobertTokenizer, Tokenizer, load_tokenizer
from model.tokenizers.base import MARKER

COMPACT = Path(__file__).parent.parent / "model" / "compact"

_HUB_NAME = re.compile(r"\w[\w.-]*(/[\w.-]+)?")
_SMALL_FILES = [
    "config.json",
    "vocab*",
    "bpe.codes",
    "merges.txt",
    "tokenizer*",
    "special_tokens_map.json",
    "*.model",
]
_WEIGHTS = ("*.safetensors*", "pytorch_model*")


def locate(name: str) -> Path:
    """The folder of an encoder given as `compact`, as a folder or by its name on the Hugging Face hub.

    What comes from the hub is kept in the hub's own cache, and taken from there when the hub is out of reach.

    Raises
    ------
    InputError
        If there is no such encoder, or the hub cannot be reached.
    """
    folder = COMPACT if name == "compact" else Path(name)
    if folder.exists() or not _HUB_NAME.fullmatch(name) or name == "compact":
        if not (folder / "config.json").is_file():
            raise InputError("no encoder here (there is no config.json)", source=folder)
        return folder
    return _download(name)


def _download(name: str) -> Path:
    try:
        for weights in _WEIGHTS:
            folder = Path(snapshot_download(name, allow_patterns=[*_SMALL_FILES, weights]))
            if any(folder.glob(weights)):
                return folder
    except (RepositoryNotFoundError, GatedRepoError, HFValidationError) as error:
        raise InputError(
            "no such folder, and no such public model on the Hugging Face hub", source=name
        ) from error
    except (LocalEntryNotFoundError, HfHubHTTPError, OSError) as error:
        raise InputError(
            "no such folder, and the Hugging Face hub cannot be reached: name a folder that holds the encoder "
            "(--encoder DIR), or use --preset compact",
            source=name,
        ) from error
    raise InputError("the model on the Hugging Face hub has no PyTorch weights", source=name)


def load(
    folder: Path,
    *,
    random_weights: bool,
    attention: str,
    segmenter: SegmenterName = "pyvi",
    attention_dropout: float | None = None,
) -> tuple[PreTrainedModel, Tokenizer]:
    """Load an encoder, or a new one of its shape, in float32, and its tokenizer.

    Without `attention_dropout` the encoder keeps its own.

    Raises
    ------
    InputError
        If the folder holds no encoder of a known kind, or what its tokenizer needs is not installed.
    """
    try:
        config: PretrainedConfig = AutoConfig.from_pretrained(folder)
        if attention_dropout is not None:
            config.attention_probs_dropout_prob = attention_dropout
        settings = {"attn_implementation": attention, **without_pooler(config)}
        tokenizer = load_encoder_tokenizer(folder, segmenter)
        if random_weights:
            encoder = AutoModel.from_config(config, **settings)
        else:
            encoder = AutoModel.from_pretrained(folder, config=config, dtype="float32", **settings)
    except InputError:
        raise
    except Exception as error:  # tokenizers raises bare exceptions
        raise InputError(
            f"cannot load the encoder: {' '.join(str(error).split())[:300]}", source=folder
        ) from error
    if tokenizer.vocab_size > config.vocab_size:
        raise InputError(
            f"the tokenizer has {tokenizer.vocab_size} pieces, the encoder only {config.vocab_size}",
            source=folder,
        )
    return encoder, tokenizer


def load_encoder_tokenizer(folder: Path, segmenter: SegmenterName) -> Tokenizer:
    """The tokenizer of an encoder: the one the house saved there, PhoBERT's own, or any fast one.

    `segmenter` cuts words for PhoBERT, unless the house saved another choice with it.
    """
    if (folder / MARKER).is_file():
        return load_tokenizer(folder)
    if (folder / "bpe.codes").is_file():
        return PhobertTokenizer.from_files(folder, segmenter)
    return FastTokenizer.from_pretrained(folder)
