"""Annotated documents made different, and their annotation still true: other places, other figures, sloppier spelling."""

from training.augment.lexicon import Lexicon
from training.augment.recipe import AugmentConfig, Augmenter, augment

__all__ = ["AugmentConfig", "Augmenter", "Lexicon", "augment"]
