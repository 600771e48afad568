"""Bringing annotations home: a folder that follows the server and never overwrites what was edited in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from annotations.label_studio.convert import digest
from annotations.label_studio.ledger import Entry, Ledger
from annotations.label_studio.shelf import InlineShelf, JsonlShelf, Shelf
from annotations.label_studio.tasks import Annotated, Status
from annotations.schema import Schema


@dataclass(frozen=True)
class Pulled:
    """What a pull did; the tuples name slots.

    `conflicts` were edited in the folder since they were pushed or pulled, and were left alone. `gone` are no longer
    on the server, and stay in the folder.
    """

    written: tuple[str, ...]
    removed: tuple[str, ...]
    conflicts: tuple[str, ...]
    gone: tuple[str, ...]
    unchanged: int
    statuses: Counter[Status]


@dataclass(frozen=True)
class _Step:
    """One annotation and its slot; `standing` is the digest of what stands there now."""

    one: Annotated
    slot: str
    digest: str
    standing: str | None
    entry: Entry | None

    @property
    def conflict(self) -> bool:
        return self.standing not in {None, self.digest, self.one.pushed, *_known(self.entry, self.slot)}

    @property
    def new(self) -> bool:
        return self.standing != self.digest and not self.conflict


def pull(
    annotated: Iterable[Annotated],
    folder: Path,
    ledger: Ledger,
    schema: Schema | None = None,
    *,
    annotator: str | None = None,
    complete: bool = True,
) -> Pulled:
    """Write annotations into a folder.

    Everybody's documents go to `STATUS/ANNOTATOR/…`. With `annotator`, what that person has submitted goes straight
    into the folder, over the files from which the tasks were made. A file that holds the very document is not
    touched. Breaking off does no harm: the next pull goes on.

    Parameters
    ----------
    complete
        Whether `annotated` is all that the project holds, so that an annotation missing in it is gone from the
        server. Drafts must always be complete.
    """
    schema = schema or Schema.default()
    shelf: Shelf = InlineShelf(folder, schema) if ledger.form == "inline" else JsonlShelf(folder)
    chosen = [one for one in annotated if annotator in (None, one.annotator)]
    steps = _steps(chosen, ledger, shelf, in_place=annotator is not None)
    conflicts = [step.slot for step in steps if step.conflict]

    present = {one.key for one in chosen}
    absent = {
        key: entry
        for key, entry in ledger.entries.items()
        if key not in present and annotator in (None, entry.annotator)
    }
    over = [key for key in absent if key.startswith("draft ")]
    moved = [
        step.entry for step in steps if step.entry and step.entry.slot != step.slot and not step.conflict
    ]
    removed, edited = _clear(shelf, [*moved, *(ledger.entries.pop(key) for key in over)])

    for step in steps:
        if not step.conflict:
            previous = step.standing if step.new else None
            ledger.entries[step.one.key] = Entry(step.slot, step.one.annotator, step.digest, previous)
    ledger.save(folder)
    written = [step for step in steps if step.new]
    for step in written:
        shelf.put(step.slot, step.one.document)
    shelf.flush()
    ledger.entries = {key: replace(entry, previous=None) for key, entry in ledger.entries.items()}
    ledger.latest = _latest(steps, ledger.latest)
    ledger.save(folder)
    return Pulled(
        written=tuple(step.slot for step in written),
        removed=tuple(removed),
        conflicts=(*conflicts, *edited),
        gone=tuple(entry.slot for key, entry in absent.items() if complete and key not in over),
        unchanged=sum(step.standing == step.digest for step in steps),
        statuses=Counter(one.status for one in chosen),
    )


def _clear(shelf: Shelf, entries: Sequence[Entry]) -> tuple[list[str], list[str]]:
    """Empty slots of what is there no longer: those that were emptied, and those that were edited and stay."""
    removed, edited = [], []
    for entry in entries:
        standing = _standing(shelf, entry.slot)
        if standing in _known(entry, entry.slot):
            shelf.put(entry.slot, None)
            removed.append(entry.slot)
        elif standing is not None:
            edited.append(entry.slot)
    shelf.flush()
    return removed, edited


def _steps(chosen: Sequence[Annotated], ledger: Ledger, shelf: Shelf, *, in_place: bool) -> list[_Step]:
    taken = {shelf.folded(entry.slot) for entry in ledger.entries.values()}
    steps = []
    for one in chosen:
        if in_place and one.status not in (Status.submitted, Status.empty):
            continue
        person = re.sub(r"[^\w.@+-]", "_", one.annotator)
        place = "" if in_place else f"{one.status}/{person}"
        entry = ledger.entries.get(one.key)
        if entry and shelf.is_in(entry.slot, place):
            slot = entry.slot
        else:
            slot = shelf.slot(place, one.document, taken)
            taken.add(shelf.folded(slot))
        steps.append(_Step(one, slot, digest(one.document), _standing(shelf, slot), entry))
    return steps


def _standing(shelf: Shelf, slot: str) -> str | None:
    """Digest of what stands in a slot; a word that no digest equals if it cannot be read."""
    if not shelf.has(slot):
        return None
    document = shelf.get(slot)
    return "unreadable" if document is None else digest(document)


def _known(entry: Entry | None, slot: str) -> set[str]:
    if entry is None or entry.slot != slot:
        return set()
    return {entry.digest} | ({entry.previous} if entry.previous else set())


def _latest(steps: Sequence[_Step], before: str | None) -> str | None:
    """The time up to which nothing is left to do: a conflict is met again by the next pull."""
    open_ones = [step.one.updated for step in steps if step.conflict]
    times = [min(open_ones)] if open_ones else [step.one.updated for step in steps]
    found = [time.isoformat() for time in times] + ([before] if before and not open_ones else [])
    return max(found, default=None)
