"""Data sets of Hugging Face `datasets`: saved in a folder, or streamed from the Hub."""

from __future__ import annotations

import os
from collections.abc import Iterator

from annotations.errors import InputError
from annotations.sources import arrow
from annotations.sources.inputs import HUB, Kind, stamp_of
from annotations.sources.items import Item, Reject
from annotations.sources.reading import Reading
from annotations.sources.records import missing_column, one_line

_BATCH_ROWS = 128


def revision(name: str) -> str:
    """The commit at which a data set of the Hub stands, so that all of it is read as it is now.

    A folder of data files is a data set, too, as it is for `datasets`; its files' stamps are given.

    Raises
    ------
    InputError
        If there is no such data set, or the Hub cannot be reached.
    """
    place = name.partition(":")[0]
    if os.path.isdir(place):
        return stamp_of(place)

    from huggingface_hub import HfApi

    try:
        return str(HfApi().dataset_info(place, timeout=30).sha)
    except Exception as error:  # the Hub, its client and the network each have errors of their own
        raise InputError(
            f"cannot be had from the Hugging Face Hub: {one_line(error)}", source=HUB + name
        ) from error


def read(reading: Reading) -> Iterator[Item]:
    """The articles of a data set, of one split after the other if it is of the Hub and none is named.

    Raises
    ------
    InputError
        If the connection to the Hub fails on the way.
    """
    return _saved(reading) if reading.input.kind is Kind.dataset else _streamed(reading)


def _saved(reading: Reading) -> Iterator[Item]:
    import datasets

    source = reading.origin().source
    number = 1
    try:
        found = datasets.load_from_disk(reading.input.path)
        if reason := missing_column(found.column_names, reading.options):
            yield Reject(reading.origin(), reason)
            return
        for table in found.with_format("arrow").iter(_BATCH_ROWS):
            yield from arrow.items(table, number, source, reading.name, reading)
            number += table.num_rows
            reading.meter.consumed = (reading.input.size or 0) * (number - 1) // found.num_rows
    except (OSError, ValueError, KeyError) as error:
        yield Reject(reading.origin(number), f"the data set cannot be read: {one_line(error)}")


def _streamed(reading: Reading) -> Iterator[Item]:
    import datasets

    name, _, split = reading.input.path.removeprefix(HUB).partition(":")
    commit = None if os.path.isdir(name) else reading.input.stamp
    try:
        found = datasets.load_dataset(name, revision=commit, streaming=True)
        for one in [split] if split else found:
            prefix = reading.name if split else f"{reading.name}:{one}"
            number = 1
            for table in found[one].with_format("arrow").iter(_BATCH_ROWS):
                yield from arrow.items(table, number, f"{HUB}{name}:{one}", prefix, reading)
                number += table.num_rows
    except Exception as error:  # as above; the rest is not lost for good, so it is no reject
        raise InputError(f"cannot be read on: {one_line(error)}", source=reading.input.source) from error
