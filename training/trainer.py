"""transformers' Trainer, which scores itself by what it finds in the dev documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from seqeval.metrics import classification_report
from torch import Tensor
from transformers import Trainer

from annotations import agreement
from annotations.document import Document
from model.batch import read
from model.extractor import Extractor
from model.tags import encode, locate
from model.tokenizers import Tokenizer


class ExtractorTrainer(Trainer):
    """A Trainer whose evaluation extracts the dev documents and compares them with gold.

    Metrics are `{prefix}_span_f1`, `{prefix}_relation_f1` (exact, micro) and their mean, `{prefix}_score`.
    """

    def __init__(self, *, text_tokenizer: Tokenizer, dev: Sequence[Document], **settings: Any) -> None:
        super().__init__(**settings)
        self.text_tokenizer = text_tokenizer
        self.dev = dev

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Tensor],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | int | None = None,
    ) -> Any:
        """A batch's loss a piece, weighed so that the mean over processes is the loss a piece of all their batches."""
        output = model(**inputs)
        loss = output.loss
        if self.args.world_size > 1:
            pieces = torch.tensor(float(len(inputs["pieces"])), device=loss.device)
            loss = loss * pieces / self.accelerator.reduce(pieces, "mean")
        return (loss, output) if return_outputs else loss

    def evaluate(
        self, eval_dataset: Any = None, ignore_keys: Any = None, metric_key_prefix: str = "eval"
    ) -> dict[str, float]:
        model = self.accelerator.unwrap_model(self.model)
        was_training = model.training
        model.eval()
        extractor = Extractor.of_network(model, self.text_tokenizer)
        with torch.inference_mode(), self.autocast_smart_context_manager():
            predicted = list(extractor.extract(self.dev))
        model.train(was_training)
        found = agreement.compare(zip(self.dev, predicted, strict=True))
        metrics = {
            f"{metric_key_prefix}_span_f1": found.span.f1,
            f"{metric_key_prefix}_relation_f1": found.relation.f1,
            f"{metric_key_prefix}_score": (found.span.f1 + found.relation.f1) / 2,
            "epoch": self.state.epoch or 0.0,
        }
        self.log(metrics)
        if self.is_world_process_zero():
            print(
                span_report(self.dev, predicted, self.text_tokenizer, extractor.schema.label_names),
                flush=True,
            )
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics


def span_report(
    gold: Sequence[Document], predicted: Sequence[Document], tokenizer: Tokenizer, labels: Sequence[str]
) -> str:
    """seqeval's report on the BIO layers: every label of every document is one sequence."""
    readings = read([document.text for document in gold], tokenizer, window=512, overlap=0)

    def layers(documents: Sequence[Document]) -> list[list[str]]:
        sequences = []
        for document, reading in zip(documents, readings, strict=True):
            pieces = [span for span in locate(document.spans, reading.encoding, labels) if span is not None]
            tags = encode(pieces, len(reading), len(labels))
            names = np.array([["O", f"B-{label}", f"I-{label}"] for label in labels])
            sequences += [names[layer, column].tolist() for layer, column in enumerate(tags.T)]
        return sequences

    return str(classification_report(layers(gold), layers(predicted), digits=3, zero_division=0))
