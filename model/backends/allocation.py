"""Memory of a process that extracts: large tensors reuse what was freed, and what stays is not searched for garbage."""

from __future__ import annotations

import ctypes
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager

_TRIM_THRESHOLD, _MMAP_MAX = -1, -4
"""Parameters of glibc's mallopt(3)."""
_KEPT = 512 << 20
"""Bytes that stay in the process at most when they are free."""
_KERNELS = "4"
"""A layer has products of three sizes."""


def keep_freed_memory() -> bool:
    """Let glibc serve large blocks from its heap and keep what is freed; whether this C library could be told.

    By default it maps every large block anew and the kernel clears each page of it at the first touch. Extraction in
    PyTorch on one thread took about a twentieth less time without that. It holds for the whole process, so commands
    and worker processes call it, libraries do not. Whoever sets `MALLOC_MMAP_MAX_` or `MALLOC_TRIM_THRESHOLD_` in the
    environment has decided already.

    oneDNN, too, forgets: it keeps the kernels that it has made for the products of one batch, which every layer uses,
    but not for those of batches before. Hardly two batches have as many pieces, and what was kept of each lay between the
    large blocks, so that these found no place and the heap grew to twice what was in use. Call it before the first tensor
    is computed.
    """
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", _KERNELS)
    if "MALLOC_MMAP_MAX_" in os.environ or "MALLOC_TRIM_THRESHOLD_" in os.environ:
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # musl, macOS, Windows
        return False
    return bool(mallopt(_MMAP_MAX, 0)) and bool(mallopt(_TRIM_THRESHOLD, _KEPT))


@contextmanager
def for_good() -> Iterator[None]:
    """Import large packages inside: the garbage collector looks through nothing of them, now, later or at the end.

    PyTorch makes so many objects that looking through them again and again, and once more when the process ends, takes a
    quarter of the time that a process needs that does no more than import it.
    """
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if searching:
            gc.enable()
