"""A span and a relation drawn in the real page, by mouse and keyboard, come back right."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from annotations.document import Document, Relation, Span
from annotations.formats import read_documents, write_documents
from scripts.local_studio import Server
from tests.studio.conftest import Chitieu, OpenProject

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")

TEXT = "Đoàn 😀  kết, năm 2024:\nxã Bản Giang đạt 17/20 chỉ tiêu.\n\nHộ nghèo còn 5%."
SAVE = "[data-testid=bottombar-submit-button], [data-testid=bottombar-update-button]"
PLACES = """([first, last]) => {
    const texts = document.createTreeWalker(document.querySelector(".lsf-htx-richtext"), NodeFilter.SHOW_TEXT);
    const box = (text, at_end) => {
        texts.currentNode = texts.root;
        while (texts.nextNode()) {
            const start = texts.currentNode.data.indexOf(text);
            if (start < 0) continue;
            const range = document.createRange();
            const at = at_end ? start + text.length - 1 : start;
            range.setStart(texts.currentNode, at);
            range.setEnd(texts.currentNode, at + 1);
            return range.getBoundingClientRect();
        }
    };
    const [from, to] = [box(first, false), box(last, true)];
    return [from.left + 1, (from.top + from.bottom) / 2, to.right - 1, (to.top + to.bottom) / 2];
}"""


@pytest.fixture
def page(server: Server) -> Iterator[playwright.Page]:
    """A browser, signed in."""
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1600, "height": 1000})
        page.set_default_timeout(60_000)
        page.goto(f"{server.url}/user/login/")
        page.fill("input[name=email]", server.account.email)
        page.fill("input[name=password]", server.account.password)
        page.click("button[type=submit]")
        page.wait_for_url(f"{server.url}/")
        yield page
        browser.close()


class Editor:
    """A task in the labelling page, worked on with mouse and keyboard."""

    def __init__(self, page: playwright.Page, url: str, project: int, task: int) -> None:
        self.page = page
        page.goto(f"{url}/projects/{project}/data?task={task}")
        page.wait_for_selector(".lsf-htx-richtext")
        page.wait_for_selector(SAVE)
        page.wait_for_load_state("networkidle")

    def draw(self, hotkey: str, text: str) -> None:
        """Mark a stretch of one line with the label of that hotkey."""
        marks = self.page.locator(".lsf-htx-richtext .htx-highlight")
        before = marks.count()
        self.page.keyboard.press(hotkey)
        self.page.wait_for_selector(".lsf-label_selected")
        left, top, right, bottom = self.page.evaluate(PLACES, [text, text])
        self.page.mouse.move(left, top)
        self.page.mouse.down()
        self.page.mouse.move((left + right) / 2, bottom, steps=3)
        self.page.mouse.move(right, bottom, steps=3)
        self.page.mouse.up()
        marks.nth(before).wait_for()
        self.page.keyboard.press("Escape")  # the region just drawn is no longer selected

    def relate(self, head: str, tail: str) -> None:
        """Draw a relation between two regions."""
        self.click(head)
        self.page.keyboard.press("Alt+r")
        self.click(tail)

    def click(self, text: str) -> None:
        left, top, right, _ = self.page.evaluate(PLACES, [text, text])
        self.page.mouse.click((left + right) / 2, top)

    def save(self) -> None:
        """Submit, or update what was submitted before."""
        sent = lambda answer: "/annotations" in answer.url and answer.request.method in ("POST", "PATCH")  # noqa: E731
        with self.page.expect_response(sent) as answer:
            self.page.click(SAVE)
        assert answer.value.ok


def test_a_span_and_a_relation_drawn_in_the_page(
    chitieu: Chitieu,
    open_project: OpenProject,
    server: Server,
    title: str,
    tmp_path: Path,
    page: playwright.Page,
) -> None:
    write_documents([Document("d", TEXT)], tmp_path / "d.jsonl")
    chitieu("studio", "push", "-p", title, tmp_path / "d.jsonl")
    project = open_project(title)
    (task,) = project.briefly()
    editor = Editor(page, server.url, project.id, task["id"])
    for title_of_label in ("Chỉ tiêu", "Địa phương"):
        assert page.locator(".lsf-labels").get_by_text(title_of_label).is_visible()
    editor.draw("1", "chỉ tiêu")
    editor.draw("4", "17/20")
    editor.draw("5", "Bản Giang")
    editor.relate("chỉ", "17/20")
    editor.save()
    chitieu("studio", "pull", "-p", title, "-o", tmp_path / "out")
    (document,) = read_documents(tmp_path / "out/submitted")
    assert document.text == TEXT
    assert {document.text_of(span): (span.id, span.label) for span in document.spans} == {
        "chỉ tiêu": ("i1", "INDICATOR"),
        "17/20": ("r1", "RATIO"),
        "Bản Giang": ("l1", "LOCALITY"),
    }
    assert document.relations == (Relation("i1", "r1", "HAS_RATIO"),)


def test_saving_again_in_the_page_loses_nothing(
    chitieu: Chitieu,
    open_project: OpenProject,
    server: Server,
    title: str,
    tmp_path: Path,
    page: playwright.Page,
) -> None:
    at = TEXT.index
    spans = (
        Span("m1", 0, at(":"), "MEASURE"),
        Span("l1", at("xã"), at(" đạt"), "LOCALITY"),
        Span("l-2", at("Bản"), at(" đạt"), "LOCALITY"),
        Span("aB3_-xYz09", at("17/20"), at(" chỉ"), "RATIO"),
        Span("i1", at("17/20"), at("."), "INDICATOR"),
    )
    both = (Relation("i1", "l1", "IN_LOCALITY"), Relation("i1", "l1", "HAS_TARGET"))
    document = Document("d", TEXT, spans, (*both, Relation("m1", "l-2", "IN_LOCALITY")), {"a": [1]})
    write_documents([document], tmp_path / "d.jsonl")
    chitieu("studio", "push", "-p", title, tmp_path / "d.jsonl")
    project = open_project(title)
    (task,) = project.briefly()
    editor = Editor(page, server.url, project.id, task["id"])
    editor.draw("3", "5%")
    editor.save()
    chitieu("studio", "pull", "-p", title, "-o", tmp_path / "out")
    (found,) = read_documents(tmp_path / "out/submitted")
    drawn = Span("a1", at("5%"), at("5%") + 2, "ACTUAL")
    assert found == replace(document, spans=(*spans, drawn))
