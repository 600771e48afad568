"""The picture of the model card."""

import json
from pathlib import Path

import pytest

from annotations.errors import InputError

pytest.importorskip("matplotlib")

from training.pretrain.plot import draw


def test_every_run_is_a_line(tmp_path: Path) -> None:
    for name in ("a", "b"):
        points = [
            {"tokens": n * 1_000_000, "heldout_loss": 5 - n, "heldout_accuracy": n / 10} for n in range(3)
        ]
        lines = [json.dumps(point) for point in points]
        (tmp_path / name).write_text("\n".join(lines))
    figure = draw({"one": tmp_path / "a", "two": tmp_path / "b"})
    loss, accuracy = figure.axes
    assert [line.get_label() for line in loss.lines] == ["one", "two"]
    assert list(loss.lines[0].get_xdata()) == [0.0, 1.0, 2.0]
    assert list(loss.lines[0].get_ydata()) == [5, 4, 3]
    assert list(accuracy.lines[1].get_ydata()) == [0.0, 0.1, 0.2]


def test_absent_figures_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="absent: no such file"):
        draw({"one": tmp_path / "absent"})
    (tmp_path / "empty").touch()
    with pytest.raises(InputError, match="holds no figures"):
        draw({"one": tmp_path / "empty"})
