"""`chitieu bench --quick` from end to end, on a tiny model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from chitieu.commands import bench

_CONTESTANTS = {"extract", "rows", "loop", "default", "best", "limit"}


@pytest.fixture(scope="module")
def run(untrained: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any], bytes]:
    """What one run prints, its JSON and its picture."""
    app = typer.Typer()
    app.command()(bench.command)
    folder = tmp_path_factory.mktemp("bench")
    figures, picture = folder / "bench.json", folder / "bench.png"
    options = ["--quick", "--device", "cpu", "--threads", "1", "--model", str(untrained)]
    result = CliRunner().invoke(app, [*options, "--json", str(figures), "--plot", str(picture)])
    assert result.exit_code == 0, result.output
    return result.stdout, json.loads(figures.read_text(encoding="utf-8")), picture.read_bytes()


def test_every_section_is_there(run: tuple[str, dict[str, Any], bytes]) -> None:
    printed, figures, picture = run
    assert figures.keys() == {
        "plan",
        "machine",
        "comparison",
        "by_length",
        "backends",
        "phobert",
        "start",
        "processes",
        "growth",
    }
    comparison = figures["comparison"]
    assert comparison["speeds"].keys() == _CONTESTANTS
    assert comparison["missing"].keys() == {"workers"}, "there is but one thread"
    assert [cost["size"] for cost in comparison["by_batch"]] == figures["plan"]["batch_sizes"]
    assert [cost["length"] for cost in figures["by_length"]] == figures["plan"]["lengths"]
    backends = figures["backends"]
    assert backends["speeds"].keys() | backends["missing"].keys() == {"torch", "onnx", "int8"}
    assert [one["workers"] for one in figures["processes"]] == [1, 2]
    assert [one["articles"] for one in figures["growth"]["sizes"]] == [4, 8]
    assert figures["machine"]["threads"] == 1
    assert picture.startswith(b"\x89PNG")
    for title in ("transformers pipeline, default settings", "the limit", "Backends", "peak memory"):
        assert title in " ".join(printed.split())


def test_ratios_are_those_of_the_figures(run: tuple[str, dict[str, Any], bytes]) -> None:
    _, figures, _ = run
    comparison = figures["comparison"]
    speeds = comparison["speeds"]
    assert comparison["ratios"].keys() == {"extract"}
    assert comparison["ratios"]["extract"].keys() == _CONTESTANTS - {"extract"}
    for name, ratio in comparison["ratios"]["extract"].items():
        assert ratio == speeds["extract"]["articles_per_second"] / speeds[name]["articles_per_second"]
    for speed in speeds.values():
        assert len(speed["seconds"]) == figures["plan"]["rounds"]
        assert speed["articles_per_second"] == comparison["articles"] / speed["median"]
        assert speed["pieces_per_second"] == comparison["pieces"] / speed["median"]
    backends = figures["backends"]
    for name, ratio in backends["to_torch"].items():
        one, torch = backends["speeds"][name], backends["speeds"]["torch"]
        assert ratio == pytest.approx(one["articles_per_second"] / torch["articles_per_second"])
    for cost in figures["by_length"]:
        assert cost["seconds_per_article"] == cost["speed"]["median"] / cost["articles"]
    growth = figures["growth"]
    assert growth["memory_ratio"] == growth["sizes"][-1]["peak_bytes"] / growth["sizes"][0]["peak_bytes"]


def test_figures_are_possible(run: tuple[str, dict[str, Any], bytes]) -> None:
    _, figures, _ = run
    comparison = figures["comparison"]
    assert comparison["rival_pieces"] >= 0.98 * comparison["pieces"]
    assert all(0 < share < 1 for share in comparison["outside_encoder"].values())
    assert comparison["best_batch"] in figures["plan"]["batch_sizes"]
    start = figures["start"]
    assert 0 < start["help_seconds"] < start["first_result_seconds"]
    assert 0 < start["loading_seconds"] < start["first_result_seconds"]
    assert all(one["peak_bytes"] > 50 * 2**20 for one in figures["growth"]["sizes"]), "torch alone is larger"
    for one in figures["processes"]:
        assert one["articles"] == figures["plan"]["process_articles"]
        assert one["articles_per_second"] == one["articles"] / one["seconds"]
    two, one = figures["processes"][1], figures["processes"][0]
    assert two["peak_bytes"] > one["peak_bytes"], "two workers and their parent hold more than one process"


def test_phobert_is_measured_or_the_reason_told(run: tuple[str, dict[str, Any], bytes]) -> None:
    _, figures, _ = run
    phobert = figures["phobert"]
    try:
        import pyvi  # noqa: F401
    except ImportError:
        assert "pyvi" in phobert
        return
    expected = phobert["segmenter_articles_per_second"] / phobert["network_articles_per_second"]
    assert phobert["ratio"] == expected
    assert phobert["real_tokenizer"] is False
