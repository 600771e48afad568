"""What `chitieu extract` takes as a user runs it: start, memory, growth with the input, worker processes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from annotations import jsonl
from annotations.document import Document
from chitieu.bench.articles import articles, short
from chitieu.bench.loading import load
from chitieu.bench.plan import Plan
from chitieu.bench.stopwatch import clock
from chitieu.bench.watching import Watched, watch


@dataclass(frozen=True, slots=True)
class Start:
    """Medians of seconds.

    Attributes
    ----------
    help_seconds
        Until `chitieu --help` has ended.
    first_result_seconds
        Until `chitieu extract` has shown the first line for one article.
    loading_seconds
        From loading the extractor to its first result, in a process that has imported everything.
    """

    help_seconds: float
    first_result_seconds: float
    loading_seconds: float


@dataclass(frozen=True, slots=True)
class Size:
    """One run of the growth series."""

    articles: int
    seconds: float
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class Growth:
    """Short articles in growing numbers, from a file to a file, in one process.

    Attributes
    ----------
    memory_ratio
        Peak memory of the largest run to that of the smallest.
    linearity
        Seconds for one more article between the two largest runs, to those between the two smallest: 1 where time is
        linear. None where a run was too short to tell.
    """

    sizes: tuple[Size, ...]
    memory_ratio: float
    linearity: float | None


@dataclass(frozen=True, slots=True)
class Processes:
    """A run on the same articles by so many worker processes, its start included."""

    workers: int
    articles: int
    seconds: float
    articles_per_second: float
    peak_bytes: int


def start(plan: Plan) -> Start:
    """Time the start of the command line."""
    with TemporaryDirectory(prefix="chitieu-bench-") as name:
        (article,) = articles(1)
        path = Path(name, "article.txt")
        path.write_text(article.text, encoding="utf-8")
        arguments = ["extract", str(path), "--format", "jsonl", *_options(plan)]
        helped = [watch(["--help"]).seconds for _ in range(plan.rounds)]
        shown = [watch(arguments).first_output or 0.0 for _ in range(plan.rounds)]
    loaded = [clock(lambda: load(plan).extract(article)) for _ in range(plan.rounds)]
    return Start(median(helped), median(shown), median(loaded))


def growth(plan: Plan) -> Growth:
    """Run on growing numbers of short articles; the last is cut to the minutes that the plan allows."""
    sizes: list[Size] = []
    for multiple in plan.multiples:
        count = plan.short_articles * multiple
        if cost := _each(sizes[-2:]):
            count = min(count, max(sizes[-1].articles + 1, round(plan.minutes * 60 / cost)))
        run = _extract(short(count), plan, workers=1)
        sizes.append(Size(count, run.seconds, run.peak_bytes))
    first, last = _each(sizes[:2]), _each(sizes[-2:])
    return Growth(
        tuple(sizes),
        sizes[-1].peak_bytes / sizes[0].peak_bytes,
        last / first if first and last and len(sizes) > 2 else None,
    )


def processes(plan: Plan) -> list[Processes]:
    """Run with each number of worker processes."""
    found, count = [], plan.process_articles
    for workers in plan.processes:
        run = _extract(articles(count), plan, workers)
        found.append(Processes(workers, count, run.seconds, count / run.seconds, run.peak_bytes))
    return found


def _each(sizes: list[Size]) -> float | None:
    """Seconds for one more article between two runs, None where there are no two or time did not grow."""
    if len(sizes) < 2:
        return None
    fewer, more = sizes
    cost = (more.seconds - fewer.seconds) / (more.articles - fewer.articles)
    return cost if cost > 0 else None


def _extract(documents: Iterable[Document], plan: Plan, workers: int) -> Watched:
    """`chitieu extract` from a JSONL file to another."""
    with TemporaryDirectory(prefix="chitieu-bench-") as name:
        source, output = Path(name, "articles.jsonl"), Path(name, "found.jsonl")
        with source.open("w", encoding="utf-8") as stream:
            jsonl.write(documents, stream)
        places = [str(source), "--output", str(output)]
        return watch(["extract", *places, "--workers", str(workers), *_options(plan)])


def _options(plan: Plan) -> list[str]:
    options = ["--device", plan.device]
    if plan.model:
        options += ["--model", str(plan.model)]
    if plan.threads:
        options += ["--threads", str(plan.threads)]
    return options
