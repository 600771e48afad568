"""`python -m train`: the command line of fine-tuning."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from annotations.errors import InputError
from training.config import TrainConfig
from training.options import parse

_DESCRIPTION = """Fine-tune an extractor on annotated documents. Without any option: the project's corpus, the compact
encoder that comes with the package, the model in runs/extractor."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 when done, 2 for input that cannot be used, 130 when interrupted from the keyboard."""
    try:
        config = parse(TrainConfig, "python -m train", _DESCRIPTION, arguments)
        from training.run import is_first, train
        from training.seeds import train_seeds

        if config.seeds > 1:
            spreads = train_seeds(config)
            if is_first():
                print(
                    f"{config.seeds} runs in {config.output}; exact F1 on dev, mean ± standard deviation: "
                    f"spans {spreads['eval_span_f1']}, relations {spreads['eval_relation_f1']}"
                )
            return 0
        result = train(config)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(
            "\ninterrupted; the same command with --resume goes on from the last whole epoch", file=sys.stderr
        )
        return 130
    scores = f"spans {result.metrics['eval_span_f1']:.4f}, relations {result.metrics['eval_relation_f1']:.4f}"
    if is_first():
        print(f"saved in {result.output}; exact F1 on dev: {scores} (epoch {result.metrics['epoch']:g})")
    return 0
