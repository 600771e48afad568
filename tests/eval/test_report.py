"""The report, in a real browser where there is one."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from annotations import inline
from annotations.document import Document, Span
from eval.evaluation import Evaluation
from eval.report.page import report
from eval.report.runs import Run
from eval.systems import System, evaluate

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

GOLD = [
    inline.parse(
        "Hết năm, 😀 [l1|huyện Bình An] có [i1|tỷ lệ hộ nghèo] còn [a1|4,2%].\n\nKhông có gì ở đây.\n"
        "Huyện [m1|hỗ trợ nhà ở tại [l2|xã Tân Lập]]; <script>alert(1)</script> [t1|dưới 5%].\n---\ni1: a1 l1 t1\nm1: l2\n"
        '#meta {"genre": "brief & <b>bold</b>"}',
        id="one",
    ),
    Document("empty", ""),
]


def found(documents: object) -> list[Document]:
    """What a system could find: one boundary error, one label error, one missed and one invented span."""
    text = GOLD[0].text
    spans = [replace(s, score=0.9) for s in GOLD[0].spans if s.id not in ("i1", "t1", "l2")]
    at = text.index("hộ nghèo"), text.index("dưới 5%"), text.index("Không có gì")
    spans += [
        Span("i1", at[0], at[0] + len("hộ nghèo"), "INDICATOR", 0.6),
        Span("a9", at[1], at[1] + len("dưới 5%"), "ACTUAL", 0.4),
        Span("m9", at[2], at[2] + len("Không có gì"), "MEASURE", 0.2),
    ]
    kept = {span.id for span in spans}
    links = tuple(replace(r, score=0.7) for r in GOLD[0].relations if {r.head, r.tail} <= kept)
    return [replace(GOLD[0], spans=tuple(spans), relations=links), GOLD[1]]


@pytest.fixture(scope="module")
def evaluations() -> list[Evaluation]:
    systems = [System("model", found), System("copy", lambda _: GOLD), System("linker", None, lambda _: GOLD)]
    return [
        evaluate(system, "data", GOLD, seen=["one"] if system.name == "copy" else []) for system in systems
    ]


@pytest.fixture(scope="module")
def page(evaluations: list[Evaluation], tmp_path_factory: pytest.TempPathFactory) -> Path:
    runs = [Run("a", 10, (1, 2), (0.2, 0.5), (0.0, 0.1)), Run("b", 20, (1, 2), (0.4, 0.6), (0.1, 0.3))]
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(report(evaluations, runs), encoding="utf-8")
    return file


def test_one_file_that_needs_nothing_else(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"""(?:src|href)=["'](?!#)""", re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL))
    assert "<script>alert(1)" not in text
    assert "<b>bold</b>" not in text and "&lt;b&gt;bold&lt;/b&gt;" in text
    assert "copy on data (!1 seen in training): not a held-out score." in text
    assert text.count("<svg") == 6, "bars, two confusions, precision and recall, reliability, learning curves"


def test_an_evaluation_of_nothing_has_a_page() -> None:
    assert "<table" in report([Evaluation("none", "empty", ())])


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")
def test_in_a_browser(page: Path, tmp_path: Path) -> None:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1400, "height": 1000})
        problems: list[str] = []
        tab.on("pageerror", lambda error: problems.append(str(error)))
        tab.on("console", lambda message: problems.append(message.text))
        tab.on(
            "request",
            lambda request: problems.append(request.url) if not request.url.startswith("file:") else None,
        )
        tab.goto(page.as_uri())

        def outlined(kind: str) -> list[str]:
            return [
                mark.removeprefix("IND").removeprefix("ACT")
                for mark in tab.locator(f".k-{kind}").all_inner_texts()
            ]

        assert tab.locator("figure svg").count() == 6
        assert "one (4)" in tab.locator("#article option").first.inner_text()
        assert outlined("boundary") == ["tỷ lệ hộ nghèo", "hộ nghèo"], (
            "offsets count code points, not UTF-16 units"
        )
        assert tab.locator(".k-invented").all_inner_texts() == ["MEAKhông có gì"]
        assert tab.locator(".k-missed").count() == 1
        for kind in ("boundary", "missed", "invented"):
            tab.uncheck(f"#kinds input[value={kind}]")
        assert tab.locator("#text .row:not(.head)").count() == 1, (
            "only the paragraph with the label error is left"
        )
        assert tab.locator("#text .notes").all_inner_texts() == [
            "label TARGET “dưới 5%” → ACTUAL “dưới 5%” (0.40)"
        ]
        tab.select_option("#label", "LOCALITY")
        assert tab.locator("#text .row:not(.head)").count() == 0
        tab.check("#kinds input[value=invented]")
        assert tab.locator("#links tr").count() == 2, "both have the misplaced indicator as their head"
        tab.check("#kinds input[value=right]")
        tab.select_option("#evaluation", "1")
        assert tab.locator("#links tr").count() == len(GOLD[0].relations)
        picture = tab.screenshot(path=tmp_path / "page.png", full_page=True)
        assert len(picture) > 50_000
        assert problems == []
        browser.close()
