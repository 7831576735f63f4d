"""What every ledger promises, wherever it keeps its numbers."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from ioclib.quota.windows import Window, micros
from ioclib.source import Limit


class Wait(NamedTuple):
    """How long until requests can be granted.

    Attributes:
        seconds: 0 says that they were granted, and are spent.
        cooling: a cool-down is what lasts longest, not a limit.
    """

    seconds: float
    cooling: bool = False


GRANTED = Wait(0.0)


@dataclass(frozen=True)
class Usage:
    """How much of one limit is used at present.

    Attributes:
        limit: the limit.
        stops: when (UTC) how many of the requests that count stop counting, in that order.
    """

    limit: Limit
    stops: tuple[tuple[datetime, int], ...] = ()

    @property
    def used(self) -> int:
        """Requests that count at present."""
        return sum(number for _, number in self.stops)

    @property
    def resets_at(self) -> datetime | None:
        """When all of it is to be had again (UTC); None if nothing is used."""
        return self.stops[-1][0] if self.stops else None


@dataclass(frozen=True)
class Standing:
    """How a key stands.

    Attributes:
        usages: one for each limit.
        cooling_until: until when nothing is granted (UTC); None if nothing forbids it.
    """

    usages: tuple[Usage, ...]
    cooling_until: datetime | None

    def seconds_for(self, n: int, now: datetime, together: int = 1) -> float:
        """How long it takes until the last of so many requests can start, if nobody else asks.

        Args:
            n: requests.
            now: in UTC.
            together: so many of them are made at once, or none; no limit is smaller.
        """
        start = micros(now)
        at: int = max(start, micros(self.cooling_until)) if self.cooling_until and n else start
        counts = [_Count.of(usage) for usage in self.usages]
        while n and counts:
            some = min(n, together)
            free = min([n, *(count.free(at) // some * some for count in counts)])
            if not free:
                at = max([count.free_at(at, some) for count in counts])
                continue
            for count in counts:
                count.take(free, at)
            n -= free
        return (at - start) / 1e6


@dataclass
class _Count:
    """What counts in one window, as time goes on; all in microseconds.

    Attributes:
        window: the window.
        taken: when how many requests stop counting, in that order.
        used: how many of them count.
        ends: when a calendar window's period ends that was looked at last.
    """

    window: Window
    taken: deque[tuple[int, int]]
    used: int
    ends: int = 0

    @classmethod
    def of(cls, usage: Usage) -> "_Count":
        """What counts now."""
        return cls(Window.of(usage.limit), deque((micros(at), number) for at, number in usage.stops), usage.used)

    def free(self, at: int) -> int:
        """How many requests can start."""
        while self.taken and self.taken[0][0] <= at:
            self.used -= self.taken.popleft()[1]
        return max(0, self.window.count - self.used)

    def free_at(self, at: int, number: int) -> int:
        """When so many can."""
        excess = self.used + number - self.window.count
        for until, ended in self.taken:
            if excess <= 0:
                break
            excess -= ended
            at = max(at, until)
        return at

    def take(self, number: int, at: int) -> None:
        """So many start."""
        if self.window.slot or at >= self.ends:  # a day's end takes long to find, and is the same all day
            self.ends = self.window.ends(at)
        self.taken.append((self.ends, number))
        self.used += number


class Ledger(Protocol):
    """Counts what was asked with each key. Every method is atomic, also between processes."""

    async def reserve(self, key: str, limits: Sequence[Limit], n: int = 1) -> Wait:
        """Take ``n`` requests out of every limit at once, or out of none.

        What was granted is spent, whether or not the request is made then.

        Args:
            key: whose limits.
            limits: all of them; none is larger than ``n`` allows.
            n: requests.

        Returns:
            `GRANTED`, or how long it takes until it can be tried again with a chance.

        Raises:
            OSError: the numbers cannot be read or written.
        """
        ...

    async def cooldown(self, key: str, until: datetime) -> None:
        """Grant nothing until then (UTC); a longer cool-down that stands is not shortened."""
        ...

    async def sync(self, key: str, limit: Limit, remaining: int, reset_at: datetime | None) -> None:
        """Take over what the vendor says is left of a limit, if that is less than what is left here.

        Args:
            key: whose limit.
            limit: the one that is meant.
            remaining: requests that are left.
            reset_at: when all of them are to be had again (UTC), if it was said.
        """
        ...

    async def usage(self, key: str, limits: Sequence[Limit]) -> Standing:
        """How a key stands; nothing is spent."""
        ...

    async def aclose(self) -> None:
        """Close what is open."""
        ...
