"""A lane: one source's lookups, with their own concurrency and time. What happens in it happens to nobody else."""

import asyncio
from collections.abc import Sequence
from typing import cast

from ioclib.answers import Failed, Outcome
from ioclib.cache import Lists
from ioclib.engine.conversation import Conversing, converse
from ioclib.engine.door import Door
from ioclib.engine.listing import Listing
from ioclib.engine.reading import Blotter
from ioclib.errors import SourceError, Timeout
from ioclib.indicators import Indicator
from ioclib.source import ListSource, Request
from ioclib.wire import WireResponse


class Lane:
    """Makes the lookups of one source.

    Args:
        door: the source's door.
        timeout: seconds for one lookup.
        concurrency: lookups under way at once.
        lists: where a list source's list is kept.
        blotter: knows the keys that must not be repeated.
    """

    def __init__(self, door: Door, *, timeout: float, concurrency: int, lists: Lists, blotter: Blotter) -> None:
        self._door = door
        self._timeout = timeout
        self._free = asyncio.Semaphore(concurrency)
        self._blotter = blotter
        source = door.source
        self._listing = Listing(source, door, lists, blotter) if isinstance(source, ListSource) else None

    async def lookup(self, ioc: Indicator) -> Outcome:
        """What the source knows of an indicator; whatever the service does, this is an outcome."""
        async with self._free:
            try:
                async with asyncio.timeout(self._timeout):
                    return await self._ask(ioc.sendable())
            except TimeoutError:
                return Failed(Timeout(f"no complete answer within {self._timeout:g} s"))

    async def _ask(self, ioc: Indicator) -> Outcome:
        if self._listing:
            return await self._listing.lookup(ioc)
        return await converse(cast("Conversing", self._door.source), ioc, self._exchange, self._blotter)

    async def _exchange(self, requests: Sequence[Request]) -> list[WireResponse | SourceError]:
        """Sends requests at the same time."""
        return await asyncio.gather(*map(self._send, requests))

    async def _send(self, request: Request) -> WireResponse | SourceError:
        try:
            return await self._door.send(request)
        except SourceError as error:
            return error
