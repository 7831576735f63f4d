"""Answers in a Redis or Valkey that several machines share.

A key of ours is the prefix and the key of the answer, so that whoever operates the server can read what is kept, and
what is in it for which source. When the server cannot be reached, every answer counts as never kept.
"""

import asyncio
import logging
import re
import secrets
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from contextlib import contextmanager
from typing import Any, ClassVar, Protocol, TypeVar, cast
from urllib.parse import urlsplit

import msgspec

from ioclib.cache.kept import CacheInfo, KeptAnswer, key_start, source_of
from ioclib.cache.packing import MOST, pack, size_of, unpack
from ioclib.errors import ConfigurationError

T = TypeVar("T")

_log = logging.getLogger(__name__)

_ANSWER, _CLAIM = "ioclib:answer:", "ioclib:claim:"

_PATIENCE = 1.0
"""Seconds that the server has for one command: a request to the source is not much slower."""

_REST = 5.0
"""Seconds in which a server that did not answer is left alone."""

_CONNECTIONS = 32

_LARGE = 64 * 1024
"""Bytes from which packing is a thread's work: deflating them takes a millisecond."""

_BATCH = 500

_FETCHED = struct.Struct(">d")
"""What stands before the packed answer."""

_RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


class _Server(Protocol):
    """The commands that are used here, with their types: the client's own stubs leave some out."""

    def get(self, name: str) -> Awaitable[bytes | None]: ...
    def set(self, name: str, value: bytes | str, *, px: int, nx: bool = False) -> Awaitable[Any]: ...
    def eval(self, script: str, numkeys: int, *keys_and_args: str) -> Awaitable[Any]: ...
    def unlink(self, *names: bytes) -> Awaitable[int]: ...
    def scan_iter(self, *, match: str, count: int) -> AsyncIterator[bytes]: ...
    def pipeline(self, *, transaction: bool) -> Any: ...
    def aclose(self) -> Awaitable[None]: ...


