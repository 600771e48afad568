"""Rows: values brought together by indicator and place, nothing lost, never a crash."""

from __future__ import annotations

import json
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.document import Document, Relation, Span
from annotations.formats import read_documents
from annotations.inline import parse
from model.places import places
from model.records import Record, assemble

_REAL = Path(__file__).parents[2].parent / "shared" / "real"

_CORPUS = Path(__file__).parents[2] / "annotations" / "corpus"

_EXAMPLE = """Hết năm 2024, [l1|huyện Bình An] có [r1|17/20] [i1|chỉ tiêu thành phần] đạt và vượt; [i2|tỷ lệ hộ nghèo] còn \
[a1|4,2%], trong khi nghị quyết đề ra [t1|dưới 5%]. Để đạt kết quả đó, huyện [m1|giao chỉ tiêu giảm nghèo cho từng xã].
---
i1: r1 l1
i2: a1 t1 l1 m1
"""


def _rows(text: str, **meta: object) -> list[Record]:
    document = parse(text if "\n---" in text else text + "\n---\n", id="d")
    return list(assemble(Document("d", document.text, document.spans, document.relations, meta)))


def _texts(record: Record) -> tuple[list[str], list[str], list[str]]:
    return [q.text for q in record.target], [q.text for q in record.actual], [q.text for q in record.ratio]


def test_the_example_of_the_schema() -> None:
    targets, poverty = _rows(_EXAMPLE)
    assert (targets.place, targets.indicator, targets.status) == (
        "huyện Bình An",
        "chỉ tiêu thành phần",
        "unknown",
    )
    assert _texts(poverty) == (["dưới 5%"], ["4,2%"], [])
    assert (poverty.status, poverty.period, poverty.measures) == (
        "reached",
        "2024",
        ("giao chỉ tiêu giảm nghèo cho từng xã",),
    )


def test_the_row_contract() -> None:
    row = json.loads(json.dumps(_rows(_EXAMPLE)[1].to_json()))
    assert list(row) == [
        "doc_id", "place", "indicator", "target", "actual", "ratio", "period", "deadline", "measures", "status", "checks",
        "confidence", "evidence",
    ]  # fmt: skip
    assert row["target"] == [
        {
            "text": "dưới 5%", "value": 5, "unit": "%", "comparator": "<", "direction": None, "numerator": None, "denominator": None,
            "start": 122, "end": 129,
        }
    ]  # fmt: skip
    assert row["confidence"] == 1.0


def test_evidence_points_at_everything_used() -> None:
    document = parse(_EXAMPLE, id="d")
    for record in assemble(document):
        for trace in record.evidence:
            if trace.id is not None:
                span = document.span(trace.id)
                assert (trace.start, trace.end) == (span.start, span.end)
        parts = {trace.part for trace in record.evidence}
        assert parts >= {"indicator", "place", "period"}


def test_former_years_and_several_resolutions_stay() -> None:
    (row,) = _rows(
        "[l1|Tỉnh Kon Tum]: [i1|thu ngân sách] năm 2024 đạt [a1|4.012 tỷ đồng], năm 2023 là [a2|3.800 tỷ đồng]; "
        "nghị quyết tỉnh năm 2024 là [t1|4.000 tỷ đồng], Trung ương giao [t2|3.340 tỷ đồng].\n---\ni1: a1 a2 t1 t2 l1\n"
    )
    assert _texts(row) == (["4.000 tỷ đồng", "3.340 tỷ đồng"], ["4.012 tỷ đồng", "3.800 tỷ đồng"], [])
    assert (row.period, row.status) == ("2024", "exceeded")


def test_headline_and_body_are_one_row() -> None:
    (row,) = _rows(
        "Nông dân [l1|Đồng bằng sông Hồng] [i1|thu nhập] [a1|43,3 triệu]\n\n[i2|Thu nhập người dân nông thôn] "
        "[l2|vùng Đồng bằng sông Hồng] đạt [a2|43,3 triệu đồng/năm].\n---\ni1: a1 l1\ni2: a2 l2\n"
    )
    assert row.indicator == "Thu nhập người dân nông thôn"
    assert [q.unit for q in row.actual] == ["VND", "VND/năm"]


