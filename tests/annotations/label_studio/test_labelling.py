"""The labelling configuration: made from any schema, recognised again, others told apart."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from label_studio_sdk.label_interface import LabelInterface

from annotations.label_studio.convert import to_prediction
from annotations.label_studio.labelling import instructions, is_blank, labelling_config, unfit
from annotations.schema import Label, RelationType, Schema
from tests.annotations.label_studio.test_convert import DOCUMENT

SCHEMA = Schema.default()


def test_every_label_has_its_title_colour_and_hotkey() -> None:
    tags = {tag.get("value"): tag for tag in ElementTree.fromstring(labelling_config(SCHEMA)).iter("Label")}
    assert list(tags) == list(SCHEMA.label_names)
    for label in SCHEMA.labels:
        tag = tags[label.name]
        assert (tag.get("html"), tag.get("background"), tag.get("hotkey")) == (
            label.title,
            label.color,
            label.hotkey,
        )


def test_the_sdk_accepts_configuration_and_prediction() -> None:
    interface = LabelInterface(labelling_config(SCHEMA))
    interface.validate()
    assert interface.validate_prediction(to_prediction(DOCUMENT, "m1"), return_errors=True) == []


def test_signs_of_markup_in_a_schema_do_no_harm() -> None:
    odd = Schema(
        "odd",
        "1",
        (Label("A<&\"'>", "a", title="<b>&", hotkey=""),),
        (RelationType("R&", ("A<&\"'>",), ("A<&\"'>",)),),
    )
    assert unfit(labelling_config(odd), odd) is None
    assert "<b>&amp;" not in instructions(odd)


def test_the_instructions_hold_labels_and_guide(tmp_path: Path) -> None:
    guide = tmp_path / "guide.md"
    guide.write_text("# Cách làm\n\n- **một**\n", encoding="utf-8")
    text = instructions(SCHEMA, guide)
    assert "<h1>Cách làm</h1>" in text
    for label in SCHEMA.labels:
        assert label.title in text
        assert label.description in text


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('value="TARGET"', 'value="AIM"', "it has no label TARGET"),
        ('value="HAS_RATIO"', 'value="RATIO_OF"', "it has no relation HAS_RATIO"),
        ('name="label"', 'name="ner"', 'it has no <Labels name="label">'),
        ('value="$text"', 'value="$body"', "do not stand on"),
        ("<View>", "<View", "it is no XML"),
    ],
)
def test_foreign_configurations_are_told_apart(old: str, new: str, reason: str) -> None:
    config = labelling_config(SCHEMA)
    assert unfit(config, SCHEMA) is None
    assert old in config
    assert reason in (unfit(config.replace(old, new), SCHEMA) or "")


def test_own_colours_and_further_controls_are_no_matter() -> None:
    config = (
        labelling_config(SCHEMA)
        .replace("#1f77b4", "red")
        .replace("</View>", '<TextArea name="n" toName="text"/></View>')
    )
    assert unfit(config, SCHEMA) is None


def test_blank_configurations() -> None:
    assert is_blank("<View></View>")
    assert is_blank("")
    assert not is_blank(labelling_config(SCHEMA))
