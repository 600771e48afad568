"""The dataset card's tables against counts made by hand."""

from __future__ import annotations

import pytest

from annotations import card, corpus, inline
from annotations.errors import InputError

ONE = '[i1|a] [a1|1%] [l1|X]\n---\ni1: a1 l1\n#meta {"genre": "news", "hard": ["x", "Tiê\u0301ng"]}'
TWO = '[i1|b c]\n---\n#meta {"genre": "news", "hard": ["Tiếng"]}'
SPLITS = {"train": [inline.parse(ONE), inline.parse(TWO)], "dev": [inline.parse(TWO)]}


def test_rows_count_documents_of_each_split() -> None:
    rows = {name: numbers for name, *numbers in card.count_rows(SPLITS)}
    assert rows["documents"] == ["2", "1"]
    assert rows["syllables"] == ["5", "2"]
    assert (rows["INDICATOR"], rows["ACTUAL"], rows["IN_LOCALITY"]) == (["2", "1"], ["1", "0"], ["1", "0"])
    assert card.cell_rows(SPLITS, "genre") == [("news", "2", "1")]
    assert card.cell_rows(SPLITS, "hard") == [("Tiếng", "2", "1"), ("x", "1", "0")]


def test_relations_of_spans_that_one_annotator_lacks_are_left_out_of_the_last_row() -> None:
    first = inline.parse("[i1|a] [a1|1%] [t1|2%]\n---\ni1: a1 t1")
    second = inline.parse("[i1|a] [a1|1%] 2%\n---\ni1: a1")
    rows = {name: numbers for name, *numbers in card.agreement_rows([(first, second)])}
    assert rows["all spans"] == ["0.800", "2", "1", "0"]
    assert rows["all relations"] == ["0.667", "1", "1", "0"]
    assert rows["all relations between spans of both"] == ["1.000", "1", "0", "0"]


def test_fill_replaces_only_what_is_between_the_markers() -> None:
    text = "before\n<!-- a -->\nold\n<!-- /a -->\nbetween\n<!-- b -->\n<!-- /b -->\nafter"
    filled = card.fill(text, {"a": "| new |", "b": "2"})
    assert filled == "before\n<!-- a -->\n| new |\n<!-- /a -->\nbetween\n<!-- b -->\n2\n<!-- /b -->\nafter"
    assert card.fill(filled, {"a": "| new |", "b": "2"}) == filled


@pytest.mark.parametrize("text", ["no marker", "<!-- a -->\nnot closed"])
def test_a_card_without_markers_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="<!-- a -->"):
        card.fill(text, {"a": "1"})


def test_every_table_has_its_place_in_the_card() -> None:
    card.fill(card.PATH.read_text(encoding="utf-8"), card.tables(SPLITS, []))


def test_first_and_second_annotations_are_of_one_text() -> None:
    pairs = corpus.annotated_twice()
    assert pairs
    assert all(first.text == second.text for first, second in pairs)
