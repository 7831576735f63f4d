"""Long runs in this process: what a coordinator has to know of the sources, and who makes the lookups."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from ioclib.answers import Answer
from ioclib.client.asking import asked
from ioclib.client.front import Client
from ioclib.indicators import of_type
from ioclib.jobs.chunks import Chunk, Deferred, Item, Land, Row
from ioclib.jobs.ledger import SPAN, Job, JobLedger
from ioclib.plan import ReasonKind
from ioclib.report import AnswerEntry, Asked, ReasonDetail, Report, as_json
from ioclib.source import AnySource

_WITHIN = 3600.0
"""Seconds for a chunk: nobody else could take it up meanwhile."""

_LONG = {"day", "week", "month"}


def row(number: int, answer: Answer) -> Row:
    """An answer, as it is written down."""
    entry = AnswerEntry.of(answer)
    return Row(number, entry.outcome, as_json(entry))


class LocalExecutor:
    """Makes lookups in this process.

    Args:
        client: asks.
    """

    window = 2  # while one chunk runs out, the next begins

    def __init__(self, client: Client) -> None:
        self._client = client

    async def run(self, chunk: Chunk, land: Land) -> Sequence[Deferred]:
        """Makes the lookups of a chunk; see `Executor.run`."""
        return await asked(self._client, chunk, land, within=_WITHIN)

    async def aclose(self) -> None:
        """Nothing is under way that its caller does not wait for."""


class SourcePace:
    """What a coordinator has to know of a source; see `Pace`."""

    def __init__(self, client: Client, source: AnySource[Any]) -> None:
        limits = client.limits_of(source)
        self.name = source.name
        self.types = tuple(kind.kind for kind in source.types)
        self.scarce = any(limit.per in _LONG for limit in limits)
        self._client = client
        self._limited = bool(limits)

    async def room(self) -> tuple[int, float]:
        """How many lookups it can begin now, and after how many seconds the first of them."""
        return await self._client.room(self.name)

    async def kept(self, items: Sequence[Item]) -> list[Row]:
        """What is known without asking; one without limits looks itself when it is asked."""
        if not self._limited:
            return []
        looks = (self._client.kept_of(self.name, of_type(one.type, one.value)) for one in items)
        answers = await asyncio.gather(*looks)  # together, they are one turn of the cache
        return [row(one.id, answer) for one, answer in zip(items, answers, strict=True) if answer]


class OnlyUnknown:
    """Scarce sources are asked only what the others have left unknown; see `Sieve`."""

    def __init__(self, client: Client, ledger: JobLedger, job: Job) -> None:
        self._client = client
        self._ledger = ledger
        self._job = job

    async def unwanted(self, source: str, start: int, items: Sequence[Item]) -> list[Row]:
        """The rows of those that are known to be something."""
        known = await self._ledger.answers(self._job.name, start, start + SPAN)
        return [_not_needed(one.id, source) for one in items if self._is_known(one, known)]

    def _is_known(self, item: Item, known: Mapping[int, Sequence[bytes]]) -> bool:
        told = (of_type(item.type, item.value), Asked(item.value), entries(known.get(item.id, ())))
        (one,) = self._client.report_of([told], started=datetime.now(UTC), elapsed=0).indicators
        return one.overall.verdict != "unknown"


def entries(answers: Sequence[bytes]) -> list[AnswerEntry]:
    """Answers, as they were written down."""
    return [msgspec.json.decode(one, type=AnswerEntry) for one in answers]


async def report_of(client: Client, ledger: JobLedger, job: Job, start: int, stop: int) -> Report:
    """What is known of a range of a job's indicators.

    Args:
        client: knows the sources, and makes the overall verdicts.
        ledger: where it is written down.
        job: the job.
        start: the number of the first.
        stop: the number behind the last.
    """
    known = await ledger.answers(job.name, start, stop)
    told = [
        (of_type(item.type, item.value), Asked(given), entries(known.get(item.id, ())))
        for item, given in await ledger.indicators(job.name, start, stop)
    ]
    started = datetime.fromtimestamp(job.started or job.created, UTC)
    return client.report_of(told, started=started, elapsed=0)


def _not_needed(number: int, source: str) -> Row:
    reason = ReasonDetail(ReasonKind.NOT_NEEDED, "the other sources' answers are enough for a verdict", None)
    entry = AnswerEntry(source=source, outcome="skipped", reason=reason)
    return Row(number, "skipped", as_json(entry))
