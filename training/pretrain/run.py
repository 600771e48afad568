"""One pre-training run, from packed tokens to an encoder; interrupted anywhere, it goes on where it was."""

import json
import os
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator
from torch import Tensor
from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm

from annotations.errors import InputError
from model.tokenizers import SyllableTokenizer
from training.pretrain.config import PretrainConfig
from training.pretrain.encoder_folder import start_from, write_encoder
from training.pretrain.masking import Masked, Vocabulary, mask
from training.pretrain.network import MaskedLanguageModel, build
from training.pretrain.optimizer import MasterOptimizer, rate_factor
from training.pretrain.pack import prepare, read_stream
from training.pretrain.windows import Ids, Mixture, Windows

HELDOUT_WINDOWS = 256
HELDOUT_SEED = 1729


@dataclass
class Progress:
    """How far a run has come; with the weights and the optimisers' state, all that a checkpoint holds."""

    step: int = 0
    tokens: int = 0
    seconds: float = 0.0
    drawn: dict[str, dict[str, int]] = field(default_factory=lambda: {"short": {}, "long": {}})

    def share(self, config: PretrainConfig) -> float:
        """The share of the run that is over, by steps or by time, whichever is further."""
        by_step = self.step / config.steps if config.steps else 0.0
        by_time = self.seconds / (60 * config.minutes) if config.minutes else 0.0
        return min(1.0, max(by_step, by_time))


def pretrain(config: PretrainConfig) -> Path | None:
    """Run, or finish, a pre-training run.

    Returns
    -------
    The folder of the finished encoder; None if only the tokens were to be prepared, and on all processes but the first.

    Raises
    ------
    annotations.errors.InputError
        If text, tokens or the encoder to start from cannot be used.
    """
    accelerator = Accelerator(cpu=config.cpu)
    with accelerator.main_process_first():
        tokens = prepare(config)
    if config.prepare_only:
        return None
    run = _Run(config, accelerator, tokens)
    run.train()
    return run.encoder if accelerator.is_main_process else None


