"""The command from text to an encoder, interrupted and not."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import yaml
from safetensors.torch import load_file
from transformers import AutoModel, AutoModelForMaskedLM, AutoTokenizer
from typer.testing import CliRunner

from model.tokenizers import load_tokenizer
from training.pretrain import run
from training.pretrain.__main__ import app
from training.pretrain.config import PretrainConfig

TINY = """
vocab_size: 700
layers: 2
width: 32
heads: 2
feed_forward: 32
positions: 64
batch_tokens: 256
length: 32
final_length: 64
final_share: 0.4
heldout_every: 10
evaluate_every: 3
warmup_steps: 2
compile: false
cpu: true
tensorboard: false
"""


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "news.txt"
    path.write_text(
        "\n\n".join(f"Xã {n} đạt {n},5% kế hoạch.\nThu ngân sách tăng." for n in range(200)), encoding="utf-8"
    )
    return path


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY)
    return path


def test_the_command_writes_an_ordinary_encoder(text: Path, recipe: Path, tmp_path: Path) -> None:
    output = tmp_path / "run"
    arguments = ["--config", str(recipe), "--steps", "6", "--output", str(output), str(text)]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    encoder = output / "encoder"
    assert str(encoder) in result.stdout.replace("\n", "")
    model = AutoModelForMaskedLM.from_pretrained(encoder)
    assert next(model.parameters()).dtype == torch.bfloat16
    assert model.config.hidden_dropout_prob == 0.1
    plain = AutoTokenizer.from_pretrained(encoder)
    tokens = plain("Xã đạt 65,5%", return_tensors="pt")
    assert AutoModel.from_pretrained(encoder)(**tokens).last_hidden_state.shape[-1] == 32
    assert load_tokenizer(encoder).vocab_size == model.config.vocab_size
    lines = [json.loads(line) for line in (output / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [0, 3, 6]
    assert lines[-1]["tokens"] == 6 * 256
    assert all(0 <= line["heldout_accuracy"] <= 1 and line["heldout_loss"] > 0 for line in lines)


def test_an_interrupted_run_ends_with_the_same_weights(
    text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = yaml.safe_load(TINY) | {"steps": 7, "checkpoint_minutes": 0}
    run.pretrain(PretrainConfig(text=[text], output=tmp_path, **options | {"prepare_only": True}))

    def config(name: str) -> PretrainConfig:
        return PretrainConfig(tokens=tmp_path / "tokens", output=tmp_path / name, **options)

    whole = run.pretrain(config("whole"))
    original = run._Run._step

    def interrupted(self: run._Run, share: float) -> torch.Tensor:
        if self.progress.step == 4:
            raise KeyboardInterrupt
        return original(self, share)

    monkeypatch.setattr(run._Run, "_step", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run.pretrain(config("broken"))
    monkeypatch.undo()
    resumed = run.pretrain(config("broken"))
    assert whole is not None and resumed is not None
    one, other = (load_file(folder / "model.safetensors") for folder in (whole, resumed))
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)
    logs = [(tmp_path / name / "metrics.jsonl").read_text() for name in ("whole", "broken")]
    steps = [[json.loads(line)["step"] for line in log.splitlines()] for log in logs]
    assert steps == [[0, 3, 6, 7]] * 2


def test_packed_tokens_are_used_again(text: Path, recipe: Path, tmp_path: Path) -> None:
    common = ["--config", str(recipe)]
    first = CliRunner().invoke(app, [*common, "--prepare-only", "--output", str(tmp_path / "a"), str(text)])
    assert first.exit_code == 0 and not (tmp_path / "a" / "encoder").exists()
    tokens = str(tmp_path / "a" / "tokens")
    second = CliRunner().invoke(
        app, [*common, "--tokens", tokens, "--steps", "1", "--output", str(tmp_path / "b")]
    )
    assert second.exit_code == 0, second.output
    assert (tmp_path / "b" / "encoder" / "model.safetensors").is_file()


def test_two_processes_share_the_batch(text: Path, recipe: Path, tmp_path: Path) -> None:
    module = [
        "-m",
        "training.pretrain",
        "--config",
        str(recipe),
        "--steps",
        "4",
        "--output",
        str(tmp_path / "run"),
    ]
    launch = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--standalone",
        "--nproc_per_node",
        "2",
        *module,
        str(text),
    ]
    done = subprocess.run(launch, capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("encoder") == 1
    lines = (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["tokens"] for line in lines] == [0, 3 * 256, 4 * 256]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--steps", "1"], "give either text or --tokens"),
        (["x.txt"], "--minutes or --steps"),
        (["--steps", "1", "absent.txt"], "absent.txt: no such file"),
        (["--steps", "1", "--width", "30", "--heads", "4", "x.txt"], "does not divide"),
        (["--steps", "1", "--masked", "2", "x.txt"], "masked: "),
        (["--config", "absent.yaml", "x.txt"], "absent.yaml: no such file"),
    ],
)
def test_bad_options_end_with_one_clear_line(arguments: list[str], message: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, [*arguments, "--output", str(tmp_path / "run")])
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.output


def test_help_explains_every_option() -> None:
    shown = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "400", "TERM": "dumb"}).output
    flat = re.sub(r"[\s│]+", " ", shown)
    for name, field in PretrainConfig.model_fields.items():
        assert field.description and field.description in flat, name
        assert name == "text" or "--" + name.replace("_", "-") in flat
