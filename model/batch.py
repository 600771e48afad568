"""Texts, and where there are any their gold spans and relations, as the tensors that the network reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from annotations.document import Document
from annotations.schema import Schema
from model.backends.encoder import padded
from model.layout import Layout, Window, layout, windows
from model.ngrams import ngrams
from model.pairs import allowed, candidates
from model.tags import PieceSpan, encode, locate, reading_order
from model.tokenizers import Encoding, SplittingTokenizer, Tokenizer

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Reading:
    """A text, cut into pieces, lines and windows."""

    text: str
    encoding: Encoding
    where: Layout
    windows: tuple[Window, ...]

    def __len__(self) -> int:
        return len(self.encoding)


@dataclass(frozen=True, slots=True)
class Own:
    """The pieces that one window answers for: they begin at `first` in the window and at `place` among all texts'."""

    first: int
    place: int
    size: int


@dataclass(frozen=True, slots=True)
class Gold:
    """What a reading should be answered with.

    `spans` are sorted as `tags.decode` sorts them; `related` names, by `(head, tail, type)` as numbers, the true ones
    among the candidates. `lost_spans` and `lost_relations` count what the pieces or the reach cannot hold.
    """

    spans: tuple[PieceSpan, ...]
    related: frozenset[tuple[int, int, int]]
    lost_spans: int
    lost_relations: int


def read(
    texts: Sequence[str],
    tokenizer: Tokenizer,
    window: int,
    overlap: int,
    edges: Sequence[Iterable[int]] | None = None,
) -> list[Reading]:
    """Cut texts into pieces and plan the encoder's windows over them.

    With `edges`, code points of each text, pieces end there if the tokenizer can be made to (`SplittingTokenizer`).
    """
    if edges is not None and isinstance(tokenizer, SplittingTokenizer):
        encodings = tokenizer.encode_split(texts, edges)
    else:
        encodings = tokenizer.encode_batch(texts)
    readings = []
    for text, encoding in zip(texts, encodings, strict=True):
        where = layout(text, encoding)
        readings.append(Reading(text, encoding, where, tuple(windows(where, window, overlap))))
    return readings


def gold(document: Document, reading: Reading, schema: Schema, reach: int) -> Gold:
    """The document's annotation in pieces."""
    located = locate(document.spans, reading.encoding, schema.label_names)
    by_id = {span.id: piece for span, piece in zip(document.spans, located, strict=True) if piece is not None}
    spans = sorted(by_id.values(), key=reading_order)
    numbers = {span: number for number, span in enumerate(spans)}
    types = {name: number for number, name in enumerate(schema.relation_names)}
    table = allowed(schema)
    related = set()
    for relation in document.relations:
        head, tail, type_ = by_id.get(relation.head), by_id.get(relation.tail), types.get(relation.label)
        if head is None or tail is None or type_ is None or abs(head.first - tail.first) > reach:
            continue
        if table[head.label, tail.label, type_]:
            related.add((numbers[head], numbers[tail], type_))
    return Gold(
        tuple(spans),
        frozenset(related),
        len(document.spans) - len(spans),
        len(document.relations) - len(related),
    )


@dataclass(frozen=True, slots=True)
class Collator:
    """Puts readings, or readings with gold, together as one batch of tensors (see `tensors`)."""

    text_tokenizer: Tokenizer
    schema: Schema
    reach: int

    def __call__(self, items: Sequence[tuple[Reading, Gold]]) -> dict[str, Tensor]:
        readings = [reading for reading, _ in items]
        batch = tensors(readings, self.text_tokenizer)
        answers = [answer for _, answer in items]
        layers = len(self.schema.labels)
        tags = [encode(answer.spans, len(reading), layers) for reading, answer in items]
        batch["tags"] = torch.from_numpy(np.concatenate(tags))
        batch |= relation_tensors(
            readings, [answer.spans for answer in answers], allowed(self.schema), self.reach
        )
        true = {
            (head + offset, tail + offset, type_)
            for answer, offset in zip(answers, _offsets(answers), strict=True)
            for head, tail, type_ in answer.related
        }
        batch["related"] = torch.tensor(
            [tuple(pair) in true for pair in batch["pairs"].tolist()], dtype=torch.float32
        )
        return batch


def _offsets(answers: Sequence[Gold]) -> list[int]:
    """How many spans stand before those of each text."""
    return [0, *accumulate(len(answer.spans) for answer in answers)][:-1]