class _Run:
    """The state of a run and its loop."""

    def __init__(self, config: PretrainConfig, accelerator: Accelerator, tokens: Path) -> None:
        self.config = config
        self.accelerator = accelerator
        self.encoder = config.output / "encoder"
        self._checkpoint = config.output / "checkpoint.pt"
        self.tokenizer = SyllableTokenizer.from_pretrained(tokens)
        self._vocabulary = Vocabulary.of(self.tokenizer)
        self._batches = {
            "short": self._mixture(tokens, config.length, config.seed),
            "long": self._mixture(tokens, config.final_length, config.seed + 1),
        }
        self._heldout = self._heldout_batches(tokens)

        device = accelerator.device
        precision = _precision(config, device)
        attention = config.attention
        if attention == "auto":
            attention = "eager" if device.type == "cpu" and precision == torch.bfloat16 else "sdpa"
        self.network = build(config, self.tokenizer.vocab_size, self.tokenizer.pad_id, attention)
        if config.start is not None:
            found = start_from(self.network, self.tokenizer, config.start)
            accelerator.print(f"{found} of {self.tokenizer.vocab_size} pieces taken over from {config.start}")
        torch.nn.Module.to(self.network, device=device, dtype=precision)
        self.optimizer = MasterOptimizer(self.network, config)
        model: torch.nn.Module = accelerator.prepare_model(MaskedLanguageModel(self.network))
        self._model = torch.compile(model, dynamic=False) if config.compile else model
        self.progress = Progress()
        self._resume()

    def _mixture(self, tokens: Path, length: int, seed: int) -> Mixture:
        def windows(name: str, seed: int) -> Windows | None:
            stream = read_stream(tokens, name)
            frame = {"cls_id": self.tokenizer.cls_id, "sep_id": self.tokenizer.sep_id}
            return Windows(stream, length, seed=seed, **frame) if len(stream) else None

        return Mixture(windows("general", 2 * seed), windows("focus", 2 * seed + 1), self.config.focus_share)

    def _heldout_batches(self, tokens: Path) -> list[Masked]:
        """The same sequences with the same tokens hidden at every measurement."""
        stream = read_stream(tokens, "heldout")
        if not len(stream):
            raise InputError("no article was held out: too few articles", source=tokens)
        config = self.config
        windows = Windows(
            stream,
            config.length,
            cls_id=self.tokenizer.cls_id,
            sep_id=self.tokenizer.sep_id,
            seed=HELDOUT_SEED,
        )
        rows = windows.rows(0, min(HELDOUT_WINDOWS, windows.per_pass))
        size = config.batch_tokens // config.length
        rng = np.random.default_rng(HELDOUT_SEED)
        return [
            mask(rows[at : at + size], self._vocabulary, config.masked, rng)
            for at in range(0, len(rows), size)
        ]

    # --- the loop --------------------------------------------------------------------------------------------------

    def train(self) -> None:
        config, progress = self.config, self.progress
        main = self.accelerator.is_main_process
        writer = SummaryWriter(str(config.output / "tensorboard")) if main and config.tensorboard else None
        bar = tqdm(total=100.0, initial=round(100 * progress.share(config), 2), unit="%", disable=not main)
        bar.bar_format = "{l_bar}{bar}| {elapsed}<{remaining} {postfix}"
        saved = clock = time.monotonic()
        recent: list[Tensor] = []
        if progress.step == 0:
            self._log(writer, self.evaluate())
        while (share := progress.share(config)) < 1.0:
            recent.append(self._step(share))
            now = time.monotonic()
            progress.seconds, clock = progress.seconds + self._agreed(now - clock), now
            bar.update(100 * progress.share(config) - bar.n)
            ended = progress.share(config) >= 1.0
            if progress.step % config.evaluate_every == 0 or ended:
                loss = self.accelerator.reduce(torch.stack(recent).mean(), reduction="mean").item()
                recent.clear()
                figures = self.evaluate()
                self._log(writer, {"loss": loss, **figures})
                bar.set_postfix(
                    tokens=f"{progress.tokens / 1e6:.1f}M",
                    loss=f"{loss:.3f}",
                    heldout=f"{figures['heldout_loss']:.3f}",
                )
            if time.monotonic() - saved > 60 * config.checkpoint_minutes or ended:
                self._save()
                saved = time.monotonic()
        bar.close()
        if writer is not None:
            writer.close()

    def _step(self, share: float) -> Tensor:
        config, progress = self.config, self.progress
        world, rank = self.accelerator.num_processes, self.accelerator.process_index
        phase = "long" if share >= 1.0 - config.final_share else "short"
        length = config.final_length if phase == "long" else config.length
        rows = self._batches[phase].rows(progress.drawn[phase], config.batch_tokens // length)
        rng = np.random.default_rng((config.seed, progress.step, rank))
        batch = mask(rows[rank::world], self._vocabulary, config.masked, rng)
        shifts = rng.integers(config.positions - length + 1, size=len(batch.inputs))
        loss, _ = self._model(*self._tensors(batch, shifts))
        self.accelerator.backward(loss)
        self.optimizer.step(rate_factor(progress.step, share, config))
        progress.step += 1
        progress.tokens += config.batch_tokens
        detached: Tensor = loss.detach()
        return detached

    def _tensors(self, batch: Masked, shifts: Ids) -> tuple[Tensor, ...]:
        first = self.tokenizer.pad_id + 1
        positions = first + shifts[:, None] + np.arange(batch.inputs.shape[1])
        arrays = (batch.inputs, positions, batch.places, batch.labels)
        return tuple(
            torch.from_numpy(array).to(self.accelerator.device, non_blocking=True) for array in arrays
        )

    def _agreed(self, seconds: float) -> float:
        """The same time on every process, so that all of them stop at the same step."""
        if self.accelerator.num_processes == 1:
            return seconds
        clock = torch.tensor([seconds], device=self.accelerator.device)
        return float(self.accelerator.reduce(clock, reduction="mean").item())

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Loss in nats and accuracy at the hidden places of the held-out articles."""
        loss, right, count = 0.0, 0, 0
        for batch in self._heldout:
            hidden = int((batch.labels >= 0).sum())
            mean, hits = self._model(*self._tensors(batch, np.zeros(len(batch.inputs), dtype=np.int64)))
            loss, right, count = loss + float(mean) * hidden, right + int(hits), count + hidden
        return {"heldout_loss": loss / count, "heldout_accuracy": right / count}

    # --- what is written -------------------------------------------------------------------------------------------

    def _log(self, writer: SummaryWriter | None, figures: dict[str, float]) -> None:
        if not self.accelerator.is_main_process:
            return
        progress = self.progress
        line = {
            "step": progress.step,
            "tokens": progress.tokens,
            "seconds": round(progress.seconds, 1),
            **figures,
        }
        self.config.output.mkdir(parents=True, exist_ok=True)
        with (self.config.output / "metrics.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        if writer is not None:
            for name, value in figures.items():
                writer.add_scalar(name, value, progress.tokens)

    def _save(self) -> None:
        if not self.accelerator.is_main_process:
            return
        state = {"optimizer": self.optimizer.state_dict(), "progress": asdict(self.progress)}
        draft = self._checkpoint.with_suffix(".part")
        torch.save(state, draft)
        os.replace(draft, self._checkpoint)
        write_encoder(self.network, self.tokenizer, self.encoder)

    def _resume(self) -> None:
        if not self._checkpoint.is_file():
            return
        state: dict[str, Any] = torch.load(
            self._checkpoint, map_location=self.accelerator.device, weights_only=True
        )
        self.optimizer.load_state_dict(state["optimizer"])
        self.progress = Progress(**state["progress"])
        if self.accelerator.is_main_process:
            self._forget_later_figures()
        self.accelerator.print(
            f"goes on at step {self.progress.step}, {self.progress.tokens / 1e6:.1f} M tokens"
        )

    def _forget_later_figures(self) -> None:
        """Drop from the log what came after the checkpoint: those steps are taken again."""
        path = self.config.output / "metrics.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if json.loads(line)["step"] <= self.progress.step]
        path.write_text("".join(kept), encoding="utf-8")


def _precision(config: PretrainConfig, device: torch.device) -> torch.dtype:
    """bf16 where it is fast: on a GPU, and on a CPU with matrix units (AMX); without them fp32 is faster."""
    if config.precision == "auto":
        fast = device.type != "cpu" or torch.cpu._is_amx_tile_supported()
        return torch.bfloat16 if fast else torch.float32
    return torch.bfloat16 if config.precision == "bf16" else torch.float32
