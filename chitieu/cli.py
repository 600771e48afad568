"""The `chitieu` command: one file for each subcommand in `chitieu/commands`, imported lightly."""

from __future__ import annotations

import os
import sys

import typer

from annotations.errors import InputError
from chitieu.commands import (
    bench,
    convert,
    demo,
    evaluate,
    export,
    extract,
    rows,
    segment_check,
    serve,
    studio,
)

_COMMANDS = (extract, rows, evaluate, convert, segment_check, serve, demo, export, bench)

app = typer.Typer(
    name="chitieu",
    help="Indicators, targets and results from Vietnamese local-government news.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in _COMMANDS:
    app.command(module.__name__.rpartition(".")[2].replace("_", "-"))(module.command)
app.add_typer(studio.app, name="studio")


def main() -> None:
    """Run the command line: status 2 and one clear line for input that cannot be used, 1 for a run that failed."""
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")  # loading a local model is no news
    try:
        app()
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
