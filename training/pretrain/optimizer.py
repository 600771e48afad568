"""Muon for the matrices, AdamW for everything else, on master weights in fp32."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from training.pretrain.config import PretrainConfig


class MasterOptimizer:
    """Steps fp32 copies of the weights and writes them back in the network's own precision.

    Matrices inside the network go to Muon (Jordan et al. 2024), its step scaled to the root mean square of AdamW's
    (Liu et al. 2025, section 2.2); embeddings, gains and biases to AdamW (Loshchilov and Hutter 2019).

    Parameters
    ----------
    network
        The weights to train, on their device. In fp32 they are their own masters.
    """

    def __init__(self, network: nn.Module, config: PretrainConfig) -> None:
        self._clip = config.clip
        self._pairs = [(weight, _master(weight)) for weight in network.parameters()]
        masters = dict(
            zip((name for name, _ in network.named_parameters()), (m for _, m in self._pairs), strict=True)
        )
        matrices = [
            weight for name, weight in masters.items() if weight.ndim == 2 and "embeddings" not in name
        ]
        tables = [weight for name, weight in masters.items() if weight.ndim == 2 and "embeddings" in name]
        vectors = [weight for weight in masters.values() if weight.ndim < 2]
        self._optimizers: list[torch.optim.Optimizer] = [
            torch.optim.Muon(
                matrices,
                lr=config.muon_rate,
                weight_decay=config.weight_decay,
                adjust_lr_fn="match_rms_adamw",
            ),
            torch.optim.AdamW(
                [
                    {"params": tables, "weight_decay": config.weight_decay},
                    {"params": vectors, "weight_decay": 0.0},
                ],
                lr=config.adamw_rate,
                betas=(0.9, 0.98),
                fused=True,
            ),
        ]
        self._peaks = [config.muon_rate, config.adamw_rate]

    def step(self, factor: float) -> None:
        """Take one step at `factor` times the peak learning rates, and forget the gradients."""
        for weight, master in self._pairs:
            if master is not weight:
                master.grad = None if weight.grad is None else weight.grad.float()
        nn.utils.clip_grad_norm_([master for _, master in self._pairs], self._clip)
        for optimizer, peak in zip(self._optimizers, self._peaks, strict=True):
            for group in optimizer.param_groups:
                group["lr"] = peak * factor
            optimizer.step()
            optimizer.zero_grad()
        with torch.no_grad():
            for weight, master in self._pairs:
                if master is not weight:
                    weight.copy_(master)
                    weight.grad = None

    def masters(self) -> Iterator[Tensor]:
        """The fp32 weights, in the order of the network's parameters."""
        return (master for _, master in self._pairs)

    def state_dict(self) -> dict[str, Any]:
        """Everything that decides the next step."""
        return {
            "masters": [master.detach() for master in self.masters()],
            "optimizers": [optimizer.state_dict() for optimizer in self._optimizers],
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from :meth:`state_dict`; the network's weights follow."""
        with torch.no_grad():
            for (weight, master), saved in zip(self._pairs, state["masters"], strict=True):
                master.copy_(saved)
                weight.copy_(master)
        for optimizer, saved in zip(self._optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)


def _master(weight: nn.Parameter) -> nn.Parameter:
    return weight if weight.dtype == torch.float32 else nn.Parameter(weight.detach().float())


def rate_factor(step: int, progress: float, config: PretrainConfig) -> float:
    """The share of the peak learning rate: a linear warm-up, a plateau, a linear decay to zero (`progress` from 0 to 1)."""
    warm = min(1.0, (step + 1) / config.warmup_steps) if config.warmup_steps else 1.0
    cool = min(1.0, (1.0 - progress) / config.decay) if config.decay else 1.0
    return min(warm, max(0.0, cool))
