"""Changed documents whose annotation is still true."""

from __future__ import annotations

import random
import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations import corpus, inline
from annotations.document import Document
from annotations.formats import read_documents
from annotations.structure import check_structure
from annotations.validate import validate
from model.gazetteer import gazetteer
from tests.strategies import documents
from training.augment import AugmentConfig, Lexicon, augment
from training.augment.casing import recase
from training.augment.coordination import coordinate
from training.augment.figures import redraw_figures
from training.augment.lexicon import swap_indicators
from training.augment.noise import abbreviate, mistype, point_decimals, respace, respell
from training.augment.paragraphs import drop_paragraphs
from training.augment.places import swap_places
from training.augment.recipe import Change
from training.augment.rewrite import Edit, fitting, rewrite

ALL = AugmentConfig(**dict.fromkeys(AugmentConfig.model_fields, 1.0))
NONE = AugmentConfig(**dict.fromkeys(AugmentConfig.model_fields, 0.0))
TRAIN = list(read_documents(corpus.FOLDER / "train"))
LEXICON = Lexicon.from_documents(TRAIN)


def changed(text: str, change: Change, seed: int = 0) -> Document:
    """An inline text parsed and changed."""
    document = inline.parse(text, id="d")
    return rewrite(document, fitting(document, change(document, random.Random(seed))))


def spans_of(document: Document) -> dict[str, str]:
    return {span.id: document.text_of(span) for span in document.spans}


@st.composite
def edited(draw: st.DrawFn) -> tuple[Document, list[Edit]]:
    """A document and edits of any kind, overlapping ones and such across edges among them."""
    document = draw(documents())
    size = len(document.text)
    edits = []
    for _ in range(draw(st.integers(0, 5)) if size else 0):
        start = draw(st.integers(0, size - 1))
        edits.append(
            Edit(start, draw(st.integers(start + 1, size)), draw(st.text("ab\n", min_size=1, max_size=4)))
        )
    return document, edits


@given(edited())
def test_rewriting_carries_every_span_along(case: tuple[Document, list[Edit]]) -> None:
    document, edits = case
    kept = fitting(document, edits)
    result = rewrite(document, kept)
    cells = list(document.text)  # what stands for each character now
    for edit in kept:
        same = len(edit.text) == edit.end - edit.start
        cells[edit.start : edit.end] = (
            list(edit.text) if same else [edit.text, *[""] * (edit.end - edit.start - 1)]
        )
    assert result.text == "".join(cells)
    after = {span.id: span for span in result.spans}
    for span in document.spans:
        assert result.text_of(after[span.id]) == "".join(cells[span.start : span.end])
        assert after[span.id].start == len("".join(cells[: span.start]))
        assert replace(after[span.id], start=span.start, end=span.end) == span
    assert (result.id, result.relations, result.meta) == (document.id, document.relations, document.meta)


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(0, 0, "x")],
        [Edit(0, 3, "x"), Edit(2, 4, "y")],
        [Edit(9, 99, "x")],
        [Edit(3, 6, "x")],
        [Edit(4, 9, "")],
    ],
    ids=["empty", "overlapping", "outside", "across an edge", "nothing left"],
)
def test_rewriting_refuses_what_has_no_meaning(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match=r"(?i)edit"):
        rewrite(inline.parse("đạt [a1|65,5%] xã", id="d"), edits)


@given(documents(), st.integers(0, 1000))
def test_any_document_stays_whole(document: Document, seed: int) -> None:
    config = ALL.model_copy(update={"drop_paragraphs": 0.0})
    result = augment(document, config, random.Random(seed), LEXICON)
    check_structure(result)
    assert {(s.id, s.label, s.score) for s in result.spans} == {
        (s.id, s.label, s.score) for s in document.spans
    }
    assert all(span.start < span.end for span in result.spans)
    assert result.relations == document.relations


@given(documents(), st.integers(0, 1000))
def test_dropping_takes_spans_and_their_relations_together(document: Document, seed: int) -> None:
    result = drop_paragraphs(replace(document, text=document.text + "\n" + "x" * 200), random.Random(seed))
    check_structure(result)
    before, after = spans_of(document), spans_of(result)
    assert after.items() <= before.items()
    assert set(result.relations) == {r for r in document.relations if r.head in after}


@pytest.mark.parametrize("config", [AugmentConfig(), ALL], ids=["default", "everything"])
def test_the_corpus_stays_valid(config: AugmentConfig) -> None:
    for index, document in enumerate(TRAIN):
        if validate(document):
            continue
        result = augment(document, config, random.Random(index), LEXICON)
        check_structure(result)
        assert validate(result) == []
        assert result == augment(document, config, random.Random(index), LEXICON)


