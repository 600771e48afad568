"""The labelling configuration: what annotators see, made from the schema."""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from annotations.schema import Schema

CONTROL = "label"
"""Name of the tag that labels regions; `from_name` in results."""
OBJECT = "text"
"""Name of the tag that shows the text; `to_name` in results."""
FIELD = "text"
"""Key of the text in a task's data."""
GUIDE = Path(__file__).parents[1] / "GUIDELINES.md"


def labelling_config(schema: Schema) -> str:
    """The XML of a project that annotates with this schema: titles, colours, hotkeys, relation types."""
    view = ElementTree.Element("View")
    relations = ElementTree.SubElement(view, "Relations")
    for relation in schema.relations:
        ElementTree.SubElement(relations, "Relation", value=relation.name)
    labels = ElementTree.SubElement(view, "Labels", name=CONTROL, toName=OBJECT, choice="single")
    for label in schema.labels:
        shown = {"html": html.escape(label.title)} if label.title else {}
        known = {"background": label.color, "hotkey": label.hotkey, "hint": label.description}
        given = {key: value for key, value in known.items() if value}
        ElementTree.SubElement(labels, "Label", {"value": label.name, **shown, **given})
    ElementTree.SubElement(
        view, "Text", name=OBJECT, value=f"${FIELD}", valueType="text", granularity="symbol"
    )
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode")


def instructions(schema: Schema, guide: Path = GUIDE) -> str:
    """What annotators are told, as HTML: the labels and links of the schema, then the guide where there is one."""
    from markdown_it import MarkdownIt

    lines = ["| | |", "|---|---|"]
    lines += [f"| **{label.title or label.name}** | {label.description} |" for label in schema.labels]
    lines += ["", "| | |", "|---|---|"]
    for relation in schema.relations:
        ends = f"{_titles(schema, relation.heads)} → {_titles(schema, relation.tails)}"
        lines.append(f"| **{relation.name}** ({relation.title}) | {ends} |")
    text = "\n".join(lines)
    if guide.is_file():
        text += "\n\n" + guide.read_text(encoding="utf-8")
    return str(MarkdownIt("commonmark", {"html": False}).enable("table").render(text))


def is_blank(config: str) -> bool:
    """Whether a configuration asks for nothing, as that of a project just made in the browser."""
    try:
        return len(ElementTree.fromstring(config)) == 0
    except ElementTree.ParseError:
        return not config.strip()


def unfit(config: str, schema: Schema) -> str | None:
    """Why a project with this configuration cannot hold documents of the schema; None if it can.

    Colours, hotkeys and further controls are the project's own affair.
    """
    try:
        root = ElementTree.fromstring(config)
    except ElementTree.ParseError as error:
        return f"it is no XML ({error})"
    return next(_misfits(root, schema), None)


def _misfits(root: ElementTree.Element, schema: Schema) -> Iterator[str]:
    control = next((tag for tag in root.iter("Labels") if tag.get("name") == CONTROL), None)
    text = next((tag for tag in root.iter("Text") if tag.get("name") == OBJECT), None)
    if control is None:
        yield f'it has no <Labels name="{CONTROL}">'
        return
    if text is None or text.get("value") != f"${FIELD}" or control.get("toName") != OBJECT:
        yield f'its labels do not stand on <Text name="{OBJECT}" value="${FIELD}">'
    # with an alias, results carry the alias
    offered = {tag.get("alias") or tag.get("value") for tag in control.iter("Label")}
    links = {tag.get("value") for tag in root.iter("Relation")}
    for what, names, present in (
        ("label", schema.label_names, offered),
        ("relation", schema.relation_names, links),
    ):
        if missing := [name for name in names if name not in present]:
            yield f"it has no {what} {', '.join(missing)}"


def _titles(schema: Schema, names: tuple[str, ...]) -> str:
    return ", ".join(schema.by_name[name].title or name for name in names)
