"""The CRF against all paths, counted one by one."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
import torch
from torch import Tensor

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


def test_viterbi_is_the_best_path(crf: LayeredCRF, emissions: Tensor) -> None:
    best = crf.viterbi(emissions, MASK)
    for row, length in enumerate((4, 2)):
        for layer in range(2):
            scores = all_paths(crf, emissions[row], layer, length)
            assert tuple(best[row, :length, layer].tolist()) == max(scores, key=scores.__getitem__)
    assert not best[1, 2:].any()


def test_posteriors_are_those_of_all_paths(crf: LayeredCRF, emissions: Tensor) -> None:
    states, inside = crf.posteriors(emissions, MASK)
    for row, length in enumerate((4, 2)):
        for layer in range(2):
            scores = all_paths(crf, emissions[row], layer, length)
            weights = torch.softmax(torch.tensor(list(scores.values()), dtype=torch.float64), 0)
            probability = dict(zip(scores, weights.tolist(), strict=True))
            for t in range(length):
                for state in range(STATES):
                    summed = sum(p for path, p in probability.items() if path[t] == state)
                    assert float(states[row, t, layer, state]) == pytest.approx(summed, abs=1e-5)
                for before in (1, 2) if t else ():
                    joint = sum(
                        p for path, p in probability.items() if path[t - 1] == before and path[t] == 2
                    )
                    alone = sum(p for path, p in probability.items() if path[t - 1] == before)
                    assert float(inside[row, t, layer, before - 1]) * alone == pytest.approx(joint, abs=1e-5)
    assert not inside[:, 0].any()
