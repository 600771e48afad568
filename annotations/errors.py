"""The one error that bad input raises."""

from pathlib import Path


class InputError(ValueError):
    """Input that cannot be used, said in one line with its place.

    Parameters
    ----------
    message
        What is wrong, without the place.
    source
        The file (or other origin) that holds it.
    line
        1-based line in that file.
    """

    def __init__(self, message: str, *, source: str | Path | None = None, line: int | None = None) -> None:
        self.message = message
        self.source = None if source is None else str(source)
        self.line = line
        place = "" if self.source is None else self.source if line is None else f"{self.source}:{line}"
        super().__init__(f"{place}: {message}" if place else message)
