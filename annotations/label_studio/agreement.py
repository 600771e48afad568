"""How far the annotators of a project agree, and on which documents they do not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from annotations.agreement import Agreement, Tally, compare, relation_keys, span_keys
from annotations.alpha import relation_alpha, span_alpha
from annotations.document import Document
from annotations.label_studio.push import Outgoing
from annotations.label_studio.tasks import Annotated, Status
from annotations.schema import Schema

Versions = Mapping[str, Document]
"""One text's documents by annotator."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two annotators on the texts that both annotated."""

    first: str
    second: str
    documents: int
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A text on which annotators differ: their mean pairwise F1 over spans and relations, and every difference."""

    versions: Versions
    f1: float
    differences: tuple[str, ...]

    @property
    def document_id(self) -> str:
        return next(iter(self.versions.values())).id


@dataclass(frozen=True)
class Report:
    """Agreement in a project; `disagreements` come worst first. An alpha is None where it is not defined."""

    pairs: tuple[Pair, ...]
    span_alpha: Mapping[str, float | None]
    relation_alpha: Mapping[str, float | None]
    disagreements: tuple[Disagreement, ...]

    def of_annotator(self, name: str) -> tuple[Tally, Tally]:
        """An annotator's spans and relations against everybody else's."""
        own = [pair.agreement for pair in self.pairs if name in (pair.first, pair.second)]
        return sum((one.span for one in own), Tally()), sum((one.relation for one in own), Tally())

    @property
    def annotators(self) -> tuple[str, ...]:
        return tuple(sorted({name for pair in self.pairs for name in (pair.first, pair.second)}))

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        return {
            "pairs": [
                {
                    "annotators": [pair.first, pair.second],
                    "documents": pair.documents,
                    "span": pair.agreement.span.to_dict(),
                    "relation": pair.agreement.relation.to_dict(),
                    "spans": {name: tally.to_dict() for name, tally in pair.agreement.spans.items()},
                    "relations": {name: tally.to_dict() for name, tally in pair.agreement.relations.items()},
                }
                for pair in self.pairs
            ],
            "annotators": {
                name: dict(
                    zip(("span_f1", "relation_f1"), (t.f1 for t in self.of_annotator(name)), strict=True)
                )
                for name in self.annotators
            },
            "alpha": {"spans": dict(self.span_alpha), "relations": dict(self.relation_alpha)},
            "disagreements": [
                {"document": one.document_id, "f1": one.f1, "differences": list(one.differences)}
                for one in self.disagreements
            ],
        }


def by_text(annotated: Iterable[Annotated]) -> list[Versions]:
    """The submitted documents of every text that at least two people annotated; of one person's the latest."""
    found: dict[tuple[str, str], dict[str, Annotated]] = defaultdict(dict)
    for one in annotated:
        if one.status in (Status.submitted, Status.empty):
            own = found[one.document.id, one.document.text]
            if one.annotator not in own or own[one.annotator].updated <= one.updated:
                own[one.annotator] = one
    return [{name: own[name].document for name in sorted(own)} for own in found.values() if len(own) > 1]


def agreement(texts: Sequence[Versions], schema: Schema | None = None) -> Report:
    """Compare everybody with everybody on the texts that they share."""
    schema = schema or Schema.default()
    shared: dict[tuple[str, str], list[tuple[Document, Document]]] = defaultdict(list)
    disagreements = []
    for versions in texts:
        for first, second in combinations(versions, 2):
            shared[first, second].append((versions[first], versions[second]))
        if differences := _differences(versions):
            disagreements.append(Disagreement(versions, _mean_f1(versions), differences))
    pairs = tuple(Pair(*names, len(both), compare(both)) for names, both in sorted(shared.items()))
    groups = [list(versions.values()) for versions in texts]
    return Report(
        pairs,
        span_alpha(groups, schema),
        relation_alpha(groups, schema),
        tuple(sorted(disagreements, key=lambda one: (one.f1, one.document_id))),
    )


def review_queue(report: Report) -> list[Outgoing]:
    """The disagreements as tasks: every annotator's version is a prediction to choose from."""
    queue = []
    for one in report.disagreements:
        bare = next(iter(one.versions.values()))
        document = Document(bare.id, bare.text, meta=bare.meta)
        data = {"review": {"f1": round(one.f1, 4), "differences": list(one.differences)}}
        queue.append(Outgoing(document, annotated=False, predictions=one.versions, data=data))
    return queue


def _mean_f1(versions: Versions) -> float:
    scores = []
    for pair in combinations(versions.values(), 2):
        result = compare([pair])
        scores.append((result.span + result.relation).f1)
    return sum(scores) / len(scores)


def _differences(versions: Versions) -> tuple[str, ...]:
    """One line for every span and relation that not all annotators have."""
    text = next(iter(versions.values())).text
    holders: dict[tuple[int, str], list[str]] = defaultdict(list)
    for name, document in versions.items():
        for (label, start, end), count in span_keys(document).items():
            line = f"{label} “{text[start:end]}” [{start}, {end})"
            holders[start, line] += [name] * count
        for (label, head, tail), count in relation_keys(document).items():
            ends = f"“{text[head[1] : head[2]]}” → “{text[tail[1] : tail[2]]}”"
            holders[head[1], f"{label} {ends} [{head[1]} → {tail[1]}]"] += [name] * count
    return tuple(
        f"{line}: {', '.join(sorted(set(names)))}"
        for (_, line), names in sorted(holders.items())
        if not _unanimous(names, versions)
    )


def _unanimous(names: Sequence[str], versions: Versions) -> bool:
    counts = Counter(names)
    return len(counts) == len(versions) and len(set(counts.values())) == 1