def test_different_places_are_different_rows() -> None:
    rows = _rows(
        "[i1|Thu ngân sách] tại [l1|TP. HCM] đạt [r1|70,9], [l2|Hà Nội] đạt [r2|69,9%].\n---\ni1: r1 r2\nr1: l1\nr2: l2\n"
    )
    assert [(row.place, row.ratio[0].value, row.ratio[0].unit) for row in rows] == [
        ("thành phố Hồ Chí Minh", 70.9, "%"),
        ("thành phố Hà Nội", 69.9, "%"),
    ]


def test_a_place_is_inherited_from_the_passage_and_lowers_confidence() -> None:
    row, other = _rows(
        "[l1|Huyện Than Uyên] họp.\n[i1|Tỷ lệ che phủ rừng] đạt [a1|45%].\nTại [l2|xã Mường Kim], [i2|thu nhập] đạt [a2|40 triệu đồng].\n"
        "---\ni1: a1\ni2: a2 l2\n"
    )
    assert (row.place, row.confidence) == ("huyện Than Uyên", 0.8)
    assert (other.place, other.confidence) == ("xã Mường Kim", 1.0)


def test_a_value_that_no_indicator_names_keeps_its_row() -> None:
    (row,) = _rows("[l1|Huyện Than Uyên] huy động [a1|74.661 tỷ đồng] trong năm 2023.")
    assert (row.indicator, row.place, row.actual[0].value, row.period) == (
        None,
        "huyện Than Uyên",
        74_661e9,
        "2023",
    )


def test_a_pronoun_stands_for_the_last_indicator_of_its_kind() -> None:
    rows = _rows(
        "[l1|Hà Nội]: [i1|tỷ lệ hỏa táng] đạt [a1|60%], [i2|chi phí] [a2|3 triệu đồng]. Năm 2025 chỉ tiêu này đạt [a3|65%].\n"
        "---\ni1: a1 l1\ni2: a2 l1\n"
    )
    assert [(row.indicator, len(row.actual)) for row in rows] == [("tỷ lệ hỏa táng", 2), ("chi phí", 1)]


def test_without_relations_values_go_to_the_indicator_beside_them() -> None:
    first, second = _rows(
        "[l1|Huyện A Lưới]: [i1|thu ngân sách] đạt [a1|60 tỷ đồng]. [i2|Tỷ lệ hộ nghèo] còn [a2|5%]."
    )
    assert (first.indicator, first.actual[0].text) == ("thu ngân sách", "60 tỷ đồng")
    assert (second.indicator, second.actual[0].text) == ("Tỷ lệ hộ nghèo", "5%")


def test_generic_names_are_not_merged() -> None:
    rows = _rows("[a1|4] [i1|chỉ tiêu] đạt. Có [a2|2] [i2|chỉ tiêu] khó đạt.\n---\ni1: a1\ni2: a2\n")
    assert len(rows) == 2


def test_an_indicator_without_a_value_has_a_row() -> None:
    (row,) = _rows("[i1|Thu ngân sách] [l1|tỉnh Cà Mau] luôn vượt dự toán.\n---\ni1: l1\n")
    assert (row.indicator, row.status, row.verdict) == ("Thu ngân sách", "unknown", "not checkable")


def test_a_text_that_is_no_quantity_is_kept_with_its_reason() -> None:
    (row,) = _rows("Để xảy ra [t1|rất ít] [i1|vụ cháy].\n---\ni1: t1\n")
    assert row.target[0].problem == "no number in it"
    assert any("no number" in check.detail for check in row.checks)


def test_repeated_figures_are_listed_once_but_traced() -> None:
    (row,) = _rows(
        "[i1|Thu ngân sách]: [a1|5 tỷ đồng].\n[i2|Thu ngân sách]: [a2|5 tỷ đồng].\n---\ni1: a1\ni2: a2\n"
    )
    assert len(row.actual) == 1
    assert [trace.id for trace in row.evidence if trace.part == "actual"] == ["a1", "a2"]


