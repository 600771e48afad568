"""Text as the network reads it, with a map back to the text as it came in.

Vietnamese text reaches us in several spellings of the same thing: composed or decomposed letters (NFC or NFD), the
Icelandic letter ``Ð`` for ``Đ``, the tone of ``hòa`` written as ``hoà``, a dozen dashes and spaces, headlines in capitals.
:func:`normalize` brings them to one form. Only composing letters and dropping invisible characters changes the
length, so those two carry an offset map; every other rule replaces one character by one character.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

Offsets = npt.NDArray[np.int64]

LETTER = r"[^\W\d_]"
HEADLINE_WORDS = 4
"""So many words in capitals, one after another on a line, are a headline and are read in small letters."""


@dataclass(frozen=True, slots=True)
class Normalized:
    """A normalised text and where each of its characters stood in the original.

    Attributes
    ----------
    text
        The normalised text, of `n` characters.
    starts, ends
        Arrays of shape ``(n,)``: character ``i`` stands for the original characters ``starts[i]:ends[i]``. These
        ranges are never empty, never overlap and stand in the order of the text; what lies between two of them was dropped.
    """

    text: str
    starts: Offsets
    ends: Offsets

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """Map a non-empty range of the normalised text to the range of the original it stands for.

        Raises
        ------
        ValueError
            If ``start:end`` is empty or lies outside the text.
        """
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"{start}:{end} is no range of a text of {len(self.text)} characters")
        return int(self.starts[start]), int(self.ends[end - 1])


def normalize(text: str) -> Normalized:
    """Bring a text to the one spelling that the network knows.

    Letters are composed (NFC), invisible characters dropped, spaces, dashes, quotes and full-width characters mapped to
    their plain form, ``Ð`` to ``Đ``, the tone of ``oa, oe, uy`` put on the first vowel when they end a syllable
    (``hoà`` to ``hòa``, but ``quý`` and ``hoàn`` stay), and headlines in capitals written small.
    """
    whole = Normalized(text, *_identity(len(text)))
    if text.isascii() and not _NEEDS_WORK_IN_ASCII.search(text):
        return whole
    if _INVISIBLE.search(text):
        whole = _rewrite(whole, _INVISIBLE, lambda _: "")
    if not unicodedata.is_normalized("NFC", whole.text):
        whole = _rewrite(whole, _decomposed(), _compose)
    return Normalized(_respell(whole.text), whole.starts, whole.ends)


def _identity(length: int) -> tuple[Offsets, Offsets]:
    starts = np.arange(length, dtype=np.int64)
    return starts, starts + 1


# --- what changes the length -----------------------------------------------------------------------------------------

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]+"
)


def _rewrite(whole: Normalized, pattern: re.Pattern[str], replace: Callable[[str], str]) -> Normalized:
    """Replace every match by no more characters than it has.

    The first character of a replacement stands for what the others, one for one from the end, leave over.
    """
    pieces: list[str] = []
    kept: list[Offsets] = []
    lasts: list[Offsets] = []
    position = 0
    for match in pattern.finditer(whole.text):
        old, new = match.group(), replace(match.group())
        if new == old:
            continue
        start, end = match.span()
        pieces += whole.text[position:start], new
        before = np.arange(position, start)
        tail = np.arange(end - len(new) + 1, end) if new else before[:0]
        kept += before, np.array([start] if new else [], dtype=np.int64), tail
        lasts += before, np.array([end - len(new)] if new else [], dtype=np.int64), tail
        position = end
    rest = np.arange(position, len(whole.text))
    first, last = np.concatenate([*kept, rest]), np.concatenate([*lasts, rest])
    return Normalized("".join([*pieces, whole.text[position:]]), whole.starts[first], whole.ends[last])


def _compose(cluster: str) -> str:
    """Compose a letter and its marks; left as it is where NFC would make it longer (a few Hebrew and Indic letters)."""
    composed = unicodedata.normalize("NFC", cluster)
    return composed if len(composed) <= len(cluster) else cluster


_LAST_COMPOSED = 0x2FFFF
"""No character of a later plane is composed of others, or a mark that joins them (Unicode 15: 0x2FA1D, 0x1E94A)."""


@cache
def _decomposed() -> re.Pattern[str]:
    """What NFC may change: a character with marks that may join it, or a character that is never written composed."""
    joining: set[int] = set()
    replaced: set[int] = set()
    for code in range(_LAST_COMPOSED + 1):
        char = chr(code)
        parts = unicodedata.decomposition(char)
        if unicodedata.combining(char):
            joining.add(code)
        if parts and not parts.startswith("<"):
            joining.update(int(part, 16) for part in parts.split()[1:])
            if not unicodedata.is_normalized("NFC", char):
                replaced.add(code)
    joining.update(range(0x1161, 0x1176), range(0x11A8, 0x11C3))  # Hangul vowels and finals
    return re.compile(f".[{_ranges(joining)}]+|[{_ranges(replaced)}]", re.DOTALL)


def _ranges(codes: set[int]) -> str:
    """The inside of a character class that holds just these code points."""

    def runs() -> Iterator[tuple[int, int]]:
        ordered = sorted(codes)
        first = previous = ordered[0]
        for code in ordered[1:]:
            if code != previous + 1:
                yield first, previous
                first = code
            previous = code
        yield first, previous

    return "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in runs())


# --- one character for one character ---------------------------------------------------------------------------------

_PLAIN = str.maketrans(
    {
        **dict.fromkeys(
            "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
            " ",
        ),
        **dict.fromkeys("\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029", "\n"),
        **dict.fromkeys("‐‑‒–—―−﹘﹣•▪●‣◦∙", "-"),
        **dict.fromkeys("“”„‟«»″〝〞", '"'),
        **dict.fromkeys("‘’‚‛′‵`´", "'"),
        **dict.fromkeys("⁄∕", "/"),
        **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
        **{chr(code): "\ufffd" for code in range(0xD800, 0xE000)},
        "Ð": "Đ",
        "ð": "đ",
    }
)
_ODD = re.compile("[" + "".join(re.escape(chr(code)) for code in _PLAIN) + "]")
_RETURN = re.compile(r"\r(?=\n)")

_TONED = {"a": "àáảãạ", "e": "èéẻẽẹ", "o": "òóỏõọ", "u": "ùúủũụ", "y": "ỳýỷỹỵ"}
_OLD_TONE = re.compile(
    f"(?:o[{_TONED['a']}{_TONED['e']}]|(?<!q)u[{_TONED['y']}])(?!{LETTER})",
    re.IGNORECASE,
)

_CAPITAL = _ranges(
    {
        code
        for block in (range(0x41, 0x250), range(0x1E00, 0x1F00))
        for code in block
        if chr(code).isupper() and len(chr(code).lower()) == 1
    }
)
_CAPITALS = f"[{_CAPITAL}]+(?!{LETTER})"
_HEADLINE = re.compile(
    rf"(?<!{LETTER}){_CAPITALS}(?:(?:(?!\n)[\W\d_]){{1,16}}{_CAPITALS}){{{HEADLINE_WORDS - 1},}}"
)

_NEEDS_WORK_IN_ASCII = re.compile(rf"[\x00-\x08\x0b-\x1f`\x7f]|{_HEADLINE.pattern}")


def _move_tone(match: re.Match[str]) -> str:
    first, second = match.group()[0], match.group()[1]
    plain = unicodedata.normalize("NFD", second.lower())
    toned = unicodedata.normalize("NFC", first.lower() + plain[1])
    return (toned.upper() if first.isupper() else toned) + (
        plain[0].upper() if second.isupper() else plain[0]
    )


def _respell(text: str) -> str:
    """Apply the rules that replace one character by one character."""
    if "\r" in text:
        text = _RETURN.sub(" ", text).replace("\r", "\n")
    if _ODD.search(text):
        text = text.translate(_PLAIN)
    text = _OLD_TONE.sub(_move_tone, text)
    return _HEADLINE.sub(lambda match: match.group().lower(), text)
