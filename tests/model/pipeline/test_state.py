"""What must be the same for a run to go on."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from model.extractor import DEFAULT_MODEL
from model.pipeline.state import state_of
from model.pipeline.work import WorkerSettings

SETTINGS = WorkerSettings("rows-csv")


def test_the_default_model_is_the_extractor_s() -> None:
    assert state_of("x", SETTINGS, 2) == state_of("x", replace(SETTINGS, model=DEFAULT_MODEL), 2)


def test_speed_and_place_may_differ_and_nothing_else(tmp_path: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(DEFAULT_MODEL, model)
    settings = replace(SETTINGS, model=model)
    state = state_of("x", settings, 2)
    assert state_of("x", replace(settings, threads=4, device="cpu"), 2) == state
    others = [
        state_of("y", settings, 2),
        state_of("x", settings, 3),
        state_of("x", replace(settings, format="rows-jsonl"), 2),
        state_of("x", replace(settings, backend="int8"), 2),
    ]
    with (model / "config.json").open("a") as file:
        file.write("\n")
    others.append(state_of("x", settings, 2))
    for other in others:
        assert sum(other[name] != state[name] for name in state) == 1
