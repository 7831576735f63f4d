"""A lane: one source's lookups, with their own pace and time. What happens in it happens to nobody else."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, cast

from ioclib.answers import Failed, Found, NotFound, Outcome, Skipped
from ioclib.cache import Lists
from ioclib.engine.asking import Desk, NotGranted, Visit
from ioclib.engine.breaker import Breaker
from ioclib.engine.bundle import Bundle, Share
from ioclib.engine.conversation import Conversing, converse
from ioclib.engine.door import Door, is_public
from ioclib.engine.flights import Flights
from ioclib.engine.gate import Gate
from ioclib.engine.listing import Listing
from ioclib.engine.memory import Memory, Recollection, stands_in
from ioclib.engine.reading import Blotter
from ioclib.errors import BrokenSource, SourceError, Timeout, Unreachable
from ioclib.indicators import Indicator
from ioclib.source import ListSource, Source

_LOOKING = 0.05
"""Seconds between two looks whether somebody else's answer has been kept; they grow to a second."""


class Reply(NamedTuple):
    """What came of a lookup.

    Attributes:
        outcome: the outcome.
        age: seconds since the source said so, where that was kept.
        instead_of: why there is no answer of today, where an old one stands in.
    """

    outcome: Outcome
    age: float | None = None
    instead_of: Failed | Skipped | None = None


@dataclass(eq=False, slots=True)
class Job:
    """One lookup on its way through a lane.

    Attributes:
        ioc: the indicator.
        until: when an answer is of no use any more, by the clock of the event loop; None: `patience` from its start.
        patience: seconds.
        land: called with what came of it, unless it is called off.
        task: set while it is under way.
        before: what was known before, once that is known.
        asked: the source was asked for its sake, rather than for that of another one like it.
        called_off: nobody waits for it any more.
    """

    ioc: Indicator
    until: float | None
    patience: float
    land: Callable[["Job", Reply], object]
    task: "asyncio.Task[Reply] | None" = None
    before: Recollection | None = None
    asked: bool = False
    called_off: bool = False