class RedisAnswers:
    """Answers that machines share.

    Args:
        url: ``redis://``, ``rediss://`` (TLS) or ``unix://``.
        clock: seconds since 1970, UTC.

    Raises:
        ConfigurationError: the extra is missing, or this is no such address.
    """

    shared: ClassVar[bool] = True

    def __init__(self, url: str, *, clock: Callable[[], float] = time.time) -> None:
        self._redis = _client(url)
        self._refusal, self._failures = _failures()
        self._where = _without_credentials(url)
        self._clock = clock
        self._claims: dict[str, str] = {}
        self._rests_until = 0.0
        self._told = False

    async def get(self, key: str) -> KeptAnswer | None:
        """What was kept, whatever its age, until it was to be forgotten; None if the server does not answer."""
        stored = await self._try(lambda: self._redis.get(_ANSWER + key), None)
        if stored is None or len(stored) <= _FETCHED.size:
            return None
        return await _in_thread(len(stored), lambda: unpack(stored[_FETCHED.size :], *_FETCHED.unpack_from(stored)))

    async def put(self, key: str, kept: KeptAnswer, forget_at: float) -> None:
        """Keep an answer until a moment, unless the server does not answer."""
        source_of(key)  # `clear` finds it by this
        rest, size = int((forget_at - self._clock()) * 1000), size_of(kept)
        if rest <= 0 or size > MOST:
            return
        packed = await _in_thread(size, lambda: pack(kept))
        if packed is not None:
            stored = _FETCHED.pack(kept.fetched) + packed
            await self._try(lambda: self._redis.set(_ANSWER + key, stored, px=rest), None)

    async def claim(self, key: str, seconds: float) -> bool:
        """Whether it is for us to ask; without an answer of the server everybody asks."""
        token = secrets.token_hex(8)
        rest = max(1, int(seconds * 1000))
        claimed = await self._try(lambda: self._redis.set(_CLAIM + key, token, nx=True, px=rest), True)
        if claimed:
            self._claims[key] = token
        return bool(claimed)

    async def release(self, key: str) -> None:
        """Give up our own claim; somebody else's, who came after our time was over, stays."""
        if token := self._claims.pop(key, None):
            await self._try(lambda: self._redis.eval(_RELEASE, 1, _CLAIM + key, token), None)

    async def info(self) -> CacheInfo:
        """What is kept.

        Raises:
            OSError: the server cannot be asked.
        """
        shares: list[tuple[str, int, int]] = []
        oldest: float | None = None
        with self._as_os_errors():
            async for source, size, fetched in self._measured():
                shares.append((source, 1, size))
                oldest = fetched if oldest is None else min(oldest, fetched)
        return CacheInfo.of(self._where, shares, oldest)

    async def clear(self, source: str | None = None) -> int:
        """Forget all answers, or those of one source, and say how many they were.

        Raises:
            OSError: the server cannot be asked.
        """
        cleared = 0
        with self._as_os_errors():
            async for keys in self._keys(source):
                cleared += await self._redis.unlink(*keys)
        return cleared

    async def aclose(self) -> None:
        """Close every connection; nothing waits to be written."""
        await self._redis.aclose()

    async def _measured(self) -> AsyncIterator[tuple[str, int, float]]:
        """Of each answer its source, its bytes, and when it was fetched."""
        async for keys in self._keys(None):
            async with self._redis.pipeline(transaction=False) as pipe:
                for key in keys:
                    pipe.strlen(key).getrange(key, 0, _FETCHED.size - 1)
                told = await pipe.execute(raise_on_error=False)
            for key, size, head in zip(keys, told[::2], told[1::2], strict=True):
                source = _source_of(key)
                if source is not None and isinstance(head, bytes) and len(head) == _FETCHED.size:
                    yield source, size - _FETCHED.size, *_FETCHED.unpack(head)

    async def _keys(self, source: str | None) -> AsyncIterator[list[bytes]]:
        """The keys of all answers, or of one source's, some at a time: the server serves others in between."""
        start = "" if source is None else key_start(source)
        pattern = re.sub(r"([\[\]*?^\\-])", r"\\\1", _ANSWER + start) + "*"
        keys: list[bytes] = []
        async for key in self._redis.scan_iter(match=pattern, count=_BATCH):
            keys.append(key)
            if len(keys) >= _BATCH:
                yield keys
                keys = []
        if keys:
            yield keys

    async def _try(self, ask: Callable[[], Awaitable[T]], otherwise: T) -> T:
        """What the server says, or something else if it does not answer, or did not a moment ago."""
        if time.monotonic() < self._rests_until:
            return otherwise
        try:
            return await ask()
        except self._failures as error:
            if not isinstance(error, self._refusal):
                self._rests_until = time.monotonic() + _REST
            if not self._told:
                self._told = True
                _log.warning("answers are not kept: %s cannot be used (%s)", self._where, type(error).__name__)
            return otherwise

    @contextmanager
    def _as_os_errors(self) -> Generator[None]:
        try:
            yield
        except self._failures as error:
            raise OSError(f"{self._where} cannot be used ({type(error).__name__})") from None


def _client(url: str) -> _Server:
    try:
        from redis.asyncio import BlockingConnectionPool, Redis
        from redis.asyncio.connection import parse_url
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff
    except ImportError:
        raise ConfigurationError("cache_url needs the extra: pip install 'ioclib[redis]'") from None
    options: dict[str, Any] = {
        "max_connections": _CONNECTIONS,
        "timeout": _PATIENCE,
        "socket_timeout": _PATIENCE,
        "socket_connect_timeout": _PATIENCE,
        "retry": Retry(NoBackoff(), 1),  # an idle connection that the server has closed
    }
    try:
        options.update(parse_url(url))
    except ValueError:
        raise ConfigurationError("cache_url is no address of a Redis, such as redis://cache.example:6379/0") from None
    return cast("_Server", Redis.from_pool(BlockingConnectionPool(**options)))


def _source_of(key: bytes) -> str | None:
    """The source of an answer, if somebody else's key does not stand under our prefix."""
    try:
        return source_of(key.decode().removeprefix(_ANSWER))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _failures() -> tuple[type[Exception], tuple[type[Exception], ...]]:
    """What the client raises when the server refuses one command, and whatever else it raises."""
    from redis.exceptions import RedisError, ResponseError

    return ResponseError, (RedisError, OSError)


def _without_credentials(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"  # a query may hold a password too


async def _in_thread(size: int, work: Callable[[], T]) -> T:
    """Does what takes long for large answers where nobody waits for it."""
    return await asyncio.to_thread(work) if size > _LARGE else work()
