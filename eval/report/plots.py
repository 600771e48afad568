"""Plots of an evaluation as inline SVG."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from eval.counting import Measure
from eval.evaluation import Evaluation
from eval.reliability import WHAT, bins, trade_off
from eval.report.runs import Run

COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f", "#000000")
"""Okabe & Ito's palette, which colour-blind readers can tell apart."""
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "chitieu",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "axes.axisbelow": True,
}
_NOTHING = "(nothing)"


def bars(evaluations: Sequence[Evaluation]) -> str:
    """F1 of every label and relation type with its interval, systems side by side, on one data set."""
    shown: list[tuple[Measure, str]] = []
    for measure in ("spans", "relations"):
        names = sorted({name for one in evaluations for name in one.names(measure)})
        shown += [(measure, name) for name in names]
    with rc_context(_STYLE):
        figure = Figure(figsize=(11, 3.4), layout="constrained")
        axes = figure.add_subplot()
        width = 0.8 / max(1, len(evaluations))
        for number, one in enumerate(evaluations):
            places = np.arange(len(shown)) - 0.4 + width * (number + 0.5)
            heights = np.array([one.tally(*cell).f1 for cell in shown])
            bounds = [one.interval(*cell) for cell in shown]
            low = np.maximum(0, heights - [bound.low for bound in bounds])
            high = np.maximum(0, [bound.high for bound in bounds] - heights)
            axes.bar(
                places,
                heights,
                width,
                yerr=[low, high],
                label=one.system,
                color=_color(number),
                ecolor="#333333",
            )
        axes.set_xticks(range(len(shown)), [name.replace("_", "_\n") for _, name in shown])
        axes.set_ylim(0, 1)
        axes.set_ylabel("F1, exact")
        axes.grid(axis="x", visible=False)
        axes.legend(ncols=4, loc="lower left", bbox_to_anchor=(0, 1), frameon=False)
        return _svg(figure)


def confusion(one: Evaluation) -> str:
    """Gold labels (rows) and what was found in their place (columns), in numbers of spans."""
    counts = one.confusion()
    names = [*sorted({name for pair in counts for name in pair if name}), ""]
    table = np.array([[counts[gold, found] for found in names] for gold in names])
    share = table / np.maximum(1, table.sum(1, keepdims=True))
    with rc_context(_STYLE):
        figure = Figure(figsize=(1.6 + 0.62 * len(names), 1.1 + 0.45 * len(names)), layout="constrained")
        axes = figure.add_subplot()
        axes.imshow(share, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        for row, column in np.ndindex(table.shape):
            if table[row, column]:
                color = "white" if share[row, column] > 0.6 else "black"
                axes.text(column, row, str(table[row, column]), ha="center", va="center", color=color)
        shown = [name or _NOTHING for name in names]
        axes.set_xticks(range(len(names)), shown, rotation=30, ha="right")
        axes.set_yticks(range(len(names)), shown)
        axes.set_xlabel("found")
        axes.set_ylabel("gold")
        axes.grid(visible=False)
        return _svg(figure)


def precision_recall(evaluations: Sequence[Evaluation]) -> str:
    """Precision over recall as only higher and higher scores are believed; a point where there are no scores."""
    with rc_context(_STYLE):
        figure = Figure(figsize=(9, 3.6), layout="constrained")
        for axes, what in zip(figure.subplots(1, 2), WHAT, strict=True):
            for number, one in enumerate(evaluations):
                tally = one.tally(what)
                axes.plot(tally.recall, tally.precision, "o", color=_color(number), label=one.system)
                if items := one.scored(what):
                    points = trade_off(items[-1])
                    axes.plot([p.recall for p in points], [p.precision for p in points], color=_color(number))
            axes.set(title=what, xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1.02))
            axes.legend(frameon=False)
        return _svg(figure)


def reliability(evaluations: Sequence[Evaluation]) -> str:
    """Share of right items over their score; on the diagonal a score is a probability. Larger points hold more."""
    with rc_context(_STYLE):
        figure = Figure(figsize=(9, 3.6), layout="constrained")
        for axes, what in zip(figure.subplots(1, 2), WHAT, strict=True):
            axes.plot([0, 1], [0, 1], "--", color="#999999")
            for number, one in enumerate(evaluations):
                if items := one.scored(what):
                    found = bins(items[-1])
                    scores, right = [b.score for b in found], [b.right for b in found]
                    sizes = [12 + 160 * b.items / len(items[-1].scores) for b in found]
                    axes.plot(scores, right, color=_color(number), label=one.system)
                    axes.scatter(scores, right, sizes, color=_color(number))
            axes.set(title=what, xlabel="score", ylabel="share that is right", xlim=(0, 1), ylim=(0, 1.02))
            if len(axes.lines) > 1:
                axes.legend(frameon=False, loc="upper left")
        return _svg(figure)


def learning(runs: Sequence[Run]) -> str:
    """Dev scores over epochs and, where runs had different amounts of it, over training documents."""
    sizes = len({run.documents for run in runs}) > 1
    with rc_context(_STYLE):
        figure = Figure(figsize=(9, 3.4), layout="constrained")
        panels = figure.subplots(1, 2 if sizes else 1, squeeze=False)[0]
        for number, run in enumerate(runs):
            panels[0].plot(run.epochs, run.spans, color=_color(number), label=f"{run.name}: spans")
            panels[0].plot(
                run.epochs, run.relations, "--", color=_color(number), label=f"{run.name}: relations"
            )
        panels[0].set(xlabel="epoch", ylabel="F1 on dev", ylim=(0, 1))
        panels[0].legend(frameon=False)
        if sizes:
            ordered = sorted((run.documents, max(run.spans), max(run.relations)) for run in runs)
            documents, spans, relations = zip(*ordered, strict=True)
            panels[1].plot(documents, spans, "o-", color=_color(0), label="spans")
            panels[1].plot(documents, relations, "o--", color=_color(0), label="relations")
            panels[1].set(xlabel="documents learnt from", ylabel="best F1 on dev", ylim=(0, 1))
            panels[1].legend(frameon=False)
        return _svg(figure)


def _color(number: int) -> str:
    return COLORS[number % len(COLORS)]


def _svg(figure: Figure) -> str:
    stream = io.StringIO()
    figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return re.sub(r"\A.*?(?=<svg)", "", stream.getvalue(), flags=re.DOTALL)
