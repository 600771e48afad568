"""Check annotated files: the schema, the guide's mechanical rules, near-duplicates, and what the corpus holds.

    python scripts/check_corpus.py                 the project's corpus, all splits
    python scripts/check_corpus.py FILE…           these files or folders only
    python scripts/check_corpus.py --card write    the tables of the dataset card anew (check: compare them only)

Breaches of the schema, strict rules, near-duplicates and sentences shared between splits are errors (exit status 1);
the other findings are warnings to look at.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from annotations import card, corpus
from annotations.document import Document
from annotations.errors import InputError
from annotations.files import read_text, replacing
from annotations.formats import read_located
from annotations.rules import STRICT, findings, labelled_differently
from annotations.schema import Schema
from annotations.validate import validate

LENGTH = range(150, 701)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="*", type=Path, help="files or folders (default: the corpus)")
    parser.add_argument("--quiet", action="store_true", help="print no warnings")
    parser.add_argument("--card", choices=("write", "check"), help="the dataset card's tables")
    options = parser.parse_args(arguments)
    if options.card and options.paths:
        parser.error("the dataset card is about the whole corpus: give no paths")
    splits = (
        {"": options.paths} if options.paths else {name: [corpus.FOLDER / name] for name in corpus.SPLITS}
    )

    errors = 0
    documents: dict[str, list[Document]] = {}
    for split, paths in splits.items():
        documents[split], failed = read_all(paths)
        errors += failed
        for document, source in documents[split]:
            errors += report(document, source, warn=not options.quiet)
    plain = {split: [document for document, _ in located] for split, located in documents.items()}
    everything = [document for located in plain.values() for document in located]
    errors += compare(plain, everything)
    if not options.quiet:
        for text, labels in list(labelled_differently(everything))[:20]:
            print(f"warning: labelled differently: “{text}” {dict(labels)}")
    show_counts(plain)
    if not options.paths:
        show_cells(everything)
    if options.card:
        errors += update_card(plain, write=options.card == "write")
    print(f"{len(everything)} documents, {errors} errors")
    return 1 if errors else 0


def read_all(paths: list[Path]) -> tuple[list[tuple[Document, str]], int]:
    """Documents with their files, and how many files could not be read."""
    files = [f for path in paths for f in (sorted(path.rglob("*.txt")) if path.is_dir() else [path])]
    found: list[tuple[Document, str]] = []
    failed = 0
    for file in files:
        try:
            found += [(located.document, located.source) for located in read_located(file)]
        except InputError as error:
            failed += 1
            print(f"error: {error}")
    return found, failed


def report(document: Document, source: str, *, warn: bool) -> int:
    """Print what is wrong with one document and return the number of errors."""
    breaches = validate(document, Schema.default())
    rules = findings(document)
    strict = [finding for finding in rules if finding.code in STRICT]
    for breach in [*breaches, *strict]:
        print(f"error: {source}:{breach}")
    length = len(document.text.split())
    problems = [] if length in LENGTH else [f"{length} syllables, not {LENGTH.start} to {LENGTH.stop - 1}"]
    problems += [f"meta has no “{name}”" for name in card.PLAN if not document.meta.get(name)]
    in_corpus = Path(source).resolve().is_relative_to(corpus.FOLDER)
    for problem in problems if in_corpus else []:
        print(f"error: {source}: {problem}")
    if warn:
        for finding in rules:
            if finding.code not in STRICT:
                print(f"warning: {source}:{finding}")
    return len(breaches) + len(strict) + (len(problems) if in_corpus else 0)


def compare(splits: dict[str, list[Document]], everything: list[Document]) -> int:
    """Print near-duplicates, and sentences that two splits share; return how many."""
    twins = corpus.near_duplicates(everything)
    for pair in twins:
        print(f"error: near-duplicates: {pair.first} and {pair.second} ({pair.similarity:.2f})")
    shared = 0
    for one, other in combinations(splits, 2):
        for sentence, (first, second) in corpus.shared_sentences(splits[one], splits[other]).items():
            shared += 1
            print(f"error: {first} and {second} share a sentence: “{sentence[:80]}”")
    return len(twins) + shared


def show_counts(splits: Mapping[str, Sequence[Document]]) -> None:
    table = Table("", *[split or "given" for split in splits], title="What is in it")
    for row in card.count_rows(splits):
        table.add_row(*row)
    Console().print(table)


def show_cells(documents: list[Document]) -> None:
    for name in card.PLAN:
        cells = Counter(cell for document in documents for cell in card.cells(document, name))
        print(f"{name}: " + "; ".join(f"{cell} {number}" for cell, number in cells.most_common()))
    values = {"TARGET", "ACTUAL", "RATIO"}
    bare = sum(not any(span.label in values for span in document.spans) for document in documents)
    print(f"articles without any value: {bare}")


def update_card(splits: Mapping[str, Sequence[Document]], *, write: bool) -> int:
    """Bring the dataset card's tables up to date, or return 1 if they are not."""
    old = read_text(card.PATH)
    new = card.fill(old, card.tables(splits, corpus.annotated_twice()))
    if new == old:
        return 0
    if not write:
        print(f"error: {card.PATH}: tables are out of date (--card write)")
        return 1
    with replacing(card.PATH) as stream:
        stream.write(new)
    return 0


if __name__ == "__main__":
    sys.exit(main())
