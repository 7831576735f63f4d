"""Who sends chunks to workers, and waits for what comes of them."""

import asyncio
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar
from uuid import uuid4

from ioclib.fleet.app import QUEUE, TAKEN, TASK, make_app, wanted_key
from ioclib.fleet.packing import packed_chunk, unpacked_done
from ioclib.jobs.chunks import Chunk, Deferred, Done, Item, Land

T = TypeVar("T")

_LOOKING = 0.05
"""Seconds between two looks for results."""

_PART = 50
"""Lookups of a message."""

_PATIENCE = 10.0
"""Seconds for which Redis may be away until what it was given counts as lost."""

_COUNTING = 5.0
"""Seconds between two countings of what is there of what Redis was given."""

_REMEMBERED = 3600
"""Seconds after which Redis forgets what an executor waited for that was killed."""

_LOST = "the Redis of broker_url has lost what it was given, or another run of the same job has taken over"
_CLOSED = "the executor was closed"
_NUMBER = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # of a message, inside it


class _Seen(NamedTuple):
    known: bool
    results: dict[str, bytes]


class CeleryExecutor:
    """Has chunks asked by workers; see `Executor`.

    In Redis is a set of the chunks that are waited for. A worker passes over what is not in it: nothing is asked for an
    executor that was killed, and whose successor sends the same chunks again. And if the set is gone, Redis has lost
    everything. A single message can be lost as well: when a worker is killed that has taken it and not yet said so, or
    when Redis comes back without the last that it was given. So what is there is counted now and then, and what is
    missing twice is sent anew.

    Args:
        broker_url: the Redis.
        name: of the job; an executor takes the place of an earlier one of the same name.
        window: so many chunks of one source are under way at once, each in messages of fifty lookups.

    Raises:
        ConfigurationError: the extra is not installed.
    """

    def __init__(self, broker_url: str, name: str = "", *, window: int = 2) -> None:
        self._app = make_app(broker_url, results=False)  # else Celery would subscribe to each result
        self._backend = make_app(broker_url).backend
        self._name = name or uuid4().hex
        self._wanted = wanted_key(self._name)
        self._window = window
        self._waiting: dict[str, asyncio.Future[Done]] = {}
        self._sent: set[str] = set()
        self._unwanted: list[str] = []
        self._token = ""  # a member of the set as long as it is the one that we began
        self._away_since: float | None = None
        self._looker: asyncio.Task[None] | None = None
        self._sender, self._reader = (ThreadPoolExecutor(1, f"ioclib-fleet-{job}") for job in ("send", "read"))
        self._closed = False

    @property
    def window(self) -> int:
        """So many chunks of one source are under way at once."""
        return self._window

    async def run(self, chunk: Chunk, land: Land) -> Sequence[Deferred]:
        """Makes the lookups of a chunk; see `Executor.run`.

        Raises:
            OSError: Redis is out of reach or has lost the chunk, or a worker failed.
        """
        parts = [Chunk(chunk.source, items, chunk.tlp) for items in _parts(chunk.items)]
        landed = await asyncio.gather(*(self._run(part, land) for part in parts), return_exceptions=True)
        failed = [one for one in landed if isinstance(one, BaseException)]
        if failed:
            raise failed[0]
        return [one for deferred in landed if not isinstance(deferred, BaseException) for one in deferred]

    async def _run(self, chunk: Chunk, land: Land) -> Sequence[Deferred]:
        if self._closed:
            raise OSError(_CLOSED)
        number = str(uuid4())
        self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            await self._in(self._sender, lambda: self._send(number, chunk))
            self._sent.add(number)
            if self._looker is None or self._looker.done():
                self._looker = asyncio.create_task(self._look())
            done = await self._waiting[number]
        finally:
            del self._waiting[number]
            self._sent.discard(number)
            self._unwanted.append(number)
        if done.rows:
            await land(done.rows)
        return done.deferred

    async def aclose(self) -> None:
        """Forgets what is under way: workers do not begin it any more."""
        self._closed = True
        if self._looker:
            self._looker.cancel()
            await asyncio.gather(self._looker, return_exceptions=True)
        self._fail(_CLOSED)
        self._unwanted += self._waiting
        await asyncio.gather(self._in(self._sender, self._forget), return_exceptions=True)
        for threads in (self._sender, self._reader):
            threads.shutdown(wait=False, cancel_futures=True)

    async def _in(self, threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(threads, work)

    def _send(self, number: str, chunk: Chunk) -> None:
        try:
            if not self._token:
                self._begin()
            self._backend.client.sadd(self._wanted, number)
            self._app.send_task(
                TASK,
                (self._name, packed_chunk(chunk)),
                task_id=number,
                queue=QUEUE,
                retry=False,
                argsrepr=f"({chunk.source}, {len(chunk.items)} indicators)",  # for logs and Flower
            )
        except Exception as error:  # noqa: BLE001 of Celery, Kombu or Redis
            raise OSError(_why(error)) from None

    def _begin(self) -> None:
        """What an earlier executor of this name waited for is not wanted any more."""
        token = uuid4().hex
        with self._backend.client.pipeline() as pipe:
            pipe.delete(self._wanted).sadd(self._wanted, token).expire(self._wanted, _REMEMBERED).execute()
        self._token = token

    def _forget(self) -> None:
        if self._token:
            self._backend.client.delete(self._wanted, *map(self._backend.get_key_for_task, self._unwanted))
        self._app.close()

    async def _look(self) -> None:
        """Brings results to those who wait for them; ends when nobody does."""
        counted, missing = time.monotonic(), set[str]()
        while self._waiting:
            await asyncio.sleep(_LOOKING)
            if not self._token:
                continue  # it is being begun
            numbers, unwanted = list(self._waiting), self._unwanted
            self._unwanted = []
            try:
                seen = await self._in(self._reader, lambda: self._seen(numbers, unwanted))  # noqa: B023 it is awaited
                if time.monotonic() - counted > _COUNTING:
                    before, missing = missing, await self._in(self._reader, self._missing)
                    counted = time.monotonic()
                    self._fail(_LOST, before & missing)
            except Exception as error:  # noqa: BLE001 whatever it is, those who wait are told
                self._unwanted += unwanted
                self._bear(error)
            else:
                self._away_since = None
                self._bring(seen)

    def _seen(self, numbers: Sequence[str], unwanted: Iterable[str]) -> _Seen:
        keys = [self._backend.get_key_for_task(number) for number in numbers]
        with self._backend.client.pipeline(transaction=False) as pipe:
            for number in unwanted:
                pipe.srem(self._wanted, number).delete(self._backend.get_key_for_task(number))
            pipe.expire(self._wanted, _REMEMBERED).sismember(self._wanted, self._token).mget(keys)
            *_, known, results = pipe.execute()
        return _Seen(bool(known), {number: one for number, one in zip(numbers, results, strict=True) if one})

    def _missing(self) -> set[str]:
        """What was sent and is not there: nobody has yet to take it, or has taken it, or has done it."""
        numbers = list(self._sent)
        with self._backend.client.pipeline() as pipe:
            pipe.lrange(QUEUE, 0, -1).hvals(TAKEN)
            for number in numbers:
                pipe.exists(self._backend.get_key_for_task(number))
            open_messages, taken_messages, *done = pipe.execute()
        there = {found.decode() for one in (*open_messages, *taken_messages) for found in _NUMBER.findall(one)}
        return {number for number, is_done in zip(numbers, done, strict=True) if not is_done} - there

    def _bring(self, seen: _Seen) -> None:
        for number, result in seen.results.items():
            waiting = self._waiting.get(number)
            if waiting and not waiting.done():
                try:
                    waiting.set_result(self._done(result))
                except OSError as error:
                    waiting.set_exception(error)
        if not seen.known:
            self._lose(_LOST)

    def _done(self, result: bytes) -> Done:
        meta: dict[str, Any] = self._backend.decode_result(result)
        if meta["status"] != "SUCCESS":
            raise OSError(f"a worker failed with a chunk ({type(meta['result']).__name__}); its log says why")
        if meta["result"] is None:
            raise OSError(_LOST)  # that it is waited for: the worker has passed over it
        try:
            return unpacked_done(meta["result"])
        except ValueError:
            raise OSError("a worker sent back what is no answer; is it of the same version?") from None

    def _bear(self, error: Exception) -> None:
        now = time.monotonic()
        self._away_since = self._away_since or now
        if now - self._away_since >= _PATIENCE:
            self._away_since = None
            self._lose(_why(error))

    def _lose(self, why: str) -> None:
        """All that was sent is given up; it is sent anew, and should it still be there, nobody wants it."""
        self._token = ""
        self._fail(why)

    def _fail(self, why: str, numbers: Iterable[str] | None = None) -> None:
        for number in tuple(self._waiting if numbers is None else numbers):
            waiting = self._waiting.get(number)
            if waiting and not waiting.done():
                waiting.set_exception(OSError(why))


def _parts(items: Sequence[Item]) -> Iterator[tuple[Item, ...]]:
    """In messages of their own: several workers do them, and whoever is killed has not lost many."""
    for start in range(0, len(items), _PART):
        yield tuple(items[start : start + _PART])


def _why(error: BaseException) -> str:
    """What is wrong with Redis, in words that hold no password."""
    from redis import exceptions

    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    kinds = tuple(causes)
    if any(isinstance(one, exceptions.AuthenticationError) for one in kinds):
        reason = "it does not accept the user name or the password"
    elif any(isinstance(one, exceptions.ConnectionError | exceptions.TimeoutError | OSError) for one in kinds):
        reason = "no connection can be made"
    else:
        reason = f"{type(error).__name__}"
    return f"the Redis of broker_url cannot be used: {reason}"