def test_each_change_changes_something_and_none_changes_nothing() -> None:
    some = TRAIN[:30]
    assert [augment(d, NONE, random.Random(0), LEXICON) for d in some] == some
    for name in AugmentConfig.model_fields:
        config = NONE.model_copy(update={name: 1.0})
        assert [augment(d, config, random.Random(0), LEXICON).text for d in some] != [d.text for d in some], (
            name
        )


def test_a_place_is_the_same_other_place_wherever_it_is_named() -> None:
    text = (
        "HUYỆN MƯỜNG TÈ\nHuyện ủy [l1|Mường Tè], [l2|H. Mường Tè] và [l3|huyện Sìn Hồ]\n"
        "[l4|HUYỆN MƯỜNG TÈ] ([l5|tỉnh Lai Châu]), [l6|Thôn 5], [l7|TP.HCM], [l8|vùng Tây Bắc]"
    )
    found = spans_of(changed(text, swap_places))
    assert found["l1"] != "Mường Tè"
    assert found["l2"] == f"H. {found['l1']}"
    assert found["l4"] == f"HUYỆN {found['l1'].upper()}"
    units = gazetteer().find(found["l1"], "district")
    assert any(unit.kind == "huyện" for unit in units)
    assert found["l3"] != "huyện Sìn Hồ"
    assert not found["l3"].endswith(found["l1"])
    assert any(not unit.current for unit in gazetteer().find(found["l5"].removeprefix("tỉnh "), "province"))
    assert (found["l6"], found["l7"], found["l8"]) == ("Thôn 5", "TP.HCM", "vùng Tây Bắc")


def test_places_keep_their_time_and_their_spelling() -> None:
    text = unicodedata.normalize("NFD", "[l1|đặc khu Phú Quý] và [l2|phường Ðoàn Kết]")
    for seed in range(10):
        found = spans_of(changed(text, swap_places, seed))
        name = unicodedata.normalize("NFC", found["l1"]).removeprefix("đặc khu ")
        assert all(unit.current for unit in gazetteer().find(name, "commune") if unit.kind == "đặc khu")
        assert "Đ" not in unicodedata.normalize("NFC", found["l2"])
        assert all(unicodedata.is_normalized("NFD", each) for each in found.values())


def shape(text: str) -> str:
    return re.sub(r"\d", "9", text)


def test_figures_keep_form_order_and_equality() -> None:
    text = (
        "[r1|27/39] [i1|tiêu chí], [t1|5,5 - 10%], [a1|trên 1.120 tỷ đồng], [a2|1.120 tỷ đồng], [a3|100%], [r2|vượt 127,4%], "
        "[t2|143/143], [a4|8,5 bác sĩ/10.000 dân], [a5|0,05%], [t3|giai đoạn 2021 - 2025], [a6|40 m2], năm 2025 có 27 xã"
    )
    different = 0
    for seed in range(30):
        document = changed(text, redraw_figures, seed)
        found, before = spans_of(document), spans_of(inline.parse(text, id="d"))
        assert {key: shape(value) for key, value in found.items()} == {k: shape(v) for k, v in before.items()}
        part, whole = map(int, found["r1"].split("/"))
        assert part < whole
        low, high = found["t1"].removesuffix("%").replace(",", ".").split(" - ")
        assert float(low) < float(high)
        assert found["a1"] == f"trên {found['a2']}"
        assert len(set(found["t2"].split("/"))) == 1
        assert found["a2"].endswith("0 tỷ đồng")
        assert found["a3"] == "100%"
        assert found["r2"].startswith("vượt 12")
        assert found["a4"].endswith("/10.000 dân")
        assert found["a5"].startswith("0,0") and found["a5"] != "0,00%"
        assert found["t3"] == "giai đoạn 2021 - 2025"
        assert found["a6"].endswith("0 m2")
        assert document.text.endswith("năm 2025 có 27 xã")
        different += found["r1"] != "27/39"
    assert different > 20


def test_indicators_swap_within_their_unit() -> None:
    lexicon = Lexicon.from_documents(
        [
            inline.parse(
                "[i1|Tỷ lệ che phủ rừng] đạt [a1|67%], [i2|thu ngân sách] [a2|60 tỷ đồng]\n---\ni1: a1\ni2: a2",
                id="a",
            ),
            inline.parse("[a1|25] [i1|sản phẩm OCOP], [i2|GRDP] [a2|tăng 8%]\n---\ni1: a1\ni2: a2", id="b"),
        ]
    )
    text = (
        "[i1|Tỷ lệ hộ nghèo] còn [a1|5%]; [i2|tỷ lệ hộ nghèo] ở xã; [i3|Số thu] [a2|3 tỷ đồng]; [r1|5/7] [i4|chỉ tiêu]; "
        "[t1|50] [i5|Xã mới]; [i6|Giá trị] [a3|giảm 2%]\n---\ni1: a1\ni3: a2\ni4: r1\ni5: t1\ni6: a3"
    )
    seen: dict[str, set[str]] = {}
    for seed in range(30):
        found = spans_of(changed(text, lambda document, rng: swap_indicators(document, lexicon, rng), seed))
        assert found["i2"].lower() == found["i1"].lower()
        for key, value in found.items():
            seen.setdefault(key, set()).add(value)
    assert seen["i1"] == {"Tỷ lệ hộ nghèo", "Tỷ lệ che phủ rừng"}
    assert seen["i2"] == {"tỷ lệ hộ nghèo", "tỷ lệ che phủ rừng"}
    assert seen["i3"] == {"Số thu", "Thu ngân sách"}
    assert seen["i4"] == {"chỉ tiêu"}
    assert seen["i5"] == {"Xã mới", "Sản phẩm OCOP"}
    assert seen["i6"] == {"Giá trị", "GRDP"}


