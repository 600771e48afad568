"""The extractors that are measured."""

from __future__ import annotations

from chitieu.bench.plan import Plan
from model.extractor import Extractor
from model.pipeline.work import Backend


def load(plan: Plan, backend: Backend = "auto") -> Extractor:
    """The plan's extractor on its device.

    Raises
    ------
    InputError
        If the folder is no extractor, or holds nothing for that backend.
    """
    return Extractor.from_pretrained(plan.model, device=plan.device, backend=backend, threads=plan.threads)
