"""The agreement of annotators, to be read."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from annotations.label_studio.agreement import Report


def tables(report: Report) -> Iterator[Table | str]:
    """Pairs, people, labels and the documents on which they differ; a sentence where there is nothing to compare."""
    if not report.pairs:
        yield "No text was submitted by two annotators."
        return
    pairs = Table("annotators", "texts", "span F1", "relation F1", title="Pairs")
    for pair in report.pairs:
        scores = (f"{tally.f1:.3f}" for tally in (pair.agreement.span, pair.agreement.relation))
        pairs.add_row(f"{pair.first} – {pair.second}", str(pair.documents), *scores)
    yield pairs
    people = Table("annotator", "span F1", "relation F1", title="Against everybody else")
    for name in report.annotators:
        people.add_row(name, *(f"{tally.f1:.3f}" for tally in report.of_annotator(name)))
    yield people
    labels = Table("label or relation", "alpha", title="Krippendorff's alpha")
    for name, value in (*report.span_alpha.items(), *report.relation_alpha.items()):
        labels.add_row(name, "–" if value is None else f"{value:.3f}")
    yield labels
    if report.disagreements:
        differing = Table("document", "F1", "differences", title="Disagreements")
        for one in report.disagreements:
            differing.add_row(one.document_id, f"{one.f1:.3f}", str(len(one.differences)))
        yield differing
