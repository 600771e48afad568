"""A linear-chain conditional random field over many label layers at once.

Lafferty, McCallum & Pereira (2001); the recursions as in Sutton & McCallum (2012), sections 2 and 4. Every layer is a
sequence labelling of its own with the states O, B and I, so spans of different labels nest freely. A line of text is one
sequence: spans never cross lines, and the recursions are short.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

O, B, I = range(3)  # noqa: E741
STATES = 3
_FORBIDDEN = -1e4


class LayeredCRF(nn.Module):
    """Transition scores of `layers` independent BIO chains.

    Shapes: emissions `(rows, length, layers, 3)`, mask `(rows, length)` with every row's pieces first, tags
    `(rows, length, layers)`. All results are float32.
    """

    def __init__(self, layers: int) -> None:
        super().__init__()
        self.start = nn.Parameter(torch.zeros(layers, STATES))
        self.end = nn.Parameter(torch.zeros(layers, STATES))
        self.transitions = nn.Parameter(torch.zeros(layers, STATES, STATES))

    def _scores(self) -> tuple[Tensor, Tensor, Tensor]:
        """Start, transition and end scores; a span's inside follows neither a line's start nor an O."""
        outside = torch.tensor([0.0, 0.0, _FORBIDDEN], device=self.start.device)
        from_outside = outside * torch.tensor([[1.0], [0.0], [0.0]], device=self.start.device)
        return self.start.float() + outside, self.transitions.float() + from_outside, self.end.float()

    def negative_log_likelihood(self, emissions: Tensor, mask: Tensor, tags: Tensor) -> Tensor:
        """Summed over rows and layers, a scalar."""
        emissions = emissions.float()
        gold = self._path_score(emissions, mask, tags)
        total = torch.logsumexp(self._forward(emissions, mask)[-1] + self._scores()[2], -1).sum()
        return total - gold

    def _path_score(self, emissions: Tensor, mask: Tensor, tags: Tensor) -> Tensor:
        start, transitions, end = self._scores()
        layers = torch.arange(tags.shape[2], device=tags.device)
        emitted = emissions.gather(3, tags.unsqueeze(3)).squeeze(3)
        moved = transitions[layers, tags[:, :-1], tags[:, 1:]] * mask[:, 1:, None]
        last = tags.gather(
            1, (mask.sum(1) - 1).clamp(min=0)[:, None, None].expand(-1, 1, tags.shape[2])
        ).squeeze(1)
        whole = start[layers, tags[:, 0]] + end[layers, last]
        return (emitted * mask[:, :, None]).sum() + moved.sum() + whole.sum()

    def _forward(self, emissions: Tensor, mask: Tensor) -> list[Tensor]:
        """Log of the summed scores of all prefixes that end in a state: one `(rows, layers, 3)` for each position.

        Past a row's end the last one is repeated.
        """
        start, transitions, _ = self._scores()
        alphas = [start + emissions[:, 0]]
        steps, keep = emissions.unbind(1), mask.unbind(1)
        for position in range(1, len(steps)):
            reached = torch.logsumexp(alphas[-1].unsqueeze(3) + transitions, 2) + steps[position]
            alphas.append(torch.where(keep[position][:, None, None], reached, alphas[-1]))
        return alphas

    @torch.no_grad()
    def posteriors(self, emissions: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Marginal probabilities of states, and conditional ones of a span's going on.

        Returns
        -------
        states
            `p(y_t)`, shape `(rows, length, layers, 3)`.
        inside
            `p(y_t = I | y_{t-1})` for the previous states B and I, shape `(rows, length, layers, 2)`; 0 at a row's first
            position and past its end.
        """
        emissions = emissions.float()
        _, transitions, end = self._scores()
        alphas = torch.stack(self._forward(emissions, mask), 1)
        betas = [end.expand_as(alphas[:, 0])]
        steps, keep = emissions.unbind(1), mask.unbind(1)
        for position in range(len(steps) - 1, 0, -1):
            onward = torch.logsumexp(transitions + (steps[position] + betas[-1]).unsqueeze(2), 3)
            betas.append(torch.where(keep[position][:, None, None], onward, betas[-1]))
        beta = torch.stack(betas[::-1], 1)
        states = torch.softmax(alphas + beta, 3)
        to_inside = transitions[:, B:, I] + (emissions + beta)[:, 1:, :, I, None] - beta[:, :-1, :, B:]
        inside = torch.zeros_like(states[..., B:])
        inside[:, 1:] = to_inside.exp().clamp(max=1) * mask[:, 1:, None, None]
        return states, inside

    @torch.no_grad()
    def viterbi(self, emissions: Tensor, mask: Tensor) -> Tensor:
        """The best tags of every row and layer, shape `(rows, length, layers)`; O past a row's end."""
        emissions = emissions.float()
        start, transitions, end = self._scores()
        best = start + emissions[:, 0]
        steps, keep = emissions.unbind(1), mask.unbind(1)
        identity = torch.arange(STATES, device=emissions.device).expand_as(best)
        pointers = []
        for position in range(1, len(steps)):
            reached, pointer = (best.unsqueeze(3) + transitions).max(2)
            here = keep[position][:, None, None]
            best = torch.where(here, reached + steps[position], best)
            pointers.append(torch.where(here, pointer, identity))
        state = (best + end).argmax(2, keepdim=True)
        tags = [state]
        for pointer in reversed(pointers):
            state = pointer.gather(2, state)
            tags.append(state)
        return torch.cat(tags[::-1], 2).transpose(1, 2) * mask[:, :, None]
