"""Train every variant of a plan with several seeds, score each run on annotated documents, and tabulate mean and spread.

    python scripts/experiment.py scripts/plans/curve.yaml --data ../shared/real --output runs/curve [--jobs 2]

A plan is YAML: `common`, settings of `python -m train` that all variants share; `seeds`, how many; `variants`, a name
with the settings that make it different. Beside the trainer's own there is `share`, the part of the training documents
that a run sees (drawn anew for each seed, so that the smaller part lies in the larger).

Every run is a process of its own with `--threads` threads. Finished runs are kept (`scores.json` in the run's folder):
the same command goes on where it was stopped. The table goes to standard output and to `table.md` in the output folder.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from annotations import corpus
from annotations.errors import InputError
from annotations.files import read_text, replacing
from training.config import TrainConfig
from training.options import validate

MEASURES = ("spans", "relations", "relations on gold spans", "rows")


@dataclass(frozen=True, slots=True)
class Job:
    """One run: a variant with a seed."""

    variant: str
    config: TrainConfig

    @property
    def scores(self) -> Path:
        return self.config.output / "scores.json"


def jobs(plan: Path, output: Path) -> Iterator[Job]:
    """The runs of a plan, seed after seed, so that a stopped experiment has whole rows first."""
    content = yaml.safe_load(read_text(plan))
    for seed in range(1, content["seeds"] + 1):
        for name, own in content["variants"].items():
            settings = {**content.get("common", {}), **(own or {})}
            share = settings.pop("share", 1.0)
            files = sorted((corpus.FOLDER / "train").glob("*.txt"))
            random.Random(seed).shuffle(files)
            settings["data"] = sorted(files[: round(share * len(files))])
            settings |= {"seed": seed, "output": output / "runs" / f"{_slug(name)}-{seed}", "overwrite": True}
            yield Job(name, validate(TrainConfig, settings, source=plan))


def _slug(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name.lower()).strip("-")


def run(job: Job, data: Sequence[Path], threads: int) -> dict[str, Any]:
    """Train and score, unless that has been done; what the two commands say stands in `run.log`."""
    if job.scores.is_file():
        return dict(json.loads(read_text(job.scores)))
    folder = job.config.output
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "run.yaml"
    settings.write_text(yaml.safe_dump(job.config.model_dump(mode="json")), encoding="utf-8")
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    evaluated = folder / "evaluation.json"
    began = time.monotonic()
    with (folder / "run.log").open("w", encoding="utf-8") as log:

        def call(*command: str) -> None:
            whole = [sys.executable, "-m", *command]
            status = subprocess.run(whole, cwd=ROOT, env=environment, stdout=log, stderr=log).returncode
            if status:
                raise InputError(f"{' '.join(command[:1])} failed with status {status}", source=log.name)

        call("train", "--config", str(settings.resolve()))
        minutes = (time.monotonic() - began) / 60
        sets = [option for path in data for option in ("--data", str(path.resolve()))]
        call("chitieu", "evaluate", "--model", str(folder.resolve()), *sets, "--split", "dev",
             "--json", str(evaluated.resolve()))  # fmt: skip
    shutil.rmtree(folder / "checkpoints")
    scores = {"minutes": round(minutes, 1), "sets": json.loads(read_text(evaluated))}
    with replacing(job.scores) as stream:
        json.dump(scores, stream, ensure_ascii=False)
    return scores


def table(results: Sequence[tuple[Job, dict[str, Any]]]) -> str:
    """Mean and sample standard deviation over seeds of each score, as Markdown."""
    sets = list(dict.fromkeys(one["data"] for _, scores in results for one in scores["sets"]))
    head = ["variant", "seeds", "minutes", *(f"{data}: {measure}" for data in sets for measure in MEASURES)]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for variant in dict.fromkeys(job.variant for job, _ in results):
        runs = [scores for job, scores in results if job.variant == variant]
        cells = [variant, str(len(runs)), _spread([scores["minutes"] for scores in runs])]
        for data in sets:
            found = [one for scores in runs for one in scores["sets"] if one["data"] == data]
            cells += [_spread([100 * one[measure]["micro"]["f1"] for one in found]) for measure in MEASURES]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _spread(values: Sequence[float]) -> str:
    return f"{mean(values):.1f} ± {stdev(values):.1f}" if len(values) > 1 else f"{values[0]:.1f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("plan", type=Path)
    parser.add_argument("--data", type=Path, action="append", default=[], help="scored on, besides dev")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--jobs", type=int, default=1, help="runs at the same time")
    parser.add_argument("--threads", type=int, default=1, help="threads of each run")
    options = parser.parse_args()
    done: list[tuple[Job, dict[str, Any]]] = []
    with ThreadPoolExecutor(options.jobs) as pool:
        planned = list(jobs(options.plan, options.output))
        scored = pool.map(lambda job: run(job, options.data, options.threads), planned)
        for job, scores in zip(planned, scored, strict=True):
            done.append((job, scores))
            with replacing(options.output / "table.md") as stream:
                stream.write(table(done))
            print(
                f"{len(done)}/{len(planned)} {job.variant}, seed {job.config.seed}",
                file=sys.stderr,
                flush=True,
            )
    print(table(done))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
