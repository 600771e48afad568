"""The contestants of a benchmark compute the same thing, and the stopwatch is fair."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import PreTrainedModel

from annotations import jsonl
from annotations.document import Document
from annotations.errors import InputError
from chitieu.bench import runs
from chitieu.bench.articles import articles, of_length, short
from chitieu.bench.comparison import by_processes
from chitieu.bench.packed import Limit, rows
from chitieu.bench.plan import Plan
from chitieu.bench.rival import Rival, rival
from chitieu.bench.share import outside
from chitieu.bench.stopwatch import Task, race
from chitieu.bench.watching import Watched, memory, watch
from model.backends.encoder import IntArray, Name
from model.extractor import Extractor
from model.network import load_network
from model.normalize import normalize
from model.pipeline.processes import started
from model.pipeline.work import WorkerSettings


@pytest.fixture(scope="module")
def extractor(untrained: Path) -> Extractor:
    return Extractor.from_pretrained(untrained, device="cpu", dtype=torch.float32)


@pytest.fixture(scope="module")
def network(untrained: Path) -> PreTrainedModel:
    """Its encoder as transformers computes it."""
    encoder: PreTrainedModel = load_network(untrained, torch.device("cpu"), torch.float32).encoder
    return encoder


@pytest.fixture(scope="module")
def other(extractor: Extractor, network: PreTrainedModel) -> Iterator[Rival]:
    with rival(extractor, network) as made:
        yield made


def test_articles_are_the_same_every_time_and_of_all_lengths() -> None:
    first = articles(30)
    assert first == articles(40)[:30]
    assert len({document.id for document in first}) == 30
    sizes = [len(document.text) for document in first]
    assert max(sizes) > 3 * min(sizes)


def test_short_articles_differ_and_hold_something() -> None:
    made = list(short(500))
    assert len({document.text for document in made}) > 490
    assert all(50 < len(document.text) <= 160 for document in made)


def test_articles_of_a_length(extractor: Extractor) -> None:
    encodings = extractor.tokenizer.encode_batch([d.text for d in of_length(1500, 2, extractor.tokenizer)])
    assert [len(encoding) for encoding in encodings] == [1500, 1500]


def test_packed_rows_hold_every_piece_once(extractor: Extractor) -> None:
    documents, window = articles(3), extractor.settings.window
    packed = rows(documents, extractor.tokenizer, window)
    expected = np.concatenate([e.ids for e in extractor.tokenizer.encode_batch([d.text for d in documents])])
    inner = torch.cat([part[:, 1:-1].flatten() for part in packed])
    assert inner.tolist() == expected.tolist()
    assert packed[0].shape[1] == window + 2
    for part in packed:
        assert set(part[:, 0].tolist()) == {extractor.tokenizer.cls_id}
        assert set(part[:, -1].tolist()) == {extractor.tokenizer.sep_id}


def test_the_limit_reads_what_was_packed(extractor: Extractor, network: PreTrainedModel) -> None:
    documents, read = articles(3), list[int]()

    class Counting:
        name: Name = "onnx"
        budget = 1

        def __call__(self, windows: Sequence[IntArray]) -> torch.Tensor:
            read.extend(len(window) - 2 for window in windows)
            return torch.zeros(0)

    task = Limit(extractor.with_encoder(Counting()), documents, network).prepare(documents)
    read.clear()
    task()
    encodings = extractor.tokenizer.encode_batch([document.text for document in documents])
    assert sum(read) == sum(map(len, encodings))


def test_the_limit_of_torch_may_be_the_plain_network(extractor: Extractor, network: PreTrainedModel) -> None:
    limit = Limit(extractor, articles(3), network)
    packed = rows(articles(3), extractor.tokenizer, extractor.settings.window)[0]
    with torch.inference_mode():
        plain = limit._ways["network"](packed).last_hidden_state
        own = limit._ways["backend"](packed)
    assert torch.allclose(plain.flatten(0, 1), own, atol=1e-4)


def test_transformers_pipeline_has_the_same_encoder(
    extractor: Extractor, network: PreTrainedModel, other: Rival
) -> None:
    ids = rows(articles(2), extractor.tokenizer, extractor.settings.window)[0]
    with torch.inference_mode():
        ours = network(input_ids=ids).last_hidden_state
        theirs = other.pipe.model.roberta(input_ids=ids).last_hidden_state
    assert torch.allclose(ours, theirs, atol=1e-5)
    assert other.pipe.model.dtype == network.dtype


def test_transformers_pipeline_reads_the_same_pieces_to_the_end(extractor: Extractor, other: Rival) -> None:
    window, overlap = extractor.settings.window, extractor.settings.overlap
    (written,) = of_length(2 * window, 1, extractor.tokenizer)
    document = Document(written.id, normalize(written.text).text)
    (encoding,) = extractor.tokenizer.encode_batch([document.text])
    parts = list(other.pipe.preprocess(document.text, **other.pipe._preprocess_params))
    cut = [part["input_ids"][part["special_tokens_mask"] == 0].tolist() for part in parts]
    assert cut[0] + [piece for following in cut[1:] for piece in following[overlap:]] == encoding.ids.tolist()
    windows = -(-(2 * window - overlap) // (window - overlap))
    assert len(parts) == windows
    assert other.pieces([document]) == 2 * window + (windows - 1) * overlap


def test_spelling_hardly_changes_how_much_the_pipeline_reads(extractor: Extractor, other: Rival) -> None:
    documents = articles(20)
    ours = extractor.tokenizer.encode_batch([document.text for document in documents])
    window, overlap = extractor.settings.window, extractor.settings.overlap
    shared = sum(overlap * max(0, -(-(len(e) - overlap) // (window - overlap)) - 1) for e in ours)
    assert other.pieces(documents) - shared == pytest.approx(sum(map(len, ours)), rel=0.02)


def test_batches_do_not_change_what_the_pipeline_finds(other: Rival) -> None:
    documents = articles(3)
    alone, together = other.prepare(documents)(), other.prepare(documents, 4)()
    assert isinstance(alone, list) and isinstance(together, list)
    assert len(alone) == len(documents)
    places = [[[(e["start"], e["end"]) for e in found] for found in run] for run in (alone, together)]
    assert any(places[0])
    assert places[0] == places[1]


def test_processes_find_what_one_process_finds(extractor: Extractor, untrained: Path) -> None:
    documents = articles(9)
    settings = WorkerSettings("spans-jsonl", untrained, "cpu", threads=1)
    with started(settings, 2) as team:
        task = by_processes(team, documents)
        parts = [task(), task()][1]
    assert isinstance(parts, list)
    assert [part.articles for part in parts] == [1] * 9
    lines = b"".join(part.data for part in parts).decode("utf-8").splitlines()
    found = [jsonl.from_dict(jsonl.loads(line)) for line in lines]
    for one, other in zip(found, extractor.extract(documents), strict=True):
        assert one.id == other.id
        assert [(s.start, s.end, s.label) for s in one.spans] == [
            (s.start, s.end, s.label) for s in other.spans
        ]


def test_contestants_run_by_turns_on_the_same_articles() -> None:
    documents = articles(3)
    log: list[tuple[str, int]] = []

    def contestant(name: str) -> Callable[[Sequence[Document]], Task]:
        return lambda given: lambda: log.append((name, len(given)))

    speeds = race({"a": contestant("a"), "b": contestant("b")}, documents, pieces=60, rounds=3)
    assert log[:2] == [("a", 2), ("b", 2)], "a run that is not counted comes first"
    assert [name for name, _ in log[2:]] == ["a", "b", "b", "a", "a", "b"]
    assert {count for _, count in log[2:]} == {3}
    for speed in speeds.values():
        assert len(speed.seconds) == 3
        assert speed.median == sorted(speed.seconds)[1]
        assert speed.articles_per_second == 3 / speed.median
        assert speed.pieces_per_second == 60 / speed.median


def test_the_share_outside_the_encoder(extractor: Extractor, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0

    def pass_time(seconds: float) -> None:
        nonlocal now
        now += seconds

    class Slow:
        name: Name = "torch"
        budget = 100_000

        def __call__(self, windows: Sequence[IntArray]) -> torch.Tensor:
            pass_time(3)
            return extractor.encoder(windows)

    def work(watched: Extractor) -> Task:
        def task() -> None:
            pass_time(0.5)
            watched.extract("Thu ngân sách đạt 5 tỷ đồng.")
            pass_time(0.5)

        return task

    monkeypatch.setattr("time.perf_counter", lambda: now)
    assert outside(extractor.with_encoder(Slow()), work) == 0.25


def test_memory_counts_the_whole_tree() -> None:
    child = "import time; held = bytearray(300_000_000); time.sleep(0.4)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}], check=True)"
    with subprocess.Popen([sys.executable, "-c", parent]) as process:
        assert max(memory(process)) > 300_000_000


def test_a_command_that_fails_is_told() -> None:
    with pytest.raises(ChildProcessError, match=r"extract no-such-file: .*no-such-file"):
        watch(["extract", "no-such-file"])


def test_the_longest_run_keeps_to_its_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    def fake(documents: Iterator[Document], plan: Plan, workers: int) -> Watched:
        count = sum(1 for _ in documents)
        return Watched(5 + count / 10, None, 1000 + count)

    monkeypatch.setattr(runs, "_extract", fake)
    found = runs.growth(Plan(short_articles=10, multiples=(1, 10, 100), minutes=0.5))
    assert [size.articles for size in found.sizes] == [10, 100, 300]
    assert found.linearity == pytest.approx(1)
    assert found.memory_ratio == pytest.approx(1300 / 1010)


def test_no_rival_where_transformers_has_no_offsets(
    extractor: Extractor, network: PreTrainedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    from model.tokenizers import PhobertTokenizer

    monkeypatch.setattr(extractor, "tokenizer", PhobertTokenizer.__new__(PhobertTokenizer))
    with pytest.raises(InputError, match="no offsets"), rival(extractor, network):
        pass
