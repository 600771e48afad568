"""Held-out loss and accuracy against tokens seen: ``python -m training.pretrain.plot PICTURE NAME=METRICS...``."""

import json
from pathlib import Path
from typing import Annotated

import typer
from matplotlib.figure import Figure

from annotations.errors import InputError


def draw(runs: dict[str, Path]) -> Figure:
    """A picture of the held-out figures in the ``metrics.jsonl`` of some runs.

    Raises
    ------
    InputError
        If a file is absent or holds no figures.
    """
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    axes = figure.subplots(1, 2)
    for name, path in runs.items():
        if not path.is_file():
            raise InputError("no such file", source=path)
        points = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        if not points:
            raise InputError("holds no figures", source=path)
        tokens = [point["tokens"] / 1e6 for point in points]
        for axis, key in zip(axes, ("heldout_loss", "heldout_accuracy"), strict=True):
            axis.plot(tokens, [point[key] for point in points], label=name)
    for axis, title in zip(axes, ("held-out loss (nats)", "held-out masked accuracy"), strict=True):
        axis.set(xlabel="million tokens", title=title)
        axis.grid(alpha=0.3)
        axis.legend()
    return figure


def main(
    picture: Annotated[Path, typer.Argument(help="Picture to write (.png, .svg).")],
    runs: Annotated[list[str], typer.Argument(help="Runs to draw, each as NAME=FILE of its metrics.jsonl.")],
) -> None:
    """Draw held-out loss and masked accuracy against tokens seen."""
    try:
        named = {name: Path(path) for name, _, path in (run.partition("=") for run in runs)}
        draw(named).savefig(picture, dpi=120)
    except InputError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


if __name__ == "__main__":
    typer.run(main)
