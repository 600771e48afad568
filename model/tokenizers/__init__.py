"""Text to piece ids with offsets into the text as it came in, for every encoder the house can read."""

from model.tokenizers.base import Encoding, Tokenizer, load_tokenizer, register
from model.tokenizers.syllable import SyllableTokenizer

__all__ = ["Encoding", "SyllableTokenizer", "Tokenizer", "load_tokenizer", "register"]
