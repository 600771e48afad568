"""A row with one plain value in each column."""

from __future__ import annotations

from collections.abc import Sequence

from model.quantities import Quantity
from model.records import Record

Cell = str | float | None

COLUMNS = (
    "doc_id", "place", "level", "district", "province", "province_now", "indicator",
    "target", "target_value", "target_unit", "target_comparator",
    "actual", "actual_value", "actual_unit", "actual_change",
    "ratio", "ratio_percent",
    "period", "deadline", "status", "verdict", "checks", "measures", "confidence",
)  # fmt: skip


def flat(record: Record) -> dict[str, Cell]:
    """The columns of a row. Texts list all values; numbers are those of the value that the status rests on (the
    middle of a range, the percentage of a fraction)."""
    target, actual, ratio = (_first(values) for values in (record.target, record.actual, record.ratio))
    places = record.places
    return {
        "doc_id": record.doc_id,
        "place": record.place,
        "level": _joined([place.level for place in places]),
        "district": _joined([place.district or "" for place in places]),
        "province": _joined([place.province or "" for place in places]),
        "province_now": _joined([place.province_now or "" for place in places]),
        "indicator": record.indicator,
        "target": _texts(record.target),
        "target_value": middle(target),
        "target_unit": target.unit if target else None,
        "target_comparator": target.comparator if target else None,
        "actual": _texts(record.actual),
        "actual_value": middle(actual),
        "actual_unit": actual.unit if actual else None,
        "actual_change": actual.direction if actual else None,
        "ratio": _texts(record.ratio),
        "ratio_percent": middle(ratio),
        "period": record.period,
        "deadline": record.deadline,
        "status": record.status,
        "verdict": record.verdict,
        "checks": _joined([f"{c.kind}: {c.detail}" for c in record.checks if c.verdict != "not checkable"]),
        "measures": _joined(record.measures),
        "confidence": record.confidence,
    }


def middle(quantity: Quantity | None) -> float | None:
    """The number of a quantity, the middle of its range, None without one."""
    if quantity is None or quantity.ends is None:
        return None
    low, high = quantity.ends
    return low if low == high else (low + high) / 2


def _first(quantities: Sequence[Quantity]) -> Quantity | None:
    return quantities[0] if quantities else None


def _texts(quantities: Sequence[Quantity]) -> str | None:
    return _joined([" ".join(q.text.split()) for q in quantities])


def _joined(parts: Sequence[str]) -> str | None:
    return "; ".join(dict.fromkeys(part for part in parts if part)) or None
