"""The sloppiness of real pages: foreign letters, lost spaces, points for commas, abbreviations, typing errors."""

from __future__ import annotations

import random
import re
import unicodedata

from annotations.document import Document
from training.augment.rewrite import LETTER, VALUES, Edit, labelled, stretches

_SHARE = 0.5
_TYPOS = 0.02
_ABBREVIATIONS = {
    "thành phố": "TP",
    "thị xã": "TX",
    "thị trấn": "TT",
    "huyện": "H",
    "quận": "Q",
    "phường": "P",
    "xã": "X",
}
_TYPE = re.compile(rf"({'|'.join(_ABBREVIATIONS)}) (?=[^\W_])", re.IGNORECASE)
_STOP = re.compile(r"(?<=[^\s.])[.;] (?=\w)")
_APART = re.compile(r"(?<=\d) %")
_JOINED = re.compile(r"(?<=\d)%")
_COMMA_FIGURE = re.compile(r"(?<![\w.,/])\d{1,3}(?:\.\d{3})*,\d{1,2}(?![\d/]|[.,]\d)")
_WORD = re.compile(rf"(?<!\w){LETTER}{{2,}}(?!\w)")
_OLD_TONE = re.compile(rf"[òóỏõọ][ae](?!{LETTER})|(?<!q)[ùúủũụ]y(?!{LETTER})", re.IGNORECASE)
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_CONFUSED = str.maketrans("\u0303\u0309", "\u0309\u0303")


def respell(document: Document, rng: random.Random) -> list[Edit]:
    """One of three other spellings of everything: `Ð` for `Đ`, the tone of `hoà` in its old place, or letters decomposed."""
    text = document.text
    way = rng.choice(("letter", "tone", "decomposed"))
    if way == "letter":
        return [Edit(match.start(), match.end(), "Ð") for match in re.finditer("Đ", text)]
    if way == "tone":
        return [Edit(*match.span(), _move_tone(match[0])) for match in _OLD_TONE.finditer(text)]
    return [
        Edit(start, end, unicodedata.normalize("NFD", text[start:end]))
        for start, end in stretches(document)
        if not unicodedata.is_normalized("NFD", text[start:end])
    ]


def _move_tone(pair: str) -> str:
    """`òa` as `oà`, in either case."""
    first = unicodedata.normalize("NFD", pair[0])
    return first[0] + unicodedata.normalize("NFC", pair[1] + first[1])


def respace(document: Document, rng: random.Random) -> list[Edit]:
    """Two spaces or none after some full stops and semicolons; per cent signs apart from their numbers, or joined."""
    text = document.text
    edits = [
        Edit(*match.span(), match[0][0] + rng.choice(("", "  ")))
        for match in _STOP.finditer(text)
        if text[match.end()].isupper() and not text[match.start() - 1].isupper() and rng.random() < _SHARE
    ]
    if rng.random() < _SHARE:
        apart = [Edit(*match.span(), "%") for match in _APART.finditer(text)]
        edits += apart or [Edit(*match.span(), " %") for match in _JOINED.finditer(text)]
    return edits


def point_decimals(document: Document, rng: random.Random) -> list[Edit]:
    """Decimal points for decimal commas throughout; thousands are set off by commas then, or left as they are."""
    marks = str.maketrans(",.", rng.choice((".,", "..")))
    return [Edit(*match.span(), match[0].translate(marks)) for match in _COMMA_FIGURE.finditer(document.text)]


def abbreviate(document: Document, rng: random.Random) -> list[Edit]:
    """Type words of places written short, each of them everywhere or nowhere: `TP Lai Châu`, `H. Tam Đường`."""
    stop = rng.choice((". ", ". ", ".", " "))
    short = {kind: letters for kind, letters in _ABBREVIATIONS.items() if rng.random() < _SHARE}
    edits = []
    for start, end in labelled(document, ("LOCALITY",)):
        match = _TYPE.match(document.text, start, end)
        if match and (letters := short.get(match[1].lower())):
            edits.append(Edit(*match.span(), letters + (stop if len(letters) > 1 else ". ")))
    return edits


def mistype(document: Document, rng: random.Random) -> list[Edit]:
    """Typing errors in some words outside values and places: letters change places, tones are lost or confused."""
    kept = labelled(document, (*VALUES, "LOCALITY"))
    words = [match for match in _WORD.finditer(document.text) if match[0].islower()]
    edits = []
    for match in rng.sample(words, round(_TYPOS * len(words))):
        start, end = match.span()
        wrong = rng.choice((_swapped, _without_tone, _confused))(match[0], rng)
        if len(wrong) == end - start and not any(start < stop and begin < end for begin, stop in kept):
            edits.append(Edit(start, end, wrong))
    return edits


def _swapped(word: str, rng: random.Random) -> str:
    at = rng.randrange(len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _without_tone(word: str, rng: random.Random) -> str:
    return unicodedata.normalize(
        "NFC", "".join(c for c in unicodedata.normalize("NFD", word) if c not in _TONES)
    )


def _confused(word: str, rng: random.Random) -> str:
    """Hỏi for ngã and ngã for hỏi, the commonest spelling mistake of the south."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", word).translate(_CONFUSED))
