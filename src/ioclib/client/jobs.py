"""Long runs: made, planned, run, looked at, handed over."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TextIO

from ioclib import config
from ioclib.client.front import Client
from ioclib.client.long_runs import LocalExecutor, OnlyUnknown, SourcePace, report_of
from ioclib.client.options import Given, origin
from ioclib.errors import ConfigurationError
from ioclib.jobs.chunks import Executor
from ioclib.jobs.coordinator import Coordinator, Progress
from ioclib.jobs.ledger import Job, JobLedger, spans
from ioclib.report import Report

_LOOK = 1.0
"""Seconds between two looks whether a job was cancelled."""


@dataclass(frozen=True)
class End:
    """What a source has to do in a job.

    Attributes:
        source: its name.
        lookups: that it has in all.
        done: that it has done.
        requests: that the others take at most.
        at: when the last of them could start (UTC).
    """

    source: str
    lookups: int
    done: int
    requests: int
    at: datetime


class LongRun:
    """One job, and who works on it.

    Args:
        client: knows the sources, and asks.
        ledger: where it is written down.
        job: the job.
        executor: makes the lookups; this process unless given.
        only_unknown: ask scarce sources only what the others have left unknown.

    Raises:
        ConfigurationError: the job was begun with another TLP than the client has.
    """

    def __init__(
        self,
        client: Client,
        ledger: JobLedger,
        job: Job,
        executor: Executor | None = None,
        *,
        only_unknown: bool = False,
    ) -> None:
        if client.tlp != job.tlp:
            raise ConfigurationError(f"the job {job.name!r} was begun with TLP:{job.tlp}, and goes on with no other")
        self._client = client
        self._ledger = ledger
        self.job = job
        self._executor = executor or LocalExecutor(client)
        paces = {one.name: SourcePace(client, one) for one in client.ready()}
        sieve = OnlyUnknown(client, ledger, job) if only_unknown else None
        self._coordinator = Coordinator(ledger, job, paces, self._executor, sieve=sieve)
        self._planned: dict[str, float] = {}

    @property
    def progress(self) -> dict[str, Progress]:
        """How far each source is."""
        for name, at in self._planned.items():
            if name in self._coordinator.progress:
                self._coordinator.progress[name].ends = at
        return self._coordinator.progress

    async def ends(self) -> list[End]:
        """What each source has to do, and when it would end, if nobody else asks it; the last of them first."""
        types, counts = await self._ledger.types(self.job.name), await self._ledger.counts(self.job.name)
        made: list[End] = []
        for source in self._client.ready():
            total = sum(types.get(kind.kind, 0) for kind in source.types)
            done = sum(counts.get(source.name, {}).values())
            if total:
                requests, seconds = await self._client.time_for(source.name, total - done)
                at = datetime.fromtimestamp(datetime.now(UTC).timestamp() + seconds, UTC)
                made.append(End(source.name, total, done, requests, at))
        self._planned = {one.source: one.at.timestamp() for one in made}
        return sorted(made, key=lambda one: (one.at, one.source), reverse=True)

    async def run(self) -> bool:
        """Until everything is done, or somebody cancels the job.

        Returns:
            Whether everything is done.

        Raises:
            OSError: the ledger cannot be read or written.
        """
        work = asyncio.ensure_future(self._coordinator.run())
        try:
            while not work.done():
                await asyncio.wait([work], timeout=_LOOK)
                job = await self._ledger.job(self.job.name)
                if not work.done() and (job is None or job.state == "cancelled"):
                    return False
            await work
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
        return True

    async def reports(self) -> AsyncGenerator[Report]:
        """Runs the job; a report of each indicator, in their order, once every source is done with it."""
        work = asyncio.ensure_future(self._coordinator.run())
        try:
            for start, stop in spans(self.job.total):
                while not work.done() and not (self.progress and self._coordinator.is_done(start)):
                    waiting = asyncio.ensure_future(self._coordinator.changed())
                    await asyncio.wait([work, waiting], return_when=asyncio.FIRST_COMPLETED)
                    waiting.cancel()
                if work.done():
                    await work
                for number in range(start, stop):
                    yield await report_of(self._client, self._ledger, self.job, number, number + 1)
            await work
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)


def ledger_of(*, sandbox: bool = False) -> JobLedger:
    """The ledger of this user's jobs."""
    return JobLedger(config.state_folder() / ("sandbox-jobs.sqlite3" if sandbox else "jobs.sqlite3"))


async def job_of(
    ledger: JobLedger, name: str, indicators: Iterable[tuple[str, str, str]], *, tlp: str, sandbox: bool
) -> tuple[Job, bool]:
    """A job by its name, and whether it is new; one that was begun keeps its indicators."""
    known = await ledger.job(name)
    if known:
        return known, False
    return await ledger.create(name, indicators, tlp=tlp, sandbox=sandbox), True


@contextmanager
def alone(name: str) -> Generator[None]:
    """Nobody else on this machine runs the job meanwhile; what a killed process held is free.

    Raises:
        ConfigurationError: somebody runs it.
    """
    folder = config.state_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / f"job-{name}.lock").open("a") as file:
        if not _locked(file):
            raise ConfigurationError(f"the job {name!r} is being run already: see `ioclib jobs show {name}`")
        yield


def _locked(file: TextIO) -> bool:
    """Whether this process is the one that holds the file."""
    if sys.platform == "win32":
        import msvcrt

        lock = partial(msvcrt.locking, file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        lock = partial(fcntl.flock, file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        lock()
    except OSError:
        return False
    return True


def checked_name(name: str) -> str:
    """A name that may stand in a file's name.

    Raises:
        ConfigurationError: it may not.
    """
    if not name or len(name) > 64 or not all(one.isalnum() or one in "-_." for one in name) or name.startswith("."):
        raise ConfigurationError(f"{name!r} is no name of a job: up to 64 letters, digits, dots, dashes, underscores")
    return name


async def reports_of(client: Client, name: str, given: Iterable[Given]) -> AsyncGenerator[Report]:
    """Runs a job, and gives a report of each of its indicators; see `Client.bulk`."""
    ledger = ledger_of(sandbox=client.sandbox)
    texts = (one for one in given if not isinstance(one, str) or one.strip())
    told = ((ioc.kind, ioc.value, asked.written) for ioc, asked in map(origin, texts))
    try:
        with alone(checked_name(name)):
            job, _ = await job_of(ledger, name, told, tlp=client.tlp, sandbox=client.sandbox)
            async for report in LongRun(client, ledger, job).reports():
                yield report
    finally:
        await ledger.aclose()


async def parts_of(client: Client, ledger: JobLedger, job: Job) -> AsyncGenerator[Report]:
    """The report of a job in parts, in the order of its indicators."""
    for start, stop in spans(job.total):
        yield await report_of(client, ledger, job, start, stop)
