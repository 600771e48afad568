"""Other data and several seeds, by the command itself."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import mean, stdev

import pytest

from annotations.errors import InputError
from annotations.fingerprints import Fingerprints
from annotations.schema import Schema
from model.calibration import Calibration
from model.extractor import Extractor
from training import cli
from training.config import TrainConfig
from training.sources import sources

PEOPLE, PLACES = ("An", "Bình", "Chi", "Dũng", "Hà"), ("Hà_Nội", "Huế", "Đà_Nẵng", "Cần_Thơ", "T.P.")


@pytest.fixture(scope="module")
def conll(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty sentences, some with a name that ends with a full stop."""
    file = tmp_path_factory.mktemp("conll") / "names.conll"
    sentences = [
        f"Ông\tO\n{PEOPLE[n % 5]}\tB-PER\n{PEOPLE[n % 3]}\tI-PER\nở\tO\n{PLACES[(n + n // 5) % 5]}\tB-LOC\n"
        for n in range(30)
    ]
    file.write_text("\n".join(sentences), encoding="utf-8")
    return file


def test_the_schema_comes_from_the_data(conll: Path) -> None:
    given = sources(TrainConfig(data=(conll,)))
    assert given.schema.label_names == ("LOC", "PER")
    assert (len(given.train), len(given.dev)) == (27, 3)
    assert not {document.id for document in given.train} & {document.id for document in given.dev}
    given = sources(TrainConfig(data=(conll,), dev=(conll,)))
    assert (len(given.train), len(given.dev)) == (30, 30)


def test_our_own_labels_mean_our_own_schema(tmp_path: Path) -> None:
    file = tmp_path / "own.conll"
    file.write_text("ở O\nHuế B-LOCALITY\n", encoding="utf-8")
    given = sources(TrainConfig(data=(file,)))
    assert given.schema == Schema.default()
    assert len(given.dev) > 10, "the corpus' own dev split"


def test_a_single_foreign_document_is_too_little(tmp_path: Path) -> None:
    (tmp_path / "one.conll").write_text("Huế B-LOC\n", encoding="utf-8")
    with pytest.raises(InputError, match="too few documents"):
        sources(TrainConfig(data=(tmp_path / "one.conll",)))


def test_several_seeds(
    conll: Path, tiny_encoder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = [
        "--data",
        str(conll),
        "--encoder",
        str(tiny_encoder),
        "--output",
        str(tmp_path),
        "--epochs",
        "1",
    ]
    assert cli.main([*options, "--seeds", "2", "--seed", "4", "--precision", "float32", "--no-augment"]) == 0
    report = json.loads((tmp_path / "seeds.json").read_text(encoding="utf-8"))
    assert list(report["runs"]) == ["seed-4", "seed-5"]
    scores = [run["eval_span_f1"] for run in report["runs"].values()]
    assert report["spread"]["eval_span_f1"] == {"mean": mean(scores), "deviation": stdev(scores)}
    assert f"spans {mean(scores):.4f} ± {stdev(scores):.4f}" in capsys.readouterr().out
    folder = tmp_path / "seed-5"
    assert Extractor.from_pretrained(folder, device="cpu").schema.label_names == ("LOC", "PER")
    learnt = Fingerprints.load(folder)
    assert learnt is not None and len(learnt.ids) == 27
    assert Calibration.load(folder) is not None
