"""The guide's examples are complete annotations that obey the guide."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import annotations
from annotations import inline
from annotations.rules import findings
from annotations.schema import Schema
from annotations.validate import validate

GUIDE = Path(annotations.__file__).with_name("GUIDELINES.md")
EXAMPLES = re.findall(r"```inline\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_example(example: str) -> None:
    document = inline.parse(example)
    assert document.spans
    assert not validate(document, Schema.default())
    assert not findings(document)


def test_every_label_and_relation_has_an_example() -> None:
    documents = [inline.parse(example) for example in EXAMPLES]
    schema = Schema.default()
    assert {span.label for d in documents for span in d.spans} == set(schema.label_names)
    assert {relation.label for d in documents for relation in d.relations} == set(schema.relation_names)
