"""Keeping freed memory in the process, so that large tensors need not be paged in anew each time."""

from __future__ import annotations

import ctypes
import os

_TRIM_THRESHOLD, _MMAP_MAX = -1, -4
"""Parameters of glibc's mallopt(3)."""
_KEPT = 512 << 20
"""Bytes that stay in the process at most when they are free."""


def keep_freed_memory() -> bool:
    """Let glibc serve large blocks from its heap and keep what is freed; whether this C library could be told.

    By default it maps every large block anew and the kernel clears each page of it at the first touch. Extraction in
    PyTorch on one thread took about a twentieth less time without that. It holds for the whole process, so commands
    and worker processes call it, libraries do not. Whoever sets `MALLOC_MMAP_MAX_` or `MALLOC_TRIM_THRESHOLD_` in the
    environment has decided already.
    """
    if "MALLOC_MMAP_MAX_" in os.environ or "MALLOC_TRIM_THRESHOLD_" in os.environ:
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # musl, macOS, Windows
        return False
    return bool(mallopt(_MMAP_MAX, 0)) and bool(mallopt(_TRIM_THRESHOLD, _KEPT))
