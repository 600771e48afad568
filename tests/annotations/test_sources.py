"""From paths to articles in chunks: what is found, in which order, under which ids."""

from __future__ import annotations

import gzip
import io
import os
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.errors import InputError
from annotations.sources import Article, Item, Origin, Reject, chunks, open_source


def ids(*paths: Path | str, input_format: str | None = None) -> list[str]:
    items = list(open_source(paths, input_format=input_format).read())
    return [item.document.id for item in items if isinstance(item, Article)]


def standard_input(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_a_line_from_a_pipe_is_an_article_before_the_next_one_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    end, start = os.pipe()
    with open(end) as incoming, open(start, "wb", buffering=0) as outgoing:
        monkeypatch.setattr(sys, "stdin", incoming)
        items = open_source(["-"], input_format="jsonl").read()
        giving_up = threading.Timer(20, outgoing.close)
        giving_up.start()
        for number in (1, 2):
            outgoing.write(b'{"text": "x"}\n')
            item = next(items)
            assert isinstance(item, Article)
            assert item.document.id == f"stdin:{number}"
        giving_up.cancel()


def test_a_folder_is_searched_through_in_order(tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/1.TXT", "a.txt", "c.jsonl", ".hidden/d.txt", "b/.e.txt", "f.json", "g.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text('{"text": "x"}')
    assert ids(tmp_path) == ["a", "1", "2", "c:1"]


def test_inputs_of_one_stem_are_told_apart_by_their_paths(tmp_path: Path) -> None:
    for name in ("2024/bài.txt", "2025/bài.jsonl", "2025/bài.txt", "2026/tin.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text('{"text": "x"}')
    assert ids(tmp_path) == [
        f"{tmp_path}/2024/bài",
        f"{tmp_path}/2025/bài.jsonl:1",
        f"{tmp_path}/2025/bài.txt",
        "tin",
    ]


def test_a_file_name_that_is_no_utf8_can_be_written_out(tmp_path: Path) -> None:
    try:
        (tmp_path / os.fsdecode(b"x\xff.txt")).write_text("a")
    except OSError:
        pytest.skip("this file system takes no such name")
    (item,) = open_source([tmp_path]).read()
    assert isinstance(item, Article)
    assert item.document.id == "x\ufffd"
    assert item.origin == Origin(f"{tmp_path}/x\ufffd.txt", None)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: folder / "none.txt", "none.txt: no such file or folder"),
        (lambda folder: folder, "the folder holds no file of articles"),
        (lambda folder: _written(folder / "a.docx"), "a.docx: not a file of articles"),
        (lambda folder: _written(folder / "a.parquet.gz"), "not a file of articles"),
        (lambda folder: "hf:no such name", "hf:no such name: cannot be had from the Hugging Face Hub"),
    ],
)
def test_a_path_that_cannot_be_read_is_an_error_at_once(
    tmp_path: Path, make: Callable[[Path], Path | str], message: str
) -> None:
    first = _written(tmp_path.parent / f"{tmp_path.name}.txt")
    with pytest.raises(InputError, match=message):
        open_source([first, make(tmp_path)])


def test_one_file_named_twice_is_an_error(tmp_path: Path) -> None:
    path = _written(tmp_path / "a.txt")
    with pytest.raises(InputError, match="is given twice"):
        open_source([tmp_path, f"{tmp_path}/./{path.name}"])


@pytest.mark.parametrize(
    ("input_format", "expected"),
    [(None, ["stdin"]), ("jsonl", ["stdin:1", "7"]), ("csv", ["stdin:1"])],
)
def test_standard_input_is_one_text_or_what_it_is_said_to_be(
    monkeypatch: pytest.MonkeyPatch, input_format: str | None, expected: list[str]
) -> None:
    data = b"text\nXa A\n" if input_format == "csv" else b'{"text": "Xa A"}\n{"text": "b", "id": 7}\n'
    standard_input(monkeypatch, data)
    source = open_source(["-"], input_format=input_format)
    assert [item.document.id for item in source.read() if isinstance(item, Article)] == expected
    assert source.position is None
    with pytest.raises(InputError, match="standard input: can be read only once"):
        list(source.read())


def test_a_file_without_a_known_ending_is_what_it_is_said_to_be(tmp_path: Path) -> None:
    path = _written(tmp_path / "dump.2024", b'{"text": "a"}\n{"text": "b"}')
    packed = _written(tmp_path / "dump.gz", gzip.compress(path.read_bytes()))
    assert ids(path, packed, input_format="jsonl") == ["dump.2024:1", "dump.2024:2", "dump:1", "dump:2"]
    with pytest.raises(InputError, match="unknown input format 'xml'"):
        open_source([path], input_format="xml")


def test_the_position_goes_from_nothing_to_all(tmp_path: Path) -> None:
    for name in "abcd":
        _written(tmp_path / f"{name}.txt", b"x" * 100)
    source = open_source([tmp_path])
    assert source.position == 0
    assert [source.position for _ in source.read()] == [0.25, 0.5, 0.75, 1]
    assert [source.position for _ in source.read()] == [0.25, 0.5, 0.75, 1]


def test_the_fingerprint_changes_with_what_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _written(tmp_path / "a.txt", b"a")
    first = open_source([tmp_path]).fingerprint()
    assert open_source([tmp_path]).fingerprint() == first
    others = {open_source([path], max_characters=5).fingerprint()}
    path.write_bytes(b"ab")
    others.add(open_source([path]).fingerprint())
    os.utime(path, ns=(1, 1))
    others.add(open_source([path]).fingerprint())
    _written(tmp_path / "b.txt")
    others.add(open_source([tmp_path]).fingerprint())
    others |= {open_source(["-"]).fingerprint() for _ in range(2)}
    assert len(others - {first}) == 6


def test_a_reject_as_json_tells_place_and_reason() -> None:
    reject = Reject(Origin("a.jsonl", 3), "the text is empty", "x")
    assert reject.to_json() == {"source": "a.jsonl", "record": 3, "id": "x", "reason": "the text is empty"}
    assert str(reject.origin) == "a.jsonl:3"
    assert str(Origin("a.txt")) == "a.txt"


@given(st.lists(st.sampled_from(["a", ""]), max_size=30), st.integers(1, 7))
def test_chunks_lose_and_double_nothing(texts: list[str], size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        content = "".join(f'{{"text": "{text}"}}\n' for text in texts)
        source = open_source([_written(Path(folder) / "a.jsonl", content.encode())])
        items: list[Item] = list(source.read())
        found = list(chunks(source, size))
        again = list(chunks(source, size))
    assert found == again
    assert [chunk.number for chunk in found] == list(range(len(found)))
    assert [document for chunk in found for document in chunk.documents] == [
        item.document for item in items if isinstance(item, Article)
    ]
    assert [reject for chunk in found for reject in chunk.rejects] == [
        item for item in items if isinstance(item, Reject)
    ]
    assert all(len(chunk.documents) == size for chunk in found[:-1])
    assert not found or found[-1].position == 1


def test_very_many_rejects_are_handed_on_before_memory_is_full(tmp_path: Path) -> None:
    path = _written(tmp_path / "a.jsonl", b"{}\n" * 1000 + b'{"text": "a"}\n')
    found = list(chunks(open_source([path]), 2))
    assert max(len(chunk.rejects) for chunk in found) <= 100
    assert sum(len(chunk.rejects) for chunk in found) == 1000
    assert [document.text for chunk in found for document in chunk.documents] == ["a"]


def _written(path: Path, data: bytes = b"a") -> Path:
    path.write_bytes(data)
    return path
