"""HTML pages: the main text, taken out by trafilatura."""

from __future__ import annotations

from collections.abc import Iterator

from annotations.sources.items import Item, Origin, Reject
from annotations.sources.reading import Reading
from annotations.sources.records import Options, from_text, one_line


def read(reading: Reading) -> Iterator[Item]:
    """The one article of a page: its title as first line, then its main text; address, date and author as meta.

    The article's offsets count in this text, not in the page. (Barbaresi 2021, Trafilatura: A Web Scraping Library and
    Command-Line Tool for Text Discovery and Extraction, ACL-IJCNLP, system demonstrations.)
    """
    data, origin = reading.whole(), reading.origin()
    if isinstance(data, Reject):
        yield data
    elif not data.strip():
        yield Reject(origin, "the page is empty", reading.name)
    else:
        yield _article(data, origin, reading.name, reading.options)


def _article(page: bytes, origin: Origin, id: str, options: Options) -> Item:
    from trafilatura import bare_extraction
    from trafilatura.settings import Document as Page

    try:
        found = bare_extraction(page, with_metadata=True, include_comments=False)
    except Exception as error:  # whatever a page of the wild sets off in a parser, it concerns this page only
        return Reject(origin, f"the page cannot be parsed: {one_line(error)}", id)
    if not isinstance(found, Page) or not (found.text or "").strip():
        return Reject(origin, "the page has no main text", id)
    text, title = found.text or "", (found.title or "").strip()
    if title and text.split("\n", 1)[0].strip() != title:
        text = f"{title}\n{text}"
    meta = {"url": found.url, "date": found.date, "author": found.author}
    return from_text(text, origin, id, options, {key: value for key, value in meta.items() if value})