class Lane:
    """Makes the lookups of one source.

    Args:
        door: the source's door.
        gate: where its requests wait for their turn.
        memory: the answers that it gave before.
        flights: the lookups that are under way, anywhere in the process.
        timeout: seconds for one lookup.
        concurrency: lookups under way at once.
        lists: where a list source's list is kept.
        blotter: knows the keys that must not be repeated.
        clock: seconds since 1970, UTC.
    """

    def __init__(
        self,
        door: Door,
        gate: Gate,
        memory: Memory,
        flights: Flights[Reply],
        *,
        timeout: float,
        concurrency: int,
        lists: Lists,
        blotter: Blotter,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._source = door.source
        self._memory = memory
        self._flights = flights
        self._timeout = timeout
        self._free = concurrency
        self._backlog: deque[Job] = deque()
        self._under_way: set[Job] = set()
        self._asking: Counter[Indicator] = Counter()
        self._breaker = Breaker(door.source.name, gate)
        self._desk = Desk(door, gate, blotter)
        source: Any = door.source
        is_list, is_single = isinstance(source, ListSource), isinstance(source, Source)
        self._listing = Listing(source, door.base, self._desk, lists, clock) if is_list else None
        self._bundles = _bundles(source, self._desk, concurrency) if is_single else {}
        if self._bundles:  # that many requests, rather than that many indicators
            self._free *= max(batch.size for batch in source.batches)
        self._directory = _directory(door, gate, lists, blotter, clock)

    def start(self, job: Job) -> None:
        """Makes a lookup, now or when its turn has come; at once if it only waits for one like it."""
        if job.ioc in self._asking:
            self._launch(job, cost=0)
        else:
            self._backlog.append(job)
            self._go_on()

    def call_off(self, job: Job) -> "asyncio.Task[Reply] | None":
        """Nobody waits for a lookup any more; returns its task, if it has to be waited for."""
        job.called_off = True
        if job.task:
            job.task.cancel()
        return job.task

    async def aclose(self) -> None:
        """Gives up what is under way or waits; it lands as failed."""
        jobs = [*self._under_way, *self._backlog]
        self._backlog.clear()
        tasks = [job.task for job in self._under_way]
        for job in jobs:
            if not job.called_off:
                job.land(job, Reply(Failed(Unreachable("the client was closed before there was an answer"))))
            self.call_off(job)
        await asyncio.gather(*filter(None, tasks), return_exceptions=True)

    def _go_on(self) -> None:
        while self._free and self._backlog:
            job = self._backlog.popleft()
            if not job.called_off:
                self._launch(job, cost=0 if job.ioc in self._asking else 1)

    def _launch(self, job: Job, cost: int) -> None:
        self._free -= cost
        self._under_way.add(job)
        self._asking[job.ioc] += 1
        job.task = asyncio.create_task(self._lookup(job))
        job.task.add_done_callback(partial(self._done, job, cost))

    def _done(self, job: Job, cost: int, task: "asyncio.Task[Reply]") -> None:
        self._free += cost
        self._under_way.discard(job)
        self._asking[job.ioc] -= 1
        if not self._asking[job.ioc]:
            del self._asking[job.ioc]
        job.task = None
        if not task.cancelled() and not job.called_off:
            job.land(job, _reply(task))
        self._go_on()

    async def _lookup(self, job: Job) -> Reply:
        now = asyncio.get_running_loop().time()
        until = now + job.patience if job.until is None else job.until
        limit = min(until, now + self._timeout)
        ioc = job.ioc.sendable()
        try:
            if self._listing:
                async with asyncio.timeout_at(limit):
                    return Reply(await self._listing.lookup(ioc, limit))
            key = self._memory.key(ioc)
            return await self._flights.share(key, partial(self._reply, job, ioc, key, limit), limit)
        except TimeoutError:
            outcome = Failed(Timeout(f"no complete answer within {limit - now:.3g} s"))
            if job.asked and limit < until:  # else it was us who had no time
                await self._breaker.note(outcome)
            return instead(job.before, outcome)
        except NotGranted as refused:
            return Reply(Skipped(refused.reason))

    async def _reply(self, job: Job, ioc: Indicator, key: str, limit: float) -> Reply:
        """What is known from before, or what the source says now."""
        source = cast("Conversing", self._source)
        before = job.before = await self._memory.recall(source, ioc, key)
        if before and before.fresh:
            return Reply(before.outcome, before.age)
        if reason := self._breaker.reason():
            return instead(before, Skipped(reason))
        try:
            async with asyncio.timeout_at(limit):
                theirs = await self._asked_elsewhere(source, ioc, key)
                if theirs:
                    self._breaker.forget()
                    return Reply(theirs.outcome, theirs.age)
                job.asked = True
                outcome = await self._ask(source, ioc, key, limit)
        except BaseException:
            self._breaker.forget()
            raise
        await self._breaker.note(outcome)
        return instead(before, outcome)

    async def _ask(self, source: Conversing, ioc: Indicator, key: str, until: float) -> Outcome:
        visit = await self._visit(source, ioc, until)
        try:
            outcome = await converse(source, ioc, visit.exchange)
            if visit.whole and isinstance(outcome, Found | NotFound):
                await self._memory.keep(key, outcome, visit.responses)
        except NotGranted as refused:
            return Skipped(refused.reason)
        finally:
            await self._memory.release(key)
        return outcome

    async def _visit(self, source: Conversing, ioc: Indicator, until: float) -> Visit | Share:
        if len(self._under_way) > 1 and isinstance(source, Source) and (bundle := self._bundles.get(type(ioc))):
            return Share(bundle, source, self._desk, ioc, until)
        return Visit(self._desk, until, await self._whereabouts(ioc, until))

    async def _whereabouts(self, ioc: Indicator, until: float) -> str | None:
        """The base address at which to ask about an indicator, if the source's directory knows a better one."""
        if self._directory is None:
            return None
        try:
            base = await self._directory.entry(ioc, until)
        except (SourceError, NotGranted):
            return None  # the usual one knows everybody, if less well
        return base if base and is_public(base) else None

    async def _asked_elsewhere(self, source: Conversing, ioc: Indicator, key: str) -> Recollection | None:
        """The answer to the same question that another machine is asking just now; None: it is ours to ask."""
        if not self._memory.shared:
            return None
        pause = _LOOKING
        while not await self._memory.claim(key, self._timeout):
            await asyncio.sleep(pause)
            pause = min(2 * pause, 1)
            theirs = await self._memory.recall(source, ioc, key)
            if theirs and theirs.fresh:
                return theirs
        theirs = await self._memory.recall(source, ioc, key)  # it may have come since we looked
        if theirs and theirs.fresh:
            await self._memory.release(key)
            return theirs
        return None


def _bundles(source: Source[Any, Any], desk: Desk, concurrency: int) -> dict[type[Indicator], Bundle]:
    """How each type of indicator is asked about in batches, as far as it is."""
    found: dict[type[Indicator], Bundle] = {}
    for batch in source.batches:
        found |= dict.fromkeys(batch.types, Bundle(source, batch, desk, concurrency))
    return found


def _directory(door: Door, gate: Gate, lists: Lists, blotter: Blotter, clock: Callable[[], float]) -> Listing | None:
    if door.directory is None:
        return None
    source = cast("ListSource[Any, Any]", door.directory.source)
    return Listing(source, door.directory.base, Desk(door.directory, gate, blotter), lists, clock)


def instead(before: Recollection | None, outcome: Outcome) -> Reply:
    """An outcome, or what was known before if that says more."""
    if before and stands_in(outcome) and isinstance(outcome, Failed | Skipped):
        return Reply(before.outcome, before.age, outcome)
    return Reply(outcome)


def _reply(task: "asyncio.Task[Reply]") -> Reply:
    """A lane answers for whatever a service does; should its own code fail, that is said too."""
    if error := task.exception():
        return Reply(Failed(BrokenSource(f"{type(error).__name__} inside ioclib; please report it")))
    return task.result()
