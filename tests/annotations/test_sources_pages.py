"""HTML pages and data sets of Hugging Face as sources."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from annotations.errors import InputError
from annotations.sources import Article, Origin, Reject, open_source

SENTENCES = [
    f"Năm 2024, xã số {number} phấn đấu thu ngân sách trên {number}0 tỷ đồng, bằng 65,5% kế hoạch huyện giao."
    for number in range(1, 7)
]
PAGE = f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Xã phấn đấu thu ngân sách</title>
<link rel="canonical" href="https://tin.vn/thu-ngan-sach.html"><meta name="author" content="Lò Thị Pó">
<meta property="article:published_time" content="2024-05-06T07:08:00+07:00"></head>
<body><nav><ul><li><a href="/">Trang chủ</a></li><li><a href="/kt">Kinh tế</a></li></ul></nav>
<article><h1>Xã phấn đấu thu ngân sách</h1>{"".join(f"<p>{sentence}</p>" for sentence in SENTENCES)}</article>
<footer>Bản quyền thuộc về tin.vn</footer></body></html>"""


def test_a_page_is_its_title_and_main_text(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "b.htm.gz").write_bytes(gzip.compress(PAGE.replace("<h1>", "<h2>").encode()))
    for item, id in zip(open_source([tmp_path]).read(), ["a", "b"], strict=True):
        assert isinstance(item, Article)
        assert item.document.id == id
        assert item.document.text.split("\n") == ["Xã phấn đấu thu ngân sách", *SENTENCES]
        assert item.document.meta == {
            "url": "https://tin.vn/thu-ngan-sach.html",
            "date": "2024-05-06",
            "author": "Lò Thị Pó",
        }


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the page is empty"),
        (b"<html><body></body></html>", "the page has no main text"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "the page has no main text"),
        (PAGE.encode() + b" " * 5_000_000, "larger than"),
    ],
)
def test_a_page_without_main_text_is_rejected(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(data)
    (item,) = open_source([path], max_characters=1000).read()
    assert isinstance(item, Reject)
    assert item.reason.startswith(reason)


def test_a_saved_data_set_is_read_split_by_split(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    data = datasets.Dataset.from_dict({"text": ["Xã A", "", "Bản\u0302"], "id": ["x", None, None]})
    datasets.DatasetDict(train=data, test=data.select([2])).save_to_disk(tmp_path / "tin")
    source = open_source([tmp_path / "tin"])
    items = list(source.read())
    assert [item.document.id if isinstance(item, Article) else item.reason for item in items] == [
        "x",
        "the text is empty",
        "train:3",
        "test:1",
    ]
    assert items[-1].origin == Origin(str(tmp_path / "tin" / "test"), 1)
    assert source.position == 1
    assert open_source([tmp_path / "tin" / "train"]).fingerprint() != source.fingerprint()
    (nameless,) = open_source([tmp_path / "tin" / "test"], text_column="body").read()
    assert isinstance(nameless, Reject)
    assert nameless.reason == "no column 'body' (there are: text, id)"
    arrow = next((tmp_path / "tin" / "train").glob("*.arrow"))
    arrow.write_bytes(arrow.read_bytes()[:100])
    broken, *rest = open_source([tmp_path / "tin"]).read()
    assert isinstance(broken, Reject)
    assert [item.document.id for item in rest if isinstance(item, Article)] == ["test:1"]


def test_a_streamed_data_set_is_read_split_by_split(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "tin"
    folder.mkdir()
    (folder / "train.jsonl").write_text(
        '{"text": "a", "nguồn": 1}\n{"text": " ", "nguồn": 2}\n', encoding="utf-8"
    )
    (folder / "test.jsonl").write_text('{"text": "b", "nguồn": 3}\n', encoding="utf-8")
    source = open_source([f"hf:{folder}"])
    first, blank, last = source.read()
    assert isinstance(first, Article)
    assert (first.document.id, first.document.text, first.document.meta) == ("tin:train:1", "a", {"nguồn": 1})
    assert isinstance(blank, Reject)
    assert last.origin == Origin(f"hf:{folder}:test", 1)
    assert source.position is None
    (only,) = open_source([f"hf:{folder}:test"]).read()
    assert isinstance(only, Article)
    assert only.document.id == "tin:test:1"
    with pytest.raises(InputError, match="nix"):
        list(open_source([f"hf:{folder}:nix"]).read())
