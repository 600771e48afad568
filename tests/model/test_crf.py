"""The CRF against all paths, counted one by one."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
import torch
from hypothesis import given, strategies
from torch import Tensor

from model.chains import Steps
from model.crf import STATES, LayeredCRF


@pytest.fixture(scope="module")
def crf() -> LayeredCRF:
    torch.manual_seed(0)
    layer = LayeredCRF(2)
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter)
    return layer


@pytest.fixture(scope="module")
def emissions() -> Tensor:
    return torch.randn(2, 4, 2, STATES, generator=torch.Generator().manual_seed(1))


MASK = torch.tensor([[True] * 4, [True, True, False, False]])


def path_score(crf: LayeredCRF, scores: Tensor, layer: int, path: tuple[int, ...]) -> float:
    total = float(crf.start[layer, path[0]] + crf.end[layer, path[-1]])
    total += sum(float(scores[t, layer, state]) for t, state in enumerate(path))
    total += sum(float(crf.transitions[layer, a, b]) for a, b in pairwise(path))
    forbidden = path[0] == 2 or any(a == 0 and b == 2 for a, b in pairwise(path))
    return total - 1e4 * forbidden


def all_paths(crf: LayeredCRF, scores: Tensor, layer: int, length: int) -> dict[tuple[int, ...], float]:
    return {path: path_score(crf, scores, layer, path) for path in product(range(STATES), repeat=length)}


def test_likelihood_is_that_of_all_paths(crf: LayeredCRF, emissions: Tensor) -> None:
    tags = torch.tensor([[[1, 0], [2, 1], [0, 2], [1, 0]], [[0, 1], [1, 1], [0, 0], [0, 0]]])
    expected = 0.0
    for row, length in enumerate((4, 2)):
        for layer in range(2):
            scores = all_paths(crf, emissions[row], layer, length)
            gold = scores[tuple(tags[row, :length, layer].tolist())]
            expected += float(torch.logsumexp(torch.tensor(list(scores.values())), 0)) - gold
    assert float(crf.negative_log_likelihood(emissions, MASK, tags)) == pytest.approx(expected, rel=1e-4)


LENGTHS = np.array([4, 2])


def answered(emissions: Tensor) -> tuple[Tensor, Steps]:
    """The lines of `emissions` as inference takes them: one after another, without padding."""
    return emissions[MASK], Steps.of(LENGTHS, emissions.device)


def test_viterbi_is_the_best_path(crf: LayeredCRF, emissions: Tensor) -> None:
    best = crf.viterbi(*answered(emissions)).split(LENGTHS.tolist())
    for row, length in enumerate(LENGTHS):
        for layer in range(2):
            scores = all_paths(crf, emissions[row], layer, length)
            assert tuple(best[row][:, layer].tolist()) == max(scores, key=scores.__getitem__)


def test_posteriors_are_those_of_all_paths(crf: LayeredCRF, emissions: Tensor) -> None:
    states, inside = (part.split(LENGTHS.tolist()) for part in crf.posteriors(*answered(emissions)))
    for row, length in enumerate(LENGTHS):
        for layer in range(2):
            scores = all_paths(crf, emissions[row], layer, length)
            weights = torch.softmax(torch.tensor(list(scores.values()), dtype=torch.float64), 0)
            probability = dict(zip(scores, weights.tolist(), strict=True))
            for t in range(length):
                for state in range(STATES):
                    summed = sum(p for path, p in probability.items() if path[t] == state)
                    assert float(states[row][t, layer, state]) == pytest.approx(summed, abs=1e-5)
                for before in (1, 2) if t else ():
                    joint = sum(
                        p for path, p in probability.items() if path[t - 1] == before and path[t] == 2
                    )
                    alone = sum(p for path, p in probability.items() if path[t - 1] == before)
                    assert float(inside[row][t, layer, before - 1]) * alone == pytest.approx(joint, abs=1e-5)
        assert not inside[row][0].any()


@given(
    lengths=strategies.lists(strategies.integers(1, 9), min_size=1, max_size=8),
    scale=strategies.sampled_from([0.1, 3.0, 60.0]),
    seed=strategies.integers(0, 2**16),
)
def test_lines_do_not_touch_each_other(lengths: list[int], scale: float, seed: int) -> None:
    """Lines of any lengths together are answered as each of them alone, however sure the scores are."""
    generator = torch.Generator().manual_seed(seed)
    crf = LayeredCRF(3)
    for parameter in crf.parameters():
        torch.nn.init.normal_(parameter, generator=generator)
    scores = scale * torch.randn(sum(lengths), 3, STATES, generator=generator)
    steps = Steps.of(np.array(lengths), scores.device)
    tags, (states, inside) = crf.viterbi(scores, steps), crf.posteriors(scores, steps)
    assert torch.isfinite(states).all() and torch.isfinite(inside).all()
    assert torch.allclose(states.sum(2), torch.ones(states.shape[:2]), atol=1e-5)
    for line, (own, path, marginal) in enumerate(
        zip(scores.split(lengths), tags.split(lengths), states.split(lengths), strict=True)
    ):
        alone = Steps.of(np.array(lengths[line : line + 1]), scores.device)
        assert torch.equal(crf.viterbi(own, alone), path)
        assert torch.allclose(crf.posteriors(own, alone)[0], marginal, atol=1e-6)


def test_no_lines() -> None:
    scores, steps = torch.zeros(0, 2, STATES), Steps.of(np.array([], dtype=np.int64), torch.device("cpu"))
    crf = LayeredCRF(2)
    assert crf.viterbi(scores, steps).shape == (0, 2)
    assert [len(part) for part in crf.posteriors(scores, steps)] == [0, 0]
