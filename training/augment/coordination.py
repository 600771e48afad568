"""Measures whose verbs share an object, and whose objects are lists: commas inside a span, as officialese has them."""

from __future__ import annotations

import random
import re

from annotations.document import Document
from model.normalize import normalize
from training.augment.rewrite import Edit, in_manner_of, labelled

_SHARE = 0.35

VERBS = (
    ("lãnh đạo", "chỉ đạo", "quán triệt", "triển khai", "cụ thể hóa"),
    ("rà soát", "đánh giá", "thống kê", "phân loại", "bổ sung", "điều chỉnh", "sửa đổi"),
    ("kiểm tra", "giám sát", "đôn đốc", "hướng dẫn", "theo dõi", "thanh tra"),
    ("tuyên truyền", "phổ biến", "vận động", "thuyết phục", "giáo dục"),
    ("đầu tư", "nâng cấp", "cải tạo", "sửa chữa", "xây dựng", "mở rộng", "hoàn thiện"),
    ("đào tạo", "bồi dưỡng", "tập huấn", "bố trí", "sắp xếp", "luân chuyển"),
    ("hỗ trợ", "khuyến khích", "động viên", "giúp đỡ", "tạo điều kiện"),
    ("huy động", "lồng ghép", "phân bổ", "quản lý", "sử dụng"),
    ("bảo tồn", "giữ gìn", "khôi phục", "phát huy", "khai thác"),
    ("kêu gọi", "thu hút", "xúc tiến"),
    ("phát hiện", "ngăn chặn", "phòng ngừa", "xử lý", "đấu tranh"),
    ("tháo gỡ", "giải quyết"),
    ("củng cố", "kiện toàn", "nâng cao", "tăng cường", "đẩy mạnh", "đổi mới"),
    ("quảng bá", "giới thiệu", "kết nối"),
    ("khảo sát", "đo đạc", "quy hoạch"),
    ("công khai", "niêm yết", "minh bạch"),
)
"""Verbs that are often said in one breath over one object."""
NOUNS = (
    ("cán bộ", "đảng viên", "công chức"),
    ("khó khăn", "vướng mắc"),
    ("tiềm năng", "thế mạnh", "lợi thế"),
    ("chương trình", "đề án", "dự án"),
    ("nhiệm vụ", "giải pháp"),
    ("cây trồng", "vật nuôi"),
    ("các cấp", "các ngành"),
    ("người dân", "doanh nghiệp", "hợp tác xã"),
    ("cấp ủy", "chính quyền", "đoàn thể"),
    ("hội viên", "đoàn viên"),
    ("quy định", "chính sách"),
)
"""Nouns that go together in one object."""


def coordinate(document: Document, rng: random.Random) -> list[Edit]:
    """Edits that give some measures further verbs before their object (`rà soát, đánh giá quy hoạch`) and some nouns in
    them further ones beside them (`cán bộ, đảng viên`)."""
    return [
        edit
        for start, end in labelled(document, ("MEASURE",))
        for edit in (*_verbs(document.text, start, end, rng), *_nouns(document.text, start, end, rng))
    ]


def _verbs(text: str, start: int, end: int, rng: random.Random) -> list[Edit]:
    """The measure's first verb joined by others, where an object follows it."""
    match = _VERB.match(text, start, end)
    if match is None or rng.random() >= _SHARE:
        return []
    return _joined(match, VERBS, text[start:end], rng)


def _nouns(text: str, start: int, end: int, rng: random.Random) -> list[Edit]:
    return [
        edit
        for match in _NOUN.finditer(text, start, end)
        if match.start() > start and rng.random() < _SHARE
        for edit in _joined(match, NOUNS, text[start:end], rng)
    ]


def _joined(
    match: re.Match[str], groups: tuple[tuple[str, ...], ...], phrase: str, rng: random.Random
) -> list[Edit]:
    """The word with one or two of its group, unless the phrase has them already."""
    written, said = match[0], normalize(phrase).text.lower()
    own = normalize(written).text.lower()
    others = [word for word in next(group for group in groups if own in group) if word not in said]
    if not others:
        return []
    more = rng.sample(others, min(len(others), rng.choice((1, 1, 2))))
    last = rng.choice((", ", ", ", " và ")) + more[-1]
    joined = "".join(f", {word}" for word in more[:-1]) + last
    return [Edit(*match.span(), written + in_manner_of(written, joined))]


def _pattern(groups: tuple[tuple[str, ...], ...]) -> re.Pattern[str]:
    """One of the words with a further word after it in the same breath."""
    words = "|".join(sorted((word for group in groups for word in group), key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{words})(?= \w)(?! (?:và|hoặc|để|nhằm)\b)", re.IGNORECASE)


_VERB, _NOUN = _pattern(VERBS), _pattern(NOUNS)
