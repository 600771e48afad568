"""Vietnamese value texts as numbers with units: `trên 60 tỷ đồng`, `27/39`, `giảm 1-1,5%/năm`, `hai mươi ba`."""

from model.quantities.numerals import VIETNAMESE, Habit
from model.quantities.parse import parse
from model.quantities.quantity import Comparator, Direction, Quantity
from model.quantities.words import read_words, spell

__all__ = [
    "VIETNAMESE",
    "Comparator",
    "Direction",
    "Habit",
    "Quantity",
    "parse",
    "read_words",
    "spell",
]
