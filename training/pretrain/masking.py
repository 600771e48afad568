"""Which tokens are hidden: whole syllables (as whole-word masking, Cui et al. 2021), a fixed number in every batch."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from model.tokenizers import SyllableTokenizer
from model.tokenizers.syllable import CONTINUES, LINE_BREAK, RESERVED, SPECIAL

Ids = npt.NDArray[np.int64]
IGNORED = -100


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What masking needs to know of each piece: does it continue a syllable, may it be hidden. Shapes ``(vocabulary,)``."""

    continues: npt.NDArray[np.bool_]
    ordinary: npt.NDArray[np.bool_]
    mask_id: int

    @classmethod
    def of(cls, tokenizer: SyllableTokenizer) -> "Vocabulary":
        names = tokenizer.pieces()
        special = {*SPECIAL, LINE_BREAK, *RESERVED}
        continues = np.array([name.startswith(CONTINUES) and name != CONTINUES for name in names])
        return cls(continues, np.array([name not in special for name in names]), tokenizer.mask_id)


@dataclass(frozen=True, slots=True)
class Masked:
    """A batch with tokens hidden.

    Attributes
    ----------
    inputs
        Ids as the network reads them, shape ``(batch, length)``.
    places
        Flat indices into the batch of the tokens to predict, shape ``(masked,)``, always as many.
    labels
        The ids that stood there, shape ``(masked,)``; ``-100`` where a place only fills up the number.
    """

    inputs: Ids
    places: Ids
    labels: Ids


def mask(ids: Ids, vocabulary: Vocabulary, share: float, rng: np.random.Generator) -> Masked:
    """Hide whole syllables until no further one fits into the share of tokens.

    Of the syllables chosen, 80% become the mask, 10% random pieces, 10% stay (Devlin et al. 2019, section 3.1).
    """
    flat = ids.ravel()
    begins = ~vocabulary.continues[ids]
    begins[:, :2] = True  # a window may open inside a syllable
    syllable = np.cumsum(begins.ravel()) - 1
    sizes = np.bincount(syllable)
    candidates = rng.permutation(np.unique(syllable[vocabulary.ordinary[flat]]))
    budget = int(share * flat.size)
    chosen = np.zeros(len(sizes), dtype=bool)
    chosen[candidates[np.cumsum(sizes[candidates]) <= budget]] = True
    places = np.flatnonzero(chosen[syllable])

    fate = rng.random(len(sizes))[syllable[places]]
    inputs = flat.copy()
    inputs[places[fate < 0.8]] = vocabulary.mask_id
    swapped = places[fate >= 0.9]
    inputs[swapped] = rng.choice(np.flatnonzero(vocabulary.ordinary), len(swapped))

    padding = budget - len(places)
    labels = np.concatenate([flat[places], np.full(padding, IGNORED)])
    return Masked(
        inputs.reshape(ids.shape), np.concatenate([places, np.zeros(padding, dtype=np.int64)]), labels
    )
