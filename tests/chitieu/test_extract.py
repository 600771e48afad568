"""`chitieu extract` within one process: what it writes, rejects and refuses."""

from __future__ import annotations

import csv
import errno
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from annotations.corpus import FOLDER
from annotations.errors import InputError
from annotations.formats import read_documents
from annotations.sources import Chunk
from chitieu.cli import app
from chitieu.commands import extract
from model.pipeline.part import Part
from model.pipeline.parts import Parts
from model.pipeline.work import Worker

Run = Callable[..., Result]


@pytest.fixture
def run(untrained: Path) -> Iterator[Run]:
    from transformers.utils import logging

    def run(*arguments: object, input: str | None = None) -> Result:
        options = ("--model", untrained, "--device", "cpu", "--workers", "1", "--threads", "1")
        return CliRunner().invoke(app, ["extract", *map(str, (*arguments, *options))], input=input)

    logging.disable_progress_bar()
    yield run
    logging.enable_progress_bar()


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return [document.text[:200] for document in list(read_documents(FOLDER / "dev"))[:7]]


@pytest.fixture
def articles(tmp_path: Path, texts: list[str]) -> Path:
    """Seven articles, and three broken records among them."""
    lines = [json.dumps({"id": f"a{n}", "text": text, "url": n}) for n, text in enumerate(texts)]
    lines[2:2] = ["{broken", json.dumps({"id": "blank", "text": " "})]
    path = tmp_path / "in.jsonl"
    path.write_bytes("\n".join(lines).encode() + b'\n{"text": "\xff"}\n')
    return path


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def test_spans_and_rejects(run: Run, articles: Path, texts: list[str], tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    result = run(articles, "--output", output, "--chunk", 2)
    assert result.exit_code == 0, result.output
    found = list(read_documents(output))
    assert [(document.id, document.text) for document in found] == [(f"a{n}", t) for n, t in enumerate(texts)]
    assert found[3].meta == {"url": 3}
    spans = sum(len(document.spans) for document in found)
    assert spans > 0
    rejects = _lines(tmp_path / "out.jsonl.rejects.jsonl")
    assert [(r["source"], r["record"], r["id"]) for r in rejects] == [
        (str(articles), 3, None),
        (str(articles), 4, "blank"),
        (str(articles), 10, None),
    ]
    assert all(reject["reason"] for reject in rejects)
    assert result.stderr == f"7 articles, {spans:,} spans: {output}; 3 rejected: {output}.rejects.jsonl\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "in.jsonl",
        output.name,
        f"{output.name}.rejects.jsonl",
    ]


@pytest.mark.parametrize("format", ["csv", "parquet", "xlsx", "jsonl"])
def test_rows_are_the_same_in_every_format(run: Run, articles: Path, tmp_path: Path, format: str) -> None:
    run(articles, "--rows", "--output", tmp_path / "rows.jsonl")
    ids = [row["doc_id"] for row in _lines(tmp_path / "rows.jsonl")]
    assert len(set(ids)) == 7
    output = tmp_path / f"out.{format}"
    result = run(articles, "--rows", "--output", output, "--chunk", 2)
    assert result.exit_code == 0, result.output
    assert f"7 articles, {len(ids):,} rows: {output}" in result.stderr
    if format == "csv":
        with output.open(encoding="utf-8", newline="") as stream:
            assert [row["doc_id"] for row in csv.DictReader(stream)] == ids
    elif format == "parquet":
        assert pq.read_table(output)["doc_id"].to_pylist() == ids
    elif format == "xlsx":
        sheet = openpyxl.load_workbook(output).worksheets[0]
        assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == ids
    else:
        assert [row["doc_id"] for row in _lines(output)] == ids


def test_pages_go_to_a_folder(run: Run, articles: Path, tmp_path: Path) -> None:
    assert run(articles, "--format", "html", "--output", tmp_path / "pages").exit_code == 0
    assert len(list((tmp_path / "pages").glob("a*.html"))) == 7
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "pages", "pages.rejects.jsonl"]


def test_a_stream_tells_rejects_and_fails_at_the_end(run: Run, articles: Path) -> None:
    result = run(articles, "--format", "csv", "--chunk", 2)
    assert result.exit_code == 1
    rows = list(csv.DictReader(result.stdout.splitlines(keepends=True)))
    assert {row["doc_id"] for row in rows} == {f"a{n}" for n in range(7)}
    told = result.stderr.splitlines()
    assert [line.split(": ")[:2] for line in told] == [
        ["rejected", f"{articles}:{line}"] for line in (3, 4, 10)
    ]


