"""CoNLL files of several kinds, read and written."""

from __future__ import annotations

import io
import warnings
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given

from annotations import conll
from annotations.document import Document
from annotations.errors import InputError
from annotations.formats import read_documents, write_documents
from annotations.schema import Schema
from annotations.validate import validate
from tests.strategies import documents


def read(tmp_path: Path, content: str) -> list[Document]:
    file = tmp_path / "data.conll"
    file.write_text(content, encoding="utf-8")
    return list(read_documents(file))


def found(document: Document) -> list[tuple[str, str]]:
    return [(span.label, document.text_of(span)) for span in document.spans]


def test_words_and_tags(tmp_path: Path) -> None:
    first, second = read(
        tmp_path,
        "Ông\tO\nNguyễn_Văn_A\tB-PERSON\nở\tO\nHà_Nội\tB-LOCATION\n,\tO\nU.S.\tI-LOCATION\n\n\nTừ O\n1/7 B-DATE\nđến I-DATE\n",
    )
    assert (first.id, first.text) == ("data:1", "Ông Nguyễn Văn A ở Hà Nội , U.S.")
    assert found(first) == [("PERSON", "Nguyễn Văn A"), ("LOCATION", "Hà Nội"), ("LOCATION", "U.S.")]
    assert (second.text, found(second)) == ("Từ 1/7 đến", [("DATE", "1/7 đến")])
    assert validate(first, Schema.covering(["PERSON", "LOCATION", "DATE"])) == []


def test_documents_of_several_sentences(tmp_path: Path) -> None:
    first, second = read(
        tmp_path,
        "-DOCSTART- -X- O O\n\nEU NNP I-NP I-ORG\nrejects VBZ I-VP O\n\nPeter NNP I-NP I-PER\n\n-DOCSTART- -X- O O\n\nB NNP x B-ORG\n",
    )
    assert (first.text, found(first)) == ("EU rejects\nPeter", [("ORG", "EU"), ("PER", "Peter")])
    assert (second.id, found(second)) == ("data:2", [("ORG", "B")])


@pytest.mark.parametrize(
    "tags, spans",
    [
        ("B I O B B", ["a b", "d", "e"]),
        ("I I O I B", ["a b", "d", "e"]),
        ("B E S O S", ["a b", "c", "e"]),
        ("B L U I L", ["a b", "c", "d e"]),
        ("O O O O O", []),
    ],
)
def test_schemes(tags: str, spans: list[str], tmp_path: Path) -> None:
    lines = [
        f"{word} {tag if tag == 'O' else tag + '-X'}" for word, tag in zip("abcde", tags.split(), strict=True)
    ]
    [document] = read(tmp_path, "\n".join(lines))
    assert [text for _, text in found(document)] == spans


def test_a_label_that_changes_begins_a_span(tmp_path: Path) -> None:
    [document] = read(tmp_path, "a B-X\nb I-Y\nc I-Y\n")
    assert found(document) == [("X", "a"), ("Y", "b c")]


@pytest.mark.parametrize("line, number", [("word", 2), ("word X-Y", 2), ("word B-", 2)])
def test_mistakes_are_told_with_their_line(line: str, number: int, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=rf"data\.conll:{number}: expected a token and a BIO tag"):
        read(tmp_path, f"a O\n{line}\n")


@given(documents(foreign=False))
def test_round_trip(document: Document) -> None:
    stream = io.StringIO()
    if "\r" in document.text:
        with pytest.raises(InputError, match="carriage return"):
            conll.write([document], stream)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        conll.write([document, document], stream)
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        [again, twin] = read(Path(folder), stream.getvalue())
    assert (again.id, again.text) == (twin.id, twin.text) == (document.id, document.text)
    kept = {(s.label, s.start, s.end) for s in again.spans}
    assert kept <= {(s.label, s.start, s.end) for s in document.spans}
    flat = all(a.end <= b.start for a, b in pairwise(document.spans))
    bare = all((t := document.text_of(s)) == t.strip() and "\n" not in t for s in document.spans)
    if flat and bare:
        assert len(kept) == len(document.spans)


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    from annotations import inline

    document = inline.parse("[m1|xây trường ở [l1|Tân Lập]]\n---\nm1: l1", id="d")
    with pytest.warns(UserWarning, match="1 spans and 1 links are left out"):
        write_documents([document], tmp_path / "out.conll")
    [again] = read_documents(tmp_path / "out.conll")
    assert found(again) == [("MEASURE", "xây trường ở Tân Lập")]
