"""Which backend computes an extractor's encoder."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import torch

from annotations.errors import InputError
from model.backends.encoder import Backend, Encoder, Name
from model.backends.pytorch import torch_encoder
from model.network import ExtractorModel
from model.tokenizers import Tokenizer

FILES: dict[Name, str] = {"onnx": "encoder.onnx", "int8": "encoder-int8.onnx"}
"""What `chitieu export` adds to a model folder."""


def available(folder: Path, device: torch.device) -> list[Name]:
    """The backends that can compute the extractor in a folder there, the fastest one first.

    On the one processor that was measured (AVX-512 with VNNI, one thread), int8 took about 0.6 of PyTorch's time and
    ONNX Runtime's float32 as much as PyTorch's, so that is used only when it is asked for. ONNX Runtime is used on CPUs alone.
    """
    if device.type != "cpu" or find_spec("onnxruntime") is None:
        return ["torch"]
    order: tuple[Name, ...] = ("int8", "torch", "onnx")
    return [name for name in order if name == "torch" or (folder / FILES[name]).is_file()]


def open_encoder(
    folder: Path,
    model: ExtractorModel,
    tokenizer: Tokenizer,
    device: torch.device,
    backend: Backend,
    threads: int | None,
) -> Encoder:
    """The encoder of a model folder by the backend of that name; `auto` is the fastest one that is there.

    Raises
    ------
    InputError
        If the folder does not hold what the backend needs, or ONNX Runtime is not installed or not meant for the device.
    """
    name = available(folder, device)[0] if backend == "auto" else backend
    if name == "torch":
        return torch_encoder(model.encoder, tokenizer.pad_id, device)
    if device.type != "cpu":
        raise InputError(f"the {name} backend runs on a CPU; use --device cpu")
    if find_spec("onnxruntime") is None:
        raise InputError(f"the {name} backend needs ONNX Runtime: pip install 'chitieu[onnx]'")
    if not (folder / FILES[name]).is_file():
        flag = " --int8" if name == "int8" else ""
        raise InputError(f"there is no {FILES[name]} here; make one with chitieu export{flag}", source=folder)
    from model.backends.onnx import OnnxEncoder

    return OnnxEncoder(folder / FILES[name], name, threads)
