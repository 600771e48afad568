"""`chitieu extract` within one process: what it writes, rejects and refuses."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from click.testing import Result
from typer.testing import CliRunner

from annotations.corpus import FOLDER
from annotations.errors import InputError
from annotations.formats import read_documents
from chitieu.cli import app
from chitieu.commands import extract

Run = Callable[..., Result]


@pytest.fixture
def run(untrained: Path) -> Run:
    def run(*arguments: object, input: str | None = None) -> Result:
        options = ("--model", untrained, "--device", "cpu", "--workers", "1", "--threads", "1")
        return CliRunner().invoke(app, ["extract", *map(str, (*arguments, *options))], input=input)

    return run


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return [document.text for document in list(read_documents(FOLDER / "dev"))[:7]]


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
        ("a.txt", "xin\nchào".encode("utf-16"), "not UTF-8"),
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
