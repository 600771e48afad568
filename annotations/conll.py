"""CoNLL files: a token a line with its tag in the last column, a blank line between sentences.

Read are BIO (IOB1 and IOB2), BIOES and BILOU; written is BIO. Without further notice a sentence is a document of one
line, or, in a file with `-DOCSTART-` lines, a line of a document. Tokens are joined by single spaces, and the syllables
of a Vietnamese word (`Hà_Nội`) are written apart. What is written here carries comments (`# newdoc id = …`,
`# text = …`), from which the text comes back exactly.
"""

from __future__ import annotations

import json
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import IO

from annotations.document import Document, Span
from annotations.errors import InputError
from annotations.files import read_text

_TAG = re.compile(r"(?P<kind>[BIESLU])-(?P<label>\S+)|O")
_COMMENT = re.compile(r"# ?(?P<name>newdoc id|newdoc|newpar|text|sent_id|id|meta)\b ?=? ?(?P<value>.*)")
_JOINED = re.compile(r"(?<=[^\W\d_])_(?=[^\W\d_])")
_TOKEN = re.compile(r"\w+|[^\w\s]")

Token = tuple[str, str, int]
"""Word, tag, line in the file."""


@dataclass(slots=True)
class _Sentence:
    tokens: list[Token] = field(default_factory=list)
    text: str | None = None


def read(path: str | Path) -> Iterator[tuple[int, Document]]:
    """First lines and documents of a file.

    Raises
    ------
    InputError
        If the file cannot be read, or at the first line that is none of this form.
    """
    stem = Path(path).stem
    sentences: list[_Sentence] = []
    name: str | None = None
    whole = False  # sentences belong together until the next document begins
    number, first = 0, 1

    def finished() -> Iterator[tuple[int, Document]]:
        nonlocal sentences, number, name
        if sentences or name is not None:
            number += 1
            yield first, _document(name or f"{stem}:{number}", sentences, str(path))
        sentences, name = [], None

    for line, sentence, opened, title in _blocks(path):
        if opened or (not whole and sentences):
            yield from finished()
            first = line
        if opened:
            whole, name = True, title
        if sentence.tokens or sentence.text is not None:
            sentences.append(sentence)
    yield from finished()


def _blocks(path: str | Path) -> Iterator[tuple[int, _Sentence, bool, str | None]]:
    """Every block between blank lines: its first line, its tokens, whether it opens a document, and of what name."""
    sentence, opened, title, first = _Sentence(), False, None, 1
    for number, line in enumerate([*read_text(path).split("\n"), ""], 1):
        line = line.removesuffix("\r")
        if not line.strip(" \t"):
            if opened or sentence.tokens or sentence.text is not None:
                yield first, sentence, opened, title
            sentence, opened, title, first = _Sentence(), False, None, number + 1
        elif comment := _COMMENT.fullmatch(line):
            if comment["name"].startswith("newdoc"):
                opened, title = True, _title(comment["value"])
            elif comment["name"] == "text":
                sentence.text = comment["value"]
        elif line.startswith("-DOCSTART-"):
            opened = True
        else:
            columns = line.split("\t") if "\t" in line else line.split()
            if len(columns) < 2 or not _TAG.fullmatch(columns[-1].strip()):
                raise InputError(
                    f"expected a token and a BIO tag, found {line[:60]!r}", source=path, line=number
                )
            sentence.tokens.append((columns[0].strip(), columns[-1].strip(), number))


def _title(value: str) -> str | None:
    try:
        return str(json.loads(value))
    except json.JSONDecodeError:
        return value or None


def _document(name: str, sentences: Sequence[_Sentence], source: str) -> Document:
    text = ""
    spans: list[Span] = []
    numbers = Counter[str]()
    for n, sentence in enumerate(sentences):
        text += "\n" if n else ""
        line, places = _placed(sentence, source)
        for label, start, end in _spans(sentence.tokens, places):
            numbers[label] += 1
            spans.append(Span(f"{label}-{numbers[label]}", len(text) + start, len(text) + end, label))
        text += line
    return Document(name, text, tuple(spans))


