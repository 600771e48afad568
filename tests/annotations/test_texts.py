"""Raw articles of files, folders and standard input."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from annotations.errors import InputError
from annotations.texts import read_texts


def test_articles_of_one_file_name_are_told_apart(tmp_path: Path) -> None:
    for year in ("2024", "2025"):
        (tmp_path / year).mkdir()
        (tmp_path / year / "bài.txt").write_text(f"năm {year}", encoding="utf-8")
    first, second = read_texts([tmp_path])
    assert (first.id, second.id) == (str(tmp_path / "2024" / "bài"), str(tmp_path / "2025" / "bài"))


def test_hidden_files_are_left_out(tmp_path: Path) -> None:
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / "a.txt").write_text("a")
    (tmp_path / ".b.txt").write_text("b")
    (tmp_path / "c.txt").write_text("c")
    assert [document.text for document in read_texts([tmp_path])] == ["c"]


def test_an_id_given_twice_names_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "x", "text": "a"}\n{"id": "x", "text": "b"}\n')
    with pytest.raises(InputError, match=r"a\.jsonl:2: the id 'x' is used twice"):
        list(read_texts([path]))


def test_one_file_given_twice_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    with pytest.raises(InputError, match="given twice"):
        list(read_texts([tmp_path / "a.txt", tmp_path / "a.txt", tmp_path]))


def test_standard_input_given_twice_is_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("Xã A".encode())))
    with pytest.raises(InputError, match="standard input: is given twice"):
        list(read_texts(["-", "-"]))


def test_the_first_record_without_an_article_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "x", "text": "a"}\n{"id": "y", "text": " "}\n')
    documents = read_texts([path])
    assert next(documents).text == "a"
    with pytest.raises(InputError, match=r"a\.jsonl:2: the text is blank"):
        next(documents)
