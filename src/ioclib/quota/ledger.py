"""What every ledger promises, wherever it keeps its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

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
        used: requests that count in its current period.
        resets_at: when all of it is to be had again (UTC); None if nothing is used.
    """

    limit: Limit
    used: int
    resets_at: datetime | None


@dataclass(frozen=True)
class Standing:
    """How a key stands.

    Attributes:
        usages: one for each limit.
        cooling_until: until when nothing is granted (UTC); None if nothing forbids it.
    """

    usages: tuple[Usage, ...]
    cooling_until: datetime | None

    def seconds_for(self, n: int, now: datetime) -> float:
        """About how long it takes until the last of so many requests can start, if nobody else asks."""
        start = max(0.0, (self.cooling_until - now).total_seconds()) if self.cooling_until else 0.0
        last = start if n else 0.0
        for one in self.usages:
            reset = (one.resets_at - now).total_seconds() if one.resets_at else 0.0
            over = n - max(0, one.limit.count - (one.used if reset > start else 0))
            if over > 0:
                first = reset if reset > start else start + one.limit.seconds
                last = max(last, first + (over - 1) // one.limit.count * one.limit.seconds)
        return last


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