def _placed(sentence: _Sentence, source: str) -> tuple[str, list[tuple[int, int]]]:
    """The sentence's text, and where its tokens stand in it."""
    places = []
    if sentence.text is None:
        line = ""
        for word, _, _ in sentence.tokens:
            word = _JOINED.sub(" ", word)
            start = len(line) + bool(line)
            line = f"{line} {word}" if line else word
            places.append((start, start + len(word)))
        return line, places
    position = 0
    for word, _, number in sentence.tokens:
        start = sentence.text.find(word, position)
        if start < 0:
            raise InputError(
                f"the token {word!r} does not stand in the sentence's “text”", source=source, line=number
            )
        position = start + len(word)
        places.append((start, position))
    return sentence.text, places


def _spans(tokens: Sequence[Token], places: Sequence[tuple[int, int]]) -> Iterator[tuple[str, int, int]]:
    """Labels and offsets; a span also begins where its label does not go on, as conlleval has it."""
    current: tuple[str, int, int] | None = None
    for (_, tag, _), (start, end) in zip(tokens, places, strict=True):
        kind, _, label = tag.partition("-")
        goes_on = current is not None and kind in "IEL" and current[0] == label
        if not goes_on:
            if current:
                yield current
            current = None if kind == "O" else (label, start, end)
        elif current:
            current = (label, current[1], end)
        if current and kind in "ESLU":
            yield current
            current = None
    if current:
        yield current


def write(documents: Iterable[Document], stream: IO[str]) -> None:
    """Write documents, each line of text as a sentence.

    One tag a token is all that the form holds: of overlapping spans the longest is written; spans that go over a line
    end or begin or end with a space are not, nor are links. What is left out is counted in a warning.

    Raises
    ------
    InputError
        If a label or an id cannot be written in this form, or a line holds a carriage return.
    """
    inner = links = 0
    for document in documents:
        spans = _outermost(document)
        inner += len(document.spans) - len(spans)
        links += len(document.relations)
        stream.write(f"# newdoc id = {json.dumps(document.id, ensure_ascii=False)}\n")
        start = 0
        for line in document.text.split("\n"):
            if "\r" in line:
                raise InputError(f"document {document.id!r}: CoNLL cannot hold a carriage return")
            stream.write(f"# text = {line}\n")
            for token, tag in _tagged(document, line, start, spans):
                stream.write(f"{token}\t{tag}\n")
            stream.write("\n")
            start += len(line) + 1
    if inner or links:
        warnings.warn(
            f"CoNLL holds one tag a token: {inner} spans and {links} links are left out", stacklevel=2
        )


def _outermost(document: Document) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(document.spans, key=lambda s: (s.start - s.end, s.start)):
        if re.search(r"\s", span.label) or not span.label:
            raise InputError(f"document {document.id!r}: CoNLL cannot hold the label {span.label!r}")
        text = document.text_of(span)
        if not text or text != text.strip() or "\n" in text:
            continue
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda s: s.start)


def _tagged(document: Document, line: str, start: int, spans: Sequence[Span]) -> Iterator[tuple[str, str]]:
    """Tokens of a line, cut where spans begin and end, and their tags."""
    edges = {edge - start for span in spans for edge in (span.start, span.end)}
    for match in _TOKEN.finditer(line):
        cuts = [match.start(), *(e for e in range(match.start() + 1, match.end()) if e in edges), match.end()]
        for first, last in pairwise(cuts):
            tag = "O"
            for span in spans:
                if span.start <= start + first and start + last <= span.end:
                    begins = not document.text[span.start : start + first].strip()
                    tag = f"{'B' if begins else 'I'}-{span.label}"
            yield line[first:last], tag
