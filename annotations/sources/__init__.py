"""Raw articles from files of many kinds, as a stream in which a broken record stops nothing."""

from annotations.sources.items import Article, Chunk, Item, Origin, Reject
from annotations.sources.source import Source, chunks, open_source

__all__ = ["Article", "Chunk", "Item", "Origin", "Reject", "Source", "chunks", "open_source"]
