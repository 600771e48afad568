"""N-grams of pieces, and what the network makes of them."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import RobertaConfig

from model.configuration import ExtractorConfig
from model.network import ExtractorModel
from model.ngrams import TEMPLATES, IntArray, ngrams

LINES = st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=8), min_size=1, max_size=4)


def numbered(lines: list[list[int]]) -> IntArray:
    ids = np.array([piece for line in lines for piece in line], dtype=np.int64)
    return ngrams(ids, np.repeat(np.arange(len(lines)), [len(line) for line in lines]))


@given(LINES)
def test_a_line_knows_nothing_of_the_others(lines: list[list[int]]) -> None:
    assert (numbered(lines) == np.concatenate([numbered([line]) for line in lines])).all()


@given(st.lists(st.integers(0, 5), min_size=1, max_size=40))
def test_equal_n_grams_have_equal_numbers_and_others_have_not(pieces: list[int]) -> None:
    found = numbered([pieces])
    assert found.shape == (len(pieces), len(TEMPLATES))
    seen: dict[int, tuple[object, ...]] = {}
    for place, row in enumerate(found.tolist()):
        for number, template in zip(row, TEMPLATES, strict=True):
            words = tuple(
                pieces[place + step] if 0 <= place + step < len(pieces) else None for step in template
            )
            assert 0 <= number < 2**32
            assert seen.setdefault(number, (template, words)) == (template, words)


def test_no_piece_has_no_n_grams() -> None:
    empty = np.array([], dtype=np.int64)
    assert ngrams(empty, empty).shape == (0, len(TEMPLATES))


def network(rows: int) -> ExtractorModel:
    encoder = RobertaConfig(
        vocab_size=20, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8
    )
    torch.manual_seed(1)
    config = ExtractorConfig(encoder=encoder.to_dict(), ngrams=rows, ngram_dropout=0.5)
    config._attn_implementation = "eager"
    model = ExtractorModel(config)
    model.train(False)
    return model


def test_weights_of_n_grams_are_added_to_what_the_encoder_says() -> None:
    states, found = torch.randn(3, 8), torch.from_numpy(numbered([[1, 2, 1]]))
    without, model = network(0), network(64)
    assert without.ngrams is None
    plain = without.emissions(states, found)
    assert model.ngrams is not None
    assert torch.equal(model.emissions(states, found), model.tagger(states).view_as(plain))
    model.ngrams.weight.data.normal_()
    expected = model.tagger(states) + model.ngrams.weight[found % 64].sum(1)
    assert torch.allclose(model.emissions(states, found).flatten(1), expected, atol=1e-6)
    model.train()
    assert not torch.equal(model.emissions(states, found), model.emissions(states, found))
