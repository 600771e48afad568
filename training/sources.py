"""Which schema a run has and which documents: what the configuration says, and what it leaves to the data."""

from __future__ import annotations

from dataclasses import dataclass

from annotations.document import Document
from annotations.errors import InputError
from annotations.formats import read_documents
from annotations.schema import Schema
from training.config import TrainConfig
from training.data import load

_HELD_OUT = 10


@dataclass(frozen=True, slots=True)
class Sources:
    """A schema, documents to learn from and documents for early stopping."""

    schema: Schema
    train: list[Document]
    dev: list[Document]


def sources(config: TrainConfig) -> Sources:
    """Read what a run is about.

    Without a schema file, the schema is the project's if it has all labels of the data, else their labels alone. Such
    foreign data without documents for early stopping give up every tenth document for it.

    Raises
    ------
    InputError
        If the data cannot be used, or there is nothing to learn from.
    """
    if config.schema_file:
        schema = Schema.load(config.schema_file)
    else:
        paths = [*config.data, *(config.dev if "dev" in config.model_fields_set else ())]
        labels = {
            span.label
            for path in paths
            for document in read_documents(path, format=config.format)
            for span in document.spans
        }
        schema = Schema.covering(labels)
    train = load(config.data, schema, config.format)
    if schema.name != Schema.default().name and "dev" not in config.model_fields_set:
        dev = train[_HELD_OUT - 1 :: _HELD_OUT]
        train = [document for n, document in enumerate(train, 1) if n % _HELD_OUT]
    else:
        dev = load(config.dev, schema, config.format)
    if not train or not dev:
        raise InputError("too few documents: there must be some to learn from and some to stop by (--dev)")
    return Sources(schema, train, dev)
