"""What a linear-chain CRF answers about many lines at once: their best tags, and how probable those are.

Lines of unequal length are laid out by position instead of being padded: first all first pieces, then all second ones,
the longest lines in front. Each step of a recursion then is one product over exactly the lines that still go on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

IntArray = npt.NDArray[np.int64]

_LEAST = -300.0
"""Scores are this far (nats) below a piece's best at most: smaller probabilities would be lost in float64."""


@dataclass(frozen=True, slots=True)
class Steps:
    """How lines, which lie one after another, are laid out by position.

    Attributes
    ----------
    order
        Where each place of the new layout takes its piece from, shape `(pieces,)`.
    sizes
        How many lines reach each position, never growing, shape `(longest line,)`.
    """

    order: Tensor
    sizes: list[int]

    @classmethod
    def of(cls, lengths: IntArray, device: torch.device) -> Steps:
        """The layout of lines of these lengths, none of them 0."""
        lines = np.argsort(-lengths, kind="stable")
        sizes = np.searchsorted(np.sort(-lengths), -np.arange(lengths.max(initial=0)), side="left")
        position = np.repeat(np.arange(len(sizes)), sizes)
        rank = np.arange(len(position)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        starts = np.cumsum(lengths) - lengths
        return cls(torch.from_numpy(starts[lines][rank] + position).to(device), sizes.tolist())

    def back(self, values: Tensor) -> Tensor:
        """Values in the new layout, put back into the order of the lines."""
        result = torch.empty_like(values)
        result[self.order] = values
        return result


def best_tags(scores: Tensor, steps: Steps, start: Tensor, transitions: Tensor, end: Tensor) -> Tensor:
    """The best path through every line and layer (Viterbi 1967).

    Parameters
    ----------
    scores
        `(pieces, layers, states)`.
    start, transitions, end
        `(layers, states)`, `(layers, from, to)`, `(layers, states)`.

    Returns
    -------
    Tensor
        `(pieces, layers)`.
    """
    if not steps.sizes:
        return torch.zeros(scores.shape[:2], dtype=torch.long, device=scores.device)
    emitted = scores[steps.order].split(steps.sizes)
    best = start + emitted[0]
    pointers = []
    for emission in emitted[1:]:
        reached, pointer = (best[: len(emission)].unsqueeze(3) + transitions).max(2)
        best[: len(emission)] = reached + emission
        pointers.append(pointer)
    state = (best + end).argmax(2, keepdim=True)
    found = []
    for pointer in reversed(pointers):
        going_on = state[: len(pointer)]
        found.append(going_on.clone())
        state[: len(pointer)] = pointer.gather(2, going_on)
    return steps.back(torch.cat([state, *reversed(found)]).squeeze(2))


def marginals(
    scores: Tensor, steps: Steps, start: Tensor, transitions: Tensor, end: Tensor, into: int
) -> tuple[Tensor, Tensor]:
    """Probabilities of states, and of moving on to one of them: forward-backward with scaling (Rabiner 1989, V.A).

    Parameters are those of `best_tags`, and the state moved into.

    Returns
    -------
    states
        `p(y_t)`, float32, shape `(pieces, layers, states)`.
    moves
        `p(y_t = into | y_{t-1})` for each state before, float32, shape `(pieces, layers, states)`; 0 at a line's first
        piece.
    """
    if not steps.sizes:
        return torch.zeros_like(scores, dtype=torch.float32), torch.zeros_like(scores, dtype=torch.float32)
    potential = _exponential(scores[steps.order], -1).transpose(0, 1).contiguous()
    move = _exponential(transitions, (1, 2))
    ahead = _forward(potential, steps.sizes, _exponential(start, -1), move)
    behind = _backward(potential, steps.sizes, _exponential(end, -1), move)
    states = ahead * behind
    states /= states.sum(2, keepdim=True)
    onward = potential * behind
    moves = onward[:, :, into, None] * move[:, None, :, into] / (onward @ move.transpose(1, 2))
    moves[:, : steps.sizes[0]] = 0
    by_state, by_move = (steps.back(part.transpose(0, 1).float()) for part in (states, moves))
    return by_state, by_move


def _exponential(scores: Tensor, dimensions: int | tuple[int, ...]) -> Tensor:
    """Scores as weights, the greatest of them 1."""
    double = scores.double()
    return (double - double.amax(dimensions, keepdim=True)).clamp(min=_LEAST).exp()


def _forward(potential: Tensor, sizes: list[int], start: Tensor, move: Tensor) -> Tensor:
    """Weight of all that leads to each state, in the layout of `Steps`, up to a factor: `(layers, pieces, states)`."""
    result = torch.empty_like(potential)
    emitted, reached = potential.split(sizes, 1), result.split(sizes, 1)
    torch.mul(start.unsqueeze(1), emitted[0], out=reached[0])
    for position in range(1, len(sizes)):
        before = reached[position - 1][:, : sizes[position]]
        here = (before @ move) * emitted[position]
        torch.div(here, here.sum(2, keepdim=True), out=reached[position])
    return result


def _backward(potential: Tensor, sizes: list[int], end: Tensor, move: Tensor) -> Tensor:
    """Weight of all that follows each state, in the layout of `Steps`, up to a factor: `(layers, pieces, states)`."""
    result = end.unsqueeze(1).expand_as(potential).contiguous()
    emitted, reached = potential.split(sizes, 1), result.split(sizes, 1)
    back = move.transpose(1, 2)
    for position in range(len(sizes) - 1, 0, -1):
        here = (emitted[position] * reached[position]) @ back
        torch.div(here, here.sum(2, keepdim=True), out=reached[position - 1][:, : sizes[position]])
    return result
