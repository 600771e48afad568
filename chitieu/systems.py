"""Trained extractors and baselines by name, as systems that the evaluation can run."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from annotations.document import Document
from annotations.schema import Schema
from eval.baselines.linking import Majority, nearest
from eval.baselines.rules import Rules
from eval.systems import System

BASELINES = ("rules", "crf", "nearest", "majority")
"""Rules; a CRF with nearest-indicator relations; and two heuristics that only link gold spans."""
LEARNING = ("crf", "majority")
"""Baselines that are trained first, on the same documents as an extractor would be."""


def baseline(name: str, train: Sequence[Document], schema: Schema) -> System:
    """Make a baseline, and train it if it learns.

    Parameters
    ----------
    train
        Documents to learn from, for those in `LEARNING`.
    """
    if name == "majority":
        majority = Majority.fit(train, schema)
        return System(name, None, lambda documents: [majority.link(document) for document in documents])

    def link(documents: Sequence[Document]) -> list[Document]:
        return [nearest(document, schema) for document in documents]

    if name == "nearest":
        return System(name, None, link)
    if name == "rules":
        rules = Rules(lambda place: is_unit(place, "province", "district"))
        return System(name, lambda documents: link([rules.extract(document) for document in documents]), link)
    from eval.baselines.tagger import CRFTagger

    tagger = CRFTagger.fit(train, schema, lambda place: is_unit(place, "province", "district", "commune"))
    return System(name, lambda documents: link(list(tagger.extract(documents))), link)


def extractor(folder: Path | None, name: str, device: str) -> tuple[System, Schema]:
    """A trained extractor as a system, and the schema that it was trained on.

    Raises
    ------
    InputError
        If the folder holds no extractor.
    """
    from model.calibration import Calibration
    from model.extractor import Extractor

    loaded = Extractor.from_pretrained(folder, device=device)  # type: ignore[arg-type]
    calibrate, loaded.calibration = loaded.calibration, Calibration({}, {})
    link = loaded.link if loaded.schema.relations else None
    return System(name, loaded.extract, link, calibrate.apply if calibrate.spans else None), loaded.schema


@cache
def is_unit(name: str, *levels: str) -> bool:
    """Whether a province, district or commune has that name."""
    from model.gazetteer import gazetteer

    return any(gazetteer().find(name, level) for level in levels)  # type: ignore[arg-type]
