"""Systems behind one interface, and what the command makes of them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from annotations import inline
from annotations.agreement import Tally
from annotations.corpus import FOLDER
from annotations.document import Document, Relation, Span
from annotations.errors import InputError
from annotations.formats import read_documents
from annotations.schema import Schema
from chitieu.scoring import Entrant, entrants, read_gold, seen
from eval import release
from eval.systems import System, above, evaluate

GOLD = [
    inline.parse("[i1|thu] [a1|1%]\n---\ni1: a1", id="1"),
    inline.parse("[i1|chi] [a1|2%]\n---\ni1: a1", id="2"),
]


def test_systems_see_no_gold() -> None:
    asked: list[Document] = []

    def extract(documents: object) -> list[Document]:
        asked.extend(documents)  # type: ignore[call-overload]
        return list(asked)

    one = evaluate(System("nothing", extract), "data", GOLD)
    assert [document.spans for document in asked] == [(), ()]
    assert one.tally("spans") == Tally(missed=4)
    assert "relations on gold spans" not in one.measures


def test_linkers_see_gold_spans_only() -> None:
    def link(documents: object) -> list[Document]:
        listed: list[Document] = list(documents)  # type: ignore[call-overload]
        assert all(document.spans and not document.relations for document in listed)
        return [Document(d.id, d.text, d.spans, (Relation("i1", "a1", "HAS_ACTUAL"),)) for d in listed]

    one = evaluate(System("linker", None, link), "data", GOLD)
    assert one.measures == ("relations on gold spans",)
    assert one.tally("relations on gold spans") == Tally(2)


def test_low_scores_are_left_out() -> None:
    spans = (Span("a", 0, 1, "X", 0.9), Span("b", 1, 2, "X", 0.4), Span("c", 2, 3, "X"))
    relations = (Relation("a", "b", "R", 0.9), Relation("a", "c", "R", 0.3), Relation("c", "a", "R", 0.8))
    kept = above(Document("d", "xyz", spans, relations), 0.5)
    assert [span.id for span in kept.spans] == ["a", "c"]
    assert kept.relations == (relations[2],)
    assert (
        above(Document("d", "xyz", spans, relations), 0.0).relations
        == Document("d", "xyz", spans, relations).relations
    )


def test_learnt_texts_are_refused_or_marked() -> None:
    train = FOLDER / "train" / "train-001.txt"
    [majority] = entrants(["majority"], [train], "cpu")
    gold = [*read_documents(train), *read_documents(FOLDER / "dev" / "dev-001.txt")]
    with pytest.raises(
        InputError, match=r"data: majority has learnt from 1 of the 2 documents: train-001 .*--allow-seen"
    ):
        seen(majority, "data", gold, allowed=False)
    assert seen(majority, "data", gold, allowed=True) == ["train-001"]
    assert seen(majority, "data", gold[1:], allowed=False) == []
    assert "1 seen" in evaluate(majority.system, "data", gold, seen=["train-001"]).title


def test_unknown_lessons_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    stranger = Entrant(System("stranger", None), Schema.default(), None)
    assert seen(stranger, "data", GOLD, allowed=False) == []
    assert "stranger has no fingerprints" in capsys.readouterr().err
    with pytest.raises(InputError, match="has no fingerprints"):
        seen(stranger, "data", GOLD, allowed=True, must_know=True)


def test_names_are_baselines_or_folders(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="neither a folder nor a baseline"):
        list(entrants(["no-such"], [], "cpu"))
    with pytest.raises(InputError, match="no split 'all'"):
        read_gold([], "all")
    with pytest.raises(InputError, match="nothing to score on"):
        read_gold([], None)


def test_test_articles_need_a_release(tmp_path: Path) -> None:
    split = tmp_path / "test"
    split.mkdir()
    (split / "a.txt").write_text("[i1|thu] [a1|1%]\n---\ni1: a1\n", encoding="utf-8")
    gold = {"copied": list(read_documents(split)), "other": [GOLD[1]]}
    with pytest.raises(InputError, match="copied: 1 of these are test articles"):
        release.check(gold, release=False, split=split)
    with pytest.raises(InputError, match="other: a release is scored on the test split alone"):
        release.check(gold, release=True, split=split)
    release.check({"other": [GOLD[1]]}, release=False, split=split)
    release.check({"copied": gold["copied"]}, release=True, split=split)


def test_releases_are_written_down(tmp_path: Path) -> None:
    file = tmp_path / "RESULTS.md"
    gold = {"corpus/test": GOLD}
    whole = evaluate(System("perfect", lambda _: GOLD), "corpus/test", GOLD)
    release.append([whole], gold, file)
    release.append([whole], gold, file)
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[-1] == lines[-2]
    cells = [cell.strip() for cell in lines[-1].strip("|").split("|")]
    assert cells[2:4] == ["perfect", "2"]
    assert cells[4].strip("`") == release.data_hash(reversed(GOLD))[:12]
    assert cells[5:] == ["100.0 [100.0–100.0]", "100.0 [100.0–100.0]", "–"]
    with pytest.raises(InputError, match="unseen"):
        release.append([evaluate(System("p", lambda _: GOLD), "corpus/test", GOLD, seen=["1"])], gold, file)


def test_the_command(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "a.txt").write_text(
        'Hết năm, [l1|huyện Bình An] có [i1|tỷ lệ hộ nghèo] còn [a1|4,2%].\n---\ni1: a1 l1\n#meta {"genre": "brief"}\n',
        encoding="utf-8",
    )
    command = [
        sys.executable,
        "-m",
        "chitieu",
        "evaluate",
        "--data",
        str(data),
        "--model",
        "rules",
        "--model",
        "nearest",
    ]
    run = subprocess.run(
        [*command, "--by", "genre", "--json", str(tmp_path / "scores.json")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "brief" in run.stdout
    rules, near = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))
    assert (
        rules["spans"]["micro"]["f1"]
        == rules["relations"]["micro"]["f1"]
        == rules["rows"]["micro"]["f1"]
        == 1.0
    )
    assert near["relations on gold spans"]["micro"]["right"] == 2
    assert rules["by"] == [
        {"key": "genre", "value": "brief", "documents": 1, "spans": 1.0, "relations": 1.0, "rows": 1.0}
    ]
    wrong = subprocess.run([*command, "--split", "test"], capture_output=True, text=True, check=False)
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)
    assert "--split test --release" in wrong.stderr
    both = [*command, "--release", "--allow-seen"]
    wrong = subprocess.run(both, capture_output=True, text=True, check=False)
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)
