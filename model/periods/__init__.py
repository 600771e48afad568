"""Times of Vietnamese official language: found by rules and brought to one form.

A period is written as ISO 8601 does: `2024`, `2024-09`, `2024-09-30`, and an interval `2018-01/2018-09` for
`9 tháng đầu năm 2018`, `2020/2025` for a term.
"""

from model.periods.finding import find_periods
from model.periods.period import Period, Role

__all__ = ["Period", "Role", "find_periods"]
