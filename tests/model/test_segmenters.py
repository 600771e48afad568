"""Segmenters join syllables and nothing else, whatever the text."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.corpus import FOLDER
from annotations.document import Document, Span
from annotations.errors import InputError
from annotations.formats import read_documents
from model.segmenters import SEGMENTERS, SegmenterName, Words, find_words, load_segmenter
from model.segmenters.check import measure
from model.segmenters.parallel import segment

HERE: tuple[SegmenterName, ...] = ("pyvi", "none")
TEXT = "Hết năm 2024, thành phố Hải Phòng đạt 65,5% kế hoạch; 27/39 chỉ tiêu vượt, 30 tỷ đồng/năm 👍🏽 a_b."


def joined(text: str, name: SegmenterName = "pyvi") -> list[str]:
    (words,) = find_words([text], name)
    parts: list[str] = []
    for start, end, goes_on in zip(words.starts, words.ends, words.joined, strict=True):
        if goes_on:
            parts[-1] += "_" + text[start:end]
        else:
            parts.append(text[start:end])
    return parts


def test_syllables_are_joined_and_signs_stand_alone() -> None:
    found = joined(TEXT)
    assert {"thành_phố", "kế_hoạch", "chỉ_tiêu"} <= set(found)
    assert "".join(found).replace("_", "") == "".join(TEXT.split()).replace("_", "")
    for alone in (
        "2024",
        ",",
        "65,5",
        "%",
        ";",
        "27",
        "/",
        "39",
        "30",
        "tỷ",
        "đồng",
        "năm",
        "👍",
        "🏽",
        "a",
        "_",
        "b",
        ".",
    ):
        assert alone in found


def test_none_joins_nothing() -> None:
    assert not any("_" in word for word in joined(TEXT.replace("_", ""), "none"))


@pytest.mark.parametrize("text", ["", " \n\n ", "\n", "một", "12\n%", "\u0301", "😀😀"])
def test_texts_with_little_in_them(text: str) -> None:
    assert "".join(joined(text)) == "".join(text.split())


ATOMS = [
    "thành",
    "phố",
    "Hà",
    "Nội",
    "kế",
    "hoạch",
    "chỉ",
    "tiêu",
    "12",
    "3,5",
    "%",
    "/",
    "-",
    "_",
    "ha",
    "tỷ",
    "đồng",
    "²",
]
ATOMS += [
    "😀",
    "\u200d",
    "\ufe0f",
    "\u0301",
    "…",
    "http://a.vn",
    "漢",
    "Đ",
    "Ð",
    unicodedata.normalize("NFD", "người"),
]


@given(
    st.lists(st.tuples(st.sampled_from(ATOMS), st.sampled_from(["", " ", "  ", "\n", "\t", "\xa0"]))),
    st.sampled_from(HERE),
)
def test_only_letters_of_one_line_are_ever_joined(parts: list[tuple[str, str]], name: SegmenterName) -> None:
    text = "".join(atom + gap for atom, gap in parts)
    (words,) = find_words([text], name)
    held = np.zeros(len(text), dtype=int)
    for start, end in zip(words.starts, words.ends, strict=True):
        held[start:end] += 1
    assert held.tolist() == [int(not char.isspace()) for char in text]
    for number in np.flatnonzero(words.joined):
        before = text[words.starts[number - 1] : words.ends[number - 1]]
        gap = text[words.ends[number - 1] : words.starts[number]]
        assert before.isalpha() and text[words.starts[number] : words.ends[number]].isalpha()
        assert gap and gap.isspace() and "\n" not in gap


def test_a_unit_is_no_part_of_a_longer_word() -> None:
    """After a number, what a segmenter joins to its unit is taken apart again."""
    found = joined("huy động 5 tấn công suất, 30 triệu đồng")
    assert {"tấn", "triệu", "đồng"} <= set(found)
    assert "tấn_công" in joined("quân địch tấn công suốt đêm")


@given(st.lists(st.integers(0, len(TEXT)), max_size=8))
def test_words_end_where_they_are_told_to(places: list[int]) -> None:
    (words,) = find_words([TEXT], "pyvi")
    split = words.split_at(places)
    assert not any(split.hides(place) for place in places)
    assert np.isin(words.starts, split.starts).all() and np.isin(words.ends, split.ends).all()
    elsewhere = [place for place in range(len(TEXT)) if not words.hides(place)]
    assert not any(split.hides(place) for place in elsewhere)
    hidden = [place for place in range(len(TEXT)) if words.hides(place) and not split.hides(place)]
    for place in hidden:  # only gaps and places that were named are opened
        assert place in places or TEXT[place].isspace() or TEXT[place - 1].isspace()


def test_hidden_places() -> None:
    words = Words(
        np.array([0, 6, 11]), np.array([5, 9, 15]), np.array([False, True, False])
    )  # thành_phố Vinh
    assert [place for place in range(16) if words.hides(place)] == [1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 14]


def test_worker_processes_give_the_same_words() -> None:
    lines = [
        line for document in list(read_documents(FOLDER / "dev"))[:6] for line in document.text.split("\n")
    ] * 3
    assert segment(lines, "pyvi", big=1) == segment(lines, "pyvi")


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    load_segmenter.cache_clear()
    monkeypatch.setitem(sys.modules, "pyvi.ViTokenizer", None)
    with pytest.raises(InputError, match="pip install pyvi"):
        load_segmenter("pyvi")
    with pytest.raises(InputError, match="unknown word segmenter 'jieba'; known: pyvi"):
        load_segmenter("jieba")  # type: ignore[arg-type]
    load_segmenter.cache_clear()


def test_underthesea_joins_the_same_way() -> None:
    pytest.importorskip("underthesea")
    assert {"thành_phố", "chỉ_tiêu", "%", "27", "/"} <= set(joined(TEXT, "underthesea"))


def test_figures_count_cut_spans() -> None:
    text = "thành phố Vinh đạt 65,5% kế hoạch"
    spans = [
        Span("1", 0, 14, "LOCALITY"),
        Span("2", 6, 9, "INDICATOR"),
        Span("3", 19, 24, "RATIO"),
        Span("4", 19, 23, "RATIO"),
    ]
    found = measure(
        "pyvi", [Document("d", text, tuple(spans)), Document("e", unicodedata.normalize("NFD", text))]
    )
    assert (found.spans, found.cut, found.cut_alone) == (4, 1, 1)
    assert found.words < found.syllables == 2 * 8
    alone = measure("none", [Document("d", text, tuple(spans))])
    assert (alone.cut, alone.cut_alone) == (0, 1)
    assert alone.speed > 0


JAVA = {
    "VnCoreNLP": """package vn.pipeline;
