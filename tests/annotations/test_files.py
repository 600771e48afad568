"""Files are written whole or not at all, and only where a file can be."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from annotations.errors import InputError
from annotations.files import replacing


def test_a_folder_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match="out: cannot write: this is a folder"), replacing(tmp_path / "out"):
        pytest.fail("opened")
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


def test_a_path_under_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    with pytest.raises(InputError, match="cannot write"), replacing(tmp_path / "a" / "b.csv"):
        pytest.fail("opened")


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    with replacing(tmp_path / "link") as stream:
        stream.write("new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_a_pipe_is_written_and_stays_a_pipe(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(path.read_text()))
    reader.start()
    with replacing(path) as stream:
        stream.write("qua ống")
    reader.join(10)
    assert read == ["qua ống"]
    assert path.is_fifo()
