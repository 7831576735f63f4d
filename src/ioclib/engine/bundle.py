"""Many indicators in one request, where a provider has an endpoint for that: each lookup gets its part of the answer.

A lookup goes its own way, through cache and quota, until it would send its request; then it waits a moment for others
that would do the same. The part that it gets is what a request of its own would have brought, so nothing that comes
after needs to know.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from ioclib.cache import KeptResponse
from ioclib.engine.asking import Desk, NotGranted
from ioclib.engine.conversation import broken
from ioclib.engine.reading import Read, sort_of, understood
from ioclib.errors import Forbidden, Rejected, SourceError, UnexpectedAnswer
from ioclib.indicators import Indicator
from ioclib.source import Absent, Ask, Batch, Source
from ioclib.wire import WireResponse

_MOMENT = 0.02
"""Seconds that the first who comes waits for others."""

_NOT_IN_BATCHES = (Rejected, Forbidden, UnexpectedAnswer)
"""What a service says that takes no batch from this key, or not this one: each is asked about by itself then."""

_Part = WireResponse | SourceError | NotGranted | None


class Bundle:
    """Collects what is to be asked in one request.

    Args:
        source: whose questions they are.
        batch: how the source asks several.
        desk: where it asks.
        concurrency: requests under way at once.
    """

    def __init__(self, source: Source[Any, Any], batch: Batch[Any, Any], desk: Desk, concurrency: int) -> None:
        self._source = source
        self._batch = batch
        self._desk = desk
        self._free = asyncio.Semaphore(concurrency)
        self._waiting: dict[Indicator, asyncio.Future[_Part]] = {}
        self._alarm: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._refused = False

    async def part(self, ioc: Indicator, until: float) -> _Part:
        """The answer about one indicator as a request of its own would have brought it; None: ask it that way."""
        if self._refused:
            return None
        loop = asyncio.get_running_loop()
        self._waiting[ioc] = loop.create_future()  # a lane asks about each indicator once at a time
        mine = self._waiting[ioc]
        if len(self._waiting) >= self._batch.size:
            self._send(until)
        elif self._alarm is None:
            self._alarm = loop.call_later(_MOMENT, self._send, until)
        return await mine

    def _send(self, until: float) -> None:
        if self._alarm:
            self._alarm.cancel()
            self._alarm = None
        sent, self._waiting = self._waiting, {}
        task = asyncio.create_task(self._ask({ioc: future for ioc, future in sent.items() if not future.done()}, until))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ask(self, sent: Mapping[Indicator, "asyncio.Future[_Part]"], until: float) -> None:
        parts: dict[Indicator, _Part] = {}
        try:
            if len(sent) > 1:
                parts = await self._parts(list(sent), until)
        finally:
            for ioc, future in sent.items():
                if not future.done():
                    future.set_result(parts.get(ioc))

    async def _parts(self, iocs: Sequence[Indicator], until: float) -> dict[Indicator, _Part]:
        try:
            async with self._free:
                request = self._batch.request(iocs)
                read, _ = await self._desk.ask(Ask(request, self._batch.payload, Absent.never), until)
            if isinstance(read.payload, SourceError):
                return self._failed(iocs, read.payload)
            found = self._batch.apart(read.payload)
            return {ioc: self._as_response(found.get(ioc.value)) for ioc in iocs}
        except NotGranted as refused:
            return dict.fromkeys(iocs, refused)
        except Exception as bug:  # noqa: BLE001 a source's bug is an outcome, not the end of a run
            return dict.fromkeys(iocs, broken(self._source, bug))

    def _failed(self, iocs: Sequence[Indicator], error: SourceError) -> dict[Indicator, _Part]:
        if isinstance(error, _NOT_IN_BATCHES):
            self._refused = True
            return {}
        return dict.fromkeys(iocs, error)

    def _as_response(self, part: object) -> WireResponse:
        headers = {"content-type": "application/json"}
        if part is None and self._batch.missing is None:  # as the service says it of one
            absent = self._source.absent
            body = msgspec.json.encode(absent.says)
            return WireResponse(status=min(absent.statuses, default=404), headers=headers, body=body)
        return WireResponse(
            status=200, headers=headers, body=msgspec.json.encode(self._batch.missing if part is None else part)
        )


class Share:
    """One lookup's share in a bundle: it is to `converse` what a visit of its own would be.

    Args:
        bundle: where it takes its part.
        source: whose question it is.
        desk: where it asks if it has to go alone.
        ioc: the indicator.
        until: when an answer is of no use any more, by the clock of the event loop.
    """

    def __init__(self, bundle: Bundle, source: Source[Any, Any], desk: Desk, ioc: Indicator, until: float) -> None:
        self._bundle = bundle
        self._source = source
        self._desk = desk
        self._ioc = ioc
        self._until = until
        self.responses: list[KeptResponse] = []
        self.whole = True

    async def exchange(self, asks: Sequence[Ask[Any]]) -> list[Read]:
        """The answer to the one question of a source that asks in batches.

        Raises:
            NotGranted: it was not asked.
        """
        (asked,) = asks
        part = await self._bundle.part(self._ioc, self._until)
        if isinstance(part, NotGranted):
            raise part
        if isinstance(part, WireResponse):
            read, response = understood(self._source, asked, part), part
        elif isinstance(part, SourceError):
            read, response = Read(part), None
        else:
            read, response = await self._desk.ask(asked, self._until)
        self.whole = response is not None and not isinstance(read.payload, SourceError)
        if response is not None and self.whole:
            self.responses.append(KeptResponse(response.status, sort_of(response), response.body))
        return [read]
