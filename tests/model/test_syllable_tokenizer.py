"""Pieces cover the text, keep the parts of numbers apart, and survive being saved."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoTokenizer

from model.normalize import normalize
from model.tokenizers import SyllableTokenizer, Tokenizer, load_tokenizer

LINES = [
    "Tỷ lệ che phủ rừng của huyện đạt 65,5% vào năm 2024, vượt 0,9% so với nghị quyết.",
    "Toàn tỉnh có 27/39 chỉ tiêu đạt và vượt, thu ngân sách hơn 1.120 tỷ đồng.",
    "Đảng bộ xã phấn đấu giảm hộ nghèo, hoà thuận, đoàn kết.",
] * 20


@pytest.fixture(scope="module")
def tokenizer() -> SyllableTokenizer:
    return SyllableTokenizer.train(LINES, 1500)


def pieces(tokenizer: SyllableTokenizer, text: str) -> list[str]:
    (encoding,) = tokenizer.encode_batch([text])
    return [text[start:end] for start, end in zip(encoding.starts, encoding.ends, strict=True)]


def test_is_a_house_tokenizer(tokenizer: SyllableTokenizer) -> None:
    assert isinstance(tokenizer, Tokenizer)
    names = tokenizer.pieces()
    assert names[:6] == ["<s>", "<pad>", "</s>", "<unk>", "<mask>", "\n"]
    assert len(names) == len(set(names)) == tokenizer.vocab_size <= 1500


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("đạt 65,5%;", ["đạt", "65", ",", "5", "%", ";"]),
        ("27/39 chỉ tiêu", ["27", "/", "39", "chỉ", "tiêu"]),
        ("1.120 tỷ", ["1", ".", "120", "tỷ"]),
        ("năm 2024-2025", ["năm", "2024", "-", "2025"]),
        ("huyện\n\n đạt", ["huyện", "\n", "đạt"]),
    ],
)
def test_numbers_and_signs_stand_apart(tokenizer: SyllableTokenizer, text: str, expected: list[str]) -> None:
    assert pieces(tokenizer, text) == expected


def test_spellings_share_their_ids(tokenizer: SyllableTokenizer) -> None:
    modern, old, capitals = tokenizer.encode_batch(["hòa thuận", "hoà thuận", "x"])
    assert modern.ids.tolist() == old.ids.tolist() != capitals.ids.tolist()


def test_special_tokens_written_in_a_text_are_text(tokenizer: SyllableTokenizer) -> None:
    (encoding,) = tokenizer.encode_batch(["<mask> </s>"])
    assert not {tokenizer.mask_id, tokenizer.sep_id} & set(encoding.ids.tolist())


@given(text=st.text(st.characters(exclude_categories=())) | st.text("đạt hoà65,5%/\n \u0301\u200b😀<mask>"))
def test_every_visible_character_belongs_to_one_piece(tokenizer: SyllableTokenizer, text: str) -> None:
    (encoding,) = tokenizer.encode_batch([text])
    held = [0] * len(text)
    for start, end in zip(encoding.starts, encoding.ends, strict=True):
        assert 0 <= start < end <= len(text)
        for position in range(start, end):
            held[position] += 1
    assert max(held, default=0) <= 1
    normal = normalize(text)
    for char, start in zip(normal.text, normal.starts, strict=True):
        assert held[start] == 1 or char.isspace()


def test_saved_and_loaded_it_is_the_same(tokenizer: SyllableTokenizer, tmp_path: Path) -> None:
    tokenizer.save(tmp_path)
    again = load_tokenizer(tmp_path)
    text = "Đảng bộ xã\nđạt 65,5% 😀"
    (before,), (after,) = tokenizer.encode_batch([text]), again.encode_batch([text])
    assert before.ids.tolist() == after.ids.tolist()
    assert before.starts.tolist() == after.starts.tolist()
    plain = AutoTokenizer.from_pretrained(tmp_path)
    assert plain(text)["input_ids"] == [again.cls_id, *before.ids.tolist(), again.sep_id]
    assert plain.mask_token_id == again.mask_id


def test_a_folder_of_no_or_unknown_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="kind of tokenizer is unknown"):
        load_tokenizer(tmp_path)
    (tmp_path / "chitieu_tokenizer.json").write_text('{"kind": "other"}')
    with pytest.raises(ValueError, match="unknown kind of tokenizer 'other'"):
        load_tokenizer(tmp_path)
    with pytest.raises(FileNotFoundError):
        SyllableTokenizer.from_pretrained(tmp_path)
