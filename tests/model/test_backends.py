"""Encoder backends: the same states whatever computes them, and however much is computed at once."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from transformers import (
    AutoModel,
    BertConfig,
    CamembertConfig,
    ElectraConfig,
    PretrainedConfig,
    PreTrainedModel,
    RobertaConfig,
    XLMRobertaConfig,
)

from annotations.corpus import FOLDER
from annotations.document import Document
from annotations.errors import InputError
from annotations.formats import read_documents
from model.backends.encoder import Encoder, IntArray, Name, Thrifty, batches
from model.backends.opening import FILES, available
from model.backends.packed import PackedEncoder, Shape, states_of
from model.backends.pytorch import PaddedEncoder, encoder_of, packing
from model.extractor import Extractor
from model.network import load_network

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return list(read_documents(FOLDER / "dev"))[:4]


@pytest.fixture(scope="module")
def extractor(untrained: Path) -> Extractor:
    return Extractor.from_pretrained(untrained, device="cpu", dtype=torch.float32)


@pytest.fixture(scope="module")
def network(untrained: Path) -> PreTrainedModel:
    """Its encoder as transformers computes it."""
    encoder: PreTrainedModel = load_network(untrained, CPU, torch.float32).encoder
    return encoder


@pytest.fixture(scope="module")
def exported(untrained: Path, documents: list[Document], tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("onnxruntime", reason="ONNX Runtime is not installed")
    pytest.importorskip("onnx", reason="onnx is not installed")
    from model.backends.export import export

    output = tmp_path_factory.mktemp("exported") / "model"
    parities = export(untrained, output, int8=True, documents=documents, force=True)
    assert [parity.name for parity in parities] == ["onnx", "int8"]
    assert parities[0].holds, str(parities[0])
    return output


def some_windows(lengths: Sequence[int], seed: int) -> list[IntArray]:
    rng = np.random.default_rng(seed)
    return [np.concatenate([[0], rng.integers(5, 1500, length), [2]]) for length in lengths]


def states(encoder: Encoder, windows: Sequence[IntArray], budget: int | None = None) -> list[Tensor]:
    """The states of each window, in the order in which they are given."""
    thrifty = Thrifty(encoder)
    thrifty.budget = budget or thrifty.budget
    found: dict[int, Tensor] = {}
    with torch.inference_mode():
        for numbers, computed in thrifty(windows):
            parts = computed.split([len(windows[number]) for number in numbers])
            found |= dict(zip(numbers, parts, strict=True))
    return [found[number] for number in range(len(windows))]


@settings(max_examples=20)
@given(
    lengths=st.lists(st.integers(1, 60), min_size=1, max_size=9),
    budget=st.integers(1, 300),
    seed=st.integers(0, 999),
)
def test_packed_padded_and_alone_are_the_same(
    extractor: Extractor, network: PreTrainedModel, lengths: list[int], budget: int, seed: int
) -> None:
    packed, padded = extractor.encoder, PaddedEncoder(network, extractor.tokenizer.pad_id)
    assert isinstance(packed, PackedEncoder)
    windows = some_windows(lengths, seed)
    with torch.inference_mode():
        alone = [network(input_ids=torch.from_numpy(w)[None]).last_hidden_state[0] for w in windows]
    for found in (states(packed, windows, budget), states(padded, windows, budget), states(packed, windows)):
        for one, other in zip(found, alone, strict=True):
            torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-4)


def small(config: type[PretrainedConfig], **settings: Any) -> PreTrainedModel:
    """An untrained network whose every weight is drawn, those that usually begin as 0 or 1, too."""
    torch.manual_seed(3)
    sizes = {"vocab_size": 1600, "hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 3}
    sizes |= {"intermediate_size": 40, "max_position_embeddings": 80}
    made: PreTrainedModel = AutoModel.from_config(config(**sizes, **settings))
    for weight in made.parameters():
        torch.nn.init.normal_(weight, std=0.2)
    return made.eval()


@pytest.mark.parametrize("config", [RobertaConfig, XLMRobertaConfig, CamembertConfig, BertConfig])
def test_of_each_family_states_are_those_of_transformers(config: type[PretrainedConfig]) -> None:
    network, windows = small(config, pad_token_id=4), some_windows([7, 30, 7, 1], 0)
    packed = encoder_of(network, 4)
    assert isinstance(packed, PackedEncoder)
    with torch.inference_mode():
        for window, found in zip(windows, states(packed, windows), strict=True):
            expected = network(input_ids=torch.from_numpy(window)[None]).last_hidden_state[0]
            torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)


def test_in_training_states_drop_out_as_in_transformers() -> None:
    network = small(RobertaConfig, hidden_dropout_prob=0.3, attention_probs_dropout_prob=0).train()
    ids = torch.from_numpy(some_windows([40], 0)[0])
    shape = Shape.of(network.config.to_dict())
    assert shape and packing(network)
    torch.manual_seed(0)
    expected = network(input_ids=ids[None]).last_hidden_state[0]
    torch.manual_seed(0)
    found = states_of(network.state_dict(), shape, ids, [len(ids)], dropout=0.3)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)
    assert not torch.allclose(found, states_of(network.state_dict(), shape, ids, [len(ids)]), atol=0.1)


@pytest.mark.parametrize(
    "config, settings",
    [(ElectraConfig, {}), (RobertaConfig, {"hidden_act": "relu"}), (RobertaConfig, {"is_decoder": True})],
)
def test_other_encoders_are_padded(config: type[PretrainedConfig], settings: dict[str, Any]) -> None:
    assert isinstance(encoder_of(small(config, **settings), 1), PaddedEncoder)


def test_the_encoder_has_the_numbers_that_are_asked_for(
    untrained: Path, extractor: Extractor, network: PreTrainedModel
) -> None:
    """In bfloat16, as on a GPU or with AMX, the heads still compute in float32."""
    loaded = load_network(untrained, CPU, torch.bfloat16)
    assert {weight.dtype for weight in loaded.encoder.parameters()} == {torch.bfloat16}
    assert {weight.dtype for weight in loaded.heads.parameters()} == {torch.float32}
    assert network.dtype == torch.float32
    windows = some_windows([30, 7], 0)
    rough = Extractor.from_pretrained(untrained, device="cpu", dtype=torch.bfloat16)
    for half in (rough.encoder, PaddedEncoder(loaded.encoder, 1)):
        for one, other in zip(states(half, windows), states(extractor.encoder, windows), strict=True):
            assert one.dtype == torch.float32
            assert 1e-4 < float((one - other).abs().max()) < 0.1


def test_compiled_encoders_are_padded(network: PreTrainedModel) -> None:
    compiled = type(network)(network.config)
    assert isinstance(encoder_of(compiled, 1), PackedEncoder)
    compiled.compile(dynamic=True)
    assert isinstance(encoder_of(compiled, 1), PaddedEncoder)


def test_what_shall_be_computed_twice_to_save_memory_is_not_packed(network: PreTrainedModel) -> None:
    saving = type(network)(network.config)
    assert packing(saving)
    saving.gradient_checkpointing_enable()
    assert not packing(saving)


class Cramped:
    """An encoder on a device whose memory holds so many pieces and no more."""

    name: Name = "torch"

    def __init__(self, encoder: Encoder, memory: int) -> None:
        self.encoder, self.memory, self.budget = encoder, memory, 4096
        self.calls: list[int] = []

    def __call__(self, windows: Sequence[IntArray]) -> Tensor:
        self.calls.append(sum(map(len, windows)))
        if self.calls[-1] > self.memory:
            raise torch.OutOfMemoryError("out of memory")
        return self.encoder(windows)


def test_too_little_memory_halves_the_batch(extractor: Extractor) -> None:
    windows = some_windows([30] * 40, 0)
    roomy = extractor.encoder
    cramped = Cramped(roomy, memory=200)
    for one, other in zip(states(cramped, windows), states(roomy, windows), strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-4)
    failed = [size for size in cramped.calls if size > cramped.memory]
    assert len(failed) <= 4, "what has failed once is not tried again and again"


def test_what_was_learnt_about_the_memory_is_kept(extractor: Extractor) -> None:
    cramped = Cramped(extractor.encoder, memory=200)
    thrifty, windows = Thrifty(cramped), some_windows([30] * 40, 0)
    with torch.inference_mode():
        list(thrifty(windows))
        cramped.calls.clear()
        list(thrifty(windows))
    assert max(cramped.calls) <= cramped.memory


def test_a_window_that_does_not_fit_alone_is_an_error(extractor: Extractor) -> None:
    with pytest.raises(torch.OutOfMemoryError):
        states(Cramped(extractor.encoder, memory=10), some_windows([30, 30], 0))


def test_extraction_goes_on_with_little_memory(extractor: Extractor, documents: list[Document]) -> None:
    roomy = extractor.encoder
    longest = extractor.settings.window + 2
    cramped = extractor.with_encoder(Cramped(roomy, memory=longest))
    assert_same(extractor.extract(documents), cramped.extract(documents))


def assert_same(expected: Iterator[Document], found: Iterator[Document], within: float = 1e-3) -> None:
    for one, other in zip(expected, found, strict=True):
        assert [(s.start, s.end, s.label) for s in one.spans] == [
            (s.start, s.end, s.label) for s in other.spans
        ]
        assert [(r.head, r.tail, r.label) for r in one.relations] == [
            (r.head, r.tail, r.label) for r in other.relations
        ]
        for before, after in zip((*one.spans, *one.relations), (*other.spans, *other.relations), strict=True):
            assert before.score == pytest.approx(after.score, abs=within)


@pytest.mark.parametrize("threads", [1, 2])
def test_onnx_finds_the_same(
    extractor: Extractor, exported: Path, documents: list[Document], threads: int
) -> None:
    before = torch.get_num_threads()
    try:
        loaded = Extractor.from_pretrained(exported, device="cpu", backend="onnx", threads=threads)
        assert loaded.backend == "onnx"
        assert_same(extractor.extract(documents), loaded.extract(documents))
    finally:
        torch.set_num_threads(before)


def test_int8_does_not_depend_on_what_is_beside(exported: Path, documents: list[Document]) -> None:
    loaded = Extractor.from_pretrained(exported, device="cpu")
    assert loaded.backend == "int8", "the fastest is taken"
    together = list(loaded.extract(documents))
    assert_same(iter(together), (loaded.extract(document) for document in documents))
    assert_same(iter(together), reversed(list(loaded.extract(documents[::-1]))))  # type: ignore[arg-type]


def test_int8_states_are_close(extractor: Extractor, exported: Path) -> None:
    from model.backends.onnx import OnnxEncoder

    windows = some_windows([1, 40, 7], 0)
    rounded = states(OnnxEncoder(exported / FILES["int8"], "int8", 1), windows)
    for one, other in zip(rounded, states(extractor.encoder, windows), strict=True):
        assert 0 < float((one - other).abs().mean()) < 0.05


def test_backends_that_are_not_there(untrained: Path, exported: Path, tmp_path: Path) -> None:
    assert available(exported, CPU) == ["int8", "torch", "onnx"]
    assert available(exported, torch.device("cuda")) == available(untrained, CPU) == ["torch"]
    with pytest.raises(InputError, match=r"no encoder-int8\.onnx here; make one with chitieu export --int8"):
        Extractor.from_pretrained(untrained, device="cpu", backend="int8")


def test_a_broken_export_says_so(exported: Path, tmp_path: Path) -> None:
    import shutil

    folder = tmp_path / "model"
    shutil.copytree(exported, folder)
    (folder / FILES["onnx"]).write_bytes(b"\x00garbage")
    with pytest.raises(InputError, match=r"encoder\.onnx: broken export: "):
        Extractor.from_pretrained(folder, device="cpu", backend="onnx")


def test_an_export_that_differs_is_not_written(
    untrained: Path, documents: list[Document], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("onnxruntime", reason="ONNX Runtime is not installed")
    pytest.importorskip("onnx", reason="onnx is not installed")
    from model.backends import export, graph

    monkeypatch.setattr(
        graph, "quantized", lambda weight: (np.sign(weight).astype(np.int8), np.abs(weight).max(0))
    )
    found = [document for document in Extractor.from_pretrained(untrained, device="cpu").extract(documents)]
    with pytest.raises(InputError, match="differs too much"):
        export.export(untrained, tmp_path / "out", int8=True, documents=found, force=False)
    assert not list(tmp_path.iterdir())
    parities = export.export(untrained, tmp_path / "out", int8=True, documents=found, force=True)
    assert [parity.holds for parity in parities] == [True, False]
    with pytest.raises(InputError, match="there already"):
        export.export(untrained, tmp_path / "out", int8=False, documents=found, force=False)


def test_batches_hold_every_window_once() -> None:
    lengths = [5, 0, 30, 7, 7, 100]
    found = list(batches(lengths, 40))
    assert sorted(i for batch in found for i in batch) == [0, 2, 3, 4, 5]
    assert all(len(batch) == 1 or len(batch) * max(lengths[i] for i in batch) <= 40 for batch in found)


def test_freed_memory_is_kept_where_the_library_can() -> None:
    """Large tensors are served from memory that was freed before: next to no page is touched for the first time."""
    if platform.libc_ver()[0] != "glibc":
        pytest.skip("only glibc can be told")
    program = """if True:
        import resource, torch
        from model.backends.allocation import keep_freed_memory
        faults = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        def work():
            before = faults()
            torch.ones(10_000_000)
            return faults() - before
        usual = min(work() for _ in range(16))
        assert keep_freed_memory()
        print(usual, min(work() for _ in range(16)))
    """
    usual, kept = _printed(program)
    assert kept < usual / 10


def test_batches_of_ever_new_sizes_leave_no_gaps_in_the_heap() -> None:
    if platform.libc_ver()[0] != "glibc":
        pytest.skip("only glibc can be told")
    program = """if True:
        import resource, sys
        import numpy as np, torch
        from model.backends.allocation import keep_freed_memory
        keep_freed_memory()
        from model.extractor import Extractor
        encode = Extractor.from_pretrained().encoder
        dice = np.random.default_rng(0)
        with torch.inference_mode():
            for batch in range(33):
                length = int(dice.integers(20, 60))
                encode([dice.integers(5, 8000, length)] * (2048 // length))
                if batch in (0, 32):
                    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)
    """
    first, last = _printed(program)
    assert last - first < 56  # MiB; with the kernels of every size kept, 70 to 78


def _printed(program: str) -> list[int]:
    """The numbers that a program prints in a process of its own, on one thread, with the allocators at their defaults."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "ONEDNN_"))}
    found = subprocess.run(
        [sys.executable, "-c", program],
        env=clean | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return [int(number) for number in found.stdout.split()]
