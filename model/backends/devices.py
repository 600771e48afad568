"""Where an extractor computes, and in which numbers."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from annotations.errors import InputError

Device = Literal["auto", "cpu", "cuda"]


def choose_device(device: Device) -> torch.device:
    """The device of that name; `auto` is the GPU where there is one.

    Raises
    ------
    InputError
        If a GPU is asked for and there is none.
    """
    if device == "cuda" and not torch.cuda.is_available():
        raise InputError("there is no usable GPU here; use --device cpu")
    return torch.device("cuda" if device != "cpu" and torch.cuda.is_available() else "cpu")


def fast_dtype(device: torch.device) -> torch.dtype:
    """bfloat16 where the device multiplies matrices faster in it (GPUs, processors with AMX), else float32."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    has_tiles = getattr(torch.cpu, "_is_amx_tile_supported", bool)
    return torch.bfloat16 if has_tiles() else torch.float32


def attention_for(device: torch.device) -> str:
    """The attention kernel that is fastest there: on a CPU in bfloat16, plain matrix products win."""
    return "eager" if device.type == "cpu" and fast_dtype(device) == torch.bfloat16 else "sdpa"


def to_device(values: Tensor, device: torch.device) -> Tensor:
    """Copy to a device; to a GPU from pinned memory and without waiting."""
    if device.type != "cuda":
        return values.to(device)
    return values.pin_memory().to(device, non_blocking=True)
