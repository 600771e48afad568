"""Encoders on disk: writing one whole or not at all, and starting from one with another tokenizer."""

import copy
import os
import shutil
from pathlib import Path

import torch
from transformers import RobertaForMaskedLM

from annotations.errors import InputError
from model.normalize import normalize
from model.tokenizers import SyllableTokenizer
from model.tokenizers.syllable import CONTINUES

DROPOUT = 0.1
"""Noted in the configuration for whoever fine-tunes; pre-training itself drops nothing."""


def write_encoder(network: RobertaForMaskedLM, tokenizer: SyllableTokenizer, folder: Path) -> None:
    """Write an ordinary ``AutoModel`` folder, weights in bf16. It replaces an older one only when it is complete."""
    draft = folder.with_name(folder.name + ".part")
    shutil.rmtree(draft, ignore_errors=True)
    shape = copy.deepcopy(network.config)
    shape.hidden_dropout_prob = shape.attention_probs_dropout_prob = DROPOUT
    twin: RobertaForMaskedLM = RobertaForMaskedLM(shape).bfloat16()
    twin.load_state_dict(network.state_dict())
    twin.save_pretrained(draft)
    tokenizer.save(draft)
    for file in draft.iterdir():
        file.chmod(0o644)  # transformers writes weights for the owner alone
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        os.replace(folder, old)
    os.replace(draft, folder)
    shutil.rmtree(old, ignore_errors=True)


@torch.no_grad()
def start_from(network: RobertaForMaskedLM, tokenizer: SyllableTokenizer, folder: Path) -> int:
    """Take over the weights of an encoder of the same shape; its pieces are found by their normalised spelling.

    Returns
    -------
    The number of pieces taken over; the others keep the weights they have.

    Raises
    ------
    InputError
        If the folder holds no encoder of this shape.
    """
    if not (folder / "config.json").is_file():
        raise InputError("holds no encoder", source=folder)
    old = RobertaForMaskedLM.from_pretrained(folder, dtype=torch.float32)
    names = {
        _spelling(piece): number
        for number, piece in reversed(list(enumerate(SyllableTokenizer.from_pretrained(folder).pieces())))
    }
    pieces = tokenizer.pieces()
    kept = torch.tensor([number for number, piece in enumerate(pieces) if piece in names])
    taken = torch.tensor([names[piece] for piece in pieces if piece in names])
    state = old.state_dict()
    own = network.state_dict()
    for name, weight in own.items():
        if name not in state or state[name].shape[1:] != weight.shape[1:]:
            raise InputError(f"the encoder has another shape: {name}", source=folder)
        if len(weight) == len(pieces) and len(state[name]) == old.config.vocab_size:
            weight[kept] = state[name][taken]
        elif state[name].shape == weight.shape:
            weight.copy_(state[name])
        else:
            raise InputError(f"the encoder has another shape: {name}", source=folder)
    return len(kept)


def _spelling(piece: str) -> str:
    """A piece as this house spells it: ``hoà`` is ``hòa``, inside a syllable as well."""
    text = piece.removeprefix(CONTINUES)
    return piece[: len(piece) - len(text)] + (normalize(text).text or text)