def test_scores_make_the_confidence() -> None:
    spans = (Span("i", 0, 3, "INDICATOR", 0.9), Span("a", 4, 6, "ACTUAL", 0.8))
    document = Document("d", "thu 5%", spans, (Relation("i", "a", "HAS_ACTUAL", 0.6),))
    assert assemble(document)[0].confidence == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Năm 2023 [i1|thu] [a1|65 tỷ đồng], kế hoạch [t1|60 tỷ đồng].", "exceeded"),
        ("Năm 2023 [i1|thu] [a1|60 tỷ đồng], kế hoạch [t1|60 tỷ đồng].", "reached"),
        ("Năm 2023 [i1|thu] [a1|50 tỷ đồng], kế hoạch [t1|60 tỷ đồng].", "missed"),
        ("Năm 2023 [i1|thu] [a1|0,06 nghìn tỷ đồng], kế hoạch [t1|60 tỷ đồng].", "reached"),
        ("Năm 2023 [i1|thu] [a1|50 tỷ đồng], phấn đấu đến năm 2025 đạt [t1|60 tỷ đồng].", "open"),
        ("Năm 2023 [i1|tỷ lệ hộ nghèo] còn [a1|4,2%], nghị quyết [t1|dưới 5%].", "reached"),
        ("Năm 2023 [i1|tỷ lệ hộ nghèo] còn [a1|5,2%], nghị quyết [t1|dưới 5%].", "missed"),
        ("Năm 2023 [i1|tỷ lệ hộ nghèo] còn [a1|4%], nghị quyết [t1|5%].", "exceeded"),
        ("Năm 2023 [i1|tỷ lệ che phủ rừng] [a1|6,8%], mục tiêu [t1|6,5-7%].", "reached"),
        ("Năm 2023 [i1|thu] [a1|giảm 2%], mục tiêu [t1|giảm 1%].", "exceeded"),
        ("[i1|Thu] năm 2023 đạt [r1|107%] dự toán.", "exceeded"),
        ("[i1|Thu] năm 2023 [r1|vượt 5%] dự toán.", "exceeded"),
        ("[i1|Thu] năm 2023 đạt [r1|90%] dự toán.", "missed"),
        ("[i1|Thu] 6 tháng đầu năm 2023 đạt [r1|60%] dự toán.", "open"),
        ("[r1|15/15] [i1|chỉ tiêu] đạt.", "reached"),
        ("[r1|12/15] [i1|chỉ tiêu] đạt.", "unknown"),
        ("Năm 2023 có [r1|28/54] [i1|xã nông thôn mới], nghị quyết [t1|27 xã].", "exceeded"),
        ("Năm 2023 có [r1|9/14] [i1|nhà văn hóa được sửa], nghị quyết [t1|12/14].", "missed"),
        ("Năm 2023 có [r1|9/14] [i1|nhà văn hóa được sửa], nghị quyết [t1|12/20].", "unknown"),
        ("Tháng 3/2023 có [r1|9/14] [i1|nhà văn hóa được sửa], phấn đấu hết năm [t1|12/14].", "open"),
        ("Năm 2023 [i1|khách] [r1|một nửa], nghị quyết [t1|1 lượt].", "unknown"),
        ("Năm 2023 [i1|số vụ phạm pháp] [a1|tăng 4,2%], mục tiêu [t1|giảm 10%].", "missed"),
        ("Đến năm 2030, [i1|thu] đạt [t1|60 tỷ đồng].", "open"),
        ("[i1|Thu] đạt [a1|60 tỷ đồng].", "unknown"),
    ],
)
def test_status_follows_from_the_figures(text: str, status: str) -> None:
    values = " ".join(part for part in ("a1", "t1", "r1") if f"[{part}|" in text)
    (row,) = _rows(f"{text}\n---\ni1: {values}\n")
    assert row.status == status


