"""The command line, run as a user runs it."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from annotations.corpus import FOLDER
from annotations.formats import read_documents
from model.example import ARTICLE

ROOT = Path(__file__).parents[1]


def chitieu(*arguments: object, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "chitieu", *map(str, arguments)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, input=stdin, capture_output=True, env=environment, cwd=ROOT, timeout=180, check=False
    )


def test_extract_writes_documents_whose_offsets_slice_the_text(untrained: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    assert (
        chitieu("extract", ARTICLE, "--model", untrained, "--format", "jsonl", "--output", output).returncode
        == 0
    )
    (document,) = read_documents(output)
    assert document.text == ARTICLE.read_text(encoding="utf-8")
    assert document.id == ARTICLE.stem
    assert document.spans


def test_extract_reads_standard_input_folders_and_jsonl(untrained: Path, tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "a.txt").write_text("Thu ngân sách đạt 5 tỷ đồng [ước tính].", encoding="utf-8")
    (tmp_path / "in" / "deep" / "b.jsonl").write_text(
        '{"id": "b1", "text": "Huyện Mường Tè", "url": "x"}\n', encoding="utf-8"
    )
    result = chitieu(
        "extract", tmp_path / "in", "-", "--model", untrained, "--format", "jsonl", stdin="Xã A".encode()
    )
    assert result.returncode == 0, result.stderr.decode()
    found = [json.loads(line) for line in result.stdout.decode().splitlines()]
    assert [document["id"] for document in found] == ["a", "b1", "stdin"]
    assert found[1]["meta"] == {"url": "x"}


def test_extract_writes_rows_as_csv(untrained: Path, tmp_path: Path) -> None:
    output = tmp_path / "rows.csv"
    assert chitieu("extract", ARTICLE, "--model", untrained, "--output", output).returncode == 0
    with output.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {"doc_id", "place", "indicator", "target", "actual", "ratio", "measures"} <= set(rows[0])


def test_extract_prints_a_table(untrained: Path) -> None:
    result = chitieu("extract", ARTICLE, "--model", untrained)
    assert result.returncode == 0
    assert "indicator" in result.stdout.decode()


def test_rows_of_gold(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "Hết năm 2024, [l1|huyện Bình An] có [i1|tỷ lệ che phủ rừng] đạt [a1|67,44%], nghị quyết đề ra [t1|65,5%].\n---\n"
        "i1: a1 t1 l1\n",
        encoding="utf-8",
    )
    result = chitieu("rows", tmp_path / "a.txt", "--format", "jsonl")
    (row,) = [json.loads(line) for line in result.stdout.decode().splitlines()]
    assert (row["place"], row["indicator"]) == ("huyện Bình An", "tỷ lệ che phủ rừng")
    assert (row["target"][0]["value"], row["actual"][0]["value"]) == (65.5, 67.44)
    assert row["status"] == "exceeded"


def test_rows_of_one_id_given_twice_are_refused(tmp_path: Path) -> None:
    article = FOLDER / "dev" / "dev-001.txt"
    result = chitieu("rows", article, article, "--output", tmp_path / "out.csv")
    assert result.returncode == 2
    assert result.stderr.decode() == f"error: {article}: the id 'dev-001' is used twice\n"
    assert not list(tmp_path.iterdir())


def test_convert_and_back(tmp_path: Path) -> None:
    assert chitieu("convert", FOLDER / "dev", tmp_path / "dev.jsonl").returncode == 0
    assert chitieu("convert", tmp_path / "dev.jsonl", tmp_path / "dev", "--to", "inline").returncode == 0
    for file in sorted((FOLDER / "dev").glob("*.txt")):
        assert list(read_documents(tmp_path / "dev" / file.name)) == list(read_documents(file))


def bad_files(folder: Path) -> dict[str, Path]:
    files = {
        "missing": folder / "none.txt",
        "encoding": folder / "utf16.txt",
        "empty": folder / "empty.txt",
        "kind": folder / "a.docx",
        "json": folder / "bad.jsonl",
    }
    files["encoding"].write_bytes(b"xin\nch\xe0o")
    files["empty"].write_text(" \n")
    files["kind"].write_bytes(b"PK")
    files["json"].write_text('{"text": \n')
    return files


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("missing", "no such file"),
        ("encoding", "not UTF-8"),
        ("empty", "the text is blank"),
        ("kind", "not a file of articles"),
        ("json", "bad.jsonl:1: not JSON"),
    ],
)
def test_bad_input_is_one_clear_line(untrained: Path, tmp_path: Path, kind: str, message: str) -> None:
    result = chitieu(
        "extract", bad_files(tmp_path)[kind], "--model", untrained, "--output", tmp_path / "out.csv"
    )
    error = result.stderr.decode()
    assert result.returncode == 2, error
    assert message in error
    assert len(error.strip().splitlines()) == 1
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["extract", ARTICLE, "--model", "nowhere"],
        ["convert", FOLDER / "dev", "x.docx"],
        ["convert", FOLDER / "dev", "x.jsonl", "--from", "word"],
        ["evaluate", "--data", "nowhere"],
        ["rows", FOLDER / "dev", "--format", "csv", "--output", FOLDER],
        ["rows", FOLDER / "dev", "--format", "jsonl", "--output", ARTICLE / "out.jsonl"],
    ],
)
def test_other_mistakes(arguments: list[object]) -> None:
    result = chitieu(*arguments)
    error = result.stderr.decode()
    assert result.returncode == 2, error
    assert error.startswith("error: ")
    assert len(error.strip().splitlines()) == 1


def test_help_names_every_command() -> None:
    shown = chitieu("--help").stdout.decode()
    assert all(name in shown for name in ("extract", "rows", "evaluate", "convert", "demo"))
