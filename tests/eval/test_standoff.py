"""The real set: annotation without text, put back on texts rebuilt from their segmented form."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from annotations import inline
from annotations.errors import InputError
from annotations.formats import read_documents
from annotations.validate import validate
from eval.standoff import StandOff, read, read_all

ROOT = Path(__file__).resolve().parents[2]
GOLD = ROOT.parent / "shared" / "real"

SEGMENTED = (
    "Huyện Bình_An nói : \" Xong 17/20 chỉ_tiêu \"\n\n"
    "Đến 1 / 7 , thu ngân_sách đạt 74,3 % ( kế_hoạch : 60 triệu đồng / người / năm ) , lãi 5 đồng / nhóm .\n"
    "Ông nói ' tốt ' …\tTP. HCM “ khá ” [ Ảnh :  TỰ_TRUNG ]\n\n"
)  # fmt: skip
ANNOTATED = (
    '[l1|Huyện Bình An] nói: "Xong [r1|17/20] [i1|chỉ tiêu]"\n\n'
    "Đến 1/7, [i2|thu ngân sách] đạt [r2|74,3%] (kế hoạch: [t1|60 triệu đồng/người/năm]), lãi [a1|5 đồng / nhóm].\n"
    "Ông nói 'tốt'… [l2|TP. HCM] “khá” \\[Ảnh: TỰ TRUNG\\]\n---\ni1: r1 l1\ni2: r2 t1"
)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_real_set", ROOT / "scripts" / "build_real_set.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_segmentation_is_undone(script: ModuleType) -> None:
    assert script.unsegment(SEGMENTED) == inline.parse(ANNOTATED).text


def test_documents_are_rebuilt(
    script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gold = inline.parse(ANNOTATED, id="vn1")
    notes, corpus = tmp_path / "notes", tmp_path / "corpus"
    notes.mkdir()
    (corpus / "data").mkdir(parents=True)
    (notes / "vn1.json").write_text(StandOff.of(gold, "data/1.seg").dump(), encoding="utf-8")
    (corpus / "data" / "1.seg").write_text(SEGMENTED, encoding="utf-8")
    arguments = [str(corpus), "--annotation", str(notes), "--output", str(tmp_path / "out")]
    assert script.main(arguments) == 0
    [rebuilt] = read_documents(tmp_path / "out")
    assert (rebuilt.id, rebuilt.text, rebuilt.spans, rebuilt.relations) == (
        gold.id,
        gold.text,
        gold.spans,
        gold.relations,
    )

    (corpus / "data" / "1.seg").write_text(SEGMENTED.replace("74,3", "74,4"), encoding="utf-8")
    assert script.main(arguments) == 2
    assert "not the annotated text" in capsys.readouterr().err
    (corpus / "data" / "1.seg").unlink()
    assert script.main(arguments) == 2


def test_what_is_shipped() -> None:
    shipped = list(read_all())
    assert len(shipped) == 10
    assert len({one.source for one in shipped}) == 10
    assert sum(len(one.spans) for one in shipped) > 300


@pytest.mark.skipif(not GOLD.is_dir(), reason="the gold texts are not beside the repository")
def test_the_shipped_annotation_is_the_gold() -> None:
    gold = {document.id: document for document in read_documents(GOLD)}
    for one in read_all():
        document = one.on(gold[one.id].text)
        assert (document.spans, document.relations) == (gold[one.id].spans, gold[one.id].relations)
        assert validate(document) == []
    assert {one.id for one in read_all()} == {name for name in gold if name.startswith("vn")}


@pytest.mark.parametrize("content", ["", "{}", '{"spans": [[1]], "relations": []}', "[]"])
def test_broken_files_are_named(content: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="stand-off"):
        read(tmp_path / "a.json")
