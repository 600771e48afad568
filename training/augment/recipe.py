"""What is done to a document, how often, and in which order."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from annotations.document import Document
from training.augment.casing import recase
from training.augment.coordination import coordinate
from training.augment.figures import redraw_figures
from training.augment.lexicon import Lexicon, swap_indicators
from training.augment.noise import abbreviate, mistype, point_decimals, respace, respell
from training.augment.paragraphs import drop_paragraphs
from training.augment.places import swap_places
from training.augment.rewrite import Edit, fitting, rewrite

Share = Annotated[float, Field(ge=0, le=1)]
Change = Callable[[Document, random.Random], list[Edit]]


class AugmentConfig(BaseModel):
    """Of how many documents, each time they are seen, something is changed.

    What concerns places, indicators and values goes by the labels of the project's own schema and finds nothing to do
    in documents with others.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    swap_places: Share = Field(
        0.4, description="share of documents whose places get other names of the same level"
    )
    swap_indicators: Share = Field(
        0.3, description="share with indicators of other documents, measured in the same unit"
    )
    coordinate: Share = Field(
        0.3, description="share whose measures get further verbs over one object, and lists of objects"
    )
    redraw_figures: Share = Field(0.4, description="share whose values get other numbers of the same form")
    drop_paragraphs: Share = Field(0.2, description="share that lose paragraphs which stand for themselves")
    abbreviate: Share = Field(0.3, description="share with TP. for thành phố, H. for huyện")
    recase: Share = Field(0.3, description="share with a headline in capitals or lines in small letters")
    mistype: Share = Field(0.3, description="share with typing errors outside values and places")
    point_decimals: Share = Field(0.3, description="share with decimal points for commas")
    respace: Share = Field(0.3, description="share with spaces lost or doubled, % apart or joined")
    respell: Share = Field(
        0.2, description="share in another spelling: Ð for Đ, hoà for hòa, decomposed letters"
    )


def augment(
    document: Document, config: AugmentConfig, rng: random.Random, lexicon: Lexicon | None = None
) -> Document:
    """A document with some things changed, as `rng` falls; its annotation is as true of it as before.

    Ids, labels and relations stay, but for those of paragraphs that are dropped. Without a lexicon no indicators
    are swapped.
    """
    if rng.random() < config.drop_paragraphs:
        document = drop_paragraphs(document, rng)
    for share, change in _changes(config, lexicon or Lexicon()):
        if rng.random() < share:
            document = rewrite(document, fitting(document, change(document, rng)))
    return document


@dataclass(frozen=True, slots=True)
class Augmenter:
    """`augment` for training: what becomes of a document depends on seed, epoch and index alone."""

    config: AugmentConfig
    lexicon: Lexicon
    seed: int

    def __call__(self, document: Document, epoch: int, index: int) -> Document:
        return augment(document, self.config, random.Random(f"{self.seed} {epoch} {index}"), self.lexicon)


def _changes(config: AugmentConfig, lexicon: Lexicon) -> Iterator[tuple[float, Change]]:
    """Meaning first, then form: what is put in is then written as the rest."""
    yield config.swap_indicators, lambda document, rng: swap_indicators(document, lexicon, rng)
    yield config.coordinate, coordinate
    yield config.swap_places, swap_places
    yield config.redraw_figures, redraw_figures
    yield config.abbreviate, abbreviate
    yield config.recase, recase
    yield config.mistype, mistype
    yield config.point_decimals, point_decimals
    yield config.respace, respace
    yield config.respell, respell