NOISY = (
    "Tiến độ\n[l1|Thành phố Lai Châu] đạt [a1|65,5%] và [a2|1.234,5 tấn]. Đảng bộ hòa thuận, thủy lợi quý. "
    "TP. [l2|Lào Cai] còn [a3|7 %]; Xã khác."
)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (respell, {"Ðảng bộ", "hoà thuận, thuỷ lợi quý", unicodedata.normalize("NFD", "[Đảng bộ")[1:]}),
        (respace, {"tấn].Đảng", "tấn].  Đảng", "[a3|7%]", "[a3|7 %];  Xã"}),
        (point_decimals, {"[a1|65.5%] và [a2|1,234.5 tấn]", "[a1|65.5%] và [a2|1.234.5 tấn]"}),
        (abbreviate, {"[l1|TP. Lai Châu]", "[l1|TP Lai Châu]", "[l1|TP.Lai Châu]"}),
        (recase, {"TIẾN ĐỘ\n", "tiến độ\n", "[l1|thành phố lai châu]", "\n[l1|thành phố Lai Châu]"}),
    ],
)
def test_noise(change: Change, expected: set[str]) -> None:
    seen = [inline.dump(changed(NOISY, change, seed)) for seed in range(60)]
    for each in expected:
        assert any(each in text for text in seen), each
    assert not any("TP.[" in text or "TP.  [" in text for text in seen)


def test_typing_errors_spare_values_and_places() -> None:
    document = TRAIN[0]
    words = 0
    for seed in range(10):
        result = rewrite(document, fitting(document, mistype(document, random.Random(seed))))
        assert len(result.text) == len(document.text)
        before, after = spans_of(document), spans_of(result)
        fixed = [s.id for s in document.spans if s.label in ("TARGET", "ACTUAL", "RATIO", "LOCALITY")]
        assert [after[each] for each in fixed] == [before[each] for each in fixed]
        words += sum(a != b for a, b in zip(document.text.split(), result.text.split(), strict=False))
    assert words > 0


def test_verbs_and_nouns_are_joined_inside_measures_alone() -> None:
    text = (
        "Huyện rà soát quy hoạch; [m1|rà soát quy hoạch chi tiết], [m2|vận động cán bộ thôn], "
        "[m3|kiểm tra, đôn đốc tiến độ], [m4|hỗ trợ]"
    )
    seen = [inline.dump(changed(text, coordinate, seed)) for seed in range(120)]
    for each in (
        "[m1|rà soát, đánh giá quy hoạch chi tiết]",
        "[m1|rà soát và điều chỉnh quy hoạch chi tiết]",
        "cán bộ, đảng viên thôn]",
        "[m2|vận động, tuyên truyền cán bộ thôn]",
    ):
        assert any(each in one for one in seen), each
    for one in seen:
        assert one.startswith("Huyện rà soát quy hoạch; [m1|rà soát")
        assert "[m3|kiểm tra, đôn đốc tiến độ], [m4|hỗ trợ]" in one


def test_only_paragraphs_that_stand_for_themselves_are_dropped() -> None:
    filler = "một hai ba bốn năm sáu bảy tám chín mười " * 5
    text = (
        f"Đầu đề {filler}\n\n[l1|huyện Sìn Hồ] {filler}\n\n[i1|Thu ngân sách] {filler} [a1|5 tỷ đồng]\n\n"
        f"[i2|Tỷ lệ hộ nghèo] {filler} [a2|5%]\n\nMục tiêu:\n---\ni1: a1 l1\ni2: a2"
    )
    document = inline.parse(text, id="d")
    results = [drop_paragraphs(document, random.Random(seed)) for seed in range(40)]
    assert {frozenset(spans_of(result)) for result in results} == {
        frozenset({"l1", "i1", "a1", "i2", "a2"}),
        frozenset({"l1", "i1", "a1"}),
    }
    shorter = min(results, key=lambda result: len(result.text))
    assert shorter.text.endswith("[a1|5 tỷ đồng]\n\nMục tiêu:".replace("[a1|", "").replace("]", ""))
    assert {relation.tail for relation in shorter.relations} == {"a1", "l1"}
