"""N-grams of words and pieces, and what the network makes of them."""

from __future__ import annotations

import unicodedata
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import RobertaConfig

from model.batch import all_ngrams, read
from model.configuration import ExtractorConfig
from model.extractor import DEFAULT_MODEL
from model.heads import Heads
from model.layout import layout
from model.network import ExtractorModel
from model.ngrams import TEMPLATES, IntArray, ngrams
from model.tokenizers import Tokenizer, load_tokenizer

_FORMS = [number for number, (view, _, _) in enumerate(TEMPLATES) if view == "form"]
LINES = st.lists(
    st.lists(
        st.sampled_from(["đạt", "Đạt", "65,5", "%", "xã", "nhuễ", "3/4", "_", "🌲"]), min_size=1, max_size=20
    ),
    min_size=1,
    max_size=4,
)


@cache
def _tokenizer() -> Tokenizer:
    return load_tokenizer(DEFAULT_MODEL)


def numbered(text: str) -> IntArray:
    (encoding,) = _tokenizer().encode_batch([text])
    found = ngrams([text], [encoding], layout(text, encoding).lines)
    assert found.shape == (len(encoding), len(TEMPLATES))
    assert ((found >= 0) & (found < 2**32)).all()
    return found


@given(LINES)
def test_a_line_knows_nothing_of_the_others(lines: list[list[str]]) -> None:
    *texts, last = [" ".join(line) for line in lines]
    alone = [numbered(text + "\n") for text in texts] + [numbered(last)]
    assert (numbered("\n".join([*texts, last])) == np.concatenate(alone)).all()


@given(st.lists(LINES | st.just([["\u200b"]]), min_size=1, max_size=4))
def test_a_text_knows_nothing_of_the_others(texts: list[list[list[str]]]) -> None:
    written = ["\n".join(" ".join(line) for line in lines) for lines in texts]
    readings = read(written, _tokenizer(), 510, 64)
    assert (all_ngrams(readings) == np.concatenate([numbered(text) for text in written])).all()


@given(LINES)
def test_equal_words_have_equal_numbers_and_others_have_not(lines: list[list[str]]) -> None:
    words = [word for line in lines for word in line]
    seen: dict[int, tuple[object, ...]] = {}
    for place, row in enumerate(numbered(" ".join(words))[_starts(words)].tolist()):
        for number, (view, name, steps) in zip(row, TEMPLATES, strict=True):
            if view == "form":
                around = [place + step for step in steps]
                key = (name, *(words[n].lower() if 0 <= n < len(words) else None for n in around))
                assert seen.setdefault(number, _digitless(key)) == _digitless(key)


def _starts(words: list[str]) -> list[int]:
    """The number of each word's first piece."""
    (encoding,) = _tokenizer().encode_batch([" ".join(words)])
    places = np.cumsum([0, *(len(word) + 1 for word in words[:-1])])
    return np.searchsorted(encoding.starts, places).tolist()


def _digitless(key: tuple[object, ...]) -> tuple[object, ...]:
    return tuple("".join("0" if sign.isdigit() else sign for sign in str(part)) for part in key)


@pytest.mark.parametrize(
    "other",
    [
        "TỶ LỆ HỘ NGHÈO CÒN 7,4%",
        unicodedata.normalize("NFD", "Tỷ lệ hộ nghèo còn 2,1%"),
        "tỷ lệ  hộ nghèo còn 0,0%",
    ],
)
def test_figures_capitals_and_spelling_are_one(other: str) -> None:
    first, second = (numbered(text)[-2:, _FORMS] for text in ("Tỷ lệ hộ nghèo còn 2,1%", other))
    assert (first == second).all()


def test_no_piece_has_no_n_grams() -> None:
    assert numbered("").shape == (0, len(TEMPLATES))


def heads(rows: int) -> Heads:
    """Heads whose weights of n-grams have learnt nothing yet."""
    encoder = RobertaConfig(
        vocab_size=20, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8
    )
    torch.manual_seed(1)
    config = ExtractorConfig(encoder=encoder.to_dict(), ngrams=rows, ngram_dropout=0.5)
    config._attn_implementation = "eager"
    return ExtractorModel(config).heads.eval()


def test_weights_of_n_grams_are_added_to_what_the_encoder_says() -> None:
    states, found = torch.randn(3, 8), torch.from_numpy(numbered("đạt 65 %"))
    without, model = heads(0), heads(64)
    assert without.ngrams is None
    plain = without.emissions(states, found)
    assert model.ngrams is not None
    assert torch.equal(model.emissions(states, found), model.tagger(states).view_as(plain))
    model.ngrams.weight.data.normal_()
    expected = model.tagger(states) + model.ngrams.weight[found % 64].sum(1)
    assert torch.allclose(model.emissions(states, found).flatten(1), expected, atol=1e-5)
    model.train()
    assert not torch.equal(model.emissions(states, found), model.emissions(states, found))
