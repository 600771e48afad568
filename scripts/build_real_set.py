"""Rebuild the real articles of the evaluation from a copy of the public corpus that they come from.

    git clone https://github.com/ThanhChinhBK/vietnews
    python scripts/build_real_set.py vietnews --output real
    chitieu evaluate --data real

The annotation is shipped without the texts (`eval/real/*.json`). The corpus holds them segmented: tokens apart, the
syllables of a word joined by `_`. This undoes it, and checks every text against the hash of the one that was annotated.
"""

from __future__ import annotations

import argparse
import re
import sys
import unicodedata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from annotations.errors import InputError
from annotations.files import read_text
from annotations.formats import write_documents
from eval.standoff import FOLDER, read_all

_STEPS = (
    (re.compile(r"_"), " "),
    (re.compile(r"[ \t]+(?=[,.;:!?%…)\]”’])"), ""),
    (re.compile(r"(?<=[(\[“‘])[ \t]+"), ""),
    (re.compile(r"\" ([^\"\n]*?) \""), r'"\1"'),
    (re.compile(r"' ([^'\n]*?) '"), r"'\1'"),
    (re.compile(r"(?<=\d) */ *(?=\d)"), "/"),
    (re.compile(r" */ *(?=(?:ha|năm|người|tháng|ngày|quý)\b)"), "/"),
    (re.compile(r"[ \t]+"), " "),
)


def unsegment(text: str) -> str:
    """The running text of a segmented one."""
    text = unicodedata.normalize("NFC", text)
    for pattern, replacement in _STEPS:
        text = pattern.sub(replacement, text)
    return text.strip()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path, metavar="CORPUS", help="folder of the corpus")
    parser.add_argument(
        "--output", type=Path, default=Path("real"), help="folder for the documents (default: real)"
    )
    parser.add_argument("--annotation", type=Path, default=FOLDER, help="folder of the stand-off files")
    options = parser.parse_args(arguments)
    try:
        documents = [
            annotation.on(unsegment(read_text(options.corpus / annotation.source)))
            for annotation in read_all(options.annotation)
        ]
        if not documents:
            raise InputError("no stand-off files here", source=options.annotation)
        write_documents(documents, options.output, format="inline")
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"{len(documents)} documents written to {options.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
