"""Where paragraphs and sentences of an article begin and end."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass

_CAPITALS = "".join(chr(code) for code in range(0x1F00) if chr(code).isupper())
_SENTENCE_END = re.compile(rf"[.!?…;][\"'”’)\]]*\s+(?=[\"'“‘(\[]*[{_CAPITALS}])|\n+")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:TP|T\.P|Tp|TX|TT|Q|H|P|X|ThS|TS|PGS|GS|BS|CN|Ông|Bà|St|Mr|tr)\.\s+$"
)

_MARKS = 3
"""A letter of decomposed text takes at most so many characters."""


@dataclass(frozen=True)
class Passages:
    """Start offsets of the paragraphs and sentences of a text, in order; each list starts with 0."""

    paragraphs: tuple[int, ...]
    sentences: tuple[int, ...]
    length: int

    @classmethod
    def of(cls, text: str) -> Passages:
        """Split a text: a paragraph is a line, a sentence ends at a full stop, a semicolon or a line break
        before a capital letter."""
        paragraphs = [0]
        sentences = [0]
        for found in _SENTENCE_END.finditer(text):
            if "\n" in found.group():
                paragraphs.append(found.end())
            elif text[found.start()] == "." and _ABBREVIATION.search(
                text, max(0, found.start() - 5), found.end()
            ):
                continue
            sentences.append(found.end())
        return cls(tuple(paragraphs), tuple(sentences), len(text))

    def paragraph(self, offset: int) -> int:
        """Index of the paragraph that holds an offset."""
        return bisect_right(self.paragraphs, offset) - 1

    def sentence(self, offset: int) -> int:
        """Index of the sentence that holds an offset."""
        return bisect_right(self.sentences, offset) - 1

    def sentence_bounds(self, offset: int) -> tuple[int, int]:
        """Start and end of the sentence that holds an offset."""
        return _bounds(self.sentences, self.sentence(offset), self.length)

    def paragraph_bounds(self, offset: int) -> tuple[int, int]:
        """Start and end of the paragraph that holds an offset."""
        return _bounds(self.paragraphs, self.paragraph(offset), self.length)


def composed(text: str) -> str:
    """A piece of text with composed letters, as the patterns have them."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def before(text: str, place: int, letters: int) -> str:
    """So many letters before a place, composed."""
    return composed(text[max(0, place - _MARKS * letters) : place])[-letters:]


def after(text: str, place: int, letters: int) -> str:
    """So many letters from a place on, composed."""
    return composed(text[place : place + _MARKS * letters])[:letters]


def either(pattern: str) -> str:
    """A pattern that matches composed and decomposed letters alike, where offsets into the text as it came in count."""
    apart = unicodedata.normalize("NFD", pattern)
    return f"(?:{pattern})" if apart == pattern else f"(?:{pattern}|{apart})"


def _bounds(starts: tuple[int, ...], index: int, length: int) -> tuple[int, int]:
    end = starts[index + 1] if index + 1 < len(starts) else length
    return starts[index], end
