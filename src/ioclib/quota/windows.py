"""When a request stops counting: the one thing that the windows of limits differ in.

A rolling window forgets each request a whole period after it was made; a calendar window forgets all of a period's at
the period's end. Ledgers therefore keep, for each window, how many requests stop counting when, and need to know
nothing else. All times are whole microseconds since 1970 (UTC): sums of them are exact, in SQLite and in Lua too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from ioclib.source import Limit

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_SPANS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 7 * 86_400, "month": 30 * 86_400}
"""Seconds."""

_ENTRIES = 1000
"""Entries in a log; a limit of more requests than this shares them out."""


@dataclass(frozen=True)
class Window:
    """What one limit is counted in.

    Attributes:
        name: its own among the windows of a key; not the count, so that another plan of a vendor finds what was used.
        count: requests that may count at the same time.
        span: microseconds of the period. What is past is kept for as long again: a clock may be set back.
        slot: microseconds that a log does not tell apart; 0 in a calendar window.
        calendar: ``day``, ``week`` or ``month``; empty in a rolling window.
        zone: whose midnight begins a period of the calendar.
    """

    name: str
    count: int
    span: int
    slot: int
    calendar: str = ""
    zone: str = ""

    @classmethod
    def of(cls, limit: Limit) -> "Window":
        """The window of a limit."""
        span = _SPANS[limit.per] * 1_000_000
        if limit.per in {"day", "week", "month"} and not limit.rolling:
            return cls(f"{limit.per} {limit.zone}", limit.count, span, 0, limit.per, limit.zone)
        return cls(f"rolling {limit.per}", limit.count, span, span // _ENTRIES if limit.count > _ENTRIES else 1)

    def ends(self, now: int) -> int:
        """When a request that is made now stops counting: at the end of its slot, which is never too early."""
        if self.slot:
            return -(-(now + self.span) // self.slot) * self.slot
        return next(start for start in self.starts(now) if start > now)

    def starts(self, now: int) -> tuple[int, int, int, int]:
        """When the calendar's period before this one, this one and the next two begin."""
        zone = _zone(self.zone)
        today = from_micros(now).astimezone(zone).date()
        before, this, following, last = (_midnight(day, zone) for day in _first_days(self.calendar, today))
        return before, this, following, last


@lru_cache(maxsize=256)
def windows_of(limits: tuple[Limit, ...]) -> tuple[Window, ...]:
    """The windows of all limits of a key; of two limits that share a window, the lower one counts."""
    lowest: dict[str, Window] = {}
    for window in map(Window.of, limits):
        known = lowest.get(window.name)
        if known is None or window.count < known.count:
            lowest[window.name] = window
    return tuple(lowest.values())


def fitting(limits: Sequence[Limit], n: int) -> tuple[Window, ...]:
    """The windows that ``n`` requests are to be taken out of.

    Raises:
        ValueError: they would never fit, however long one waited.
    """
    if n < 1:
        raise ValueError(f"{n} requests cannot be reserved")
    for limit in limits:
        if n > limit.count:
            raise ValueError(f"{n} requests at once never fit in {limit}")
    return windows_of(tuple(limits))


def micros(time: datetime) -> int:
    """Microseconds since 1970."""
    return (time - _EPOCH) // _MICROSECOND


def from_micros(time: int) -> datetime:
    """The same as a time (UTC)."""
    return _EPOCH + timedelta(microseconds=time)


def _first_days(calendar: str, today: date) -> tuple[date, date, date, date]:
    if calendar == "month":
        first = today.replace(day=1)
        following = _next_month(first)
        return (first - timedelta(days=1)).replace(day=1), first, following, _next_month(following)
    days = timedelta(days=7 if calendar == "week" else 1)
    first = today - timedelta(days=today.weekday() if calendar == "week" else 0)
    return first - days, first, first + days, first + 2 * days


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def _midnight(day: date, zone: tzinfo) -> int:
    """The first moment of a day, also where summer time takes its midnight away or gives it two."""
    return micros(datetime(day.year, day.month, day.day, tzinfo=zone))
