"""Runs a job: every source at its own pace, chunk by chunk, until nothing is left.

A source is given as many lookups as its quota allows, so that nothing is parked anywhere and no source waits for
another. Whatever ends this, the next run goes on with what has no result.
"""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ioclib.jobs.chunks import Chunk, Executor, Item, Row
from ioclib.jobs.ledger import Job, JobLedger, Open

_AGAIN = 5.0
"""Seconds after which an executor that is out of reach is tried again."""

_RATE = 30.0
"""Seconds over which a rate is measured."""


class Pace(Protocol):
    """What a coordinator has to know of a source.

    Attributes:
        name: its name.
        types: the indicator types that it takes.
        scarce: its quota does not last for much; it is asked last.
    """

    name: str
    types: tuple[str, ...]
    scarce: bool

    async def room(self) -> tuple[int, float]:
        """How many lookups it can begin now, and after how many seconds the first of them."""
        ...

    async def kept(self, items: Sequence[Item]) -> Sequence[Row]:
        """What is known without asking it."""
        ...


class Sieve(Protocol):
    """What scarce sources need not be asked."""

    async def unwanted(self, source: str, start: int, items: Sequence[Item]) -> Sequence[Row]:
        """The rows of those of a chunk's indicators that it need not be asked about."""
        ...


@dataclass
class Progress:
    """How far a source is.

    Attributes:
        total: lookups that it has in the job.
        outcomes: results, by outcome.
        until: when it can go on, in seconds since 1970 (UTC); None if it does not wait.
        trouble: what keeps it from going on.
        ends: when it would end as planned, in seconds since 1970 (UTC).
        landed: how many results came when, of the last seconds.
    """

    total: int
    outcomes: Counter[str] = field(default_factory=Counter[str])
    until: float | None = None
    trouble: str = ""
    ends: float = 0.0
    landed: deque[tuple[float, int]] = field(default_factory=deque[tuple[float, int]])

    @property
    def done(self) -> int:
        """How many results there are."""
        return self.outcomes.total()

    def land(self, rows: Sequence[Row], now: float) -> None:
        """Results have come."""
        self.outcomes.update(row.outcome for row in rows)
        self.landed.append((now, len(rows)))
        self.rate(now)

    def rate(self, now: float) -> float:
        """Results a second, of late."""
        while self.landed and now - self.landed[0][0] > _RATE:
            self.landed.popleft()
        if not self.landed:
            return 0.0
        return sum(count for _, count in self.landed) / max(1.0, now - self.landed[0][0])