def test_a_stream_can_write_its_rejects(run: Run, articles: Path, tmp_path: Path) -> None:
    result = run(articles, "--format", "jsonl", "--rejects", tmp_path / "bad.jsonl")
    assert (result.exit_code, result.stderr) == (1, "")
    assert [reject["record"] for reject in _lines(tmp_path / "bad.jsonl")] == [3, 4, 10]
    assert len(result.stdout.splitlines()) == 7


def test_a_table_and_a_binary_stream(run: Run, articles: Path, tmp_path: Path) -> None:
    table = run(articles, "--chunk", 3)
    assert table.stdout.count("indicator") >= 7
    binary = run(articles, "--format", "parquet", "--chunk", 3)
    (tmp_path / "out.parquet").write_bytes(binary.stdout_bytes)
    assert len(set(pq.read_table(tmp_path / "out.parquet")["doc_id"].to_pylist())) == 7
    assert binary.stderr.count("rejected: ") == 3


def test_standard_input_as_lines(run: Run) -> None:
    lines = "".join(
        json.dumps({"id": f"x{n}", "text": f"Thu ngân sách đạt {n} tỷ đồng."}) + "\n" for n in range(5)
    )
    result = run("-", "--input-format", "jsonl", "--format", "jsonl", "--chunk", 2, input=lines)
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [f"x{n}" for n in range(5)]


def test_chunks_do_not_change_what_is_found(run: Run, articles: Path) -> None:
    def shape(chunk: int) -> list[Any]:
        documents = [
            json.loads(line)
            for line in run(articles, "--format", "jsonl", "--chunk", chunk).stdout.splitlines()
        ]
        return [[(s["start"], s["end"], s["label"]) for s in document["spans"]] for document in documents]

    assert shape(1) == shape(100)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b" \n", "a.txt: the text is blank"),
        ("a.txt", b"xin\nch\xe0o", "not UTF-8"),
        ("a.jsonl", b"{\n[]\n", r"a.jsonl:1: not JSON.*and 1 more; no article could be read"),
        ("a.jsonl", b"", "no article in the input"),
    ],
)
@pytest.mark.parametrize("to_file", [True, False])
def test_nothing_that_can_be_read(
    run: Run, tmp_path: Path, name: str, content: bytes, message: str, to_file: bool
) -> None:
    (tmp_path / name).write_bytes(content)
    result = run(tmp_path / name, *(("--output", tmp_path / "out.csv") if to_file else ()))
    assert isinstance(result.exception, InputError)
    with pytest.raises(InputError, match=message):
        raise result.exception
    left = {path.name for path in tmp_path.iterdir()} - {name}
    assert left == ({"out.csv.rejects.jsonl"} if to_file and content else set())


