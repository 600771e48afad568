"""A typed configuration from files and command lines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from annotations.errors import InputError
from training.config import TrainConfig
from training.options import parse


class Example(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    paths: tuple[Path, ...] = Field((), description="some files")
    rate: Annotated[float, Field(gt=0)] = Field(0.1, description="how fast, in % a day")
    length: Annotated[int, Field(ge=1)] | None = Field(None, description="how long")
    kind: Literal["a", "b"] = Field("a", description="which kind")
    loud: bool = Field(False, description="whether to shout")


def read(*arguments: str) -> Example:
    return parse(Example, "example", "An example.", arguments)


def test_options_win_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("rate: 0.5\nkind: b\nlength: 3\nloud: true\n")
    config = read("--config", str(file), "--rate", "0.25", "--no-loud", "--paths", "x", "y")
    assert config == Example(rate=0.25, kind="b", length=3, loud=False, paths=(Path("x"), Path("y")))


def test_settings_that_do_not_fit_together_are_told_plainly() -> None:
    with pytest.raises(InputError) as caught:
        parse(TrainConfig, "train", "", ["--window", "20", "--overlap", "15"])
    assert str(caught.value) == "an overlap of 15 does not fit a window of 20"


def test_every_field_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(TrainConfig, "train", "", ["--help"])
    shown = " ".join(capsys.readouterr().out.split())
    for name, field in TrainConfig.model_fields.items():
        assert f"--{name.replace('_', '-')}" in shown
        assert field.description and " ".join(field.description.split()[:3]) in shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--rate", "0"], "--rate: Input should be greater than 0"),
        (["--length", "long"], "--length: .*integer"),
        (["--config", "nowhere.yaml"], "nowhere.yaml: cannot read"),
    ],
)
def test_bad_values_are_named(arguments: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(*arguments)


@pytest.mark.parametrize(
    ("content", "message"),
    [("- a\n", "name: value"), ("a: [", "not YAML"), ("colour: red\n", "--colour: Extra inputs")],
)
def test_bad_files_are_named(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(content)
    with pytest.raises(InputError, match=message) as caught:
        read("--config", str(file))
    assert str(caught.value).startswith(str(file))
