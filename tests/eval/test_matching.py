"""Verdicts on spans, against verdicts given by hand."""

from __future__ import annotations

import pytest
from hypothesis import given

from annotations.agreement import compare
from annotations.document import Document, Span
from eval.matching import align
from tests.strategies import documents

TEXT = "tỷ lệ hộ nghèo của huyện Bình An còn 4,2% so với 6%"


def document(*spans: tuple[str, int, int]) -> Document:
    return Document(
        "d", TEXT, tuple(Span(f"s{n}", start, end, label) for n, (label, start, end) in enumerate(spans))
    )


def kinds(gold: Document, found: Document) -> list[tuple[str, str | None, str | None]]:
    def shown(span: Span | None) -> str | None:
        return span and f"{span.label[0]}{span.start}-{span.end}"

    return [(pairing.kind, shown(pairing.gold), shown(pairing.found)) for pairing in align(gold, found)]


def test_every_kind_once() -> None:
    gold = document(("INDICATOR", 0, 14), ("LOCALITY", 19, 32), ("ACTUAL", 37, 41), ("TARGET", 49, 51))
    found = document(("INDICATOR", 0, 14), ("LOCALITY", 25, 32), ("RATIO", 37, 41), ("MEASURE", 0, 5))
    assert kinds(gold, found) == [
        ("right", "I0-14", "I0-14"),
        ("invented", None, "M0-5"),
        ("boundary", "L19-32", "L25-32"),
        ("label", "A37-41", "R37-41"),
        ("missed", "T49-51", None),
    ]


def test_a_doubled_find_counts_once() -> None:
    gold = document(("LOCALITY", 19, 32))
    found = document(("LOCALITY", 19, 32), ("LOCALITY", 19, 32), ("LOCALITY", 25, 32))
    assert [kind for kind, _, _ in kinds(gold, found)] == ["invented", "right", "invented"]


def test_one_long_find_answers_only_one_of_two() -> None:
    gold = document(("ACTUAL", 37, 41), ("ACTUAL", 49, 51))
    assert kinds(gold, document(("ACTUAL", 37, 51))) == [
        ("boundary", "A37-41", "A37-51"),
        ("missed", "A49-51", None),
    ]


def test_as_many_pairs_as_there_can_be() -> None:
    # [0, 20) is most like [0, 14), but taking that pair would leave [19, 32) and [0, 5) alone.
    gold = document(("INDICATOR", 0, 14), ("INDICATOR", 19, 32))
    found = document(("INDICATOR", 0, 20), ("INDICATOR", 0, 5))
    assert kinds(gold, found) == [("boundary", "I0-14", "I0-5"), ("boundary", "I19-32", "I0-20")]


def test_a_place_inside_a_measure_is_no_label_error() -> None:
    gold = document(("MEASURE", 0, 51))
    assert [kind for kind, _, _ in kinds(gold, document(("LOCALITY", 19, 32)))] == ["missed", "invented"]


def test_several_label_errors() -> None:
    gold = document(("TARGET", 37, 41), ("TARGET", 49, 51))
    found = document(("ACTUAL", 37, 41), ("RATIO", 48, 51))
    assert kinds(gold, found) == [("label", "T37-41", "A37-41"), ("label", "T49-51", "R48-51")]


def test_other_texts_are_refused() -> None:
    with pytest.raises(ValueError, match="not annotations of one text"):
        align(Document("a", "x"), Document("b", "y"))


@given(documents())
def test_everything_is_paired_once(gold: Document) -> None:
    half = Document(gold.id, gold.text, gold.spans[::2])
    pairings = align(gold, half)
    assert sorted(p.gold.id for p in pairings if p.gold) == sorted(span.id for span in gold.spans)
    assert sorted(p.found.id for p in pairings if p.found) == sorted(span.id for span in half.spans)
    right = sum(pairing.kind == "right" for pairing in pairings)
    assert right == compare([(gold, half)]).span.right == len(half.spans)
