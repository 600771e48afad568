"""Document to file and back: every form is lossless."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given

from annotations import inline, jsonl
from annotations.corpus import FOLDER
from annotations.document import Document, Relation, Span
from annotations.errors import InputError
from annotations.formats import read_documents, write_documents
from tests.strategies import documents


@given(documents())
def test_inline_is_lossless(document: Document) -> None:
    assert inline.parse(inline.dump(document)) == document


@given(documents())
def test_inline_survives_a_file(tmp_path_factory: pytest.TempPathFactory, document: Document) -> None:
    path = tmp_path_factory.mktemp("inline") / "article.txt"
    write_documents([document], path)
    assert list(read_documents(path)) == [document]


@given(documents())
def test_jsonl_is_lossless(document: Document) -> None:
    assert jsonl.from_dict(json.loads(jsonl.dump(document))) == document


def test_folder_of_inline_files_keeps_awkward_ids(tmp_path: Path) -> None:
    given_documents = [
        Document(name, f"văn bản {name}") for name in ("a/b", "a b", "A_B", "..", "bài số 1", "")
    ]
    write_documents(given_documents, tmp_path / "out", format="inline")
    assert sorted(read_documents(tmp_path / "out"), key=lambda d: d.id) == sorted(
        given_documents, key=lambda d: d.id
    )


def test_the_corpus_is_lossless_in_both_forms(tmp_path: Path) -> None:
    corpus = list(read_documents(FOLDER))
    write_documents(corpus, tmp_path / "all.jsonl")
    assert list(read_documents(tmp_path / "all.jsonl")) == corpus
    assert all(inline.parse(inline.dump(d, stem=d.id), id=d.id) == d for d in corpus)


def test_inline_by_hand() -> None:
    document = inline.parse(
        'Xã [l1|A] có [r1|17/20] [i1|chỉ tiêu [l2|thành phần]].\n---\ni1: r1 l1\n#meta {"a": 1}\n', id="x"
    )
    assert document.text == "Xã A có 17/20 chỉ tiêu thành phần."
    assert [document.text_of(span) for span in document.spans] == [
        "A",
        "17/20",
        "chỉ tiêu thành phần",
        "thành phần",
    ]
    assert document.relations == (Relation("i1", "l1", "IN_LOCALITY"), Relation("i1", "r1", "HAS_RATIO"))
    assert document.meta == {"a": 1}


def test_windows_line_ends_of_a_whole_file_are_read() -> None:
    document = inline.parse("một\r\n[l1|Hà Nội]\r\n---\r\n")
    assert document.text == "một\r\nHà Nội"
    assert document.spans == (Span("l1", 5, 11, "LOCALITY"),)


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ("a\n[i1|b", 2, "'i1' is not closed"),
        ("a]\n", 1, r"a ] closes nothing"),
        ("a\nb [c]\n", 2, r"a [ opens no mark"),
        ("[q1|a]", 1, "no label has the letter 'q'"),
        ("[i1|a] [i1|b]", 1, "the id 'i1' is used twice"),
        ("[i1|a]\n---\ni1: a9", 3, "names 'a9', which marks nothing"),
        ("[l1|a] [l2|b]\n---\n\nl1: l2", 4, "no link goes LOCALITY → LOCALITY"),
        ("[i1|a] [a1|b]\n---\ni1: a1 a1", 3, "is given twice"),
        ("[i1|a]\n---\nwhat is this", 3, "expected “head: tail …”"),
        ("[i1|a]\n---\n#meta {", 3, "not JSON"),
        ("[i1|a]\n---\n#mata {}", 3, "unknown directive #mata"),
        ("[i1|a]\n---\n#span {\"id\": \"x\"}", 3, "malformed #span"),
        ("a\n---\n#span {\"id\": \"x\", \"start\": \"0\", \"end\": 1, \"label\": \"Z\"}", 3, "malformed #span"),
        ("a\n---\n#span []", 3, "malformed #span"),
        ("a\n---\n#meta [1]", 3, "malformed #meta"),
        ("a\n---\n#meta {\"k\": \"\\ud800\"}", 3, "lone surrogate"),
        ("a\n---\n#id 5", 3, "malformed #id"),
        ("[i1|a]\n---\n#scores {\"i1\": \"x\"}", 3, "malformed #scores"),
    ],
)  # fmt: skip
def test_inline_errors_name_the_line(content: str, line: int, message: str) -> None:
    with pytest.raises(InputError) as caught:
        inline.parse(content, source="bài.txt")
    assert caught.value.line == line
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"bài.txt:{line}: ")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("nonsense", "not JSON"),
        ("[1]", "expected an object"),
        ('{"id": "a"}', "no “text”"),
        (
            '{"text": "abc", "spans": [{"id": "i1", "start": 0, "end": 9, "label": "INDICATOR"}]}',
            "outside the text",
        ),
        (
            '{"text": "abc", "spans": [{"id": "i1", "start": "0", "end": 2, "label": "INDICATOR"}]}',
            "whole-number",
        ),
        ('{"text": "abc", "spans": [{"start": 0, "end": 2, "label": "INDICATOR"}]}', "no “id”"),
        (
            '{"text": "abc", "relations": [{"head": "i1", "tail": "a1", "label": "HAS_ACTUAL"}]}',
            "missing span 'i1'",
        ),
        ('{"text": "abc", "spans": 5}', "“spans” is not a list"),
        ('{"text": "a\\ud800"}', "lone surrogate"),
        ('{"text": "a", "title": "cut \\ud83d"}', "lone surrogate"),
        ('{"text": "a", "id": ["x"]}', "neither a string nor a number"),
        ('{"text": "a", "url": "x", "meta": {"url": "y"}}', "both beside and inside"),
    ],
)
def test_jsonl_errors_name_file_and_line(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "d.jsonl"
    path.write_text('{"text": "fine"}\n\n' + line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=message) as caught:
        list(read_documents(path))
    assert str(caught.value).startswith(f"{path}:3: ")


def test_foreign_keys_become_meta() -> None:
    document = jsonl.from_dict({"text": "a", "url": "http://x", "meta": {"date": "2024"}}, id="n")
    assert (document.id, document.meta) == ("n", {"url": "http://x", "date": "2024"})


def test_an_id_that_is_null_is_none() -> None:
    assert jsonl.from_dict({"text": "a", "id": None}, id="n").id == "n"
    assert jsonl.from_dict({"text": "a", "id": 7}).id == "7"


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    write_documents([Document("a", "một")], path)
    before = path.read_bytes()
    with pytest.raises(InputError):
        write_documents([Document("b", "hai"), Document("c", "x", (Span("i1", 0, 5, "INDICATOR"),))], path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.txt", "xin chào\nđây".encode("utf-16"), "not UTF-8"),
        ("a.doc", b"x", "no known format"),
        (None, b"", "no such file"),
    ],
)
def test_unreadable_files(tmp_path: Path, name: str | None, data: bytes, message: str) -> None:
    path = tmp_path / (name or "missing.txt")
    if name:
        path.write_bytes(data)
    with pytest.raises(InputError, match=message):
        list(read_documents(path))
