"""The ledger of several machines: a Redis (6.2 or later) or a Valkey that all of them reach.

Every operation is one script there and takes its time from there. A machine whose clock is wrong grants nothing that it
should not: what it says of times is how long something lasts, and where periods of the calendar begin.
"""

import re
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, cast
from urllib.parse import quote

from ioclib.errors import ConfigurationError
from ioclib.quota import lua
from ioclib.quota.ledger import GRANTED, Standing, Usage, Wait
from ioclib.quota.windows import Window, fitting, from_micros, micros
from ioclib.source import Limit

if TYPE_CHECKING:
    from redis.asyncio import Redis

_CONNECTIONS = 16
"""At most, for each ledger; what is more waits here, not in Redis."""

_Script = Callable[[list[str], list[str | int]], Awaitable[list[int]]]


class RedisLedger:
    """Counts requests in Redis.

    Args:
        url: ``redis://``, ``rediss://`` or ``unix://``, with the password in it.
        clock: seconds since 1970, of this machine.
        timeout: seconds to wait for a connection, or for an answer.

    Raises:
        ConfigurationError: the extra is not installed, or the address is none.
    """

    def __init__(self, url: str, *, clock: Callable[[], float] = time.time, timeout: float = 5) -> None:
        self._redis, self._errors = _connected(url, timeout)
        self._clock = clock
        self._reserve, self._cooldown, self._sync, self._usage = (
            cast("_Script", self._redis.register_script(script))
            for script in (lua.RESERVE, lua.COOLDOWN, lua.SYNC, lua.USAGE)
        )

    async def reserve(self, key: str, limits: Sequence[Limit], n: int = 1) -> Wait:
        """Take ``n`` requests out of every limit at once, or out of none; see `Ledger.reserve`.

        Raises:
            ValueError: ``n`` is larger than a limit allows.
            OSError: Redis cannot be reached, or refuses.
        """
        _, wait, cooling = await self._call(self._reserve, key, fitting(limits, n), n)
        return Wait(wait / 1e6, cooling=bool(cooling)) if wait else GRANTED

    async def cooldown(self, key: str, until: datetime) -> None:
        """Grant nothing until then (UTC); a longer cool-down that stands is not shortened."""
        await self._call(self._cooldown, key, (), micros(until) - self._now())

    async def sync(self, key: str, limit: Limit, remaining: int, reset_at: datetime | None) -> None:
        """Take over what the vendor says is left of a limit, if that is less; see `Ledger.sync`."""
        lasts = micros(reset_at) - self._now() if reset_at else ""
        await self._call(self._sync, key, (Window.of(limit),), limit.count - max(remaining, 0), lasts)

    async def usage(self, key: str, limits: Sequence[Limit]) -> Standing:
        """How a key stands, by the clock of Redis; nothing is spent."""
        cool, *said = await self._call(self._usage, key, tuple(map(Window.of, limits)))
        numbers = iter(said)
        usages = (Usage(limit, tuple(_stops(numbers))) for limit in limits)
        return Standing(tuple(usages), from_micros(cool) if cool else None)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    async def _call(self, script: _Script, key: str, windows: Sequence[Window], *said: str | int) -> list[int]:
        prefix = f"ioclib:quota:{{{quote(key)}}}"  # the braces keep all of a key on one node of a cluster
        keys = [f"{prefix}:cool", *(f"{prefix}:{window.name}" for window in windows)]
        answer = await self._ask(script, keys, [*said, *_described(windows, self._now())])
        if answer[0] == -1:  # this machine's clock is days off: once more, around Redis's own time
            answer = await self._ask(script, keys, [*said, *_described(windows, answer[1])])
        return answer

    async def _ask(self, script: _Script, keys: list[str], arguments: list[str | int]) -> list[int]:
        try:
            return await script(keys, arguments)
        except self._errors as error:
            raise OSError(f"the Redis of quota_url cannot be used: {_reason(error)}") from None

    def _now(self) -> int:
        return round(self._clock() * 1e6)


def _connected(url: str, timeout: float) -> tuple["Redis", tuple[type[Exception], ...]]:
    """A client that has not connected yet, and what it raises."""
    try:
        from redis.asyncio import BlockingConnectionPool, Redis
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff
        from redis.exceptions import ConnectionError as Disconnected
        from redis.exceptions import RedisError
    except ImportError:
        raise ConfigurationError("quota_url needs the extra: pip install 'ioclib[redis]'") from None
    # Once more, as Redis closes what was idle for long. If the first was counted nevertheless, too few are granted.
    retry = Retry(NoBackoff(), 1, supported_errors=(Disconnected,))
    try:
        pool = BlockingConnectionPool.from_url(  # pyright: ignore[reportUnknownMemberType] its keywords have no types
            url,
            max_connections=_CONNECTIONS,
            timeout=None,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            retry=retry,
        )
    except ValueError:  # its message may quote the password
        raise ConfigurationError("quota_url is no address of a Redis, such as redis://localhost:6379/0") from None
    return Redis.from_pool(pool), (RedisError, OSError)


def _described(windows: Sequence[Window], around: int) -> list[int]:
    described: list[int] = []
    for window in windows:
        starts = (0, 0, 0, 0) if window.slot else window.starts(around)
        described += (window.count, window.span, window.slot, *starts)
    return described


def _stops(numbers: Iterator[int]) -> Iterator[tuple[datetime, int]]:
    """One window's: how many pairs there are, and then until when how many requests count."""
    for _ in range(next(numbers)):
        yield from_micros(next(numbers)), next(numbers)


def _reason(error: Exception) -> str:
    """Why, in words that hold no password: servers and clients quote what they were sent."""
    from redis import exceptions

    if isinstance(error, exceptions.AuthenticationError):
        return "it does not accept the user name or the password"
    if isinstance(error, exceptions.TimeoutError):
        return "it does not answer in time"
    if isinstance(error, exceptions.ConnectionError | OSError):
        return "no connection can be made"
    code = re.search(r"(?:^|@user_script: ?\d+: -?)([A-Z]{2,20})\b", str(error))  # before Redis 7, behind the line
    return f"it answered {code[1]}" if code else "it answered with an error"
