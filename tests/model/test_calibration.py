"""Calibrated scores are probabilities, keep their order, and come back from the folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.document import Document, Relation, Span
from annotations.errors import InputError
from eval.reliability import calibration_error, judged
from model.calibration import FILE, Calibration, Curve


def overconfident(seed: int, articles: int = 60) -> list[tuple[Document, Document]]:
    """Predictions whose scores are too high: of those with the score s, only about s³ are right."""
    generator = np.random.default_rng(seed)
    pairs = []
    for number in range(articles):
        spans = [
            Span(f"x{n}", 2 * n, 2 * n + 1, "X", float(s))
            for n, s in enumerate(generator.uniform(0.05, 1, 12))
        ]
        true = [span for span in spans if generator.uniform() < (span.score or 0) ** 3]
        links = [
            Relation(a.id, b.id, "R", float(s))
            for a, b, s in zip(spans, spans[1:], generator.uniform(0.5, 1, 11), strict=False)
        ]
        kept = {span.id for span in true}
        right = [r for r in links if {r.head, r.tail} <= kept and generator.uniform() < (r.score or 0)]
        text = "a " * 12
        pairs.append(
            (
                Document(str(number), text, tuple(true), tuple(right)),
                Document(str(number), text, tuple(spans), tuple(links)),
            )
        )
    return pairs


def test_the_error_falls_on_other_articles() -> None:
    calibration = Calibration.fit(overconfident(1))
    fresh = overconfident(2)
    calibrated = [(gold, calibration.apply(found)) for gold, found in fresh]
    for what in ("spans", "relations"):
        before, after = (
            calibration_error(judged(fresh, what)[-1]),
            calibration_error(judged(calibrated, what)[-1]),
        )
        assert before > 0.15
        assert after < 0.06


def test_files(tmp_path: Path) -> None:
    calibration = Calibration.fit(overconfident(3, 5))
    assert Calibration.load(tmp_path) is None
    calibration.save(tmp_path)
    assert Calibration.load(tmp_path) == calibration
    for content in ("{", "{}", '{"spans": {"X": {"slopes": [1, 2], "offset": 0}}, "relations": {}}', "[]"):
        (tmp_path / FILE).write_text(content, encoding="utf-8")
        with pytest.raises(InputError, match="broken calibration"):
            Calibration.load(tmp_path)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=20), st.floats(0, 1), st.floats(0, 1))
def test_curves_never_fall(examples: list[tuple[float, bool]], low: float, high: float) -> None:
    curve = Curve.fit([(score,) for score, _ in examples], [right for _, right in examples], (1.0,))
    assert 0 <= curve(min(low, high)) <= curve(max(low, high)) <= 1


def test_without_examples_scores_stay() -> None:
    assert Curve.fit([], [], (1.0,))(0.3) == pytest.approx(0.3)
    document = Document("d", "ab", (Span("x", 0, 1, "X", 0.4), Span("y", 1, 2, "Y")))
    assert Calibration({}, {}).apply(document) == document
    lifted = Calibration({"X": Curve((1.0,), 2.0)}, {}).apply(document)
    assert lifted.spans[0].score == pytest.approx(0.4 * np.exp(2) / (0.6 + 0.4 * np.exp(2)), abs=1e-5)
    assert replace(lifted, spans=document.spans) == document
