"""Runs of `chitieu extract` that are stopped, by real signals and real limits, and go on."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from annotations.corpus import FOLDER
from annotations.formats import read_documents

ROOT = Path(__file__).parents[2]
ARTICLES = 200
CHUNK = 4


class Run:
    """A command in a folder of its own, with `in.jsonl` there and `out.jsonl` to come."""

    def __init__(self, model: Path, folder: Path) -> None:
        self.folder = folder
        self.output = folder / "out.jsonl"
        self.parts = folder / ".out.jsonl.parts"
        self._model = model
        _write_input(folder / "in.jsonl")

    def start(self, workers: int, limit: int | None = None, engine: str = "local") -> subprocess.Popen[str]:
        """Start it as a terminal would, in a process group of its own; `limit` is the size that a file may have."""

        def prepare() -> None:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            if limit:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        options = {
            "--model": self._model,
            "--device": "cpu",
            "--chunk": CHUNK,
            "--workers": workers,
            "--engine": engine,
            "--output": "out.jsonl",
        }
        arguments = [str(item) for pair in options.items() for item in pair]
        return subprocess.Popen(
            [sys.executable, "-m", "chitieu", "extract", "in.jsonl", *arguments],
            cwd=self.folder,
            stderr=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                "OMP_NUM_THREADS": "1",
                "PYTHONPATH": str(ROOT),
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            start_new_session=True,
            preexec_fn=prepare,
        )

    def marks(self) -> int:
        """How many parts are finished."""
        return len(list(self.parts.glob("part-*.json")))

    def under_way(self, workers: int, engine: str = "local") -> subprocess.Popen[str]:
        """Start it, and wait until some more parts are finished."""
        before = self.marks()
        process = self.start(workers, engine=engine)
        until = time.monotonic() + 240
        while self.marks() < before + 3:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < until
            time.sleep(0.01)
        return process


def _write_input(path: Path) -> None:
    """Articles and, between them, lines that hold none."""
    texts = [document.text[:300] for document in read_documents(FOLDER / "dev")]
    with path.open("w", encoding="utf-8") as stream:
        for number in range(ARTICLES):
            stream.write(json.dumps({"id": f"a{number}", "text": texts[number % len(texts)]}) + "\n")
            if number % 7 == 0:
                stream.write("{broken\n")


def _ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Its exit status and what it said."""
    _, errors = process.communicate(timeout=240)
    return process.returncode, errors


def _gone(group: int) -> bool:
    """Whether the processes of a group end within a minute."""
    for _ in range(600):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def test_a_run_stopped_in_every_way_writes_what_one_without_a_stop_does(
    untrained: Path, tmp_path: Path
) -> None:
    for name in ("whole", "stopped"):
        (tmp_path / name).mkdir()
    whole, run = Run(untrained, tmp_path / "whole"), Run(untrained, tmp_path / "stopped")
    status, told = _ended(whole.start(1))
    assert status == 0, told
    assert f"{ARTICLES} articles, " in told
    interrupted = (
        r"interrupted after \d+ articles \(kept in \.out\.jsonl\.parts\); the same command goes on\n"
    )

    process = run.under_way(2)
    process.kill()
    _ended(process)
    assert _gone(process.pid), "workers outlive the run"
    assert not run.output.exists()

    process = run.under_way(2)
    os.killpg(process.pid, signal.SIGINT)
    status, told = _ended(process)
    assert (status, bool(re.fullmatch(interrupted, told))) == (130, True), told

    process = run.under_way(2)
    workers = [
        child for child in psutil.Process(process.pid).children() if "spawn_main" in " ".join(child.cmdline())
    ]
    assert len(workers) == 2
    workers[0].kill()
    status, told = _ended(process)
    assert status == 1
    assert told.startswith(f"error: worker process {workers[0].pid} was killed by SIGKILL"), told
    assert told.endswith("the same command goes on\n")

    process = run.under_way(1)
    process.terminate()
    status, told = _ended(process)
    assert (status, bool(re.fullmatch(interrupted, told))) == (130, True), told
    assert run.marks() >= 12

    status, told = _ended(run.start(1, limit=whole.output.stat().st_size // 2))
    assert status == 1
    assert told.startswith("error: cannot write out.jsonl: File too large; stopped after 200 articles"), told
    assert run.marks() == -(-ARTICLES // CHUNK)

    status, told = _ended(run.start(1))
    assert status == 0, told
    files = ("in.jsonl", "out.jsonl", "out.jsonl.rejects.jsonl")
    assert sorted(path.name for path in run.folder.iterdir()) == sorted(files)
    for name in files:
        assert (run.folder / name).read_bytes() == (whole.folder / name).read_bytes()
    assert [document.id for document in read_documents(run.output)] == [f"a{n}" for n in range(ARTICLES)]


def test_a_run_on_ray_survives_an_interruption_and_the_death_of_an_actor(
    untrained: Path, tmp_path: Path
) -> None:
    pytest.importorskip("ray", reason="Ray is not installed (extra: ray)")
    for name in ("whole", "stopped"):
        (tmp_path / name).mkdir()
    whole, run = Run(untrained, tmp_path / "whole"), Run(untrained, tmp_path / "stopped")
    status, told = _ended(whole.start(1))
    assert status == 0, told

    process = run.under_way(2, "ray")
    process.send_signal(signal.SIGINT)
    status, told = _ended(process)
    assert status == 130, told
    assert "the same command goes on" in told
    assert not run.output.exists()
    kept = run.marks()
    assert 3 <= kept < -(-ARTICLES // CHUNK)

    process = run.under_way(2, "ray")
    actors = [
        child
        for child in psutil.Process(process.pid).children(recursive=True)
        if "Extracting" in child.name()
    ]
    assert actors
    actors[0].kill()
    status, told = _ended(process)
    assert status == 0, told
    found, expected = (list(read_documents(each.output)) for each in (run, whole))
    assert [document.id for document in found] == [document.id for document in expected]
    for one, other in zip(found, expected, strict=True):
        assert [(s.start, s.end, s.label) for s in one.spans] == [
            (s.start, s.end, s.label) for s in other.spans
        ]


def test_results_come_before_the_end_and_a_closed_pipe_ends_the_run(untrained: Path, tmp_path: Path) -> None:
    _write_input(tmp_path / "in.jsonl")
    options = ("--model", untrained, "--format", "jsonl", "--chunk", 1, "--workers", 2)
    process = subprocess.Popen(
        [sys.executable, "-m", "chitieu", "extract", tmp_path / "in.jsonl", *map(str, options)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )
    assert process.stdout and process.stderr
    assert json.loads(process.stdout.readline())["id"] == "a0"
    process.stdout.close()
    assert process.wait(240) == 1
    assert _gone(process.pid)
    assert set(process.stderr.read().decode().splitlines()) <= {
        f"rejected: {tmp_path / 'in.jsonl'}:{n}: not JSON: Expecting property name enclosed in double quotes"
        for n in range(2 * ARTICLES)
    }
