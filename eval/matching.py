"""Gold and found spans side by side: every span of either side gets one verdict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy.optimize import linear_sum_assignment  # type: ignore[import-untyped]

from annotations.document import Document, Span

Kind = Literal["right", "boundary", "label", "missed", "invented"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class Pairing:
    """A gold span and the found span that answers it; one of the two is None where nothing does.

    Parameters
    ----------
    kind
        `right`: same label, same edges. `boundary`: same label, overlapping. `label`: another label on much the same
        stretch (Jaccard index of the characters at least 0.5). `missed`, `invented`: no counterpart.
    """

    gold: Span | None
    found: Span | None
    kind: Kind

    @property
    def label(self) -> str:
        """The gold label, or the found one where there is no gold span."""
        span = self.gold or self.found
        assert span is not None
        return span.label


def align(gold: Document, found: Document) -> tuple[Pairing, ...]:
    """Pair the spans of two annotations of one text, one to one, in reading order.

    Exact matches first; then, label by label, as many overlapping pairs as there can be and among those the closest;
    then label errors among what is left (the four-way split follows SemEval-2013 task 9, section 5).

    Raises
    ------
    ValueError
        If the texts differ.
    """
    if gold.text != found.text:
        raise ValueError(f"{gold.id!r} and {found.id!r} are not annotations of one text")
    pairings, golds, founds = _exact(gold.spans, found.spans)
    for label in sorted({span.label for span in golds}):
        rest = (
            [span for span in golds if span.label == label],
            [span for span in founds if span.label == label],
        )
        for one, other in _assign(*rest, jaccard):
            pairings.append(Pairing(one, other, "boundary"))
            golds.remove(one)
            founds.remove(other)
    for one, other in _assign(
        golds, founds, lambda a, b: share if (share := jaccard(a, b)) >= _ALIKE else 0.0
    ):
        pairings.append(Pairing(one, other, "label"))
        golds.remove(one)
        founds.remove(other)
    pairings += [Pairing(span, None, "missed") for span in golds]
    pairings += [Pairing(None, span, "invented") for span in founds]
    return tuple(sorted(pairings, key=_place))


def jaccard(first: Span, second: Span) -> float:
    """Shared characters of two spans over all that they cover."""
    shared = min(first.end, second.end) - max(first.start, second.start)
    if shared <= 0:
        return 0.0
    return shared / (max(first.end, second.end) - min(first.start, second.start))


def _exact(gold: Sequence[Span], found: Sequence[Span]) -> tuple[list[Pairing], list[Span], list[Span]]:
    waiting: dict[tuple[str, int, int], list[Span]] = defaultdict(list)
    for span in reversed(found):
        waiting[span.label, span.start, span.end].append(span)
    pairings, unanswered = [], []
    for span in gold:
        if answers := waiting[span.label, span.start, span.end]:
            pairings.append(Pairing(span, answers.pop(), "right"))
        else:
            unanswered.append(span)
    left = {id(span) for answers in waiting.values() for span in answers}
    return pairings, unanswered, [span for span in found if id(span) in left]


def _assign(
    gold: Sequence[Span], found: Sequence[Span], likeness: Callable[[Span, Span], float]
) -> list[tuple[Span, Span]]:
    """The largest set of alike pairs, and among the largest the one that is most alike."""
    if not gold or not found:
        return []
    alike = np.array([[likeness(one, other) for other in found] for one in gold])
    rows, columns = linear_sum_assignment(alike + (alike > 0) * (min(alike.shape) + 1.0), maximize=True)
    chosen = zip(rows.tolist(), columns.tolist(), strict=True)
    return [(gold[row], found[column]) for row, column in chosen if alike[row, column] > 0]


def _place(pairing: Pairing) -> tuple[int, int, str, str]:
    span = pairing.gold or pairing.found
    assert span is not None
    return span.start, -span.end, span.label, pairing.kind
