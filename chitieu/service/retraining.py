"""Retraining while the service goes on: one process at a time, and a swap when it found something better."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from datetime import datetime
from pathlib import Path

from annotations.errors import InputError
from annotations.files import read_text
from chitieu.service.keeper import Keeper

VERDICT = "verdict.json"
"""What a run writes at its end, in its folder."""
_log = logging.getLogger("chitieu.service")


class Retraining:
    """Starts `chitieu.service.retrain` and puts its model into service when it is better on dev.

    Parameters
    ----------
    state
        Folder for the runs.
    config
        YAML file with settings of the training runs.
    """

    def __init__(self, keeper: Keeper, state: Path, config: Path | None) -> None:
        self._keeper = keeper
        self._state = state
        self._config = config
        self._run: asyncio.Task[None] | None = None
        self.last = "never run"

    def start(self, project: str) -> str | None:
        """Begin a run on a project's annotations and give its name; None if one is going on."""
        if self._run and not self._run.done():
            return None
        name = datetime.now().strftime("%Y%m%d-%H%M%S-%f")
        self.last = f"{name}: running"
        self._run = asyncio.create_task(self._train(project, name))
        return name

    async def close(self) -> None:
        """Stop a run that is going on."""
        if self._run and not self._run.done():
            self._run.cancel()
            await asyncio.gather(self._run, return_exceptions=True)

    async def _train(self, project: str, name: str) -> None:
        output = self._state / name
        output.mkdir(parents=True)
        command = [sys.executable, "-m", "chitieu.service.retrain", "--project", project]
        command += ["--model", str(self._keeper.folder), "--output", str(output)]
        command += ["--config", str(self._config)] if self._config else []
        with (output / "log.txt").open("wb") as log:
            process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log)
            try:
                status = await process.wait()
            finally:
                if process.returncode is None:
                    process.terminate()
                    await process.wait()
        try:
            self.last = f"{name}: {await self._conclude(output, status)}"
        except InputError as error:
            self.last = f"{name}: {error}"
        _log.info("retraining %s", self.last)

    async def _conclude(self, output: Path, status: int) -> str:
        if status:
            lines = read_text(output / "log.txt").strip().splitlines()
            return f"failed: {lines[-1] if lines else f'status {status}'}"
        verdict = json.loads(read_text(output / VERDICT))
        scores = f"{verdict['new']:.4f} against {verdict['old']:.4f} on dev"
        if not verdict["better"]:
            return f"not better ({scores})"
        await asyncio.to_thread(self._keeper.swap, output / "model")
        return f"better ({scores}), in service as {self._keeper.version}"
