"""Runs lookups: every one in the lane of its source, each answer handed over as it lands."""

import asyncio
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import Any, NamedTuple, Self

from ioclib.answers import Answer, Failed, Skipped
from ioclib.engine.door import Door
from ioclib.engine.flights import Flights
from ioclib.engine.gate import Gate
from ioclib.engine.lane import Job, Lane, Reply, instead
from ioclib.engine.memory import Freshness, Memory
from ioclib.engine.reading import Blotter
from ioclib.errors import Timeout
from ioclib.plan import Lookup, Reason, Skip
from ioclib.source import AnySource

__all__ = ["Blotter", "Door", "Flights", "Freshness", "Gate", "Lane", "Memory", "Reply", "Run"]


class _Errand(NamedTuple):
    lookup: Lookup
    began: float


class Run:
    """Lookups whose answers somebody waits for; a context, and an iterator of answers.

    Args:
        lane_of: the lane of a source.
        timeout: seconds for which answers are waited for.
        one_by_one: counted for each lookup from when its lane takes it up, instead of for all of them from now.
    """

    def __init__(self, lane_of: Callable[[AnySource[Any]], Lane], *, timeout: float, one_by_one: bool = False) -> None:
        self._lane_of = lane_of
        self._timeout = timeout
        self._loop = asyncio.get_running_loop()
        self._until: float | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._landed: asyncio.Queue[Answer | None] = asyncio.Queue()
        self._under_way: dict[Job, _Errand] = {}
        if not one_by_one:
            self._until = self._loop.time() + timeout
            self._alarm = self._loop.call_at(self._until, self._landed.put_nowait, None)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._alarm:
            self._alarm.cancel()
        tasks = [self._lane_of(one.lookup.source).call_off(job) for job, one in self._under_way.items()]
        self._under_way.clear()
        await asyncio.gather(*filter(None, tasks), return_exceptions=True)

    def start(self, one: Lookup | Skip) -> None:
        """Makes a lookup; a skip lands at once."""
        if isinstance(one, Skip):
            self._landed.put_nowait(Answer(one.ioc, one.source, Skipped(one.reason)))
            return
        job = Job(one.ioc, self._until, self._timeout, self._land)
        self._under_way[job] = _Errand(one, self._loop.time())
        self._lane_of(one.source).start(job)

    def hand_back(self, reason: Reason) -> None:
        """Gives up the lookups that their lanes have not taken up yet: they land as skipped."""
        waiting = [(job, errand) for job, errand in self._under_way.items() if job.task is None]
        for job, errand in waiting:
            self._lane_of(errand.lookup.source).call_off(job)
            self._land(job, Reply(Skipped(reason)))

    @property
    def busy(self) -> bool:
        """Whether there are answers to come."""
        return bool(self._under_way) or not self._landed.empty()

    async def next(self) -> Answer | None:
        """The next answer; None when the time is over, and what is missing has to be given up."""
        return await self._landed.get()

    async def __aiter__(self) -> AsyncIterator[Answer]:
        """Exactly one answer for each lookup and skip, as they land."""
        while self.busy and (answer := await self.next()):
            yield answer
        while not self._landed.empty() and (answer := self._landed.get_nowait()):
            yield answer  # it landed in the same moment
        given_up = list(self._under_way.items())  # what lands while these are told is told as late all the same
        self._under_way.clear()
        tasks = [self._lane_of(errand.lookup.source).call_off(job) for job, errand in given_up]
        for job, errand in given_up:
            late = instead(job.before, Failed(Timeout(f"no answer before the deadline of {self._timeout:g} s")))
            yield self._answer(errand, late)
        await asyncio.gather(*filter(None, tasks), return_exceptions=True)

    def _land(self, job: Job, reply: Reply) -> None:
        self._landed.put_nowait(self._answer(self._under_way.pop(job), reply))

    def _answer(self, errand: _Errand, reply: Reply) -> Answer:
        lookup, elapsed = errand.lookup, self._loop.time() - errand.began
        return Answer(lookup.ioc, lookup.source, reply.outcome, elapsed, reply.age, reply.instead_of)
