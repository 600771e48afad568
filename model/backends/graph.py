"""RoBERTa and BERT as an ONNX graph of fused operators, with matrix products in float32 or in 8-bit integers.

ONNX Runtime's own operators (domain `com.microsoft`) compute attention and GELU in one pass each. In int8, weights are
rounded to 255 steps, one scale for each output (symmetric), and activations to 256 steps, one scale for each call
(Jacob et al. 2018, section 2); attention, normalisation and embeddings stay in float32.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from transformers import PreTrainedModel

from annotations.errors import InputError
from model.backends.onnx import INPUT, OUTPUT

FloatArray = npt.NDArray[np.float32]

_OWN = "com.microsoft"
_OPSET, _FORMAT = 20, 10
_SKIPPED = {"roberta": True, "xlm-roberta": True, "camembert": True, "bert": False}
"""Encoders that can be exported; whether the first position embeddings, up to the padding piece's, stand for nothing."""


def encoder_graph(network: PreTrainedModel, *, int8: bool) -> onnx.ModelProto:
    """The graph of an encoder: piece ids, `(windows, length)`, to states, `(windows, length, width)`; nothing is masked.

    Raises
    ------
    InputError
        If the encoder is of another family, or its activation is not GELU.
    """
    config = network.config
    if config.model_type not in _SKIPPED:
        raise InputError(
            f"encoders of type {config.model_type} cannot be exported; known are {', '.join(sorted(_SKIPPED))}"
        )
    if config.hidden_act != "gelu":
        raise InputError(f"encoders with the activation {config.hidden_act} cannot be exported")
    weights = {name: value.detach().float().cpu().numpy() for name, value in network.state_dict().items()}
    graph = _Graph(weights, config, int8=int8)
    skipped = config.pad_token_id + 1 if _SKIPPED[config.model_type] else 0
    states = graph.embeddings(skipped)
    for number in range(config.num_hidden_layers):
        states = graph.layer(states, f"encoder.layer.{number}.")
    return graph.finished(states)


class _Graph:
    """Collects nodes and constants; its methods return the name of the value that they compute."""

    def __init__(self, weights: Mapping[str, FloatArray], config: Any, *, int8: bool) -> None:
        self._weights, self._config, self._int8 = weights, config, int8
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def embeddings(self, skipped: int) -> str:
        words = self._constant("words", self._weights["embeddings.word_embeddings.weight"])
        kinds = self._weights["embeddings.token_type_embeddings.weight"]
        places = self._constant(
            "places", self._weights["embeddings.position_embeddings.weight"][skipped:] + kinds[0]
        )
        found = self._node("Gather", words, INPUT)
        length = self._node("Shape", INPUT, start=1, end=2)
        here = self._node("Slice", places, self._constant("zero", np.zeros(1, dtype=np.int64)), length)
        return self._normalized(self._node("Add", found, here), "embeddings.LayerNorm")

    def layer(self, states: str, prefix: str) -> str:
        attended = self._product(self._attention(states, prefix), prefix + "attention.output.dense")
        states = self._normalized(self._node("Add", attended, states), prefix + "attention.output.LayerNorm")
        wide = self._node("Gelu", self._product(states, prefix + "intermediate.dense"), domain=_OWN)
        narrow = self._product(wide, prefix + "output.dense")
        return self._normalized(self._node("Add", narrow, states), prefix + "output.LayerNorm")

    def _attention(self, states: str, prefix: str) -> str:
        parts = [f"{prefix}attention.self.{part}" for part in ("query", "key", "value")]
        split = [f"{part}.states" for part in parts]
        self._nodes.append(
            helper.make_node("Split", [self._product(states, *parts)], split, axis=-1, num_outputs=3)
        )
        heads = self._config.num_attention_heads
        return self._node("MultiHeadAttention", *split, domain=_OWN, num_heads=heads)

    def finished(self, states: str) -> onnx.ModelProto:
        shape = ["windows", "length"]
        self._nodes.append(helper.make_node("Identity", [states], [OUTPUT]))
        graph = helper.make_graph(
            self._nodes,
            "encoder",
            [helper.make_tensor_value_info(INPUT, TensorProto.INT64, shape)],
            [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [*shape, self._config.hidden_size])],
            self._constants,
        )
        operators = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_OWN, 1)]
        return helper.make_model(graph, opset_imports=operators, ir_version=_FORMAT, producer_name="chitieu")

    def _product(self, states: str, *parts: str) -> str:
        """Linear layers side by side, as one product."""
        name = parts[0]
        weight = np.concatenate([self._weights[f"{part}.weight"].T for part in parts], axis=1)
        bias = self._constant(
            f"{name}.bias", np.concatenate([self._weights[f"{part}.bias"] for part in parts])
        )
        if not self._int8:
            product = self._node("MatMul", states, self._constant(f"{name}.weight", weight))
            return self._node("Add", product, bias)
        rounded, scale = quantized(weight)
        constants = (
            self._constant(f"{name}.weight", rounded),
            self._constant(f"{name}.scale", scale),
            self._constant(f"{name}.zero", np.zeros(len(scale), dtype=np.int8)),
        )
        return self._node("DynamicQuantizeMatMul", states, *constants, bias, domain=_OWN)

    def _normalized(self, states: str, name: str) -> str:
        scale, bias = (
            self._constant(f"{name}.{part}", self._weights[f"{name}.{part}"]) for part in ("weight", "bias")
        )
        epsilon = self._config.layer_norm_eps
        return self._node("LayerNormalization", states, scale, bias, axis=-1, epsilon=epsilon)

    def _constant(self, name: str, values: npt.NDArray[Any]) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _node(self, operator: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        output = f"{operator}.{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output


def quantized(weight: FloatArray) -> tuple[npt.NDArray[np.int8], FloatArray]:
    """Weights `(inputs, outputs)` in steps of -127 to 127, and how large a step of each output is, `(outputs,)`."""
    scale = np.maximum(np.abs(weight).max(0), np.finfo(np.float32).tiny) / 127
    return np.round(weight / scale).astype(np.int8), scale.astype(np.float32)
