"""A benchmark's figures for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table

from chitieu.bench.backends import Backends
from chitieu.bench.comparison import Comparison
from chitieu.bench.phobert import Phobert
from chitieu.bench.report import Report

NAMES = {
    "extract": "chitieu: spans and links",
    "workers": "chitieu, a process for each thread: spans and links as JSON Lines",
    "rows": "chitieu: rows as JSON Lines",
    "loop": "chitieu, one article at a time",
    "default": "transformers pipeline, default settings",
    "best": "transformers pipeline, best batch size",
    "limit": "encoder alone on packed rows (the limit)",
}


def tables(report: Report) -> Iterator[Table]:
    """All sections, in the order in which they were measured."""
    yield _machine(report)
    yield _comparison(report.comparison)
    yield _batches(report.comparison)
    yield _table(
        "An article's length",
        ("pieces", "ms/article", "pieces/s"),
        [
            (
                f"{cost.length:,}",
                f"{1000 * cost.seconds_per_article:,.1f}",
                f"{cost.speed.pieces_per_second:,.0f}",
            )
            for cost in report.by_length
        ],
    )
    yield _backends(report.backends)
    yield _phobert(report.phobert)
    yield _table(
        "The command",
        ("", "seconds"),
        [
            ("chitieu --help", f"{report.start.help_seconds:.2f}"),
            ("chitieu extract: first result", f"{report.start.first_result_seconds:.2f}"),
            ("of that, from loading the model on", f"{report.start.loading_seconds:.2f}"),
        ],
    )
    yield _table(
        f"Worker processes, {report.plan.process_articles:,} articles, start included",
        ("workers", "seconds", "articles/s", "peak memory"),
        [
            (
                str(run.workers),
                f"{run.seconds:.1f}",
                _number(run.articles_per_second),
                _mib(run.peak_bytes),
            )
            for run in report.processes
        ],
    )
    yield _growth(report)


def _machine(report: Report) -> Table:
    machine = report.machine
    rows = [
        ("processor", f"{machine.processor}, {machine.cores} cores, {machine.threads} threads"),
        ("memory", _mib(machine.memory_bytes)),
        ("encoder", f"{machine.backend} ({machine.number_format} in PyTorch) on {machine.device}"),
        (
            "software",
            f"chitieu {machine.chitieu}, torch {machine.torch}, transformers {machine.transformers}",
        ),
    ]
    return _table("Machine", ("", ""), rows, right=False)


def _comparison(found: Comparison) -> Table:
    rows = []
    for name, title in NAMES.items():
        if name in found.speeds:
            speed = found.speeds[name]
            shown = (
                f"{speed.median:.2f}",
                _number(speed.articles_per_second),
                f"{speed.pieces_per_second:,.0f}",
            )
            outside = found.outside_encoder.get(name)
            ratios = [to_others.get(name) for to_others in found.ratios.values()]
            rows.append(
                (
                    title,
                    *shown,
                    *("" if ratio is None else f"{ratio:.2f}×" for ratio in ratios),
                    "" if outside is None else f"{outside:.0%}",
                )
            )
    ours = {"extract": "one process is", "workers": "all processes are"}
    heads = (
        "",
        "seconds",
        "articles/s",
        "pieces/s",
        *(ours[name] for name in found.ratios),
        "outside encoder",
    )
    return _table(
        f"{found.articles:,} articles, {found.pieces:,} pieces; best batch size {found.best_batch}",
        heads,
        rows,
        caption="\n".join(f"{NAMES[name]}: {reason}" for name, reason in found.missing.items()),
    )


def _batches(found: Comparison) -> Table:
    return _table(
        "Articles at a time",
        ("", "chitieu pieces/s", "transformers pieces/s"),
        [
            (
                str(cost.size),
                f"{cost.ours.pieces_per_second:,.0f}",
                f"{cost.rival.pieces_per_second:,.0f}" if cost.rival else "",
            )
            for cost in found.by_batch
        ],
    )


def _backends(found: Backends) -> Table:
    rows = [
        (
            name,
            _number(speed.articles_per_second),
            f"{speed.pieces_per_second:,.0f}",
            f"{found.to_torch.get(name, 1):.2f}×",
        )
        for name, speed in found.speeds.items()
    ]
    missing = "\n".join(f"{name}: {reason}" for name, reason in found.missing.items())
    return _table("Backends", ("", "articles/s", "pieces/s", "to torch"), rows, caption=missing)


def _phobert(found: Phobert | str) -> Table:
    if isinstance(found, str):
        return _table("PhoBERT's shape", ("",), [], caption=found)
    pieces = "PhoBERT's pieces" if found.real_tokenizer else "one piece a word"
    return _table(
        f"PhoBERT's shape ({found.shape}; {pieces})",
        ("", "articles/s"),
        [
            (f"{found.segmenter}, {found.processes} processes", _number(found.segmenter_articles_per_second)),
            ("network", _number(found.network_articles_per_second)),
            ("segmenter to network", f"{found.ratio:.2f}×"),
        ],
    )


def _growth(report: Report) -> Table:
    found = report.growth
    linear = "too short to tell" if found.linearity is None else f"{found.linearity:.2f}"
    return _table(
        "Short articles, file to file",
        ("articles", "seconds", "peak memory"),
        [(f"{size.articles:,}", f"{size.seconds:.1f}", _mib(size.peak_bytes)) for size in found.sizes],
        caption=f"memory, last to first: {found.memory_ratio:.2f}; time for one more article, last to first: {linear}",
    )


def _table(
    title: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    caption: str = "",
    right: bool = True,
) -> Table:
    table = Table(title=title, title_justify="left", caption=caption or None, caption_justify="left")
    for number, head in enumerate(heads):
        table.add_column(head, justify="right" if number and right else "left")
    for row in rows:
        table.add_row(*row)
    return table


def _number(value: float) -> str:
    return f"{value:,.1f}"


def _mib(size: int) -> str:
    return f"{size / 2**20:,.0f} MiB"
