"""`chitieu demo`: the article that comes along, extracted."""

from __future__ import annotations


def command() -> None:
    """Extract from an article that comes with the package, and show its rows and the highlighted text."""
    from rich.console import Console

    from annotations.document import Document
    from annotations.files import read_text
    from model.backends.allocation import for_good
    from model.example import ARTICLE
    from model.export import highlighted, legend, rows_table
    from model.records import assemble

    with for_good():
        from model.extractor import Extractor

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=140)
    document = Extractor.from_pretrained().extract(Document(ARTICLE.stem, read_text(ARTICLE)))
    console.print(highlighted(document))
    console.print(legend(), end="\n\n")
    console.print(rows_table(assemble(document)))
