"""One run of `chitieu extract`: from a source to an output, or to where it is stopped."""

from __future__ import annotations

import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from annotations.errors import InputError
from annotations.sources import Reject, Source, chunks
from chitieu.progress import ExtractionProgress
from model.pipeline.output import Engine, Form, Summary, collect, finish, stream, write_rejects
from model.pipeline.parts import opened
from model.pipeline.state import state_of
from model.pipeline.work import WorkerSettings


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done.

    Parameters
    ----------
    fingerprint
        Of the source: a run goes on only where it is the same.
    chunk
        Articles in a chunk.
    output
        None for standard output.
    rejects
        None for a file beside the output, or standard error where there is no such place.
    restart
        Forget what an unfinished run has left.
    """

    source: Source
    fingerprint: str
    chunk: int
    engine: Engine
    settings: WorkerSettings
    form: Form
    output: Path | None
    rejects: Path | None
    restart: bool

    @property
    def parts(self) -> Path | None:
        """Where the parts of an unfinished output are kept; None where they cannot be (a pipe, a device).

        The folder is hidden: a source that the output lies in must not take it for input.
        """
        return self._beside(".{}.parts")

    @property
    def rejects_file(self) -> Path | None:
        """Where rejects are written, None for standard error."""
        return self.rejects or self._beside("{}.rejects.jsonl")

    def check(self) -> None:
        """See that its output has a place.

        Raises
        ------
        InputError
            If a file is to be written where a folder is or the other way round, or bytes to a terminal.
        """
        pages = self.form.format == "html" and self.output is not None and self.output.suffix != ".html"
        if self.output is None:
            if self.form.format in ("parquet", "xlsx") and sys.stdout.isatty():
                raise InputError("this format is not for a terminal; name a file to write")
        elif self.output.is_dir() and not (pages and self.output.resolve().name):
            raise InputError("cannot write: this is a folder", source=self.output)
        elif self.output.is_file() and pages:
            raise InputError("cannot write: this is a file, and pages need a folder", source=self.output)

    def _beside(self, name: str) -> Path | None:
        """A path beside the output, which gives it its name; None where the output is no file and no folder."""
        out = self.output
        if out is None or not (out.is_file() or out.is_dir() or not out.exists()):
            return None
        if out.is_symlink() or out.name in ("", ".."):
            out = out.resolve()
        return out.with_name(name.format(out.name))


def run(job: Job, progress: ExtractionProgress) -> Summary:
    """Do a job.

    Raises
    ------
    InputError
        If nothing can be read, the output has no place, or an unfinished run of another kind is in the way.
    Stopped
        If it cannot go on; finished parts are kept, where there is a place for them.
    """
    if job.parts is not None and job.rejects_file is not None:
        summary = _in_parts(job, progress, job.parts, job.rejects_file)
    else:
        with _telling(job.rejects_file, progress) as tell:
            if job.output is None and job.form.streams:
                incoming = chunks(job.source, job.chunk)
                summary = stream(incoming, job.engine, job.form, progress.watch, tell)
            else:
                with tempfile.TemporaryDirectory(prefix="chitieu-") as folder:
                    summary = _in_parts(job, progress, Path(folder) / "parts", tell)
    summary.check()
    return summary


def _in_parts(
    job: Job, progress: ExtractionProgress, folder: Path, rejects: Path | Callable[[Reject], None]
) -> Summary:
    state = state_of(job.fingerprint, job.settings, job.chunk)
    with opened(folder, job.settings.format, state, restart=job.restart) as parts:
        count = collect(chunks(job.source, job.chunk), job.engine, parts, progress.watch)
        summary = finish(parts, count, job.form, job.output, rejects)
        parts.remove()
    return summary


@contextmanager
def _telling(rejects: Path | None, progress: ExtractionProgress) -> Iterator[Callable[[Reject], None]]:
    """What tells of rejects as they come: in a file, or on standard error."""
    if rejects is None:
        yield lambda reject: progress.say(f"rejected: {reject.origin}: {reject.reason}")
        return
    try:
        stream = rejects.open("w", encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot write: {error.strerror}", source=rejects) from error
    with stream:
        yield lambda reject: write_rejects([reject], stream)


@contextmanager
def interruptible() -> Iterator[None]:
    """Let a request to end (SIGTERM) do what Ctrl-C does: raise KeyboardInterrupt."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
