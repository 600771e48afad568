"""A trained extractor with its encoder as an ONNX graph beside it, checked against the original before it is kept."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import onnx
import torch

from annotations import agreement
from annotations.document import Document
from annotations.errors import InputError
from model.backends.encoder import Name
from model.backends.graph import encoder_graph
from model.backends.opening import ENCODER, FILES, part, read_weights
from model.backends.packed import Shape
from model.extractor import DEFAULT_MODEL, Extractor
from model.settings import read_config

SCORES = 1e-3
"""How far scores may be from the original's in float32."""
POINTS = 0.2
"""How many points of F1, of spans or of relations, int8 may change."""


@dataclass(frozen=True, slots=True)
class Parity:
    """How what an exported extractor finds compares with what the original finds, in the same annotated documents.

    Attributes
    ----------
    unequal
        Number of spans and relations that only one of the two finds.
    apart
        The greatest difference between two scores of the same span or relation.
    span_f1, relation_f1
        Of the original and of the export, exact, micro, in points.
    """

    name: Name
    unequal: int
    apart: float
    span_f1: tuple[float, float]
    relation_f1: tuple[float, float]

    @property
    def holds(self) -> bool:
        """Whether the export may stand for the original."""
        if self.name == "onnx":
            return self.unequal == 0 and self.apart <= SCORES
        return all(abs(after - before) <= POINTS for before, after in (self.span_f1, self.relation_f1))

    def __str__(self) -> str:
        spans, relations = (
            f"{name} F1 {before:.2f} -> {after:.2f} ({after - before:+.2f})"
            for name, (before, after) in (("span", self.span_f1), ("relation", self.relation_f1))
        )
        found = f"{self.unequal} spans and relations differ, scores by at most {self.apart:.6f}"
        return f"{self.name}: {spans}, {relations}; {found}"


def export(
    folder: Path | None, output: Path, int8: bool, documents: Sequence[Document], force: bool
) -> list[Parity]:
    """Write a model folder that holds what `folder` holds and the encoder as `encoder.onnx`.

    Parameters
    ----------
    folder
        A trained extractor; None is the one that comes with the package.
    int8
        Write `encoder-int8.onnx` too.
    documents
        Annotated documents that the export is compared on.
    force
        Write even if the export differs more than it may.

    Raises
    ------
    InputError
        If `output` is there already and not empty, or the model cannot be exported or differs too much.
    """
    folder = folder or DEFAULT_MODEL
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise InputError("this is there already; give --output another name", source=output)
    shape = Shape.of(read_config(folder)["encoder"])
    if shape is None:
        raise InputError("only RoBERTa, BERT and their kin can be exported, with GELU", source=folder)
    weights = part(read_weights(folder), ENCODER)
    original = Extractor.from_pretrained(folder, device="cpu", dtype=torch.float32, backend="torch")
    expected = list(original.extract(documents))
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=f".{output.name}.") as temporary:
        made = Path(temporary) / "model"
        shutil.copytree(folder, made, ignore=shutil.ignore_patterns(*FILES.values()))
        found = []
        for name in ("onnx", "int8") if int8 else ("onnx",):
            onnx.save(encoder_graph(weights, shape, int8=name == "int8"), made / FILES[name])
            exported = Extractor.from_pretrained(made, device="cpu", dtype=torch.float32, backend=name)
            parity = compared(name, documents, expected, list(exported.extract(documents)))
            if not parity.holds and not force:
                raise InputError(
                    f"the export differs too much (--force writes it all the same): {parity}", source=folder
                )
            found.append(parity)
        if output.is_dir():
            output.rmdir()
        made.rename(output)
    return found


def compared(
    name: Name, gold: Sequence[Document], original: Sequence[Document], exported: Sequence[Document]
) -> Parity:
    """What the original and the export found in the same documents, compared with each other and with gold."""
    unequal, apart = 0, 0.0
    for before, after in zip(original, exported, strict=True):
        scores, others = _scores(before), _scores(after)
        unequal += len(scores.keys() ^ others.keys())
        apart = max([apart, *(abs(scores[key] - others[key]) for key in scores.keys() & others.keys())])
    was, now = (agreement.compare(zip(gold, found, strict=True)) for found in (original, exported))
    return Parity(
        name,
        unequal,
        apart,
        (100 * was.span.f1, 100 * now.span.f1),
        (100 * was.relation.f1, 100 * now.relation.f1),
    )


def _scores(document: Document) -> dict[tuple[object, ...], float]:
    """The scores of spans, by place and label, and of relations, by those of their two spans and their own label."""
    places = {span.id: (span.start, span.end, span.label) for span in document.spans}
    scores: dict[tuple[object, ...], float] = {places[span.id]: span.score or 0.0 for span in document.spans}
    for relation in document.relations:
        scores[places[relation.head], places[relation.tail], relation.label] = relation.score or 0.0
    return scores
