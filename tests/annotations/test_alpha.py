"""Alpha against the worked examples of Krippendorff (2011) and against cases made by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.alpha import alpha, relation_alpha, span_alpha
from annotations.document import Document, Span
from annotations.inline import parse
from annotations.schema import Schema

SCHEMA = Schema.default()

FOUR_OBSERVERS = [
    "123321412...",
    "12332241 25.3".replace(" ", ""),
    ".3332342251.",
    "123324412 51.".replace(" ", ""),
]


def units(rows: list[str]) -> list[tuple[float, list[str]]]:
    return [(1, [value for value in column if value != "."]) for column in zip(*rows, strict=True)]


def test_two_observers_and_two_values() -> None:
    assert alpha(units(["0100000010", "1110010000"])) == pytest.approx(0.095, abs=5e-4)


def test_four_observers_with_missing_values() -> None:
    assert alpha(units(FOUR_OBSERVERS)) == pytest.approx(0.743, abs=5e-4)


@given(st.lists(st.tuples(st.integers(1, 5), st.lists(st.sampled_from("ab"), max_size=4)), max_size=12))
def test_a_weight_is_so_many_equal_units(weighted: list[tuple[int, list[str]]]) -> None:
    single = [(1.0, values) for weight, values in weighted for _ in range(weight)]
    assert alpha(weighted) == pytest.approx(alpha(single))


def test_where_alpha_is_not_defined() -> None:
    assert alpha([]) is None
    assert alpha([(1, ["a", "a"]), (1, ["b"])]) is None
    assert alpha([(1, ["a", "a"]), (1, ["b", "b"])]) == 1


def test_spans_by_character() -> None:
    text = "0123456789"
    first = Document("d", text, (Span("l1", 0, 4, "LOCALITY"), Span("i1", 5, 9, "INDICATOR")))
    second = Document("d", text, (Span("l9", 2, 4, "LOCALITY"), Span("i1", 5, 9, "INDICATOR")))
    found = span_alpha([[first, second]], SCHEMA)
    assert found["INDICATOR"] == 1
    assert found["LOCALITY"] == pytest.approx(alpha(units(["1111000000", "0011000000"])))
    assert found["TARGET"] is None


def test_relations_between_spans_that_both_have() -> None:
    first = parse("[i1|a] [a1|1] [i2|b] [a2|2]\n---\ni1: a1\ni2: a2")
    second = parse("[i1|a] [a1|1] [i2|b] [t1|2]\n---\ni1: a1\ni2: a1 t1")
    third = parse("a 1 b 2")
    found = relation_alpha([[first, second, third]], SCHEMA)
    # the pairs i1-a1 and i2-a1; only `first` has a2
    assert found["HAS_ACTUAL"] == pytest.approx(alpha([(1, [True, True]), (1, [False, True])]))
    assert found["HAS_TARGET"] is None
