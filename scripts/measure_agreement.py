"""How far the two annotators agree on the articles of annotations/second, before any difference was settled.

    python scripts/measure_agreement.py

Exact spans with their label; relations by both spans and their type. F1 is the same whichever annotation counts as
the reference.
"""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from annotations import card, corpus


def main() -> int:
    pairs = corpus.annotated_twice()
    name, *columns = card.AGREEMENT_HEAD
    table = Table(name, title=f"Agreement on {len(pairs)} articles")
    for column in columns:
        table.add_column(column, justify="right")
    for row in card.agreement_rows(pairs):
        table.add_row(*row, style="bold" if row[0].startswith("all") else None)
    Console().print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
