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
from torch import Tensor

from model.backends.onnx import INPUT, OUTPUT
from model.backends.packed import Shape

FloatArray = npt.NDArray[np.float32]

_OWN = "com.microsoft"
_OPSET, _FORMAT = 20, 10


def encoder_graph(weights: Mapping[str, Tensor], shape: Shape, *, int8: bool) -> onnx.ModelProto:
    """The graph of an encoder: piece ids, `(windows, length)`, to states, `(windows, length, width)`; nothing is masked."""
    graph = _Graph({name: value.float().numpy() for name, value in weights.items()}, shape, int8=int8)
    states = graph.embeddings()
    for number in range(shape.layers):
        states = graph.layer(states, f"encoder.layer.{number}.")
    return graph.finished(states)


class _Graph:
    """Collects nodes and constants; its methods return the name of the value that they compute."""

    def __init__(self, weights: Mapping[str, FloatArray], shape: Shape, *, int8: bool) -> None:
        self._weights, self._shape, self._int8 = weights, shape, int8
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def embeddings(self) -> str:
        words = self._constant("words", self._weights["embeddings.word_embeddings.weight"])
        kinds = self._weights["embeddings.token_type_embeddings.weight"]
        positions = self._weights["embeddings.position_embeddings.weight"][self._shape.first_position :]
        places = self._constant("places", positions + kinds[0])
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
        return self._node("MultiHeadAttention", *split, domain=_OWN, num_heads=self._shape.heads)

    def finished(self, states: str) -> onnx.ModelProto:
        shape = ["windows", "length"]
        width = self._weights["embeddings.LayerNorm.bias"].size
        self._nodes.append(helper.make_node("Identity", [states], [OUTPUT]))
        graph = helper.make_graph(
            self._nodes,
            "encoder",
            [helper.make_tensor_value_info(INPUT, TensorProto.INT64, shape)],
            [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [*shape, width])],
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
        return self._node("LayerNormalization", states, scale, bias, axis=-1, epsilon=self._shape.epsilon)

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