@pytest.mark.parametrize(
    ("text", "first", "status"),
    [
        ("[i1|Số lớp học ghép] từ [a1|60 lớp] còn [a2|15 lớp], đích [t1|30 lớp].", "15 lớp", "exceeded"),
        ("Có [a1|109 xã], [a2|98,2%] [i1|xã nông thôn mới], nghị quyết [t1|80%].", "98,2%", "exceeded"),
        ("[i1|Thu] nửa năm 2024 đạt [a1|5 tỷ đồng], gấp [a2|hai lần].", "5 tỷ đồng", "unknown"),
        ("[i1|Giá trị sản xuất] [a1|tăng 6,8%/năm], chỉ tiêu [t1|11,5%/năm].", "tăng 6,8%/năm", "missed"),
        ("[i1|Số huyện về đích] là [a1|5 đơn vị], gấp [r1|2,5 lần] nghị quyết.", "5 đơn vị", "exceeded"),
    ],
)
def test_the_value_that_holds_now_makes_the_status(text: str, first: str, status: str) -> None:
    values = " ".join(part for part in ("a1", "a2", "t1", "r1") if f"[{part}|" in text)
    (row,) = _rows(f"{text}\n---\ni1: {values}\n")
    assert (row.actual[0].text, row.status) == (first, status)


def test_the_stated_share_tells_which_target_is_meant() -> None:
    (row,) = _rows(
        "Kết quả 9 tháng năm 2025\n[i1|Việc làm]\n[t1|420.000 người]\n[t2|500.000 người]\n[a1|327.180 người]\n[r1|77,9%]\n"
        "---\ni1: t1 t2 a1 r1\n"
    )
    assert (row.target[0].text, row.status, row.verdict) == ("420.000 người", "open", "consistent")


def test_a_forecast_does_not_hold_yet() -> None:
    (row,) = _rows(
        "[i1|Thu ngân sách] 6 tháng đầu năm 2026 đạt [r1|50,7%] kế hoạch, dự kiến cả năm đạt [r2|112%].\n---\ni1: r1 r2\n",
        date="2026-07-03",
    )
    assert (row.ratio[0].text, row.status) == ("50,7%", "open")


def test_a_forecast_comes_before_what_was_years_ago() -> None:
    (row,) = _rows(
        "[i1|Thu nhập] năm 2015 là [a1|32,6 triệu đồng], năm nay dự kiến [a2|47 triệu đồng].\n---\ni1: a1 a2\n",
        date="2020-08-20",
    )
    assert (row.actual[0].text, row.period) == ("47 triệu đồng", "2020")


def test_the_articles_date_tells_open_from_unknown() -> None:
    text = "Đến năm 2020, [i1|thu] phấn đấu đạt [t1|60 tỷ đồng].\n---\ni1: t1\n"
    assert _rows(text, date="2018-03-01")[0].status == "open"
    assert _rows(text, date=date(2022, 3, 1))[0].status == "unknown"
    assert _rows(text, date="no date")[0].status == "open"


# --- any document ----------------------------------------------------------------------------------------------------

_LABELS = ["INDICATOR", "TARGET", "ACTUAL", "RATIO", "LOCALITY", "MEASURE", "OTHER"]
_LINKS = ["HAS_TARGET", "HAS_ACTUAL", "HAS_RATIO", "ACHIEVED_BY", "IN_LOCALITY", "OTHER"]
_WORDS = ["huyện", "Bình An", "tỷ lệ hộ nghèo", "thu", "5%", "27/39", "1.120 tỷ đồng", "năm 2024", ",", ".", "\n", "gồm", "trong đó",
          "vượt", "lần lượt", "chỉ tiêu này", "tăng 3%", "so với cùng kỳ", "dưới 5%", "(", ")"]  # fmt: skip


@st.composite
def _documents(draw: st.DrawFn) -> Document:
    text = draw(
        st.one_of(st.text(max_size=120), st.lists(st.sampled_from(_WORDS), max_size=30).map(" ".join))
    )
    ids = [f"s{n}" for n in range(draw(st.integers(0, 9)))]
    edge = st.integers(0, max(len(text), 1) + 2)
    spans = tuple(
        Span(
            name,
            *sorted((draw(edge), draw(edge))),
            draw(st.sampled_from(_LABELS)),
            draw(st.sampled_from([None, 0.0, 0.5, 1.0])),
        )
        for name in ids
    )
    link = st.builds(
        Relation,
        st.sampled_from([*ids, "lost"]),
        st.sampled_from([*ids, "lost"]),
        st.sampled_from(_LINKS),
        st.sampled_from([None, 0.4]),
    )
    meta = draw(st.sampled_from([{}, {"date": "2024-05-03"}, {"date": 7}]))
    return Document("d", text, spans, tuple(draw(st.lists(link, max_size=8))), meta)


