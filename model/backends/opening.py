"""The heads of a saved extractor, and what computes its encoder."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

from annotations.errors import InputError
from model.backends.encoder import Backend, Encoder, Name
from model.backends.packed import PackedEncoder, Shape
from model.heads import Heads
from model.settings import Settings

FILES: dict[Name, str] = {"onnx": "encoder.onnx", "int8": "encoder-int8.onnx"}
"""What `chitieu export` adds to a model folder."""
_WEIGHTS = "model.safetensors"
HEADS, ENCODER = "heads.", "encoder."
"""What the names of weights begin with."""


def available(folder: Path, device: torch.device) -> list[Name]:
    """The backends that can compute the extractor in a folder there, the fastest one first.

    On the one processor that was measured (AVX-512 with VNNI, one thread), int8 took about 0.6 of PyTorch's time and
    ONNX Runtime's float32 as much as PyTorch's, so that is used only when it is asked for. ONNX Runtime is used on CPUs alone.
    """
    if device.type != "cpu" or find_spec("onnxruntime") is None:
        return ["torch"]
    order: tuple[Name, ...] = ("int8", "torch", "onnx")
    return [name for name in order if name == "torch" or (folder / FILES[name]).is_file()]


def open_network(
    folder: Path,
    config: Mapping[str, Any],
    filler: int,
    device: torch.device,
    dtype: torch.dtype,
    backend: Backend,
    threads: int | None,
) -> tuple[Heads, Encoder]:
    """The heads of a model folder, and its encoder by the backend of that name; `auto` is the fastest one that is there.

    Parameters
    ----------
    config
        As `read_config` reads it.
    filler
        Id of the padding piece.
    dtype
        Of the encoder's arithmetic in PyTorch.

    Raises
    ------
    InputError
        If the folder lacks weights or what the backend needs, or ONNX Runtime is not installed or not meant for the device.
    """
    name = available(folder, device)[0] if backend == "auto" else backend
    if name != "torch":
        encoder = _open_graph(folder, name, device, threads)
        return _heads(folder, config, read_weights(folder)), encoder
    shape = Shape.of(config["encoder"])
    if device.type == "cpu" and shape:
        weights = read_weights(folder)
        return _heads(folder, config, weights), _packed(folder, weights, shape, dtype)
    from model.backends.pytorch import PaddedEncoder
    from model.network import load_network  # it takes transformers 2 s to be imported

    network = load_network(folder, device, dtype)
    return network.heads, PaddedEncoder(network.encoder, filler)


def read_weights(folder: Path) -> dict[str, Tensor]:
    """All weights of a model folder, as they are saved.

    Raises
    ------
    InputError
        If there are none.
    """
    if not (folder / _WEIGHTS).is_file():
        raise InputError(f"broken model folder: there is no {_WEIGHTS}", source=folder)
    return load_file(folder / _WEIGHTS)


def part(weights: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """The weights whose names begin so, by the rest of their names."""
    return {name.removeprefix(prefix): value for name, value in weights.items() if name.startswith(prefix)}


def _heads(folder: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor]) -> Heads:
    heads, own = Heads(Settings.of(config), int(config["encoder"]["hidden_size"])), part(weights, HEADS)
    if lacking := sorted(heads.state_dict().keys() - own.keys()):
        raise lacks(folder, HEADS + lacking[0])
    heads.load_state_dict(own)
    return heads.eval()


def _packed(folder: Path, weights: Mapping[str, Tensor], shape: Shape, dtype: torch.dtype) -> PackedEncoder:
    own = {name: value.to(dtype) for name, value in part(weights, ENCODER).items()}
    try:
        return PackedEncoder(own, shape)
    except KeyError as error:
        raise lacks(folder, ENCODER + error.args[0]) from error


def lacks(folder: Path, name: str) -> InputError:
    """The error of a model folder without these weights."""
    return InputError(f"broken model folder: it lacks the weights {name}", source=folder)


def _open_graph(folder: Path, name: Name, device: torch.device, threads: int | None) -> Encoder:
    if device.type != "cpu":
        raise InputError(f"the {name} backend runs on a CPU; use --device cpu")
    if find_spec("onnxruntime") is None:
        raise InputError(f"the {name} backend needs ONNX Runtime: pip install 'chitieu[onnx]'")
    if not (folder / FILES[name]).is_file():
        flag = " --int8" if name == "int8" else ""
        raise InputError(f"there is no {FILES[name]} here; make one with chitieu export{flag}", source=folder)
    from model.backends.onnx import OnnxEncoder

    return OnnxEncoder(folder / FILES[name], name, threads)