def tensors(readings: Sequence[Reading], tokenizer: Tokenizer) -> dict[str, Tensor]:
    """What the encoder and the taggers read.

    Returns
    -------
    input_ids, attention_mask
        All windows, shape `(windows, length)`.
    pieces
        For every piece of all texts, one after another, where the encoder answers for it: an index into the
        flattened `(windows * length)`, shape `(pieces,)`.
    ngrams
        Of every piece, shape `(pieces, n-grams)`.
    rows, row_mask
        For every line of all texts its pieces, as indices into `pieces`, and which of them exist; shape
        `(lines, longest line)`.
    """
    framed_windows, own = framed(readings, tokenizer)
    ids, mask = padded(framed_windows, tokenizer.pad_id)
    length = ids.shape[1]
    pieces = [row * length + part.first + np.arange(part.size) for row, part in enumerate(own)]
    rows, row_mask = _rows(readings)
    return {
        "input_ids": torch.from_numpy(ids),
        "attention_mask": torch.from_numpy(mask.astype(np.int64)),
        "pieces": torch.from_numpy(np.concatenate(pieces)),
        "ngrams": torch.from_numpy(all_ngrams(readings)),
        "rows": torch.from_numpy(rows),
        "row_mask": torch.from_numpy(row_mask),
    }


def all_ngrams(readings: Sequence[Reading]) -> IntArray:
    """The n-grams of every piece of all texts, shape `(pieces, n-grams)`."""
    starts = np.concatenate([reading.where.line_starts for reading in readings])
    return ngrams([r.text for r in readings], [r.encoding for r in readings], np.cumsum(starts))


def framed(readings: Sequence[Reading], tokenizer: Tokenizer) -> tuple[list[IntArray], list[Own]]:
    """All windows as an encoder backend reads them, and what it answers for in each."""
    cls, sep = np.array([tokenizer.cls_id]), np.array([tokenizer.sep_id])
    ids, own = [], []
    offset = 0
    for reading in readings:
        for window in reading.windows:
            ids.append(np.concatenate([cls, reading.encoding.ids[window.start : window.end], sep]))
            first = window.own_start - window.start + 1
            own.append(Own(first, offset + window.own_start, window.own_end - window.own_start))
        offset += len(reading)
    return ids, own


def line_lengths(readings: Sequence[Reading]) -> IntArray:
    """Pieces in each line of all texts, shape `(lines,)`."""
    starts = np.concatenate([reading.where.line_starts for reading in readings])
    return np.diff(np.append(np.flatnonzero(starts), len(starts)))


def _rows(readings: Sequence[Reading]) -> tuple[IntArray, npt.NDArray[np.bool_]]:
    sizes = line_lengths(readings)
    if not len(sizes):
        return np.zeros((0, 1), dtype=np.int64), np.zeros((0, 1), dtype=bool)
    firsts = np.cumsum(sizes) - sizes
    columns = np.arange(sizes.max())
    mask = columns < sizes[:, None]
    return np.where(mask, firsts[:, None] + columns, 0), mask


def relation_tensors(
    readings: Sequence[Reading],
    spans: Sequence[Sequence[PieceSpan]],
    table: npt.NDArray[np.bool_],
    reach: int,
) -> dict[str, Tensor]:
    """What the relation scorer reads: the spans of all texts, and the pairs of them that may be related.

    Returns
    -------
    span_pieces
        First and last piece of every span (indices into `pieces`) and its label, shape `(spans, 3)`.
    pairs
        Head, tail (indices into `span_pieces`) and relation type, shape `(pairs, 3)`.
    pair_features
        Shape `(pairs, len(FEATURE_SIZES))`.
    """
    span_rows, pair_rows, features = [], [], []
    piece_offset = span_offset = 0
    for reading, found in zip(readings, spans, strict=True):
        rows = np.array([(span.first, span.last, span.label) for span in found], dtype=np.int64).reshape(
            -1, 3
        )
        pairs = candidates(rows[:, 0], rows[:, 1], rows[:, 2], reading.where, table, reach)
        span_rows.append(rows + np.array([piece_offset, piece_offset, 0]))
        pair_rows.append(
            np.stack([pairs.heads + span_offset, pairs.tails + span_offset, pairs.types], axis=1)
        )
        features.append(pairs.features)
        piece_offset += len(reading)
        span_offset += len(found)
    return {
        "span_pieces": torch.from_numpy(np.concatenate(span_rows)),
        "pairs": torch.from_numpy(np.concatenate(pair_rows)),
        "pair_features": torch.from_numpy(np.concatenate(features)),
    }
