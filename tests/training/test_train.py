"""Fine-tuning from files to a model folder, small but whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from annotations import agreement
from annotations.corpus import FOLDER
from annotations.document import Document
from annotations.errors import InputError
from annotations.formats import read_documents, write_documents
from model.extractor import Extractor
from training import cli
from training.config import TrainConfig
from training.run import train


def shortest(count: int) -> list[Document]:
    """Documents of the corpus with few syllables and something to find."""
    found = [document for document in read_documents(FOLDER / "train") if len(document.relations) > 15]
    return sorted(found, key=lambda document: len(document.text))[:count]


def arguments(encoder: Path, data: Path, output: Path, **options: object) -> list[str]:
    settings = {
        "encoder": encoder, "data": data, "dev": data, "output": output, "precision": "float32", "dropout": 0, "relation-dropout": 0,
        "warmup": 0.05,
        "batch-size": 2, "window": 200, "overlap": 32, **options,
    }  # fmt: skip
    return ["--no-augment", *(part for name, value in settings.items() for part in (f"--{name}", str(value)))]


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "three.jsonl"
    write_documents(shortest(3), path)
    return path


def test_ten_documents_can_be_learnt_by_heart(tiny_encoder: Path, tmp_path: Path) -> None:
    """Encoding, loss and decoding agree, or this could not be."""
    documents = shortest(10)
    write_documents(documents, tmp_path / "ten.jsonl")
    options = {
        "epochs": 70,
        "patience": 70,
        "learning-rate": 4e-3,
        "head-learning-rate": 8e-3,
        "layer-decay": 1,
    }
    assert cli.main(arguments(tiny_encoder, tmp_path / "ten.jsonl", tmp_path / "model", **options)) == 0
    extractor = Extractor.from_pretrained(tmp_path / "model", device="cpu", dtype=torch.float32)
    found = agreement.compare(zip(documents, extractor.extract(documents), strict=True))
    assert found.span.f1 >= 0.98
    assert found.relation.f1 >= 0.98


def test_a_run_leaves_model_card_and_figures(tiny_encoder: Path, three: Path, tmp_path: Path) -> None:
    result = train(
        TrainConfig(
            encoder=str(tiny_encoder),
            data=(three,),
            dev=(three,),
            output=tmp_path / "run",
            epochs=1,
            save_dtype="float16",
        )
    )
    report = json.loads((tmp_path / "run" / "training.json").read_text())
    assert report["train"] == {
        "documents": 3, "spans": result.train.spans, "lost_spans": 0, "relations": result.train.relations,
        "lost_relations": 0, "windows": result.train.windows,
    }  # fmt: skip
    assert report["config"]["data"] == ["/".join(three.parts[-3:])]
    card = (tmp_path / "run" / "README.md").read_text()
    assert f"3 documents in {result.train.windows} windows" in card
    assert str(Path.home()) not in card
    assert {tensor.dtype for tensor in load_file(tmp_path / "run" / "model.safetensors").values()} == {
        torch.float16
    }
    assert any((tmp_path / "run" / "tensorboard").rglob("events.*"))


def test_what_the_limits_lose_is_counted(tiny_encoder: Path, three: Path, tmp_path: Path) -> None:
    result = train(
        TrainConfig(
            encoder=str(tiny_encoder), data=(three,), dev=(three,), output=tmp_path / "run", epochs=1, reach=5
        )
    )
    assert 0 < result.train.lost_relations < result.train.relations


def test_interrupted_and_resumed_is_as_if_never_interrupted(
    tiny_encoder: Path, three: Path, tmp_path: Path
) -> None:
    """A run killed in its second epoch goes on from its first checkpoint to the same weights."""
    options = arguments(tiny_encoder, three, tmp_path / "whole", epochs=3, patience=9, dropout=0.1)
    assert cli.main(options) == 0

    cut = arguments(tiny_encoder, three, tmp_path / "cut", epochs=3, patience=9, dropout=0.1)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(cli.__file__).parents[1])}
    process = subprocess.Popen(
        [sys.executable, "-m", "train", *cut],
        env=environment,
        cwd=Path(cli.__file__).parents[1],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    checkpoints = tmp_path / "cut" / "checkpoints"
    deadline = time.monotonic() + 120
    while not any(checkpoints.glob("checkpoint-*/trainer_state.json")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "cut" / "config.json").exists(), "the run was over before it could be interrupted"

    assert cli.main(cut) == 2, "an earlier run is not overwritten unasked"
    assert cli.main([*cut, "--resume"]) == 0
    whole, resumed = (load_file(tmp_path / name / "model.safetensors") for name in ("whole", "cut"))
    assert whole.keys() == resumed.keys()
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[i1|a,]\n", "x.txt: x: 1: outer-punctuation"),
        ("một\n[i1|a\n", "x.txt:2: the mark 'i1' is not closed"),
    ],
)
def test_bad_annotation_stops_the_run(tiny_encoder: Path, tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "x.txt").write_text(content)
    with pytest.raises(InputError) as caught:
        train(
            TrainConfig(encoder=str(tiny_encoder), data=(tmp_path,), dev=(tmp_path,), output=tmp_path / "run")
        )
    assert message in str(caught.value)
    assert not (tmp_path / "run").exists()


def test_a_missing_encoder_is_said(three: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = arguments(tmp_path / "none", three, tmp_path / "run")
    assert cli.main(options) == 2
    assert "none" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
