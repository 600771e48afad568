"""`chitieu export`, as it is called."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from annotations.corpus import FOLDER
from annotations.errors import InputError
from chitieu.commands import export
from model.extractor import Extractor

pytest.importorskip("onnxruntime", reason="ONNX Runtime is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")


def test_an_export_is_checked_and_runs(untrained: Path, tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(export.command)
    data = sorted((FOLDER / "dev").glob("*.txt"))[0]
    arguments = ["--model", untrained, "--output", tmp_path / "out", "--data", data]
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    assert result.stdout.strip() == str(tmp_path / "out")
    assert "onnx: span F1 " in result.stderr and "0 spans and relations differ" in result.stderr
    assert Extractor.from_pretrained(tmp_path / "out", device="cpu", backend="onnx").backend == "onnx"
    again = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert isinstance(again.exception, InputError) and "there already" in str(again.exception)
