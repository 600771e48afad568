"""Vietnamese word segmentation, pluggable, that never hides where a number, a unit or a sign begins or ends."""

from model.segmenters.registry import SEGMENTERS, SegmenterName, load_segmenter
from model.segmenters.words import Words, find_words

__all__ = ["SEGMENTERS", "SegmenterName", "Words", "find_words", "load_segmenter"]
