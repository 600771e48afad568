"""Row scores: what counts as found, and that gold against itself is perfect."""

from __future__ import annotations

from dataclasses import replace

import pytest

from annotations.document import Document
from annotations.inline import parse
from eval.records import score_records
from model.records import assemble

_GOLD = """[l1|Huyện Bảo Yên] thu [i1|ngân sách] [a1|84 tỷ đồng], kế hoạch [t1|80 tỷ đồng]; [i2|tỷ lệ hộ nghèo] còn [a2|5%], \
[i3|số xã đạt chuẩn] [r1|12/15].
---
i1: a1 t1 l1
i2: a2 l1
i3: r1 l1
"""


def _gold() -> Document:
    return parse(_GOLD, id="d")


def _without(*ids: str) -> Document:
    gold = _gold()
    relations = tuple(r for r in gold.relations if r.head not in ids and r.tail not in ids)
    return replace(gold, spans=tuple(s for s in gold.spans if s.id not in ids), relations=relations)


def test_gold_against_itself() -> None:
    scores = score_records([(_gold(), _gold())], assemble)
    assert {name: tally["f1"] for name, tally in scores.to_dict().items()} == dict.fromkeys(
        ("rows", "exact rows", "target", "actual", "ratio"), 1.0
    )
    assert scores.rows.right == 3


def test_a_missing_value_costs_its_cell_and_its_exact_row() -> None:
    scores = score_records([(_gold(), _without("t1"))], assemble)
    assert (scores.rows.f1, scores.cells["actual"].f1, scores.cells["ratio"].f1) == (1, 1, 1)
    assert (scores.cells["target"].right, scores.cells["target"].missed) == (0, 1)
    assert (scores.exact.right, scores.exact.wrong, scores.exact.missed) == (2, 1, 1)


def test_a_missing_indicator_costs_its_row_and_leaves_its_value_wrong() -> None:
    scores = score_records([(_gold(), _without("i2"))], assemble)
    assert (scores.rows.right, scores.rows.wrong, scores.rows.missed) == (2, 1, 1)
    assert (scores.cells["actual"].right, scores.cells["actual"].wrong, scores.cells["actual"].missed) == (
        1,
        1,
        1,
    )


def test_figures_are_compared_after_normalising() -> None:
    other = parse(
        _GOLD.replace("84 tỷ đồng", "84.000 triệu đồng").replace("5%", "5 %").replace("12/15", "12 / 15"),
        id="d",
    )
    assert score_records([(_gold(), other)], assemble).exact.f1 == 1


@pytest.mark.parametrize(
    "changed", ["trên 84 tỷ đồng", "84 tỷ USD", "84,5 tỷ đồng", "tăng 84 tỷ đồng", "84-85 tỷ đồng"]
)
def test_every_part_of_a_figure_counts(changed: str) -> None:
    other = parse(_GOLD.replace("84 tỷ đồng", changed), id="d")
    assert score_records([(_gold(), other)], assemble).cells["actual"].right == 1


def test_nothing_against_nothing() -> None:
    empty = Document("d", "không có gì")
    assert score_records([(empty, empty)], assemble).rows.f1 == 1
