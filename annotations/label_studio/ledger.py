"""What earlier pulls wrote into a folder."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from annotations.errors import InputError
from annotations.files import read_text, replacing

LEDGER = ".label-studio.json"
Form = Literal["inline", "jsonl"]


@dataclass(frozen=True, slots=True)
class Entry:
    """Where an annotation's document stands, and its digest.

    `previous` is the digest of what stood there before, so that a pull that breaks off takes neither for an edit.
    """

    slot: str
    annotator: str
    digest: str
    previous: str | None = None


@dataclass
class Ledger:
    """The record of a folder: entries by the annotations' keys.

    `latest` is the time of the last change on the server that the pulls have dealt with.
    """

    server: str
    project: str
    form: Form
    latest: str | None = None
    entries: dict[str, Entry] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: Path, server: str, project: str, form: Form) -> Ledger:
        """The ledger of a folder; an empty one if nothing was pulled there yet.

        Raises
        ------
        InputError
            If the folder holds pulls from elsewhere or in another form, or its ledger is broken.
        """
        path = folder / LEDGER
        if not path.exists():
            return cls(server, project, form)
        try:
            data = json.loads(read_text(path))
            entries = {key: Entry(**entry) for key, entry in data.pop("entries").items()}
            ledger = cls(**data, entries=entries)
        except InputError:
            raise
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(f"not the record of a pull: {error}", source=path) from error
        for what, old, new in (
            ("server", ledger.server, server),
            ("project", ledger.project, project),
            ("form", ledger.form, form),
        ):
            if old != new:
                raise InputError(f"the folder holds a pull of {what} {old!r}, not {new!r}", source=folder)
        return ledger

    def save(self, folder: Path) -> None:
        """Write the ledger, whole or not at all, unless it stands there already."""
        path = folder / LEDGER
        content = json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"
        if not path.exists() or read_text(path) != content:
            with replacing(path) as stream:
                stream.write(content)
