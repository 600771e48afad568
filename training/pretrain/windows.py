"""Training sequences drawn from packed tokens, the same ones again for the same seed and count.

Windows are cut without regard to where articles end, as RoBERTa's FULL-SENTENCES (Liu et al. 2019, section 4.2): no
token is lost to padding, and in one pass over a stream every token is read once.
"""

import numpy as np
import numpy.typing as npt

from training.pretrain.pack import Tokens

Ids = npt.NDArray[np.int64]


class Windows:
    """Windows of one stream, shuffled anew in every pass over it.

    Parameters
    ----------
    stream
        Packed tokens, shape ``(tokens,)``.
    length
        Tokens in a sequence, the opening and the closing special token included.
    """

    def __init__(self, stream: Tokens, length: int, *, cls_id: int, sep_id: int, seed: int) -> None:
        if not len(stream):
            raise ValueError("an empty stream has no windows")
        self._stream = stream
        self._body = length - 2
        self._frame = cls_id, sep_id
        self._seed = seed
        self._order: tuple[int, Ids, int] | None = None
        self.per_pass = -(-len(stream) // self._body)

    def rows(self, first: int, count: int) -> Ids:
        """Windows number ``first`` to ``first + count`` of the endless sequence, shape ``(count, length)``."""
        result = np.empty((count, self._body + 2), dtype=np.int64)
        result[:, 0], result[:, -1] = self._frame
        for row in range(count):
            turn, place = divmod(first + row, self.per_pass)
            order, shift = self._pass(turn)
            begin = shift + int(order[place]) * self._body
            result[row, 1:-1] = self._stream.take(np.arange(begin, begin + self._body), mode="wrap")
        return result

    def _pass(self, turn: int) -> tuple[Ids, int]:
        """The order of the windows in one pass, and where the first one begins."""
        if self._order is None or self._order[0] != turn:
            rng = np.random.default_rng((self._seed, turn))
            shift = int(rng.integers(self._body))
            self._order = turn, rng.permutation(self.per_pass), shift
        return self._order[1:]


class Mixture:
    """Batches of windows, a fixed share of each from the focus stream. ``drawn`` is all its state."""

    def __init__(self, general: Windows | None, focus: Windows | None, share: float) -> None:
        self._streams = {"general": general, "focus": focus}
        self._share = 0.0 if focus is None else 1.0 if general is None else share

    def rows(self, drawn: dict[str, int], count: int) -> Ids:
        """The next windows, shape ``(count, length)``; counts them in `drawn`."""
        wanted = {"focus": round(count * self._share)}
        wanted["general"] = count - wanted["focus"]
        parts = []
        for name, windows in self._streams.items():
            if windows is not None and wanted[name]:
                parts.append(windows.rows(drawn.get(name, 0), wanted[name]))
                drawn[name] = drawn.get(name, 0) + wanted[name]
        return np.concatenate(parts)
