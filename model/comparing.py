"""Two quantities side by side: can they be compared, and how far does a stated figure reach."""

from __future__ import annotations

import re
from typing import Literal

from model.quantities import Quantity
from model.quantities.units import convert, dimension

Outcome = Literal["exceeded", "reached", "missed"]

_LESS_IS_BETTER = re.compile(
    r"hộ nghèo|cận nghèo|nghèo|thất nghiệp|thiếu việc làm|tai nạn|ô nhiễm|tội phạm|phạm pháp|suy dinh dưỡng|tử vong|tử suất|con thứ ba|"
    r"con thứ 3|bỏ học|tảo hôn|hôn nhân cận huyết|thất thoát|tồn đọng|trễ hạn|quá hạn|nợ|vi phạm|số ca|mắc|số người chết|bị thương|"
    r"khiếu kiện|ùn tắc|phát thải|lạm phát|giá tiêu dùng|ngập|rác thải chưa|nhà tạm|nhà dột nát|biên chế|đầu mối|tái nghèo|lưu ban|"
    r"thời gian (?:giải quyết|xử lý|thẩm định|cấp|chờ|thông quan|làm thủ tục)|hao hụt|học ghép|điểm nóng|đặc biệt khó khăn"
)
_GAP = re.compile(r"^(?:mức |độ |số )?(?:chênh lệch|chênh|khoảng cách)", re.IGNORECASE)
_MORE_AFTER_ALL = re.compile(
    r"giảm|thoát|xóa|xoá|hỗ trợ|cho hộ|được|bảo hiểm|tham gia|tiếp cận| có | vay|sử dụng|giải quyết|thu hồi|xử lý|khám phá|điều tra|thu nhập|làm nhà|kéo giảm|dư nợ|thu nợ"
)
_RATE_OF_CHANGE = re.compile(r"tốc độ|tăng trưởng|mức tăng")
_GOAL_SLACK = 0.0005


def less_is_better(name: str) -> bool:
    """Whether an indicator is meant to fall (`tỷ lệ hộ nghèo`, `chênh lệch thu nhập`, but not `mức giảm tỷ lệ hộ nghèo`)."""
    if _GAP.search(name):
        return True
    return _LESS_IS_BETTER.search(name) is not None and _MORE_AFTER_ALL.search(name) is None


def is_level(q: Quantity) -> bool:
    """Whether a quantity says how much there is, not by how much it changed."""
    return q.direction is None and q.unit not in ("lần", "thứ hạng")


def comparable(first: Quantity, second: Quantity, name: str = "") -> bool:
    """Whether both have numbers that mean the same kind of thing: two levels or two changes of one dimension, or, of an
    indicator that is a rate of change by its name or unit, a level and a change."""
    if first.ends is None or second.ends is None:
        return False
    if first.direction != second.direction and not (
        {first.direction, second.direction} <= {None, "up"}
        and name
        and (_RATE_OF_CHANGE.search(name) or first.unit == second.unit == "%/năm")
    ):
        return False
    if (first.unit == "lần") != (second.unit == "lần"):
        return False
    return _same_dimension(first, second)


def opposed(first: Quantity, second: Quantity) -> bool:
    """Whether one is a rise and the other a fall of one kind: `giảm 10%` asked for, `tăng 4,2%` reached."""
    return {first.direction, second.direction} == {"up", "down"} and _same_dimension(first, second)


def _same_dimension(first: Quantity, second: Quantity) -> bool:
    one, other = dimension(first.unit), dimension(second.unit)
    if one == other:
        return True
    return one.split("/")[0] == other.split("/")[0] and ("/" not in one or "/" not in other)


def aligned(q: Quantity, other: Quantity) -> tuple[float, float] | None:
    """The ends of a quantity in the unit of another one; a count in full where both are fractions or counts."""
    ends = q.ends
    if ends is None:
        return None
    low, high = (_converted(end, q.unit, other.unit) for end in ends)
    return low, high


def _converted(value: float, unit: str | None, to: str | None) -> float:
    if unit is None or to is None:
        return value
    converted = convert(value, unit, to)
    if converted is None:
        converted = convert(value, unit.split("/")[0], to.split("/")[0])
    return value if converted is None else converted


def reach(q: Quantity, part: Literal["amount", "share", "goal"] = "amount") -> tuple[float, float]:
    """Smallest and largest number that a quantity can stand for, given the places that the text states.

    An amount is rounded at its last place, a stated share (`share`) rounded or cut, a planned figure (`goal`) is nearly
    exact and its bound does not count; a counted number is exact. `hơn` and `gần` reach one unit of the last digit that is
    not zero further.
    """
    low, high = q.ends or (0.0, 0.0)
    if q.is_fraction:
        return low, high
    slack = q.step / 2
    if q.step == 1.0 and q.unit not in ("%", "VND") and not q.is_range:
        slack = 0.0
    if part == "goal":
        slack = min(slack, _GOAL_SLACK * abs(high))
        return low - slack, high + slack
    if q.comparator == "=":
        return low - slack, high + (q.step if part == "share" else slack)
    grain = max(slack, _grain(high, q.step))
    if q.comparator in (">", ">="):
        return low - slack, high + grain
    if q.comparator in ("<", "<="):
        return low - grain, high + slack
    return low - grain, high + grain


def _grain(value: float, step: float) -> float:
    """The unit of the last digit of a number that is not zero, at most a tenth of it."""
    if value <= 0 or step <= 0:
        return step
    grain = step
    while grain * 10 <= value / 10 and abs(value / (grain * 10) - round(value / (grain * 10))) < 1e-9:
        grain *= 10
    return grain


def judge(target: Quantity, actual: Quantity, name: str) -> Outcome | None:
    """How an actual value stands to its target.

    A bound that is open by its words (`dưới 5%`, `hơn 70%`) is reached or missed; any other target can be exceeded.
    An indicator that is meant to fall is judged downwards.
    """
    goal, fact = target.ends, aligned(actual, target)
    if target.is_fraction and actual.unit != "%" and actual.value is not None:
        return None
    if goal is None or fact is None:
        return None
    downward = target.comparator in ("<", "<=") or (
        target.comparator not in (">", ">=") and target.direction is None and less_is_better(name)
    )
    if target.unit == "thứ hạng":
        downward = True
    low, high, got_low, got_high = *goal, *fact
    if downward:
        low, high, got_low, got_high = -high, -low, -got_high, -got_low
    strict = target.comparator in ("<", ">")
    if strict and got_low == high == got_high:
        return "reached" if actual.comparator == target.comparator else "missed"
    if got_low > high:
        return "reached" if strict else "exceeded"
    return "reached" if got_high >= low else "missed"