def test_an_empty_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    assert isinstance(run(tmp_path / "in", "--output", tmp_path / "out.csv").exception, InputError)
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_an_older_file_of_rejects_does_not_stay(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Thu ngân sách đạt 5 tỷ đồng.")
    (tmp_path / "out.csv.rejects.jsonl").write_text("old")
    assert run(tmp_path / "a.txt", "--output", tmp_path / "out.csv").exit_code == 0
    assert (tmp_path / "out.csv.rejects.jsonl").read_text() == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--output", "."], "this is a folder"),
        (["--output", "in.jsonl", "--format", "html"], "pages need a folder"),
        (["--spans", "--format", "xlsx"], "--spans cannot be written as xlsx"),
        (["--workers", "many"], "--workers many: neither"),
        (["--workers", "-1"], "--workers -1: neither"),
        (["--output", "in.jsonl/out.csv"], "cannot write"),
    ],
)
def test_mistakes_are_told_before_anything_is_read(
    run: Run, articles: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(articles.parent)
    before = articles.read_bytes()
    result = CliRunner().invoke(app, ["extract", str(articles), *arguments])
    assert isinstance(result.exception, InputError), result.output
    assert message in str(result.exception)
    assert (articles.read_bytes(), list(articles.parent.iterdir())) == (before, [articles])


def test_a_device_gets_the_output_without_parts(run: Run, articles: Path) -> None:
    result = run(articles, "--format", "csv", "--output", "/dev/null")
    assert result.exit_code == 1
    assert result.stderr.count("rejected: ") == 3
    assert not Path("/dev/.null.parts").exists()


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the chunks that were worked on."""
    numbers: list[int] = []
    work = Worker.__call__

    def counting(worker: Worker, chunk: Chunk) -> Part:
        numbers.append(chunk.number)
        return work(worker, chunk)

    monkeypatch.setattr(Worker, "__call__", counting)
    return numbers


def _stop_at(part: int, run: Run, arguments: list[object], monkeypatch: pytest.MonkeyPatch) -> Result:
    """Run on a disk that is full when that part is to be written."""
    keep = Parts.keep

    def full(parts: Parts, made: Part) -> None:
        if made.number == part:
            monkeypatch.setattr(os, "fsync", _no_space)
        keep(parts, made)

    with monkeypatch.context() as patch:
        patch.setattr(Parts, "keep", full)
        fsync = os.fsync
        result = run(*arguments)
        monkeypatch.setattr(os, "fsync", fsync)
    return result


def _no_space(_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_stops_a_run_that_then_goes_on(
    run: Run, articles: Path, tmp_path: Path, worked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    output, parts = tmp_path / "out.csv", tmp_path / ".out.csv.parts"
    arguments = [articles, "--output", output, "--chunk", 2]
    stopped = _stop_at(2, run, arguments, monkeypatch)
    assert stopped.exit_code == 1
    assert stopped.stderr == (
        f"error: cannot write {parts}: No space left on device; stopped after 4 articles (kept in {parts}); "
        "the same command goes on\n"
    )
    assert worked == [0, 1, 2]
    assert not output.exists()
    worked.clear()
    assert run(*arguments).exit_code == 0
    assert worked == [2, 3]
    run(articles, "--output", tmp_path / "whole.csv", "--chunk", 2)
    assert output.read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert not parts.exists()


def test_an_unfinished_run_is_not_mixed_with_another(
    run: Run, articles: Path, tmp_path: Path, worked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out.jsonl"
    arguments: list[object] = [articles, "--output", output, "--chunk", 2]
    assert _stop_at(2, run, arguments, monkeypatch).exit_code == 1
    for other, name in (
        (["--rows"], "output format"),
        (["--chunk", 3], "chunk size"),
        (["--text-column", "x"], "input"),
    ):
        with pytest.raises(InputError, match=f"another {name} is kept here"):
            raise run(*arguments, *other).exception or AssertionError("it was not refused")
    with articles.open("a") as stream:
        stream.write('{"id": "new", "text": "Thu 5 tỷ đồng."}\n')
    with pytest.raises(InputError, match="another input is kept here"):
        raise run(*arguments).exception or AssertionError("it was not refused")
    worked.clear()
    assert run(*arguments, "--restart").exit_code == 0
    assert worked == [0, 1, 2, 3]
    assert [document.id for document in read_documents(output)] == [*(f"a{n}" for n in range(7)), "new"]


def test_standard_input_is_compared_as_it_comes(
    run: Run, tmp_path: Path, worked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def line(n: int, text: str = "Thu ngân sách đạt 5 tỷ đồng.") -> str:
        return json.dumps({"id": f"x{n}", "text": text}) + "\n"

    def fed(lines: str) -> Run:
        return lambda *arguments: run(*arguments, input=lines)

    output = tmp_path / "out.jsonl"
    arguments: list[object] = ["-", "--input-format", "jsonl", "--output", output, "--chunk", 1]
    lines = "".join(line(n) for n in range(4))
    assert _stop_at(2, fed(lines), arguments, monkeypatch).exit_code == 1
    other = line(0) + line(1, "Chi 6 tỷ đồng.") + line(2)
    with pytest.raises(InputError, match="the input has changed since this run began: part 1"):
        raise fed(other)(*arguments).exception or AssertionError("it was not refused")
    worked.clear()
    assert fed(lines)(*arguments).exit_code == 0
    assert worked == [2, 3]
    assert [document.id for document in read_documents(output)] == [f"x{n}" for n in range(4)]


def test_an_output_among_the_input(
    run: Run, texts: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, text in enumerate(texts[:3]):
        (tmp_path / f"{number}.txt").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    arguments: list[object] = [".", "--output", "out.jsonl", "--chunk", 1]
    assert _stop_at(1, run, arguments, monkeypatch).exit_code == 1
    assert run(*arguments).exit_code == 0
    assert [document.text for document in read_documents("out.jsonl")] == texts[:3]


def test_progress_is_shown_on_demand(run: Run, articles: Path, tmp_path: Path) -> None:
    result = run(articles, "--output", tmp_path / "out.csv", "--progress")
    assert "7 articles" in result.stderr
    assert "/s" in result.stderr


def test_the_output_s_name_tells_the_format() -> None:
    told = {
        name: extract.format_of(Path(name)).value for name in ("a.csv", "b.parquet", "c.jsonl", "d", "e.txt")
    }
    assert told == {
        "a.csv": "csv",
        "b.parquet": "parquet",
        "c.jsonl": "jsonl",
        "d": "table",
        "e.txt": "table",
    }
