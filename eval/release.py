"""The test split: looked at only for a release, and every look written down."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from annotations import corpus
from annotations.document import Document
from annotations.errors import InputError
from annotations.files import read_text, replacing
from annotations.formats import read_documents
from annotations.jsonl import dump
from eval.counting import Measure
from eval.evaluation import MAIN, Evaluation

RESULTS = Path(__file__).with_name("RESULTS.md")
_HEAD = """# Results on the test split

One line for each time that anybody looked: `chitieu evaluate --split test --release` appends it. F1 in percent with
its 95% interval over articles; the hash is that of the split's texts and annotation.

| date | version | system | articles | hash of the data | spans | relations | rows |
|---|---|---|---|---|---|---|---|
"""


def check(
    gold: Mapping[str, Sequence[Document]], *, release: bool, split: Path = corpus.FOLDER / "test"
) -> None:
    """Refuse to score on test articles, by whatever path they came, unless it is for a release.

    Raises
    ------
    InputError
        If test articles are asked for without a release, or a release is asked for on anything else.
    """
    if not split.is_dir():
        return
    kept = {document.text for document in read_documents(split)}
    for name, documents in gold.items():
        held = sum(document.text in kept for document in documents)
        if held and not release:
            raise InputError(
                f"{held} of these are test articles: they are scored only by --split test --release",
                source=name,
            )
        if release and held != len(documents):
            raise InputError("a release is scored on the test split alone", source=name)


def append(
    evaluations: Iterable[Evaluation], gold: Mapping[str, Sequence[Document]], file: Path = RESULTS
) -> None:
    """Add a line for each evaluation to the file of results.

    Raises
    ------
    InputError
        If a system has learnt from test articles, or predictions were left out by their score.
    """
    lines = read_text(file) if file.exists() else _HEAD
    for one in evaluations:
        if one.seen or one.min_score:
            raise InputError(f"{one.title}: a release is scored whole, on unseen articles")
        cells = [
            f"{datetime.now(UTC):%Y-%m-%d}",
            package_version(),
            one.system,
            str(len(one.cases)),
            f"`{data_hash(gold[one.data])[:12]}`",
            *[_score(one, measure) for measure in MAIN],
        ]
        lines += f"| {' | '.join(cells)} |\n"
    with replacing(file) as stream:
        stream.write(lines)


def data_hash(documents: Iterable[Document]) -> str:
    """SHA-256 of documents with their annotation, whatever their order."""
    lines = sorted(dump(document) for document in documents)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def package_version() -> str:
    """The installed version of the package; “unreleased” where it is not installed."""
    try:
        return version("chitieu")
    except PackageNotFoundError:
        return "unreleased"


def _score(one: Evaluation, measure: Measure) -> str:
    if measure not in one.measures:
        return "–"
    bounds = one.interval(measure)
    return f"{100 * one.tally(measure).f1:.1f} [{100 * bounds.low:.1f}–{100 * bounds.high:.1f}]"
