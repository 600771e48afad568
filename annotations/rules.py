"""What the annotation guide asks beyond the schema, as far as a machine can tell.

A finding is a place to look at. Rules whose breach is always a mistake are in `STRICT`; of the others the guide
itself names exceptions.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from annotations.document import Document, Span
from annotations.schema import Schema
from annotations.validate import Breach, breach

STRICT = frozenset({"auxiliary-start", "generic-locality", "date-as-value"})

_AUXILIARY = re.compile(r"(?:đã|đang|sẽ|cần|phải|luôn|cùng với đó|đồng thời|và|thì|để|nhằm)\s", re.IGNORECASE)
_INDICATOR_PREFIX = re.compile(
    r"(?:chỉ tiêu|tiêu chí|về)\s+(?!(?:thành phần|chủ yếu|cụ thể|cơ bản|còn lại|đề ra|về|của|được|đạt|trong|pháp lệnh|kinh tế|xã hội)\b)",
    re.IGNORECASE,
)
_INDICATOR_VERB = re.compile(
    r"(?:đạt|hoàn thành|thực hiện|kết nạp|nâng|giảm|tăng(?! trưởng))\s", re.IGNORECASE
)
_PURPOSE = re.compile(r"\s(?:nhằm|góp phần|qua đó|từ đó)\s")
_GENERIC = re.compile(
    r"(?:(?:toàn|các|mỗi|cả)\s+)?(?:xã|huyện|tỉnh|thành phố|thị xã|thị trấn|phường|quận|thôn|bản|địa phương)",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"[ \u00a0]?(?:%|‰|(?:nghìn |triệu |tỷ |tỉ )?(?:đồng|USD)\b|tỷ\b|tỉ\b|triệu\b|nghìn\b|ha\b|tấn\b|tạ\b|km\b|m2\b|m²|kg\b|lượt\b)"
)
_PREFIX = re.compile(
    r"(?<!đạt và )\b(?:tăng|giảm|vượt|thêm|gần|trên|hơn|khoảng|dưới|ít nhất|tối thiểu|xấp xỉ)[ \u00a0]\Z",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?:ngày\s+)?\d{1,2}/\d{1,2}/\d{4}|(?:năm\s+)(?:19|20)\d\d|20\d\d\s*[-–]\s*20\d\d")


def findings(document: Document, schema: Schema | None = None) -> list[Breach]:
    """Places of one document where the guide seems not to have been followed, in reading order."""
    schema = schema or Schema.default()
    found = [
        *_measure_rules(document),
        *_indicator_rules(document),
        *_locality_rules(document),
        *_value_rules(document, schema),
        *_unlabelled_repeats(document),
    ]
    return sorted(found, key=lambda finding: finding.line)


def labelled_differently(documents: Iterable[Document]) -> Iterator[tuple[str, Counter[str]]]:
    """Texts of at least two syllables that carry different labels in a collection, most frequent first.

    Values are left out: the same figure may be a target here and a result there.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for document in documents:
        for span in document.spans:
            if span.label in ("INDICATOR", "LOCALITY", "MEASURE"):
                counts[document.text_of(span).lower()][span.label] += 1
    mixed = [(text, labels) for text, labels in counts.items() if len(labels) > 1 and " " in text]
    return iter(sorted(mixed, key=lambda item: -sum(item[1].values())))


def _of(document: Document, *labels: str) -> Iterator[tuple[Span, str]]:
    return ((span, document.text_of(span)) for span in document.spans if span.label in labels)


def _measure_rules(document: Document) -> Iterator[Breach]:
    for span, text in _of(document, "MEASURE"):
        if match := _AUXILIARY.match(text):
            yield breach(
                document, "auxiliary-start", f"measure {span.id} begins with {match[0].strip()!r}", span
            )
        if match := _PURPOSE.search(text):
            yield breach(
                document, "purpose-clause", f"measure {span.id} goes on after {match[0].strip()!r}", span
            )
        if ";" in text:
            yield breach(document, "two-measures", f"measure {span.id} goes over a semicolon", span)
        if " " not in text.strip():
            yield breach(document, "one-word-measure", f"measure {span.id} is a single word", span)


def _indicator_rules(document: Document) -> Iterator[Breach]:
    places = {document.text_of(span) for span in document.spans if span.label == "LOCALITY"}
    for span, text in _of(document, "INDICATOR"):
        if match := _INDICATOR_PREFIX.match(text):
            yield breach(
                document, "indicator-prefix", f"indicator {span.id} begins with {match[0].strip()!r}", span
            )
        if match := _INDICATOR_VERB.match(text):
            yield breach(
                document, "indicator-verb", f"indicator {span.id} begins with {match[0].strip()!r}", span
            )
        if any(text.endswith(f" {place}") for place in places):
            yield breach(document, "indicator-place", f"indicator {span.id} ends with a place", span)
        if re.search(r"\snăm (?:19|20)\d\d\Z", text):
            yield breach(document, "indicator-time", f"indicator {span.id} ends with a year", span)


def _locality_rules(document: Document) -> Iterator[Breach]:
    for span, text in _of(document, "LOCALITY"):
        if _GENERIC.fullmatch(text):
            yield breach(document, "generic-locality", f"place {span.id} has no name", span)


def _value_rules(document: Document, schema: Schema) -> Iterator[Breach]:
    values = [label.name for label in schema.labels if label.needs_head]
    tails = {relation.tail for relation in document.relations}
    for span, text in _of(document, *values):
        if _DATE.fullmatch(text):
            yield breach(document, "date-as-value", f"value {span.id} is a date or a term", span)
        if span.id not in tails:
            yield breach(document, "unlinked-value", f"no indicator is linked to value {span.id}", span)
        if match := _UNIT.match(document.text, span.end):
            yield breach(
                document, "unit-left-out", f"value {span.id} stops before {match[0].strip()!r}", span
            )
        if match := _PREFIX.search(document.text, max(0, span.start - 12), span.start):
            yield breach(
                document, "prefix-left-out", f"value {span.id} starts after {match[0].strip()!r}", span
            )


def _unlabelled_repeats(document: Document) -> Iterator[Breach]:
    """A place's full name that is marked once and stands bare elsewhere."""
    marked = [span for span in document.spans if span.label == "LOCALITY"]
    for name in sorted(
        {document.text_of(span) for span in marked if len(document.text_of(span).split()) > 2}
    ):
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", document.text):
            if not any(span.start < match.end() and match.start() < span.end for span in marked):
                missed = Span("", match.start(), match.end(), "LOCALITY")
                yield breach(
                    document, "missed-locality", f"{name!r} is marked elsewhere but not here", missed
                )
