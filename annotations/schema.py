"""Which labels and relations exist, as data: the same code reads, trains and scores any other set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from annotations.errors import InputError

DEFAULT_FILE = Path(__file__).with_name("schema.yaml")


@dataclass(frozen=True, slots=True)
class Label:
    """A kind of span.

    `letter` begins its ids in the inline form; `needs_head` says that every span of this label must be the
    tail of a relation or stand without a noun phrase that names it.
    """

    name: str
    letter: str
    color: str = "#888888"
    hotkey: str = ""
    title: str = ""
    description: str = ""
    needs_head: bool = False


@dataclass(frozen=True, slots=True)
class RelationType:
    """A kind of link: which labels may be its head, which its tail."""

    name: str
    heads: tuple[str, ...]
    tails: tuple[str, ...]
    title: str = ""


@dataclass(frozen=True)
class Schema:
    """Labels and relation types of a data set.

    `free_edges` says that a span may begin or end with punctuation, as in data sets that tag whole tokens.
    """

    name: str
    version: str
    labels: tuple[Label, ...]
    relations: tuple[RelationType, ...] = field(default=())
    free_edges: bool = False

    def __post_init__(self) -> None:
        for what, values in (
            ("label", [label.name for label in self.labels]),
            ("letter", [label.letter for label in self.labels]),
            ("relation", [relation.name for relation in self.relations]),
        ):
            if doubled := {value for value in values if values.count(value) > 1}:
                raise ValueError(f"schema {self.name!r} names the {what} {min(doubled)!r} twice")
        for relation in self.relations:
            for name in (*relation.heads, *relation.tails):
                if name not in self.label_names:
                    raise ValueError(f"relation {relation.name!r} speaks of the unknown label {name!r}")

    @cached_property
    def label_names(self) -> tuple[str, ...]:
        return tuple(label.name for label in self.labels)

    @cached_property
    def relation_names(self) -> tuple[str, ...]:
        return tuple(relation.name for relation in self.relations)

    @cached_property
    def by_letter(self) -> Mapping[str, Label]:
        return {label.letter: label for label in self.labels}

    @cached_property
    def by_name(self) -> Mapping[str, Label]:
        return {label.name: label for label in self.labels}

    @cached_property
    def pairs(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """Relation names that (head label, tail label) may have."""
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for relation in self.relations:
            for head in relation.heads:
                for tail in relation.tails:
                    found[head, tail] = (*found.get((head, tail), ()), relation.name)
        return found

    def relation_between(self, head: str, tail: str) -> str | None:
        """The relation that these two labels can have, if it is the only one."""
        names = self.pairs.get((head, tail), ())
        return names[0] if len(names) == 1 else None

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Schema:
        """Build a schema from plain data.

        Raises
        ------
        ValueError
            If a field is missing, unknown, or contradicts another.
        """
        try:
            labels = tuple(Label(**label) for label in data["labels"])
            relations = tuple(
                RelationType(
                    **{**relation, "heads": tuple(relation["heads"]), "tails": tuple(relation["tails"])}
                )
                for relation in data.get("relations", ())
            )
            return cls(
                str(data["name"]), str(data["version"]), labels, relations, bool(data.get("free_edges"))
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a schema: {error}") from error

    @classmethod
    def load(cls, path: str | Path) -> Schema:
        """Read a schema from a YAML (or JSON) file.

        Raises
        ------
        InputError
            If the file is missing, is no YAML, or is no schema.
        """
        import yaml

        try:
            return cls.from_dict(yaml.safe_load(Path(path).read_text(encoding="utf-8")))
        except OSError as error:
            raise InputError(f"cannot read the schema: {error.strerror}", source=path) from error
        except (yaml.YAMLError, ValueError) as error:
            raise InputError(f"not a schema: {' '.join(str(error).split())}", source=path) from error

    @classmethod
    def default(cls) -> Schema:
        """The schema of promises and results in local-government news."""
        return _default()

    @classmethod
    def of_labels(cls, names: Iterable[str]) -> Schema:
        """A schema of plain labels without relations, for data sets that bring their own."""
        letters = (f"x{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(26 * 26))
        labels = tuple(Label(name, letter) for name, letter in zip(sorted(set(names)), letters, strict=False))
        return cls("plain", "1", labels, free_edges=True)

    @classmethod
    def covering(cls, names: Iterable[str]) -> Schema:
        """The default schema if it has all these labels, else one of plain labels."""
        wanted = set(names)
        return cls.default() if wanted <= set(cls.default().label_names) else cls.of_labels(wanted)


@cache
def _default() -> Schema:
    return Schema.load(DEFAULT_FILE)
