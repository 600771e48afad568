"""The extractors that are measured, and their encoders in transformers."""

from __future__ import annotations

from transformers import PreTrainedModel

from chitieu.bench.plan import Plan
from model.backends.devices import choose_device, fast_dtype
from model.backends.encoder import Backend
from model.extractor import DEFAULT_MODEL, Extractor
from model.network import load_network


def load(plan: Plan, backend: Backend = "auto") -> Extractor:
    """The plan's extractor on its device.

    Raises
    ------
    InputError
        If the folder is no extractor, or holds nothing for that backend.
    """
    return Extractor.from_pretrained(plan.model, device=plan.device, backend=backend, threads=plan.threads)


def network_of(plan: Plan) -> PreTrainedModel:
    """The encoder of the plan's extractor as transformers computes it."""
    device = choose_device(plan.device)
    network: PreTrainedModel = load_network(plan.model or DEFAULT_MODEL, device, fast_dtype(device)).encoder
    return network
