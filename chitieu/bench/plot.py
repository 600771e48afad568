"""A benchmark as one picture."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from chitieu.bench.report import Report
from chitieu.bench.tables import NAMES

_OURS, _OTHERS, _LIMIT = "#0072b2", "#d55e00", "#7f7f7f"


def draw(report: Report) -> Figure:
    """Articles a second of all contestants, cost by length and by batch, memory and time by number of articles."""
    figure = Figure(figsize=(12, 7), layout="constrained")
    speed, length, batch, grown = figure.subplots(2, 2).flat
    _speeds(speed, report)
    _lengths(length, report)
    _batches(batch, report)
    _growth(grown, report)
    return figure


def _speeds(axes: Axes, report: Report) -> None:
    speeds = {name: speed for name, speed in report.comparison.speeds.items() if name in NAMES}
    names = [name for name in reversed(NAMES) if name in speeds]
    colors = [
        _LIMIT if name == "limit" else _OTHERS if name in ("default", "best") else _OURS for name in names
    ]
    bars = axes.barh(
        [NAMES[name] for name in names], [speeds[name].articles_per_second for name in names], color=colors
    )
    axes.bar_label(bars, fmt="%.1f", padding=3)
    axes.set(xlabel="articles/s", title=f"{report.comparison.articles:,} articles on {report.machine.device}")
    axes.margins(x=0.15)


def _lengths(axes: Axes, report: Report) -> None:
    lengths = [cost.length for cost in report.by_length]
    axes.loglog(lengths, [1000 * cost.seconds_per_article for cost in report.by_length], "o-", color=_OURS)
    axes.set(xlabel="pieces of an article", ylabel="ms/article", title="Cost against length")
    axes.grid(alpha=0.3)


def _batches(axes: Axes, report: Report) -> None:
    costs = report.comparison.by_batch
    sizes = [cost.size for cost in costs]
    axes.semilogx(sizes, [cost.ours.pieces_per_second for cost in costs], "o-", color=_OURS, label="chitieu")
    others = [(cost.size, cost.rival.pieces_per_second) for cost in costs if cost.rival]
    axes.semilogx(
        *zip(*others, strict=True) if others else ((), ()), "s-", color=_OTHERS, label="transformers"
    )
    axes.axhline(
        report.comparison.speeds["limit"].pieces_per_second, color=_LIMIT, linestyle="--", label="limit"
    )
    axes.set(xlabel="articles at a time", ylabel="pieces/s", title="Speed against batch size", ylim=(0, None))
    axes.grid(alpha=0.3)
    axes.legend()


def _growth(axes: Axes, report: Report) -> None:
    sizes = report.growth.sizes
    numbers = [size.articles for size in sizes]
    axes.loglog(numbers, [size.seconds for size in sizes], "o-", color=_OURS)
    axes.set(xlabel="short articles", ylabel="seconds", title="Time and peak memory, file to file")
    axes.grid(alpha=0.3)
    memory = axes.twinx()
    memory.semilogx(numbers, [size.peak_bytes / 2**20 for size in sizes], "s--", color=_OTHERS)
    memory.set(ylabel="MiB", ylim=(0, None))
    memory.yaxis.label.set_color(_OTHERS)
