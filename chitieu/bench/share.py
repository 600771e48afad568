"""How much of the time of a task is spent inside the encoder."""

from __future__ import annotations

import time
from typing import Any

import torch
from torch import nn

from chitieu.bench.stopwatch import Task, clock


def outside(task: Task, encoder: nn.Module, device: torch.device) -> float:
    """Share (0 to 1) of a task's seconds that pass while the encoder is not running."""
    inside = 0.0
    began = 0.0

    def now() -> float:
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        return time.perf_counter()

    def enter(*_: Any) -> None:
        nonlocal began
        began = now()

    def leave(*_: Any) -> None:
        nonlocal inside
        inside += now() - began

    hooks = [encoder.register_forward_pre_hook(enter), encoder.register_forward_hook(leave)]
    try:
        seconds = clock(task)
    finally:
        for hook in hooks:
            hook.remove()
    return 1 - inside / seconds