public class VnCoreNLP {
  public VnCoreNLP(String[] annotators) { if (!annotators[0].equals("wseg")) throw new RuntimeException(annotators[0]); }
  public void annotate(Annotation annotation) {}
}""",
    "Annotation": """package vn.pipeline;
public class Annotation {
  private final String text;
  public Annotation(String text) { this.text = text; }
  public String toString() {
    StringBuilder out = new StringBuilder();
    int number = 0;
    for (String word : text.replace("thành phố", "thành_phố").split(" "))
      out.append(++number).append('\\t').append(word).append("\\t_\\t_\\t_\\t_\\n");
    return out.append('\\n').toString();
  }
}""",
}


def test_vncorenlp_is_run_through_java(tmp_path: Path) -> None:
    """Java, the bridge and the package are real; in the jar a stand-in that knows one word."""
    if not shutil.which("javac") or not shutil.which("jar"):
        pytest.skip("no Java compiler here")
    pytest.importorskip("py_vncorenlp")
    for name, code in JAVA.items():
        (tmp_path / f"{name}.java").write_text(code, encoding="utf-8")
    (tmp_path / "models").mkdir()
    build = ["javac", "-encoding", "UTF-8", "-d", "classes", *(f"{name}.java" for name in JAVA)]
    subprocess.run(build, cwd=tmp_path, check=True)
    subprocess.run(["jar", "cf", "VnCoreNLP-1.2.jar", "-C", "classes", "."], cwd=tmp_path, check=True)
    code = (
        "import json, os, sys; from model.segmenters import find_words; here = os.getcwd();"
        "words = find_words(['xã; thành phố Vinh 5%'], 'vncorenlp')[0];"
        "assert os.getcwd() == here; print(json.dumps(words.joined.tolist()))"
    )
    root = Path(__file__).parents[2]
    home = Path(shutil.which("javac") or "").resolve().parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True,
        env={**os.environ, "VNCORENLP_FOLDER": str(tmp_path), "JAVA_HOME": str(home)},
    )  # fmt: skip
    assert json.loads(done.stdout.splitlines()[-1]) == [False, False, False, True, False, False, False]


def test_vncorenlp_without_its_folder_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("py_vncorenlp")
    monkeypatch.delenv("VNCORENLP_FOLDER", raising=False)
    with pytest.raises(InputError, match="set VNCORENLP_FOLDER"):
        load_segmenter("vncorenlp")


def test_every_segmenter_has_a_name() -> None:
    assert SEGMENTERS == ("pyvi", "underthesea", "vncorenlp", "none")
