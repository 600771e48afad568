"""The Ray engine on a cluster of two workers on this machine, against the local engine."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from annotations import jsonl
from annotations.corpus import FOLDER
from annotations.document import Document
from annotations.errors import InputError
from annotations.formats import read_documents
from annotations.sources import Chunk, Origin, Reject
from model.pipeline.local import run_local
from model.pipeline.part import Part
from model.pipeline.work import WorkerSettings

ray = pytest.importorskip("ray", reason="Ray is not installed (extra: ray)")

from model.pipeline.ray_engine import Pool, pool_of, run_ray  # noqa: E402


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def chunks() -> list[Chunk]:
    """Six chunks: the third has two rejects, the fifth nothing else."""
    documents = [Document(d.id, d.text, meta={"url": d.id}) for d in read_documents(FOLDER / "dev")][:10]
    rejects = (Reject(Origin("a.jsonl", 7), "bad JSON"), Reject(Origin("b.txt"), "the text is empty", "b"))
    groups = [documents[0:1], documents[1:5], documents[5:6], documents[6:8], [], documents[8:]]
    lost = {2: rejects, 4: rejects[:1]}
    return [
        Chunk(number, tuple(group), lost.get(number, ()), number / 10) for number, group in enumerate(groups)
    ]


def _settings(folder: Path, format: str = "spans-jsonl") -> WorkerSettings:
    return WorkerSettings(format, folder, "cpu", threads=1)  # type: ignore[arg-type]


def _documents(parts: Sequence[Part]) -> list[Document]:
    lines = [line for part in parts for line in part.data.decode("utf-8").splitlines()]
    return [jsonl.from_dict(jsonl.loads(line)) for line in lines]


def _rows(part: Part) -> list[dict[str, object]]:
    """Rows without what depends on the last digit of a score."""
    rows = [json.loads(line) for line in part.data.decode("utf-8").splitlines()]
    return [{key: value for key, value in row.items() if key != "confidence"} for row in rows]


def test_the_same_as_the_local_engine(cluster: None, untrained: Path, chunks: list[Chunk]) -> None:
    local = list(run_local(chunks, _settings(untrained), 1))
    remote = list(run_ray(iter(chunks), _settings(untrained), 2))
    assert [part.number for part in remote] == list(range(len(chunks)))
    for one, other in zip(remote, local, strict=True):
        assert (one.articles, one.rows, one.spans) == (other.articles, other.rows, other.spans)
        assert (one.rejects, one.position) == (other.rejects, other.position)
    assert sum(part.spans for part in remote) > 0
    for found, expected in zip(_documents(remote), _documents(local), strict=True):
        assert (found.id, found.text, found.meta) == (expected.id, expected.text, expected.meta)
        for kind in ("spans", "relations"):
            ours, theirs = getattr(found, kind), getattr(expected, kind)
            assert [one.to_dict() | {"score": None} for one in ours] == [
                one.to_dict() | {"score": None} for one in theirs
            ]
            assert [one.score for one in ours] == pytest.approx([one.score for one in theirs], abs=1e-3)


def test_a_model_that_is_missing_is_told(cluster: None, tmp_path: Path, chunks: list[Chunk]) -> None:
    with pytest.raises(InputError, match="no extractor here"):
        list(run_ray(chunks, _settings(tmp_path), 1))


def test_rows_are_the_same_until_the_input_breaks_off(
    cluster: None, untrained: Path, chunks: list[Chunk]
) -> None:
    def breaking() -> Iterator[Chunk]:
        yield chunks[0]
        raise InputError("gone", source="hf:news")

    settings = _settings(untrained, "rows-jsonl")
    remote = run_ray(breaking(), settings, 1)
    found, expected = _rows(next(remote)), _rows(next(run_local(chunks, settings, 1)))
    assert found == expected != []
    with pytest.raises(InputError, match="hf:news: gone"):
        next(remote)


def test_who_stops_listening_stops_the_reading(cluster: None, untrained: Path, chunks: list[Chunk]) -> None:
    read = 0

    def endless() -> Iterator[Chunk]:
        nonlocal read
        while True:
            yield Chunk(read, chunks[0].documents, (), None)
            read += 1

    parts = run_ray(endless(), _settings(untrained), 1)
    assert next(parts).number == 0
    parts.close()  # type: ignore[attr-defined]
    so_far = read
    assert ray.is_initialized(), "a cluster that was there before is left as it is"
    assert read == so_far < 10_000


def _node(**resources: float) -> dict[str, object]:
    return {"Alive": True, "Resources": resources}


def test_the_pool_fits_the_cluster() -> None:
    plain = WorkerSettings("spans-jsonl")
    cores = [_node(CPU=4.0), _node(CPU=2.0), {"Alive": False, "Resources": {"CPU": 99.0}}]
    assert pool_of(cores, plain, None) == Pool(6, 1, 0)
    assert pool_of(cores, WorkerSettings("spans-jsonl", threads=2), None) == Pool(3, 2, 0)
    assert pool_of(cores, plain, 2) == Pool(2, 2.0, 0), "no extractor needs more cores than a machine has"
    assert pool_of(cores, plain, 12) == Pool(12, 0.5, 0)
    mixed = [_node(CPU=8.0, GPU=2.0), _node(CPU=8.0, GPU=1.0)]
    assert pool_of(mixed, plain, None) == Pool(3, 1, 1)
    assert pool_of(mixed, WorkerSettings("spans-jsonl", device="cpu"), None).gpus == 0
    with pytest.raises(InputError, match="no GPU"):
        pool_of(cores, WorkerSettings("spans-jsonl", device="cuda"), None)
