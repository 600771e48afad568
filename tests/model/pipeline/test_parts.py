"""Parts kept on disk: whole or not at all, and only for the run that they belong to."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from annotations.document import Document
from annotations.errors import InputError
from annotations.sources import Chunk, Origin, Reject
from model.pipeline.part import Part
from model.pipeline.parts import opened
from model.pipeline.stopped import Stopped

STATE = {"input": "a", "model": "m"}
REJECT = Reject(Origin("a.jsonl", 3), "not JSON", "x")


def _chunk(number: int, text: str = "Thu 5 tỷ.") -> Chunk:
    return Chunk(number, (Document(f"d{number}", text, meta={"n": 1}),), (), None)


def _part(number: int) -> Part:
    return Part(number, 1, 2, 3, b"data", (REJECT,), 0.5)


def test_a_kept_part_is_found_by_the_next_run(tmp_path: Path) -> None:
    with opened(tmp_path / "o.parts", "rows-csv", STATE) as parts:
        assert parts.finished(_chunk(0)) is None
        assert parts.finished(_chunk(1)) is None
        parts.keep(_part(0))
    with opened(tmp_path / "o.parts", "rows-csv", STATE) as parts:
        mark = parts.finished(_chunk(0))
        assert mark is not None
        assert (mark.articles, mark.rows, mark.spans, mark.rejects) == (1, 2, 3, (REJECT,))
        assert parts.file(0).read_bytes() == b"data"
        assert parts.finished(_chunk(1)) is None
        parts.remove()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "other",
    [Chunk(0, (), (), None), _chunk(0, "Thu 6 tỷ."), Chunk(0, (Document("e", "Thu 5 tỷ."),), (), None)],
)
def test_a_chunk_that_is_another_is_refused(tmp_path: Path, other: Chunk) -> None:
    with opened(tmp_path / "o.parts", "rows-csv", STATE) as parts:
        parts.finished(_chunk(0))
        parts.keep(_part(0))
        with pytest.raises(InputError, match=r"the input has changed since .* --restart"):
            parts.finished(other)


def test_another_state_is_refused_and_says_what_differs(tmp_path: Path) -> None:
    folder = tmp_path / "o.parts"
    with opened(folder, "rows-csv", STATE) as parts:
        parts.finished(_chunk(0))
        parts.keep(_part(0))
    before = sorted(folder.iterdir())
    with (
        pytest.raises(InputError, match=r"another model is kept here.*--restart") as caught,
        opened(folder, "rows-csv", {**STATE, "model": "n"}),
    ):
        pass
    assert caught.value.source == str(folder)
    assert sorted(folder.iterdir()) == before
    with opened(folder, "rows-csv", {**STATE, "model": "n"}, restart=True) as parts:
        assert parts.finished(_chunk(0)) is None


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    with (
        opened(tmp_path / "o.parts", "rows-csv", STATE),
        pytest.raises(InputError, match="another run is writing here"),
        opened(tmp_path / "o.parts", "rows-csv", STATE, restart=True),
    ):
        pass


def test_a_run_that_made_nothing_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no model"), opened(tmp_path / "o.parts", "rows-csv", STATE):
        raise InputError("no model")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_stops_the_run_and_spoils_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    folder = tmp_path / "o.parts"
    with opened(folder, "rows-csv", STATE) as parts:
        for number in (0, 1):
            parts.finished(_chunk(number))
        parts.keep(_part(0))
        with monkeypatch.context() as patch:
            patch.setattr(os, call, full)
            with pytest.raises(Stopped, match=r"cannot write .*o\.parts: No space left on device"):
                parts.keep(_part(1))
    assert sorted(path.name for path in folder.iterdir()) == [
        "lock",
        "part-000000.csv",
        "part-000000.json",
        "state.json",
    ]


@pytest.mark.parametrize("name", ["state.json", "part-000000.json"])
@pytest.mark.parametrize("content", ["", "[1]", '{"articles": 1, "rejects": []}'])
def test_a_broken_file_is_told(tmp_path: Path, name: str, content: str) -> None:
    folder = tmp_path / "o.parts"
    with opened(folder, "rows-csv", STATE) as parts:
        parts.finished(_chunk(0))
        parts.keep(_part(0))
    (folder / name).write_text(content)
    with pytest.raises(InputError, match="--restart"), opened(folder, "rows-csv", STATE) as parts:
        parts.finished(_chunk(0))


def test_no_place_for_parts(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write"), opened(tmp_path / "file" / "p", "rows-csv", STATE):
        pass


def test_marks_are_plain_json(tmp_path: Path) -> None:
    with opened(tmp_path / "o.parts", "rows-csv", STATE) as parts:
        parts.finished(_chunk(0))
        parts.keep(_part(0))
        mark = json.loads((tmp_path / "o.parts" / "part-000000.json").read_text())
    assert mark["rejects"] == [{"source": "a.jsonl", "record": 3, "id": "x", "reason": "not JSON"}]
