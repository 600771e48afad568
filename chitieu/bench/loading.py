"""The extractors that are measured, and what computes their encoders."""

from __future__ import annotations

from typing import cast

from chitieu.bench.plan import Plan
from model.backends.encoder import Backend, Encoder
from model.backends.opening import open_encoder
from model.extractor import DEFAULT_MODEL, Extractor


def load(plan: Plan, backend: Backend = "auto") -> Extractor:
    """The plan's extractor on its device.

    Raises
    ------
    InputError
        If the folder is no extractor, or holds nothing for that backend.
    """
    return Extractor.from_pretrained(plan.model, device=plan.device, backend=backend, threads=plan.threads)


def encoder_of(extractor: Extractor, plan: Plan) -> Encoder:
    """Another encoder like the extractor's, with the same weights and backend, to be called by itself."""
    return open_encoder(
        plan.model or DEFAULT_MODEL,
        extractor.model,
        extractor.tokenizer,
        extractor.device,
        cast(Backend, extractor.backend),
        plan.threads,
    )
