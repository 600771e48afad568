"""Where a benchmark ran."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psutil
import torch
import transformers

from model.backends.devices import fast_dtype
from model.extractor import Extractor


@dataclass(frozen=True, slots=True)
class Machine:
    """What the figures depend on beside the code; `number_format` is that of PyTorch's weights."""

    processor: str
    cores: int
    memory_bytes: int
    device: str
    backend: str
    number_format: str
    threads: int
    python: str
    torch: str
    transformers: str
    chitieu: str


def describe(extractor: Extractor) -> Machine:
    """This machine, and how the extractor uses it."""
    device = extractor.device
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu"
    return Machine(
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        memory_bytes=psutil.virtual_memory().total,
        device=name,
        backend=extractor.backend,
        number_format=str(fast_dtype(device)).removeprefix("torch."),
        threads=torch.get_num_threads(),
        python=platform.python_version(),
        torch=torch.__version__,
        transformers=transformers.__version__,
        chitieu=version("chitieu"),
    )


def _processor() -> str:
    """The processor's name; Linux has it in a file, others tell it themselves."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
