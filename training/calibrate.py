"""`python -m training.calibrate MODEL`: fit the scores of a trained extractor to annotated documents."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from annotations import corpus
from annotations.document import Document
from annotations.errors import InputError
from annotations.formats import read_documents
from model.calibration import Calibration
from model.extractor import Extractor


def calibrate(extractor: Extractor, documents: Sequence[Document]) -> Calibration:
    """The curves that make an extractor's scores probabilities on documents that it has not learnt from."""
    bare = Extractor(
        extractor.settings, extractor.tokenizer, extractor.encoder, extractor.heads, extractor.device
    )
    return Calibration.fit(zip(documents, bare.extract(documents), strict=True))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 when done, 2 for input that cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m training.calibrate", description=__doc__)
    parser.add_argument("model", type=Path, metavar="MODEL", help="folder of a trained extractor")
    parser.add_argument(
        "--data",
        type=Path,
        nargs="+",
        default=[corpus.FOLDER / "dev"],
        metavar="PATH",
        help="annotated files or folders that it has not learnt from (default: the corpus' dev split)",
    )
    options = parser.parse_args(arguments)
    try:
        documents = [document for path in options.data for document in read_documents(path)]
        calibration = calibrate(Extractor.from_pretrained(options.model), documents)
        calibration.save(options.model)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(
        f"calibrated on {len(documents)} documents: {', '.join([*calibration.spans, *calibration.relations])}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
