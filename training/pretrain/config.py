"""Everything that decides a pre-training run, as one typed, validated record."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class PretrainConfig(BaseModel):
    """Options of one run; ``--help`` and a YAML file (``--config``) know the same names."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: list[Path] = Field(
        [],
        description="Text files or folders (.txt, also .gz .bz2 .xz .zst): one sentence a line, an empty line between articles.",
    )
    tokens: Path | None = Field(
        None, description="Folder of packed tokens made by an earlier run, instead of text."
    )
    output: Path = Field(
        Path("pretrained"),
        description="Folder of the run: tokens, checkpoint, logs, and the finished encoder in encoder/.",
    )
    start: Path | None = Field(
        None, description="Encoder to go on from; its pieces are found again by their spelling."
    )
    prepare_only: bool = Field(False, description="Train the tokenizer and pack the tokens, then stop.")

    vocab_size: int = Field(8192, ge=300, le=65535, description="Pieces in the vocabulary.")
    tokenizer_lines: int = Field(
        300_000, ge=1, description="Lines, spread over the whole text, that the tokenizer learns from."
    )
    line_breaks: float = Field(
        0.35,
        ge=0,
        le=1,
        description="Share of line ends kept as the line-break piece; the others read as a space.",
    )
    heldout_every: int = Field(500, ge=2, description="Every so many articles one is held out to measure on.")
    focus: list[str] = Field(
        [],
        description="Words that mark the articles which matter most; repeat the option or list them in YAML.",
    )
    focus_hits: int = Field(3, ge=1, description="Different focus words an article must hold.")
    focus_share: float = Field(
        0.3, ge=0, lt=1, description="Share of each batch drawn from the focus articles."
    )

    layers: int = Field(6, ge=1, description="Layers of the encoder.")
    width: int = Field(256, ge=8, description="Width of the encoder.")
    heads: int = Field(4, ge=1, description="Attention heads a layer.")
    feed_forward: int = Field(1024, ge=8, description="Width of the feed-forward part.")
    positions: int = Field(
        512, ge=16, description="Longest sequence the encoder can read, special tokens included."
    )
    position_heads: bool = Field(
        True,
        description="Start with heads that look at neighbouring positions (off: plain RoBERTa initialisation).",
    )

    minutes: float | None = Field(
        None, gt=0, description="Time for training; the learning rate reaches zero when it is over."
    )
    steps: int | None = Field(None, gt=0, description="Steps to train; with minutes, whichever ends first.")
    batch_tokens: int = Field(8192, ge=32, description="Tokens in one step, over all devices.")
    length: int = Field(
        128,
        ge=8,
        description="Sequence length for most of the run; positions are shifted at random, so all are trained.",
    )
    final_length: int = Field(512, ge=8, description="Sequence length for the last part of the run.")
    final_share: float = Field(0.1, ge=0, le=1, description="Share of the run at the final length.")
    masked: float = Field(
        0.25, gt=0, lt=1, description="Share of tokens to predict; whole syllables are chosen."
    )
    muon_rate: float = Field(1.5e-3, gt=0, description="Peak learning rate of Muon, for the matrices.")
    adamw_rate: float = Field(1e-3, gt=0, description="Peak learning rate of AdamW, for everything else.")
    weight_decay: float = Field(0.01, ge=0, description="Decoupled weight decay of matrices and embeddings.")
    warmup_steps: int = Field(200, ge=0, description="Steps of linear warm-up.")
    decay: float = Field(
        0.9,
        ge=0,
        le=1,
        description="Share of the run, at its end, over which the learning rate falls linearly to zero.",
    )
    clip: float = Field(1.0, gt=0, description="Largest norm of a step's gradient.")
    seed: int = Field(0, ge=0, description="Seed of everything random.")

    precision: Literal["auto", "bf16", "fp32"] = Field(
        "auto",
        description="Numbers of the network; auto takes bf16 on a GPU or a CPU with AMX, else fp32. Master weights are always fp32.",
    )
    attention: Literal["auto", "eager", "sdpa"] = Field(
        "auto", description="Attention code; auto takes eager for bf16 on a CPU, else sdpa."
    )
    compile: bool = Field(True, description="Compile the network.")
    cpu: bool = Field(False, description="Train on the CPU even where there is a GPU.")
    evaluate_every: int = Field(
        250, ge=1, description="Steps between two measurements on the held-out articles."
    )
    checkpoint_minutes: float = Field(
        10, ge=0, description="Minutes between two checkpoints (and copies of the encoder)."
    )
    tensorboard: bool = Field(True, description="Write TensorBoard logs beside metrics.jsonl.")

    @model_validator(mode="after")
    def _consistent(self) -> "PretrainConfig":
        if bool(self.text) == (self.tokens is not None):
            raise ValueError("give either text or --tokens")
        if self.minutes is None and self.steps is None and not self.prepare_only:
            raise ValueError("say how long to train: --minutes or --steps")
        if self.width % self.heads:
            raise ValueError(f"a width of {self.width} does not divide into {self.heads} heads")
        if max(self.length, self.final_length) > self.positions:
            raise ValueError(
                f"sequences of {max(self.length, self.final_length)} are longer than the {self.positions} positions"
            )
        if self.batch_tokens % self.length or self.batch_tokens % self.final_length:
            raise ValueError("batch_tokens must be a multiple of length and of final_length")
        return self