@given(_documents())
def test_any_document_has_rows_and_loses_no_value(document: Document) -> None:
    rows = assemble(document)
    traced = {trace.id for row in rows for trace in row.evidence}
    assert traced >= {s.id for s in document.spans if s.label in ("TARGET", "ACTUAL", "RATIO", "INDICATOR")}
    for row in rows:
        assert row.checks
        assert 0 <= row.confidence <= 1
        json.dumps(row.to_json(), allow_nan=False)
    assert places(document).keys() == {s.id for s in document.spans if s.label == "LOCALITY"}


@given(_documents())
def test_assembling_twice_gives_the_same(document: Document) -> None:
    assert assemble(document) == assemble(document)


def _plain(record: Record) -> object:
    """What a row says, without where it says it."""
    cells = [
        [
            (q.value, q.low, q.high, q.unit, q.comparator, q.direction, q.numerator, q.denominator)
            for q in cell
        ]
        for cell in (record.target, record.actual, record.ratio)
    ]
    name = unicodedata.normalize("NFC", record.indicator or "")
    return (
        record.place,
        name,
        cells,
        record.period,
        record.deadline,
        record.status,
        record.verdict,
        len(record.measures),
    )


@pytest.mark.parametrize("path", sorted(_CORPUS.rglob("*.txt"))[::7], ids=lambda path: path.stem)
def test_decomposed_letters_change_no_row(path: Path) -> None:
    text = unicodedata.normalize("NFC", path.read_text(encoding="utf-8"))
    composed, apart = (assemble(parse(unicodedata.normalize(form, text), id="d")) for form in ("NFC", "NFD"))
    assert [_plain(record) for record in apart] == [_plain(record) for record in composed]


def test_more_links_than_an_article_has_are_not_checked_pair_by_pair() -> None:
    """What an untrained network says: every indicator linked with every value and place."""
    text, spans = "", []
    for number in range(75):
        for label, name in (
            ("INDICATOR", "tỷ lệ hộ"),
            ("ACTUAL", "5,5%"),
            ("TARGET", "6%"),
            ("LOCALITY", "xã"),
        ):
            spans.append(Span(f"{label}{number}", len(text), len(text) + len(name) + 4, label))
            text += f"{name} {number:03}, "
    heads = [span for span in spans if span.label == "INDICATOR"]
    kinds = {"ACTUAL": "HAS_ACTUAL", "TARGET": "HAS_TARGET", "LOCALITY": "IN_LOCALITY"}
    links = [Relation(h.id, t.id, kinds[t.label]) for h in heads for t in spans if t.label in kinds]
    rows = assemble(Document("d", text, tuple(spans), tuple(links)))
    assert {sum(trace.part == "actual" for trace in row.evidence) for row in rows} == {75}
    assert {check.detail for row in rows for check in row.checks} == {"150 values, too many to be of one row"}


# --- real articles ---------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not _REAL.is_dir(), reason="the real articles are not on this machine")
def test_every_value_of_the_real_articles_is_read() -> None:
    unread = [
        q for row in _real_rows() for q in (*row.target, *row.actual, *row.ratio) if q.problem is not None
    ]
    assert unread == []


@pytest.mark.skipif(not _REAL.is_dir(), reason="the real articles are not on this machine")
def test_no_false_alarm_in_the_real_articles() -> None:
    assert [row for row in _real_rows() if row.verdict == "inconsistent"] == []


def _real_documents() -> list[Document]:
    return [d for path in sorted(_REAL.glob("*.txt")) for d in read_documents(path)]


def _real_rows() -> list[Record]:
    return [row for document in _real_documents() for row in assemble(document)]
