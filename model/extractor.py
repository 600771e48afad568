"""Raw text in, annotated documents out: the network with its tokenizer, ready for use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Self, overload

import numpy as np
import torch

from annotations.document import Document, Relation, Span
from annotations.errors import InputError
from annotations.schema import Schema
from model import decode, tags
from model.backends.devices import Device, choose_device, fast_dtype, to_device
from model.backends.encoder import Backend, Encoder, Thrifty, batches
from model.backends.opening import open_network
from model.batch import Reading, all_ngrams, framed, line_lengths, read, relation_tensors
from model.calibration import Calibration
from model.chains import Steps
from model.heads import Heads
from model.pairs import allowed
from model.settings import Settings, read_config
from model.tags import PieceSpan
from model.tokenizers import Tokenizer, load_tokenizer

if TYPE_CHECKING:
    from model.network import ExtractorModel

DEFAULT_MODEL = Path(__file__).with_name("default")
BLOCK_PIECES = 32768
"""Pieces of texts whose states are held at once."""
CHUNK = 512
"""Texts that are sorted by length together."""


class Extractor:
    """Finds spans and relations in texts.

    Parameters
    ----------
    settings
        How it reads texts and what it reports.
    tokenizer
        The one that the network was trained with.
    encoder
        What computes the states of pieces.
    heads
        What spans and relations are read off them with, on `device`.
    calibration
        Makes the network's scores probabilities of being right.
    """

    def __init__(
        self,
        settings: Settings,
        tokenizer: Tokenizer,
        encoder: Encoder,
        heads: Heads,
        device: torch.device,
        calibration: Calibration | None = None,
    ) -> None:
        self.settings = settings
        self.tokenizer = tokenizer
        self.encoder = encoder
        self.heads = heads
        self.device = device
        self.calibration = calibration or Calibration({}, {})
        self.schema: Schema = settings.get_schema()
        self._allowed = allowed(self.schema)
        self._nesting = settings.nesting_table()
        self._encode = Thrifty(encoder)

    @property
    def backend(self) -> str:
        """What computes the encoder's states: `torch`, `onnx` or `int8`."""
        return self.encoder.name

    @classmethod
    def from_pretrained(
        cls,
        folder: str | Path | None = None,
        *,
        device: Device = "auto",
        dtype: torch.dtype | None = None,
        backend: Backend = "auto",
        threads: int | None = None,
    ) -> Self:
        """Load an extractor from a folder; without one, the extractor that comes with the package.

        Parameters
        ----------
        dtype
            Number format of the encoder's arithmetic in PyTorch; by default that of `fast_dtype`.
        backend
            What computes the encoder (`model.backends.opening`); `auto` is the fastest that the folder holds.
        threads
            How many threads compute, in the whole process; by default as PyTorch has it.

        Raises
        ------
        InputError
            If the folder is missing, incomplete or broken, or lacks what the backend needs.
        """
        folder = Path(folder or DEFAULT_MODEL)
        if threads:
            torch.set_num_threads(threads)
        chosen = choose_device(device)
        config = read_config(folder)
        try:
            tokenizer = load_tokenizer(folder)
            heads, encoder = open_network(
                folder, config, tokenizer.pad_id, chosen, dtype or fast_dtype(chosen), backend, threads
            )
            calibration = Calibration.load(folder)
            return cls(Settings.of(config), tokenizer, encoder, heads, chosen, calibration)
        except InputError:
            raise
        except Exception as error:  # tokenizers raises bare exceptions
            raise InputError(
                f"broken model folder: {' '.join(str(error).split())[:300]}", source=folder
            ) from error

    @classmethod
    def of_network(cls, model: ExtractorModel, tokenizer: Tokenizer) -> Self:
        """A network as it is, where it is, with scores that are not calibrated."""
        from model.backends.pytorch import encoder_of

        encoder = encoder_of(model.encoder, tokenizer.pad_id)
        return cls(model.config.settings, tokenizer, encoder, model.heads, model.device)

    def with_encoder(self, encoder: Encoder) -> Self:
        """The same extractor, for which another encoder computes the states."""
        return type(self)(self.settings, self.tokenizer, encoder, self.heads, self.device, self.calibration)

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
        settings = self.settings
        readings = read([d.text for d in documents], self.tokenizer, settings.window, settings.overlap)
        results = list(documents)
        for block in batches([len(reading) for reading in readings], BLOCK_PIECES):
            annotated = self._run([documents[i] for i in block], [readings[i] for i in block], given)
            for index, document in zip(block, annotated, strict=True):
                results[index] = document
        return results

    @torch.inference_mode()
    def _run(self, documents: Sequence[Document], readings: Sequence[Reading], given: bool) -> list[Document]:
        """Annotate one block of texts; every reading has at least one piece."""
        states = self._states(readings)
        if given:
            pieces, spans = self._given(documents, readings)
        else:
            pieces, spans = self._find(states, readings)
        relations = self._relate(states, readings, pieces, spans)
        settings = self.settings
        linked = [
            decode.at_nearest_mentions(
                replace(
                    document,
                    spans=document.spans if given else tuple(span for span in found if span is not None),
                    relations=tuple(links),
                ),
                settings.nearest,
            )
            for document, found, links in zip(documents, spans, relations, strict=True)
        ]
        if given:
            return linked
        return [
            self.calibration.apply(decode.without_lone_heads(document, self.schema, settings.least_alone))
            for document in linked
        ]

    def _states(self, readings: Sequence[Reading]) -> torch.Tensor:
        """The state of every piece of all texts, from the window that sees most around it, shape `(pieces, width)`."""
        windows, own = framed(readings, self.tokenizer)
        states = torch.empty(sum(map(len, readings)), self.heads.tagger.in_features, device=self.device)
        for numbers, computed in self._encode(windows):
            start = 0
            for number in numbers:
                part = own[number]
                states[part.place : part.place + part.size] = computed[start + part.first :][: part.size]
                start += len(windows[number])
        return states

    def _find(
        self, states: torch.Tensor, readings: Sequence[Reading]
    ) -> tuple[list[list[PieceSpan]], list[list[Span | None]]]:
        """The spans of each text, in pieces and in characters."""
        steps = Steps.of(line_lengths(readings), self.device)
        emissions = self.heads.emissions(states, self._ngrams(readings))
        best = self.heads.crf.viterbi(emissions, steps).cpu().numpy()
        probable, inside = (part.cpu().numpy() for part in self.heads.crf.posteriors(emissions, steps))
        pieces, spans = [], []
        for reading, (start, end) in zip(
            readings, pairwise(np.cumsum([0, *map(len, readings)])), strict=True
        ):
            found = tags.decode(best[start:end])
            likely = decode.span_scores(found, probable[start:end], inside[start:end])
            found, likely = decode.compatible(found, likely, self._nesting)
            pieces.append(found)
            spans.append(decode.to_spans(found, likely, reading.text, reading.encoding, self.schema))
        return pieces, spans

    def _ngrams(self, readings: Sequence[Reading]) -> torch.Tensor | None:
        """The n-grams of all pieces, where the network has weights for them."""
        if self.heads.ngrams is None:
            return None
        return to_device(torch.from_numpy(all_ngrams(readings)), self.device)

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
        settings = self.settings
        linked = relation_tensors(readings, pieces, self._allowed, settings.reach)
        logits = self.heads.relation_logits(states, **self._on_device(linked))
        probabilities = torch.sigmoid(logits).cpu().numpy()
        pairs = linked["pairs"].numpy()
        span_bounds = np.cumsum([0, *map(len, pieces)])
        pair_bounds = np.searchsorted(pairs[:, 0], span_bounds)
        for number, found in enumerate(spans):
            own = slice(pair_bounds[number], pair_bounds[number + 1])
            local = pairs[own] - np.array([span_bounds[number], span_bounds[number], 0])
            yield decode.to_relations(
                found, local, probabilities[own], self.schema, settings.thresholds, settings.rivals
            )

    def _on_device(self, values: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        return {name: to_device(value, self.device) for name, value in values.items()}
