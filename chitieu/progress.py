"""A bar on standard error: how far the input is read, articles a second, time left."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text


class ExtractionProgress:
    """Counts articles, and shows them where `shown`.

    Attributes
    ----------
    articles
        Finished so far, in this run and before it.
    """

    def __init__(self, *, shown: bool) -> None:
        self.articles = 0
        self._made = 0
        self._begun = time.monotonic()
        self._bar = Progress(
            SpinnerColumn(),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[articles]:,} articles · {task.fields[speed]:.1f}/s · left"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=not shown,
        )
        self._task = self._bar.add_task("", total=None, articles=0, speed=0.0)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def watch(self, articles: int, position: float | None, before: bool) -> None:
        """A part is finished: its articles, the input's position after it, and whether an earlier run made it."""
        self.articles += articles
        if before:
            self._begun = time.monotonic()
        else:
            self._made += articles
        speed = self._made / max(time.monotonic() - self._begun, 1e-9)
        total = None if position is None else 1.0
        self._bar.update(self._task, total=total, completed=position, articles=self.articles, speed=speed)

    def say(self, line: str) -> None:
        """Write a line to standard error, above the bar."""
        self._bar.console.print(Text(line), soft_wrap=True)
