"""A linear-chain conditional random field over many label layers at once.

Lafferty, McCallum & Pereira (2001); the recursions as in Sutton & McCallum (2012), sections 2 and 4. Every layer is a
sequence labelling of its own with the states O, B and I, so spans of different labels nest freely. A line of text is one
sequence: spans never cross lines, and the recursions are short.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from model.chains import Steps, best_tags, marginals

O, B, I = range(3)  # noqa: E741
STATES = 3
_FORBIDDEN = -1e4


class LayeredCRF(nn.Module):
    """Transition scores of `layers` independent BIO chains.

    Shapes in training: emissions `(rows, length, layers, 3)`, mask `(rows, length)` with every row's pieces first, tags
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
    def posteriors(self, scores: Tensor, steps: Steps) -> tuple[Tensor, Tensor]:
        """Marginal probabilities of states, and conditional ones of a span's going on.

        Parameters
        ----------
        scores
            Of all pieces, line after line: `(pieces, layers, 3)`.

        Returns
        -------
        states
            `p(y_t)`, shape `(pieces, layers, 3)`.
        inside
            `p(y_t = I | y_{t-1})` for the previous states B and I, shape `(pieces, layers, 2)`; 0 at a line's first
            piece.
        """
        states, inside = marginals(scores, steps, *self._scores(), into=I)
        return states, inside[..., B:]

    @torch.no_grad()
    def viterbi(self, scores: Tensor, steps: Steps) -> Tensor:
        """The best tags of every piece and layer, shape `(pieces, layers)`; `scores` as in `posteriors`."""
        return best_tags(scores.float(), steps, *self._scores())