class Coordinator:
    """Runs one job.

    Args:
        ledger: where it is written down.
        job: the job.
        paces: the sources.
        executor: makes the lookups.
        sieve: what scarce sources need not be asked; None asks them everything, at the same time as the others.
        clock: seconds since 1970 (UTC).
    """

    def __init__(
        self,
        ledger: JobLedger,
        job: Job,
        paces: Mapping[str, Pace],
        executor: Executor,
        *,
        sieve: Sieve | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._ledger = ledger
        self._job = job
        self._paces = paces
        self._executor = executor
        self._sieve = sieve
        self._clock = clock
        self._open: dict[int, set[str]] = {}  # by span: who has not done it
        self._changed = asyncio.Event()
        self.progress: dict[str, Progress] = {}

    async def run(self) -> None:
        """Until every chunk is done; may be cancelled at any time.

        Raises:
            OSError: the ledger cannot be read or written.
        """
        job = self._job
        await self._ledger.begin(job.name, self._paces, job.total)
        types, counts = await self._ledger.types(job.name), await self._ledger.counts(job.name)
        backlogs: dict[str, list[Open]] = {}
        for name, pace in self._paces.items():
            total = sum(types.get(kind, 0) for kind in pace.types)
            self.progress[name] = Progress(total, Counter(counts.get(name, {})))
            backlogs[name] = await self._ledger.open_chunks(job.name, name)
            for chunk in backlogs[name]:
                self._open.setdefault(chunk.start, set()).add(name)
        async with asyncio.TaskGroup() as group:
            for name, pace in self._paces.items():
                group.create_task(self._drive(pace, backlogs[name]))
        await self._ledger.finish(job.name, "done")

    def is_done(self, start: int) -> bool:
        """Whether every source has done the span that begins there."""
        return not self._open.get(start)

    async def changed(self) -> None:
        """Waits until another chunk is done."""
        self._changed.clear()
        await self._changed.wait()

    async def _drive(self, pace: Pace, backlog: Sequence[Open]) -> None:
        """All chunks of a source, as many at once as the executor takes."""
        sifted: asyncio.Queue[Open | None] = asyncio.Queue()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._sift(pace, backlog, sifted))
            for _ in range(self._executor.window):
                group.create_task(self._work_off(pace, sifted))

    async def _sift(self, pace: Pace, backlog: Sequence[Open], sifted: "asyncio.Queue[Open | None]") -> None:
        """Takes what is known out of every chunk: the last one does not wait until the first has had its quota."""
        for chunk in sorted(backlog, key=lambda one: (one.not_before, one.start)):
            items = await self._left(pace, chunk.start)
            if await self._without(pace.name, items, await pace.kept(items)):
                sifted.put_nowait(chunk)
            else:
                await self._close(pace.name, chunk.start)
        for _ in range(self._executor.window):
            sifted.put_nowait(None)

    async def _work_off(self, pace: Pace, sifted: "asyncio.Queue[Open | None]") -> None:
        while chunk := await sifted.get():
            await self._finish(pace, chunk.start, chunk.not_before)
            await self._close(pace.name, chunk.start)

    async def _finish(self, pace: Pace, start: int, not_before: float) -> None:
        """What is left of a chunk, in as many turns as its quota takes."""
        name, progress = pace.name, self.progress[pace.name]
        items = await self._left(pace, start)
        if self._sieve and pace.scarce:
            while not self._others_are_done(start):
                await self.changed()
            items = await self._without(name, items, await self._sieve.unwanted(name, start, items))
        await self._sleep(progress, not_before)
        while items:
            room, wait = await pace.room()
            if not room:
                await self._sleep(progress, self._clock() + wait)
                continue
            left, again = await self._ask(pace, start, items[:room], last=len(items) <= room)
            items = [*left, *items[room:]]
            if left:
                await self._ledger.settle(self._job.name, name, start, not_before=again)
                await self._sleep(progress, again)

    async def _left(self, pace: Pace, start: int) -> list[Item]:
        """What has no result in a chunk."""
        return await self._ledger.items(self._job.name, pace.name, start, pace.types)

    async def _close(self, source: str, start: int) -> None:
        """A chunk is done."""
        await self._ledger.settle(self._job.name, source, start, not_before=None)
        self._open[start].discard(source)
        self._changed.set()

    async def _ask(self, pace: Pace, start: int, items: Sequence[Item], *, last: bool) -> tuple[list[Item], float]:
        """Asks about some of a chunk; returns those that were not answered, and when they may be tried again.

        The chunk is done in the transaction that keeps its last results.
        """
        name, job, progress = pace.name, self._job.name, self.progress[pace.name]

        async def land(rows: Sequence[Row]) -> None:
            landed.update(row.id for row in rows)
            if last and len(landed) == len(items):
                await self._ledger.settle(job, name, start, rows, not_before=None)
            else:
                await self._ledger.keep(job, name, rows)
            progress.land(rows, self._clock())

        landed: set[int] = set()
        try:
            deferred = await self._executor.run(Chunk(name, tuple(items), self._job.tlp), land)
        except OSError as error:
            progress.trouble = str(error)
            return [one for one in items if one.id not in landed], self._clock() + _AGAIN
        progress.trouble = ""
        waiting = {one.id: one.until for one in deferred}
        again = min(waiting.values(), default=0.0)
        return [one for one in items if one.id in waiting], again

    async def _without(self, source: str, items: list[Item], rows: Sequence[Row]) -> list[Item]:
        """What is left when some is known; that is kept."""
        if not rows:
            return items
        await self._ledger.keep(self._job.name, source, rows)
        self.progress[source].land(rows, self._clock())
        known = {row.id for row in rows}
        return [one for one in items if one.id not in known]

    def _others_are_done(self, start: int) -> bool:
        return all(self._paces[name].scarce for name in self._open.get(start, ()))

    async def _sleep(self, progress: Progress, until: float) -> None:
        if until > self._clock():
            progress.until = until
            await asyncio.sleep(until - self._clock())
            progress.until = None
