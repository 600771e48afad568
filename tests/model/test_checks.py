"""The arithmetic of rows: what agrees, what does not, and errors planted into the corpus."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from annotations.document import Document
from annotations.formats import read_documents
from annotations.inline import parse
from model.checks import Check
from model.records import Record, assemble

_CORPUS = Path(__file__).parents[2] / "annotations" / "corpus"


def _checks(text: str, links: str) -> list[Check]:
    found = [check for row in assemble(parse(f"{text}\n---\n{links}\n", id="d")) for check in row.checks]
    return [check for check in found if check.verdict != "not checkable"]


@pytest.mark.parametrize(
    ("text", "kind", "verdict"),
    [
        ("[i1|Thu] [a1|84 tỷ đồng], đạt [r1|105%] kế hoạch [t1|80 tỷ đồng].", "ratio", "consistent"),
        ("[i1|Thu] [a1|84 tỷ đồng], đạt [r1|107%] kế hoạch [t1|80 tỷ đồng].", "ratio", "inconsistent"),
        ("[i1|Thu] [a1|84 tỷ đồng], [r1|vượt 5%] kế hoạch [t1|80 tỷ đồng].", "ratio", "consistent"),
        ("[i1|Thu] [a1|84 tỷ đồng], [r1|vượt 15%] kế hoạch [t1|80 tỷ đồng].", "ratio", "inconsistent"),
        ("[i1|Thu] [a1|0,84 nghìn tỷ đồng], đạt [r1|105%] kế hoạch [t1|800 tỷ đồng].", "ratio", "consistent"),
        ("[i1|Tỷ lệ bảo hiểm] [a1|86,06%], [r1|vượt 3,26%] kế hoạch [t1|82,8%].", "ratio", "consistent"),
        ("[i1|Tỷ lệ bảo hiểm] [a1|83,6%], hụt [r1|6,4%] so với [t1|90%].", "ratio", "consistent"),
        ("[i1|Tỷ lệ bảo hiểm] [a1|83,6%], hụt [r1|4,6%] so với [t1|90%].", "ratio", "inconsistent"),
        ("[i1|Tỷ lệ hộ nghèo] còn [a1|4%], đạt [r1|125%] kế hoạch [t1|5%].", "ratio", "consistent"),
        (
            "[i1|Khách] đạt [a1|gần 1,2 triệu lượt], bằng [r1|98,9%] mục tiêu [t1|1,2 triệu lượt].",
            "ratio",
            "consistent",
        ),
        ("[r1|28/51] [i1|trường đạt chuẩn], đạt [a1|54,9%].", "fraction", "consistent"),
        ("[r1|28/51] [i1|trường đạt chuẩn], đạt [a1|64,9%].", "fraction", "inconsistent"),
        (
            "[i1|Trường đạt chuẩn] [r1|25/68 trường], đạt [r2|55,6%], chỉ tiêu [t1|45/68 trường].",
            "fraction",
            "consistent",
        ),
        (
            "Năm 2022 [i1|số xã] là [a1|50 xã]. Năm 2023 đạt [a2|55 xã], [a3|tăng 5 xã] so với năm 2022.",
            "change",
            "consistent",
        ),
        (
            "Năm 2022 [i1|số xã] là [a1|50 xã]. Năm 2023 đạt [a2|55 xã], [a3|tăng 7 xã] so với năm 2022.",
            "change",
            "inconsistent",
        ),
        (
            "Năm 2022 [i1|thu] [a1|50 tỷ đồng]. Năm 2023 đạt [a2|55 tỷ đồng], [a3|tăng 10%] so với năm 2022.",
            "change",
            "consistent",
        ),
        (
            "Năm 2022 [i1|thu] [a1|50 tỷ đồng]. Năm 2023 đạt [a2|55 tỷ đồng], [a3|tăng 18%] so với năm 2022.",
            "change",
            "inconsistent",
        ),
        (
            "Năm 2022 [i1|tỷ lệ] [a1|60%]. Năm 2023 đạt [a2|65%], [a3|tăng 5 điểm %] so với năm 2022.",
            "change",
            "consistent",
        ),
        (
            "[i1|Nhóm trẻ] có [a1|105 nhóm], gồm [a2|99 nhóm] công lập và [a3|6 nhóm] tư thục.",
            "sum",
            "consistent",
        ),
        (
            "[i1|Nhóm trẻ] có [a1|105 nhóm], gồm [a2|79 nhóm] công lập và [a3|6 nhóm] tư thục.",
            "sum",
            "inconsistent",
        ),
        ("[i1|Nhóm trẻ] có [a1|105 nhóm], trong đó [a2|199 nhóm] công lập.", "sum", "inconsistent"),
        ("[i1|Tỷ lệ nước sạch] đạt [a1|90%], vượt mức [t1|95%] đề ra.", "target", "inconsistent"),
        ("[i1|Tỷ lệ nước sạch] đạt [a1|97%], không đạt mức [t1|95%] đề ra.", "target", "inconsistent"),
    ],
)
def test_verdicts(text: str, kind: str, verdict: str) -> None:
    ids = [part for part in ("a1", "a2", "a3", "t1", "r1", "r2") if f"[{part}|" in text]
    (check,) = _checks(text, f"i1: {' '.join(ids)}")
    assert (check.kind, check.verdict) == (kind, verdict)
    assert check.spans
    assert any(character.isdigit() for character in check.detail)


def test_every_target_that_was_tried_is_named() -> None:
    text = "[i1|Thu ngân sách] được giao [t1|300 tỷ đồng], phấn đấu [t2|320 tỷ đồng], thu được [a1|240 tỷ đồng], [r1|90%]."
    (check,) = _checks(text, "i1: t1 t2 a1 r1")
    assert check.verdict == "inconsistent"
    assert len(check.spans) == 4
    assert "= 80%" in check.detail and "= 75%" in check.detail


def test_points_written_as_percent_are_said() -> None:
    text = "Năm 2022 [i1|tỷ lệ] [a1|60%]. Năm 2023 đạt [a2|65%], [a3|tăng 5%] so với năm 2022."
    (check,) = _checks(text, "i1: a1 a2 a3")
    assert (check.verdict, "percentage points" in check.detail) == ("consistent", True)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("[i1|Thu] [a1|84 tỷ đồng], đạt [r1|107%] kế hoạch.", "a1 r1"),
        (
            "[i1|Thu] năm 2023 [a1|84 tỷ đồng], đạt [r1|107%] dự toán.\nNăm 2024 phấn đấu [t1|90 tỷ đồng].",
            "a1 r1 t1",
        ),
        (
            "Năm 2017 [i1|doanh nghiệp mới] có [a1|132]; năm 2018 mục tiêu [t1|150], nửa năm đã đạt [r1|54%].",
            "a1 t1 r1",
        ),
        ("[i1|Thôn văn hóa] [r1|13/16 thôn] ([r2|102%] kế hoạch).", "r1 r2"),
        ("[i1|Tỷ lệ nợ thuế] còn [a1|6,8%], thấp hơn mức trần [t1|8%].", "a1 t1"),
        (
            "[i1|Tỷ lệ cứng hóa] [a1|88%], cao hơn mức [a2|61%] của năm 2020 và bám sát đích [t1|90%].",
            "a1 a2 t1",
        ),
        ("[i1|Xã] có [a1|105], trong đó [a2|60] vùng cao, [a3|70] biên giới.", "a1 a2 a3"),
        (
            "[i1|Thu] cả năm [a1|81 tỷ đồng], đạt [r1|90%] dự toán ([t1|90 tỷ đồng]), bằng [r2|75%] mức tỉnh giao.",
            "a1 r1 t1 r2",
        ),
        (
            "[i1|Thu] đạt [a1|9,8 tỷ đồng], trong đó thuế [a2|3,4 tỷ đồng]; tổng chi đạt [a3|138 tỷ đồng].",
            "a1 a2 a3",
        ),
        ("[i1|Xã] kiểu mẫu có [a1|4], gồm Giao Phong, Giao Yến; [a2|46] sản phẩm được xếp hạng.", "a1 a2"),
        ("[i1|Tỷ lệ cơ sở vững mạnh] [a1|71,1%], thấp hơn nghị quyết [r1|3,9%] ([t1|75%]).", "a1 r1 t1"),
        ("[i1|Khoảng cách thu nhập] còn [a1|1,38 lần], chưa đạt mức [t1|1,3 lần] đề ra.", "a1 t1"),
    ],
)
def test_no_false_alarm(text: str, ids: str) -> None:
    assert [check for check in _checks(text, f"i1: {ids}") if check.verdict == "inconsistent"] == []


# --- planted errors --------------------------------------------------------------------------------------------------


@cache
def _corpus_rows() -> list[tuple[Document, Record]]:
    documents = [d for path in sorted(_CORPUS.rglob("*.txt")) for d in read_documents(path)]
    return [(document, row) for document in documents for row in assemble(document)]


def _plant(document: Document, span: tuple[int, int], dice: random.Random) -> Document:
    """The document with another digit at one of the first two places of a figure."""
    text = document.text
    places = [n for n in range(*span) if text[n].isdigit()]
    while len(places) > 1 and text[places[0]] == "0":
        places.pop(0)
    place = dice.choice(places[:2])
    digit = dice.choice([d for d in "123456789" if d != text[place]])
    return replace(document, text=text[:place] + digit + text[place + 1 :])


def _flagged(document: Document, span: tuple[int, int]) -> bool:
    return any(
        check.verdict == "inconsistent" and span in check.spans
        for row in assemble(document)
        for check in row.checks
    )


def test_planted_errors_are_found() -> None:
    consistent = [(document, row) for document, row in _corpus_rows() if row.verdict == "consistent"]
    found = planted = 0
    for seed in range(3):
        dice = random.Random(seed)
        for document, row in dice.sample(consistent, 50):
            check = dice.choice([check for check in row.checks if check.verdict == "consistent"])
            span = dice.choice(check.spans)
            found += _flagged(_plant(document, span, dice), span)
            planted += 1
    assert found >= 0.96 * planted


def test_untouched_rows_are_not_flagged() -> None:
    alarms = [
        (row.doc_id, row.indicator, check.detail)
        for _, row in _corpus_rows()
        for check in row.checks
        if check.verdict == "inconsistent"
    ]
    assert len(alarms) <= len(_corpus_rows()) / 2000, alarms
