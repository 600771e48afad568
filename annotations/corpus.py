"""What a corpus holds, and which of its documents say the same thing twice."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from datasketch import MinHash, MinHashLSH

from annotations import inline
from annotations.document import Document
from annotations.files import read_text

FOLDER = Path(__file__).with_name("corpus")
SPLITS = ("train", "dev", "test")
SECOND = Path(__file__).with_name("second")
"""Articles annotated twice: `first`, as they stood before the two were compared, and `blind`, the second time."""
_PERMUTATIONS = 128
_SHINGLE = 5


@dataclass(frozen=True, slots=True)
class Twins:
    """Two documents with much the same wording; `similarity` is the estimated Jaccard index of their 5-grams."""

    first: str
    second: str
    similarity: float


def syllables(text: str) -> list[str]:
    """Lower-case, composed syllables and numbers, in order."""
    return re.findall(r"\w+", unicodedata.normalize("NFC", text).lower())


def sentences(text: str) -> Iterator[str]:
    """Normalised sentences of at least eight syllables, for comparing texts with each other."""
    for sentence in re.split(r"(?<=[.!?;:])\s+|\n", text):
        words = syllables(sentence)
        if len(words) >= 8:
            yield " ".join(words)


def fingerprint(text: str) -> MinHash:
    """MinHash of a text's syllable 5-grams (Broder 1997)."""
    words = syllables(text)
    shingles = {" ".join(words[i : i + _SHINGLE]) for i in range(max(1, len(words) - _SHINGLE + 1))}
    minhash = MinHash(num_perm=_PERMUTATIONS)
    minhash.update_batch([shingle.encode() for shingle in shingles])
    return minhash


def near_duplicates(documents: Sequence[Document], threshold: float = 0.2) -> list[Twins]:
    """Pairs of documents whose 5-grams overlap by at least `threshold` (Jaccard), most alike first."""
    index = MinHashLSH(threshold=threshold, num_perm=_PERMUTATIONS)
    hashes = [fingerprint(document.text) for document in documents]
    found = []
    for number, (document, minhash) in enumerate(zip(documents, hashes, strict=True)):
        for other in index.query(minhash):
            similarity = minhash.jaccard(hashes[other])
            if similarity >= threshold:
                found.append(Twins(documents[other].id, document.id, similarity))
        index.insert(number, minhash)
    return sorted(found, key=lambda twins: -twins.similarity)


def shared_sentences(first: Iterable[Document], second: Iterable[Document]) -> dict[str, tuple[str, str]]:
    """Sentences that stand in both collections, with a document of each."""
    known = {sentence: document.id for document in first for sentence in sentences(document.text)}
    return {
        sentence: (known[sentence], document.id)
        for document in second
        for sentence in sentences(document.text)
        if sentence in known
    }


def counts(documents: Iterable[Document]) -> Counter[str]:
    """Numbers of documents, syllables, spans, relations, and of each label and relation type."""
    total: Counter[str] = Counter()
    for document in documents:
        total["documents"] += 1
        total["syllables"] += len(document.text.split())
        total["spans"] += len(document.spans)
        total["relations"] += len(document.relations)
        total.update(span.label for span in document.spans)
        total.update(relation.label for relation in document.relations)
    return total


def annotated_twice() -> list[tuple[Document, Document]]:
    """First and blind second annotation of each article that has both; decomposed texts are composed."""
    return [
        (_composed(file), _composed(SECOND / "blind" / file.name))
        for file in sorted((SECOND / "first").glob("*.txt"))
    ]


def _composed(file: Path) -> Document:
    return inline.parse(unicodedata.normalize("NFC", read_text(file)), id=file.stem, source=str(file))
