"""Anything that annotates texts, behind one interface."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from annotations.document import Document, Relation, Span
from eval.counting import case
from eval.evaluation import Evaluation
from eval.records import Assemble

Annotate = Callable[[Sequence[Document]], Iterable[Document]]
"""Documents to the same documents, in the same order, with another annotation."""


@dataclass(frozen=True, slots=True)
class System:
    """A name and what it can do.

    Parameters
    ----------
    extract
        Finds spans and relations; None for heuristics that only link.
    link
        Finds relations between the spans that are already there; None where that cannot be asked for.
    calibrate
        Makes the scores of what `extract` found probabilities; None if they stay as they are.
    """

    name: str
    extract: Annotate | None
    link: Annotate | None = None
    calibrate: Callable[[Document], Document] | None = None


def evaluate(
    system: System,
    data: str,
    gold: Sequence[Document],
    *,
    assemble: Assemble | None = None,
    seen: Sequence[str] = (),
    min_score: float = 0.0,
) -> Evaluation:
    """Run a system on a data set and count.

    Parameters
    ----------
    assemble
        Rows of a document; without it rows are not counted.
    seen
        Ids of the articles that the system has learnt from, for the mark on its scores.
    min_score
        Spans and relations with a lower score are left out.

    Raises
    ------
    ValueError
        If the system does not return one document for each, with its text.
    """
    bare = [replace(document, spans=(), relations=()) for document in gold]
    unlinked = [replace(document, relations=()) for document in gold]
    started = time.perf_counter()
    raw = list(system.extract(bare)) if system.extract else []
    seconds = time.perf_counter() - started
    scored = [system.calibrate(document) for document in raw] if system.calibrate else raw
    found: list[Document | None] = [above(document, min_score) for document in scored] or [None] * len(gold)
    linked = list(system.link(unlinked)) if system.link else [None] * len(gold)
    cases = tuple(case(*sides, assemble) for sides in zip(gold, found, linked, strict=True))
    return Evaluation(
        system.name, data, cases, tuple(seen), seconds, min_score, tuple(raw) if system.calibrate else ()
    )


def above(document: Document, score: float) -> Document:
    """The document without the spans and relations below a score, and without relations of dropped spans.

    What has no score stays.
    """
    spans = tuple(span for span in document.spans if _keeps(span, score))
    kept = {span.id for span in spans}
    relations = tuple(r for r in document.relations if _keeps(r, score) and {r.head, r.tail} <= kept)
    return replace(document, spans=spans, relations=relations)


def _keeps(item: Span | Relation, score: float) -> bool:
    return item.score is None or item.score >= score
