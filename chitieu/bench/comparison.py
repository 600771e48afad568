"""Our pipeline against transformers', one article at a time, and the limit: same articles, same weights, one run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from annotations.document import Document
from annotations.errors import InputError
from annotations.sources import Chunk
from chitieu.bench.articles import articles
from chitieu.bench.loading import network_of
from chitieu.bench.packed import Limit
from chitieu.bench.plan import Plan
from chitieu.bench.rival import Rival, rival
from chitieu.bench.share import outside
from chitieu.bench.stopwatch import Prepare, Speed, Task, clock, race
from model.extractor import Extractor
from model.pipeline.formats import encode
from model.pipeline.local import cores
from model.pipeline.processes import WorkerProcess, spread, started
from model.pipeline.work import WorkerSettings

_CHUNKS = 4
"""Chunks that each worker process has of the articles."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Speed of ours and of transformers' pipeline (None where it is missing) with so many articles at a time."""

    size: int
    ours: Speed
    rival: Speed | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Who was how fast.

    Attributes
    ----------
    articles, pieces
        What all contestants read, the pieces counted once.
    rival_pieces
        Pieces that transformers' pipeline reads of the same articles, shared ones of neighbouring windows counted twice.
    speeds
        By contestant: `extract`, `workers`, `rows`, `default`, `best`, `loop`, `limit`.
    ratios
        Articles per second of `extract`, and of `workers`, to those of each of the others.
    outside_encoder
        Share of the time of `extract` and `rows` that the encoder does not run.
    by_batch
        Cost with so many articles at a time, on fewer articles.
    best_batch, limit_way, limit_rows
        Batch size of `best`; how `limit` computes, and how many rows at a time.
    missing
        Contestants that could not take part, with the reason.
    """

    articles: int
    pieces: int
    rival_pieces: int | None
    speeds: Mapping[str, Speed]
    ratios: Mapping[str, Mapping[str, float]]
    outside_encoder: Mapping[str, float]
    by_batch: Sequence[Cost]
    best_batch: int | None
    limit_way: str
    limit_rows: int
    missing: Mapping[str, str]


def compare(extractor: Extractor, plan: Plan) -> Comparison:
    """Let all run on the same articles by turns."""
    documents, trial = articles(plan.articles), articles(plan.trial)
    pieces = count_pieces(documents, extractor)
    network = network_of(plan)
    limit = Limit(extractor, trial, network)
    contestants: dict[str, Prepare] = {
        "extract": partial(extraction, extractor),
        "rows": partial(_rows, extractor),
        "loop": partial(_one_by_one, extractor),
        "limit": limit.prepare,
    }
    with ExitStack() as stack:
        missing: dict[str, str] = {}
        other: Rival | None = None
        try:
            other = stack.enter_context(rival(extractor, network))
        except InputError as error:
            missing = {"default": str(error), "best": str(error)}
        by_batch = [_cost(extractor, other, trial, size) for size in plan.batch_sizes]
        tried = {cost.size: cost.rival.median for cost in by_batch if cost.rival}
        best = min(tried, key=tried.__getitem__, default=None)
        if other:
            contestants |= {"default": other.prepare, "best": partial(other.prepare, batch_size=best)}
        # last, since starting them takes the cores for seconds
        count = plan.threads or cores()
        if extractor.device.type == "cpu" and count > 1:
            settings = WorkerSettings("spans-jsonl", plan.model, plan.device, threads=1)
            contestants["workers"] = partial(by_processes, stack.enter_context(started(settings, count)))
        else:
            missing["workers"] = "one process has the whole device"
        speeds = race(contestants, documents, pieces, plan.rounds)
        return Comparison(
            articles=len(documents),
            pieces=pieces,
            rival_pieces=other.pieces(documents) if other else None,
            speeds=speeds,
            ratios={name: ratios(speeds, name) for name in ("extract", "workers") if name in speeds},
            outside_encoder={
                name: outside(extractor, partial(work, documents=documents))
                for name, work in (("extract", extraction), ("rows", _rows))
            },
            by_batch=by_batch,
            best_batch=best,
            limit_way=limit.way,
            limit_rows=limit.batch_rows,
            missing=missing,
        )


def ratios(speeds: Mapping[str, Speed], one: str) -> dict[str, float]:
    """Articles per second of one to those of each of the others."""
    ours = speeds[one].articles_per_second
    return {name: ours / speed.articles_per_second for name, speed in speeds.items() if name != one}


def count_pieces(documents: Sequence[Document], extractor: Extractor) -> int:
    """Pieces of all articles, each counted once."""
    return sum(map(len, extractor.tokenizer.encode_batch([document.text for document in documents])))


def extraction(extractor: Extractor, documents: Sequence[Document]) -> Task:
    """What finds spans and links in all articles."""
    return lambda: list(extractor.extract(documents))


def _rows(extractor: Extractor, documents: Sequence[Document]) -> Task:
    return lambda: encode(list(extractor.extract(documents)), "rows-jsonl")


def by_processes(team: Sequence[WorkerProcess], documents: Sequence[Document]) -> Task:
    """What has processes find and write spans and links, a few chunks each."""
    size = max(1, len(documents) // (_CHUNKS * len(team)))
    parts = [tuple(documents[start : start + size]) for start in range(0, len(documents), size)]
    chunks = [Chunk(number, part, (), None) for number, part in enumerate(parts)]
    return lambda: list(spread(chunks, team))


def _one_by_one(extractor: Extractor, documents: Sequence[Document]) -> Task:
    return lambda: [extractor.extract(document) for document in documents]


def _at_a_time(extractor: Extractor, documents: Sequence[Document], size: int) -> Task:
    groups = [documents[start : start + size] for start in range(0, len(documents), size)]
    return lambda: [list(extractor.extract(group)) for group in groups]


def _cost(extractor: Extractor, other: Rival | None, trial: Sequence[Document], size: int) -> Cost:
    pieces = count_pieces(trial, extractor)

    def speed(name: str, task: Task) -> Speed:
        return Speed.of(name, [clock(task)], len(trial), pieces)

    return Cost(
        size,
        speed("extract", _at_a_time(extractor, trial, size)),
        speed("transformers", other.prepare(trial, size)) if other else None,
    )
