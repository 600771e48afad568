"""The folder that holds the parts of an unfinished output, so that a run that was stopped goes on where it was."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotations.errors import InputError
from annotations.files import replacing
from annotations.sources.items import Origin, Reject
from model.pipeline.formats import PartFormat, suffix
from model.pipeline.part import Part
from model.pipeline.stopped import Stopped

if TYPE_CHECKING:
    from annotations.sources import Chunk

_STATE = "state.json"


@dataclass(frozen=True, slots=True)
class Mark:
    """What is kept of a part beside its data; a part is finished when its mark is written.

    `digest` is that of the chunk it was made of; the other fields are those of `Part`.
    """

    articles: int
    rows: int
    spans: int
    digest: str
    rejects: tuple[Reject, ...]

    def to_json(self) -> dict[str, Any]:
        """The mark as plain data."""
        counts = {"articles": self.articles, "rows": self.rows, "spans": self.spans, "digest": self.digest}
        return {**counts, "rejects": [reject.to_json() for reject in self.rejects]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Mark:
        """The mark that `to_json` made plain data of."""
        rejects = (
            Reject(Origin(item["source"], item["record"]), item["reason"], item["id"])
            for item in data.pop("rejects")
        )
        return cls(**data, rejects=tuple(rejects))


class Parts:
    """The parts of one output.

    Parameters
    ----------
    folder
        That holds them; it is locked (see `opened`).
    """

    def __init__(self, folder: Path, format: PartFormat) -> None:
        self._folder = folder
        self._suffix = suffix(format)
        self._digests: dict[int, str] = {}

    def file(self, number: int) -> Path:
        """Where a part's data is."""
        return self._folder / f"part-{number:06}{self._suffix}"

    def mark(self, number: int) -> Mark | None:
        """What is known of a part, None if it is not finished.

        Raises
        ------
        InputError
            If its mark is broken.
        """
        path = self._mark_file(number)
        try:
            return Mark.from_json(json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise InputError("broken; use --restart to begin anew", source=path) from error

    def marks(self, count: int) -> Iterator[Mark]:
        """The marks of the first `count` parts."""
        for number in range(count):
            mark = self.mark(number)
            if mark is None:
                raise InputError("it is gone", source=self._mark_file(number))
            yield mark

    def finished(self, chunk: Chunk) -> Mark | None:
        """The mark of a chunk's part, None if that is still to be made.

        Raises
        ------
        InputError
            If the part was made of another chunk: the input is not what it was.
        """
        digest = _digest(chunk)
        mark = self.mark(chunk.number)
        if mark is None:
            self._digests[chunk.number] = digest
        elif mark.digest != digest:
            place = f" ({chunk.documents[0].id} and what follows)" if chunk.documents else ""
            raise InputError(
                f"the input has changed since this run began: part {chunk.number}{place}; use --restart to begin anew",
                source=self._folder,
            )
        return mark

    def keep(self, part: Part) -> None:
        """Write a part, its mark last.

        Raises
        ------
        Stopped
            If it cannot be written.
        """
        mark = Mark(part.articles, part.rows, part.spans, self._digests.pop(part.number), part.rejects)
        try:
            with replacing(self.file(part.number), binary=True) as stream:
                stream.write(part.data)
            with replacing(self._mark_file(part.number)) as stream:
                json.dump(mark.to_json(), stream, ensure_ascii=False)
        except (OSError, InputError) as error:
            raise cannot_write(self._folder, error) from error

    def remove(self) -> None:
        """Remove the folder, at once as far as a later run can see."""
        aside = _aside(self._folder)
        os.replace(self._folder, aside)
        shutil.rmtree(aside, ignore_errors=True)

    def _mark_file(self, number: int) -> Path:
        return self._folder / f"part-{number:06}.json"


@contextmanager
def opened(
    folder: Path, format: PartFormat, state: Mapping[str, str], *, restart: bool = False
) -> Iterator[Parts]:
    """The parts in a folder, which is made if it is missing, and held against other runs.

    Parameters
    ----------
    state
        All that the parts depend on, under names that a message can use.
    restart
        Forget what an earlier run has left.

    Raises
    ------
    InputError
        If the folder was left by a run of another state, is used by another run, or cannot be made.
    """
    shutil.rmtree(_aside(folder), ignore_errors=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("a")
    except OSError as error:
        raise InputError(f"cannot write: {error.strerror}", source=folder) from error
    with lock:
        if not _locked(lock.fileno()):
            raise InputError("another run is writing here", source=folder)
        if restart:
            for path in folder.glob("part-*"):
                path.unlink()
            (folder / _STATE).unlink(missing_ok=True)
        _agree(folder, state)
        try:
            yield Parts(folder, format)
        finally:
            if folder.exists() and not any(folder.glob("part-*.json")):
                shutil.rmtree(folder, ignore_errors=True)


def cannot_write(path: Path, error: Exception) -> Stopped:
    """The error of a failed write: the disk is full, or gone."""
    reason = error.strerror if isinstance(error, OSError) else getattr(error, "message", None)
    return Stopped(f"cannot write {path}: {reason or error}")


def _agree(folder: Path, state: Mapping[str, str]) -> None:
    """See that the folder's parts were made in the same way, or write down how they are going to be."""
    path = folder / _STATE
    if path.exists():
        try:
            before = dict(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise InputError("broken; use --restart to begin anew", source=path) from error
        other = [name for name in {**before, **state} if before.get(name) != state.get(name)]
        if other:
            raise InputError(
                f"an unfinished run with another {' and another '.join(other)} is kept here; "
                "go on with its own options and input, or use --restart to begin anew",
                source=folder,
            )
        return
    try:
        with replacing(path) as stream:
            json.dump(dict(state), stream, indent=1, ensure_ascii=False)
    except OSError as error:
        raise cannot_write(folder, error) from error


def _digest(chunk: Chunk) -> str:
    """Of all that a chunk's part depends on."""
    digest = hashlib.blake2b(digest_size=16)
    for document in chunk.documents:
        fields = (document.id, document.text, json.dumps(dict(document.meta), ensure_ascii=False))
        for field in fields:
            data = field.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def _aside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.done")


def _locked(descriptor: int) -> bool:
    """Lock a file for as long as it is open, unless another process has it."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
