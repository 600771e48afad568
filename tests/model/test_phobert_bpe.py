"""The fast PhoBERT BPE gives the ids of transformers' slow one, and tells where its pieces stand."""

from __future__ import annotations

import lzma
import random
import unicodedata
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import PhobertTokenizer as SlowTokenizer

from annotations.corpus import FOLDER
from annotations.errors import InputError
from annotations.formats import read_documents
from model.tokenizers.phobert_bpe import PhobertBpe
from tests.phobert import NEWS, REAL, needs_real_files, write_files

ODD = [
    "",
    " \n\t ",
    "đạt\nvà vượt\n\nkế hoạch\r\nnăm 2024\n",
    "<mask> là <s>một</s> chỗ<unk>trống <pad>\n",
    "a@@ @@ @ a@@b </w> x</w> _ thành_phố _ phố_",
    "27/39 65,5% 1.600ha 20km² m³ ½ 5%-10% 30.000.000đ",
    "https://vi.wikipedia.org/wiki/L%C3%A0o_Cai?x=1&y=2 toasoan@bao.vn #hashtag @ten",
    "👍🏽 👨‍👩‍👧‍👦 🇻🇳 ❤️ ☃",
    "một\x1chai\x1dba\x85bốn\xa0năm\u2003sáu\u3000bảy\u200btám\ufeffchín",
    "\ud800 lẻ \udfff",
    "漢字 한국어 العربية Привет ÆØÅ",
]


class Pair:
    """Both tokenizers on one vocabulary."""

    def __init__(self, folder: Path) -> None:
        self.fast = PhobertBpe.from_files(folder / "vocab.txt", folder / "bpe.codes")
        self.slow = SlowTokenizer(str(folder / "vocab.txt"), str(folder / "bpe.codes"))

    def compare(self, texts: list[str]) -> int:
        """Check that ids are equal and offsets right; how many pieces were compared."""
        found = self.fast.encode_batch(texts)
        wanted = [self.slow.encode(text, add_special_tokens=False) for text in texts]
        assert [(t, e.ids.tolist()) for t, e in zip(texts, found, strict=True)] == list(
            zip(texts, wanted, strict=True)
        )
        for text, encoding in zip(texts, found, strict=True):
            slices = [text[start:end] for start, end in zip(encoding.starts, encoding.ends, strict=True)]
            tokens = self.slow.tokenize(text)
            assert [
                part in (token, token.removesuffix("@@")) for part, token in zip(slices, tokens, strict=True)
            ] == [True] * len(tokens)
        return sum(map(len, wanted))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    write_files(folder, [document.text for document in islice(read_documents(FOLDER / "train"), 60)])
    return folder


@pytest.fixture(scope="module")
def pair(made: Path) -> Pair:
    return Pair(made)


def noisy(text: str, dice: random.Random) -> str:
    """A line with swapped, doubled and dropped characters, and strange ones in between."""
    chars = list(text)
    for _ in range(len(chars) // 8):
        place = dice.randrange(len(chars))
        chars[place] = dice.choice(
            ["", chars[place] * 2, chars[place].upper(), " ", *"@_</>%\n\x1f²😀Ðð\u0301"]
        )
    return "".join(chars)


@needs_real_files
def test_real_vocabulary_on_a_hundred_thousand_pieces() -> None:
    pair = Pair(REAL)
    assert (
        (pair.fast.vocab_size, pair.fast.mask_id)
        == (64001, 64000)
        == (len(pair.slow), pair.slow.mask_token_id)
    )
    with lzma.open(NEWS, "rt", encoding="utf-8") as file:
        news = list(islice(file, 2500))
    dice = random.Random(1)
    texts = [*ODD, *news, *(noisy(line, dice) for line in news[:600])]
    texts += [unicodedata.normalize("NFD", line) for line in news[:200]]
    texts += [document.text for document in islice(read_documents(FOLDER / "train"), 20)]
    assert pair.compare(texts) >= 100_000


def test_made_vocabulary_on_varied_text(pair: Pair) -> None:
    dice = random.Random(2)
    lines = [
        line for document in islice(read_documents(FOLDER / "dev"), 20) for line in document.text.split("\n")
    ]
    texts = [
        *ODD,
        *lines,
        *(noisy(line, dice) for line in lines),
        *(unicodedata.normalize("NFD", line) for line in lines),
    ]
    assert pair.compare(texts) > 20_000


@given(
    st.lists(
        st.sampled_from(
            ["thu", "ngân", "_", "@@", " ", "\n", "</w>", "<s>", "%", "ệ", "h", "ng", "😀", "\x1c", "\u0323"]
        )
    )
)
def test_made_vocabulary_on_any_mixture(pair: Pair, parts: list[str]) -> None:
    pair.compare(["".join(parts)])


@given(st.text())
def test_made_vocabulary_on_any_text(pair: Pair, text: str) -> None:
    pair.compare([text])


def test_saved_it_needs_its_files_no_more(pair: Pair, tmp_path: Path) -> None:
    pair.fast.save(tmp_path / "tokenizer.json")
    again = PhobertBpe.from_json(tmp_path / "tokenizer.json")
    text = "Thu ngân sách của thành_phố đạt 107% kế hoạch."
    assert again.encode_batch([text])[0].ids.tolist() == pair.fast.encode_batch([text])[0].ids.tolist()
    assert again.vocab_size == pair.fast.vocab_size


@pytest.mark.parametrize(
    ("vocabulary", "codes", "message"),
    [
        ("một 3\nhai\n", "m ộ 2\n", "vocab.txt:2: expected"),
        ("một 3\nhai 2\nmột 1\n", "m ộ 2\n", "vocab.txt:3: the piece 'một' is listed twice"),
        ("một 3\n", "của 3\n", "bpe.codes: no merges"),
        ("một 3\n", "mộ t 3\nm ộ 2\n", "bpe.codes: merges out of order: 'mộ'"),
        ("một 3\n", "a bc 3\nab c 2\n", "bpe.codes: merges out of order: 'abc'"),
        (
            "a@@ 3\n",
            "a b 3\na @@</w> 1\n",
            "bpe.codes: the symbol 'a@@</w>' stands for an entry that is taken",
        ),
    ],
)
def test_files_of_another_kind_are_refused(tmp_path: Path, vocabulary: str, codes: str, message: str) -> None:
    (tmp_path / "vocab.txt").write_text(vocabulary, encoding="utf-8")
    (tmp_path / "bpe.codes").write_text(codes, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        PhobertBpe.from_files(tmp_path / "vocab.txt", tmp_path / "bpe.codes")
