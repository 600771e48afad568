"""The article that comes with the package, for demonstrations and first trials."""

from pathlib import Path

ARTICLE = Path(__file__).with_name("example.txt")
