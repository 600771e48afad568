"""The one error of a run that cannot go on though its input is sound."""


class Stopped(RuntimeError):
    """A run that had to stop: a worker died, or the disk is full. Parts that were finished are kept."""
