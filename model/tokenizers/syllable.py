"""The compact encoder's tokenizer: syllables and their pieces, no word segmenter in the way.

Byte-pair encoding (Sennrich et al. 2016) inside written syllables, cased, with ``##`` before a piece that continues a
syllable. Punctuation always stands alone, digits go in groups of at most three, a year is one piece, a line break is
a piece of its own. So no edge of a number, a percentage or a fraction ever falls inside a piece.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Self

import numpy as np
from tokenizers import AddedToken, Regex, decoders, models, normalizers, pre_tokenizers, processors, trainers
from tokenizers import Tokenizer as Backend

from model.normalize import normalize
from model.tokenizers.base import Encoding, register, write_marker

CONTINUES = "##"
LINE_BREAK = "\n"
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
RESERVED = ("<reserved-0>", "<reserved-1>")

_NUMBER = Regex(r"(?<!\d)(?:19|20)\d\d(?!\d)|\d{1,3}")
_PUNCTUATION = Regex(r"[^\p{L}\p{M}\p{N}\s]")

_VOWELS = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵ"
_LETTERS = _VOWELS + "bcdđfghjklmnpqrstvwxz"
_SIGNS = ".,;:!?%/()[]{}\"'-+*=<>&@#$_|~…°²³§"
_YEARS = range(1930, 2051)
_YEAR_WEIGHT = 2000
_RARE_LETTERS = 60
"""Letters other than Vietnamese that get a piece of their own; the rest are unknown."""


class SyllableTokenizer:
    """A ``tokenizers`` file behind the house protocol.

    The file is an ordinary ``tokenizer.json`` (``PreTrainedTokenizerFast`` loads it). Texts are brought to one
    spelling by :func:`model.normalize.normalize` first, whose map carries the offsets back.
    """

    kind = "syllable"

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._backend.encode_special_tokens = (
            True  # "<mask>" written in an article is six characters, not a mask
        )
        self._backend.normalizer = None  # normalize() has done it, with a map
        self._backend.no_padding()
        self._backend.no_truncation()

    @classmethod
    def from_pretrained(cls, folder: str | Path) -> Self:
        """Load ``tokenizer.json`` from a folder.

        Raises
        ------
        FileNotFoundError
            If it is not there.
        """
        path = Path(folder) / "tokenizer.json"
        if not path.is_file():
            raise FileNotFoundError(f"{path}: no such file")
        return cls(Backend.from_file(str(path)))

    @classmethod
    def train(cls, lines: Iterable[str], vocab_size: int = 8192, *, progress: bool = False) -> Self:
        """Learn the pieces from lines of text, in any spelling.

        All Vietnamese letters, the signs of ordinary text and the years 1930 to 2050 are in the vocabulary whatever
        the text holds. Of pieces that are equally frequent, different runs may learn different ones.
        """
        backend = Backend(models.BPE(unk_token="<unk>", continuing_subword_prefix=CONTINUES))
        backend.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.WhitespaceSplit(),
                pre_tokenizers.Split(_NUMBER, "isolated"),
                pre_tokenizers.Split(_PUNCTUATION, "isolated"),
            ]
        )
        letters = _LETTERS + _LETTERS.upper()
        trainer = trainers.BpeTrainer(
            vocab_size=vocab_size,
            special_tokens=[*SPECIAL, LINE_BREAK, *RESERVED],
            initial_alphabet=[*letters, *_SIGNS, *"0123456789"],
            limit_alphabet=len(letters) + len(_SIGNS) + 10 + _RARE_LETTERS,
            continuing_subword_prefix=CONTINUES,
            show_progress=progress,
        )
        backend.train_from_iterator(_with_necessary(lines), trainer)
        return cls(_finished(backend))

    def encode_batch(self, texts: Sequence[str]) -> list[Encoding]:
        """Cut texts into pieces.

        Returns one :class:`Encoding` a text, its offsets those of the text as given. Line breaks in a row are one piece.
        """
        normal = [normalize(text) for text in texts]
        encodings = self._backend.encode_batch([item.text for item in normal], add_special_tokens=False)
        results = []
        for item, encoding in zip(normal, encodings, strict=True):
            ids = np.array(encoding.ids, dtype=np.int64)
            offsets = np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2)
            breaks = ids == self.line_break_id
            breaks[1:] &= breaks[:-1].copy()
            breaks[:1] = False
            starts, ends = offsets[~breaks].T
            results.append(Encoding(ids[~breaks], item.starts[starts], item.ends[ends - 1]))
        return results

    def encode_ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Piece ids alone, of texts that :func:`model.normalize.normalize` has seen; faster, for pre-training."""
        return [item.ids for item in self._backend.encode_batch_fast(list(texts), add_special_tokens=False)]

    def pieces(self) -> list[str]:
        """The vocabulary in the order of its ids; a piece that continues a syllable begins with ``##``."""
        vocabulary = self._backend.get_vocab()
        return sorted(vocabulary, key=vocabulary.__getitem__)

    def _id(self, token: str) -> int:
        found = self._backend.token_to_id(token)
        if found is None:
            raise ValueError(f"the vocabulary has no {token!r}")
        return found

    @property
    def cls_id(self) -> int:
        return self._id("<s>")

    @property
    def sep_id(self) -> int:
        return self._id("</s>")

    @property
    def pad_id(self) -> int:
        return self._id("<pad>")

    @property
    def mask_id(self) -> int:
        return self._id("<mask>")

    @property
    def line_break_id(self) -> int:
        return self._id(LINE_BREAK)

    @property
    def vocab_size(self) -> int:
        return self._backend.get_vocab_size()

    def save(self, folder: Path) -> None:
        """Write ``tokenizer.json``, ``tokenizer_config.json`` and the marker that names this kind."""
        folder.mkdir(parents=True, exist_ok=True)
        plain = Backend.from_str(self._backend.to_str())
        plain.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Replace("Ð", "Đ")])
        plain.save(str(folder / "tokenizer.json"))
        config = {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": 512,
            "bos_token": "<s>",
            "cls_token": "<s>",
            "eos_token": "</s>",
            "sep_token": "</s>",
            "pad_token": "<pad>",
            "unk_token": "<unk>",
            "mask_token": "<mask>",
        }
        (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
        write_marker(folder, self.kind)


def _with_necessary(lines: Iterable[str]) -> Iterator[str]:
    """The lines normalised, and with them what the vocabulary must hold: letters in every place, and years."""
    for line in lines:
        yield normalize(line).text
    for letters in (_LETTERS, _LETTERS.upper()):
        yield " ".join(
            first + second for first, second in zip(letters, letters[1:] + letters[0], strict=True)
        )
    yield from [" ".join(map(str, _YEARS))] * _YEAR_WEIGHT
    yield " ".join(f"{first}{first}" for first in range(10))


def _finished(backend: Backend) -> Backend:
    """Add what the trainer leaves out: how a sequence is framed, and the line break as a piece found in any place."""
    backend.add_tokens([AddedToken(LINE_BREAK, normalized=False, special=False)])
    opening, closing = SPECIAL.index("<s>"), SPECIAL.index("</s>")
    backend.post_processor = processors.RobertaProcessing(
        ("</s>", closing), ("<s>", opening), trim_offsets=False, add_prefix_space=False
    )
    backend.decoder = decoders.WordPiece(prefix=CONTINUES)
    return Backend.from_str(
        backend.to_str()
    )  # while in memory, what the trainer added counts as special for good


register(SyllableTokenizer.kind, SyllableTokenizer.from_pretrained)
