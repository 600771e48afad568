"""From text files to masked batches: nothing lost on the way, whole syllables hidden."""

import bz2
import gzip
import lzma
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.errors import InputError
from model.tokenizers import SyllableTokenizer
from training.pretrain.config import PretrainConfig
from training.pretrain.masking import IGNORED, Vocabulary, mask
from training.pretrain.pack import learn_tokenizer, pack, read_stream
from training.pretrain.source import articles
from training.pretrain.windows import Mixture, Windows

ARTICLES = [
    [f"Bài {number}: xã đạt {number},5% kế hoạch năm 20{number % 90 + 10}.", "Thu ngân sách tăng trưởng khá."]
    for number in range(60)
] + [["Đội bóng thắng hai trận liền trên sân nhà."]] * 20


@pytest.fixture(scope="module")
def tokenizer() -> SyllableTokenizer:
    return learn_tokenizer(ARTICLES, 100, 1200)


@pytest.mark.parametrize(
    ("suffix", "opener"), [(".txt", open), (".gz", gzip.open), (".xz", lzma.open), (".bz2", bz2.open)]
)
def test_articles_are_read_from_any_file(tmp_path: Path, suffix: str, opener) -> None:  # type: ignore[no-untyped-def]
    with opener(tmp_path / f"news{suffix}", "wt", encoding="utf-8") as file:
        file.write("một\nhai\n\n\nba\n")
    assert list(articles([tmp_path])) == [["một", "hai"], ["ba"]]


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.xz").write_bytes(b"no archive")
    with pytest.raises(InputError, match=r"bad\.xz: cannot be read"):
        list(articles([tmp_path]))
    with pytest.raises(InputError, match="no such file"):
        list(articles([tmp_path / "absent"]))


def test_packing_loses_no_token(tokenizer: SyllableTokenizer, tmp_path: Path) -> None:
    config = PretrainConfig(
        text=[tmp_path], steps=1, heldout_every=7, focus=["kế hoạch", "tăng trưởng"], focus_hits=2
    )
    counts = pack(ARTICLES, tokenizer, config, tmp_path / "tokens")
    streams = {name: read_stream(tmp_path / "tokens", name) for name in counts}
    assert {name: len(stream) for name, stream in streams.items()} == counts
    packed = np.concatenate(list(streams.values()))
    expected = np.concatenate(
        [encoding.ids for text in ARTICLES for encoding in tokenizer.encode_batch(text)]
    )
    content = packed[(packed != tokenizer.sep_id) & (packed != tokenizer.line_break_id)]
    assert np.array_equal(np.sort(content), np.sort(expected))
    assert {name: int((stream == tokenizer.sep_id).sum()) for name, stream in streams.items()} == {
        "general": 17,
        "focus": 52,
        "heldout": 11,
    }


@given(tokens=st.integers(1, 300), length=st.integers(3, 20), turn=st.integers(0, 3))
def test_one_pass_reads_every_token(tokens: int, length: int, turn: int) -> None:
    stream = np.arange(10, 10 + tokens, dtype="<u2")
    windows = Windows(stream, length, cls_id=0, sep_id=2, seed=1)
    rows = windows.rows(turn * windows.per_pass, windows.per_pass)
    assert rows.shape == (windows.per_pass, length)
    assert set(rows[:, 1:-1].ravel()) == set(stream.tolist())
    assert (rows[:, 0] == 0).all() and (rows[:, -1] == 2).all()


def test_windows_depend_on_seed_and_number_alone() -> None:
    stream = np.arange(100, dtype="<u2")
    first, second = (Windows(stream, 12, cls_id=0, sep_id=2, seed=5) for _ in range(2))
    assert np.array_equal(first.rows(0, 25), np.concatenate([second.rows(0, 9), second.rows(9, 16)]))


def test_a_mixture_draws_its_share() -> None:
    general = Windows(np.full(50, 7, dtype="<u2"), 12, cls_id=0, sep_id=2, seed=0)
    focus = Windows(np.full(50, 8, dtype="<u2"), 12, cls_id=0, sep_id=2, seed=0)
    drawn: dict[str, int] = {}
    rows = Mixture(general, focus, 0.3).rows(drawn, 10)
    assert [(rows[:, 1] == value).sum() for value in (7, 8)] == [7, 3]
    assert drawn == {"general": 7, "focus": 3}
    assert len(Mixture(general, None, 0.3).rows({}, 10)) == 10


@settings(max_examples=40)
@given(seed=st.integers(0, 1000), share=st.floats(0.05, 0.6), start=st.integers(0, 500))
def test_whole_syllables_are_hidden(
    tokenizer: SyllableTokenizer, seed: int, share: float, start: int
) -> None:
    vocabulary = Vocabulary.of(tokenizer)
    stream = np.concatenate([encoding.ids for text in ARTICLES for encoding in tokenizer.encode_batch(text)])
    ids = Windows(stream.astype("<u2"), 26, cls_id=tokenizer.cls_id, sep_id=tokenizer.sep_id, seed=1).rows(
        start, 8
    )
    batch = mask(ids, vocabulary, share, np.random.default_rng(seed))
    assert len(batch.places) == len(batch.labels) == int(share * ids.size)
    places = batch.places[batch.labels != IGNORED]
    assert np.array_equal(ids.ravel()[places], batch.labels[batch.labels != IGNORED])
    assert vocabulary.ordinary[ids.ravel()[places]].all()
    hidden = np.zeros(ids.size, dtype=bool)
    hidden[places] = True
    hidden = hidden.reshape(ids.shape)
    inside = vocabulary.continues[ids[:, 2:]]
    assert np.array_equal(hidden[:, 2:][inside], hidden[:, 1:-1][inside])
    assert np.array_equal(batch.inputs[~hidden], ids[~hidden])


def test_most_hidden_tokens_become_the_mask(tokenizer: SyllableTokenizer) -> None:
    vocabulary = Vocabulary.of(tokenizer)
    ids = np.random.default_rng(0).choice(np.flatnonzero(vocabulary.ordinary), (64, 128))
    batch = mask(ids, vocabulary, 0.25, np.random.default_rng(0))
    read = batch.inputs.ravel()[batch.places]
    assert 0.75 < (read == tokenizer.mask_id).mean() < 0.85
    assert 0.06 < (read == batch.labels).mean() < 0.14
