"""Text to piece ids with offsets into the text as it came in, for every encoder the house can read."""

from model.tokenizers.base import Encoding, SplittingTokenizer, Tokenizer, load_tokenizer, register
from model.tokenizers.fast import FastTokenizer
from model.tokenizers.phobert import PhobertTokenizer
from model.tokenizers.syllable import SyllableTokenizer

__all__ = [
    "Encoding",
    "FastTokenizer",
    "PhobertTokenizer",
    "SplittingTokenizer",
    "SyllableTokenizer",
    "Tokenizer",
    "load_tokenizer",
    "register",
]
