"""Raw text in, annotated documents out: the network with its tokenizer, ready for use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, Literal, Self, overload

import numpy as np
import torch

from annotations.document import Document, Relation, Span
from annotations.errors import InputError
from annotations.schema import Schema
from model import decode, tags
from model.batch import Reading, read, relation_tensors, tensors
from model.calibration import Calibration
from model.configuration import ExtractorConfig
from model.network import ExtractorModel
from model.pairs import allowed
from model.tags import PieceSpan
from model.tokenizers import Tokenizer, load_tokenizer

Device = Literal["auto", "cpu", "cuda"]

DEFAULT_MODEL = Path(__file__).with_name("default")
BATCH_PIECES = 8192
"""Pieces in one batch, padding included."""
CHUNK = 512
"""Texts that are sorted by length together."""


class Extractor:
    """Finds spans and relations in texts.

    Parameters
    ----------
    model
        The network; it is put on `device`, in the fastest number format that the device computes well.
    tokenizer
        The one that the network was trained with.
    calibration
        Makes the network's scores probabilities of being right.
    """

    def __init__(
        self,
        model: ExtractorModel,
        tokenizer: Tokenizer,
        device: Device | torch.device = "auto",
        calibration: Calibration | None = None,
    ) -> None:
        self.device = choose_device(device) if isinstance(device, str) else device
        self.model: ExtractorModel = model.to(self.device)  # type: ignore[arg-type]
        self.tokenizer = tokenizer
        self.schema: Schema = model.config.get_schema()
        self.calibration = calibration or Calibration({}, {})
        self._allowed = allowed(self.schema)

    @classmethod
    def from_pretrained(
        cls, folder: str | Path | None = None, *, device: Device = "auto", dtype: torch.dtype | None = None
    ) -> Self:
        """Load an extractor from a folder; without one, the extractor that comes with the package.

        Parameters
        ----------
        dtype
            Number format of the weights and of the encoder's arithmetic; by default that of `fast_dtype`.

        Raises
        ------
        InputError
            If the folder is missing, incomplete or broken.
        """
        folder = Path(folder or DEFAULT_MODEL)
        chosen = choose_device(device)
        if not (folder / "config.json").is_file():
            raise InputError("no extractor here (there is no config.json)", source=folder)
        try:
            kind = ExtractorConfig.get_config_dict(folder)[0].get("model_type")
            if kind != ExtractorConfig.model_type:
                raise InputError(f"this is no extractor but another kind of model ({kind})", source=folder)
            load: Any = ExtractorModel.from_pretrained
            model, report = load(
                folder,
                dtype=dtype or fast_dtype(chosen),
                attn_implementation=attention_for(chosen),
                output_loading_info=True,
            )
            if lacking := sorted(report["missing_keys"]):
                raise InputError(f"broken model folder: it lacks the weights {lacking[0]}", source=folder)
            tokenizer = load_tokenizer(folder)
            calibration = Calibration.load(folder)
        except Exception as error:  # tokenizers raises bare exceptions
            if isinstance(error, InputError):
                raise
            raise InputError(
                f"broken model folder: {' '.join(str(error).split())[:300]}", source=folder
            ) from error
        return cls(model.eval(), tokenizer, chosen, calibration)

    @overload
    def extract(self, texts: str | Document) -> Document: ...  # type: ignore[overload-overlap]
    @overload
    def extract(self, texts: Iterable[str | Document]) -> Iterator[Document]: ...
    def extract(self, texts: str | Document | Iterable[str | Document]) -> Document | Iterator[Document]:
        """Annotate one text, or many in a stream.

        A `Document` keeps its id and meta; its annotation, if it has any, is replaced. Documents come out in the
        order in which they went in.
        """
        if isinstance(texts, (str, Document)):
            return next(self._stream([texts]))
        return self._stream(texts)

    def link(self, documents: Iterable[Document]) -> Iterator[Document]:
        """Find the relations between the spans that documents already have; whatever relations they had are replaced.

        A span that does not begin and end where a piece does gets no relation.
        """
        return self._stream(documents, given=True)

    def _stream(self, texts: Iterable[str | Document], *, given: bool = False) -> Iterator[Document]:
        source = iter(texts)
        number = 0
        while chunk := list(islice(source, CHUNK)):
            documents = [
                item if isinstance(item, Document) else Document(f"{number + n}", item)
                for n, item in enumerate(chunk, 1)
            ]
            number += len(chunk)
            bare = [replace(d, spans=d.spans if given else (), relations=()) for d in documents]
            yield from self._annotate(bare, given)

    def _annotate(self, documents: Sequence[Document], given: bool) -> list[Document]:
        config = self.model.config
        readings = read([d.text for d in documents], self.tokenizer, config.window, config.overlap)
        results = list(documents)
        for batch in batches([len(reading) for reading in readings], BATCH_PIECES):
            annotated = self._run([documents[i] for i in batch], [readings[i] for i in batch], given)
            for index, document in zip(batch, annotated, strict=True):
                results[index] = document
        return results

    @torch.inference_mode()
    def _run(self, documents: Sequence[Document], readings: Sequence[Reading], given: bool) -> list[Document]:
        """Annotate one batch; every reading has at least one piece."""
        inputs = self._on_device(tensors(readings, self.tokenizer))
        states = self.model.encode(inputs["input_ids"], inputs["attention_mask"], inputs["pieces"])
        if given:
            pieces, spans = self._given(documents, readings)
        else:
            pieces, spans = self._find(states, inputs, readings)
        relations = self._relate(states, readings, pieces, spans)
        if given:
            return [
                replace(document, relations=tuple(linked))
                for document, linked in zip(documents, relations, strict=True)
            ]
        return [
            self.calibration.apply(
                replace(
                    document,
                    spans=tuple(span for span in found if span is not None),
                    relations=tuple(linked),
                )
            )
            for document, found, linked in zip(documents, spans, relations, strict=True)
        ]

    def _find(
        self, states: torch.Tensor, inputs: dict[str, torch.Tensor], readings: Sequence[Reading]
    ) -> tuple[list[list[PieceSpan]], list[list[Span | None]]]:
        """The spans of each text, in pieces and in characters."""
        mask = inputs["row_mask"]
        emissions = self.model.emissions(states, inputs["rows"])
        best = self.model.crf.viterbi(emissions, mask)[mask].cpu().numpy()
        probable, inside = (part[mask].cpu().numpy() for part in self.model.crf.posteriors(emissions, mask))
        pieces, spans = [], []
        for reading, (start, end) in zip(
            readings, pairwise(np.cumsum([0, *map(len, readings)])), strict=True
        ):
            pieces.append(tags.decode(best[start:end]))
            scores = decode.span_scores(pieces[-1], probable[start:end], inside[start:end])
            spans.append(decode.to_spans(pieces[-1], scores, reading.text, reading.encoding, self.schema))
        return pieces, spans

    def _given(
        self, documents: Sequence[Document], readings: Sequence[Reading]
    ) -> tuple[list[list[PieceSpan]], list[list[Span | None]]]:
        """The spans that the documents have, as far as pieces can hold them, in the order of `tags.decode`."""
        pieces: list[list[PieceSpan]] = []
        spans: list[list[Span | None]] = []
        for document, reading in zip(documents, readings, strict=True):
            located = tags.locate(document.spans, reading.encoding, self.schema.label_names)
            held = [(piece, span) for piece, span in zip(located, document.spans, strict=True) if piece]
            held.sort(key=lambda pair: tags.reading_order(pair[0]))
            pieces.append([piece for piece, _ in held])
            spans.append([span for _, span in held])
        return pieces, spans

    def _relate(
        self,
        states: torch.Tensor,
        readings: Sequence[Reading],
        pieces: Sequence[Sequence[PieceSpan]],
        spans: Sequence[Sequence[Span | None]],
    ) -> Iterator[list[Relation]]:
        """The relations of each text between its spans."""
        linked = relation_tensors(readings, pieces, self._allowed, self.model.config.reach)
        logits = self.model.relation_logits(states, **self._on_device(linked))
        probabilities = torch.sigmoid(logits).cpu().numpy()
        pairs = linked["pairs"].numpy()
        span_bounds = np.cumsum([0, *map(len, pieces)])
        pair_bounds = np.searchsorted(pairs[:, 0], span_bounds)
        for number, found in enumerate(spans):
            own = slice(pair_bounds[number], pair_bounds[number + 1])
            local = pairs[own] - np.array([span_bounds[number], span_bounds[number], 0])
            yield decode.to_relations(
                found, local, probabilities[own], self.schema, self.model.config.thresholds
            )

    def _on_device(self, values: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        return {name: value.to(self.device, non_blocking=True) for name, value in values.items()}


def batches(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Group texts of like length so that a padded batch holds at most `budget` pieces (or a single text).

    Texts without any piece are left out: there is nothing to find in them.
    """
    order = sorted((i for i, length in enumerate(lengths) if length), key=lengths.__getitem__, reverse=True)
    while order:
        size = max(1, budget // lengths[order[0]])
        yield order[:size]
        order = order[size:]


def choose_device(device: Device) -> torch.device:
    """The device of that name; `auto` is the GPU where there is one.

    Raises
    ------
    InputError
        If a GPU is asked for and there is none.
    """
    if device == "cuda" and not torch.cuda.is_available():
        raise InputError("there is no usable GPU here; use --device cpu")
    return torch.device("cuda" if device != "cpu" and torch.cuda.is_available() else "cpu")


def fast_dtype(device: torch.device) -> torch.dtype:
    """bfloat16 where the device multiplies matrices faster in it (GPUs, processors with AMX), else float32."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    has_tiles = getattr(torch.cpu, "_is_amx_tile_supported", bool)
    return torch.bfloat16 if has_tiles() else torch.float32


def attention_for(device: torch.device) -> str:
    """The attention kernel that is fastest there: on a CPU in bfloat16, plain matrix products win."""
    return "eager" if device.type == "cpu" and fast_dtype(device) == torch.bfloat16 else "sdpa"
