"""A list source's list: downloaded once, kept, refreshed when it is old, looked up on this machine."""

import asyncio
import ipaddress
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from ioclib.answers import Failed, Found, NotFound
from ioclib.cache import Lists
from ioclib.engine.asking import Desk, NotGranted
from ioclib.engine.reading import understood
from ioclib.errors import SourceError, UnexpectedAnswer
from ioclib.indicators import Domain, Indicator, IPv4, IPv6
from ioclib.source import Absent, Ask, ListSource
from ioclib.wire import WireResponse

_STALE = 24 * 3600
"""Seconds that an old list still serves while a new one is not to be had."""


def covering(ioc: Indicator) -> Iterator[str]:
    """The keys under which a list may have an indicator, the narrowest first."""
    yield ioc.value
    match ioc:
        case IPv4() | IPv6():
            address = ipaddress.ip_address(ioc.value)
            for length in range(address.max_prefixlen, -1, -1):
                yield str(ipaddress.ip_network((address, length), strict=False))
        case Domain():
            name = ioc.value
            while name:
                yield "." + name
                name = name.partition(".")[2]
        case _:
            pass


@dataclass(frozen=True)
class _Current:
    entries: Mapping[str, str]
    fetched: float


class Listing:
    """The list of one source."""

    def __init__(
        self,
        source: ListSource[Any, Any],
        base: str,
        desk: Desk,
        lists: Lists,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._source = source
        self._base = base
        self._desk = desk
        self._lists = lists
        self._clock = clock
        self._current: _Current | None = None
        self._refreshing = asyncio.Lock()

    async def lookup(self, ioc: Indicator, until: float) -> Found | NotFound | Failed:
        """Whether the indicator is on the list.

        Args:
            ioc: the indicator.
            until: when an answer is of no use any more, by the clock of the event loop.

        Raises:
            NotGranted: the list was not to be had, since nothing may be asked now.
        """
        try:
            current = await self._up_to_date(until)
        except SourceError as error:
            return Failed(error)
        line = next((current.entries[key] for key in covering(ioc) if key in current.entries), None)
        if line is None:
            return NotFound()
        finding = self._source.listed(ioc, line)
        if (age := self._clock() - current.fetched) > self._source.max_age:
            finding = replace(finding, summary=f"{finding.summary} (list of {age / 3600:.0f} h ago)")
        return Found(finding, msgspec.Raw(msgspec.json.encode(line)))

    async def _up_to_date(self, until: float) -> _Current:
        async with self._refreshing:  # one download, however many ask
            current = self._current or self._kept()
            if current is None or self._clock() - current.fetched > self._source.max_age:
                try:
                    current = await self._download(until)
                except (SourceError, NotGranted):
                    if current is None or self._clock() - current.fetched > self._source.max_age + _STALE:
                        raise
            self._current = current
            return current

    def _kept(self) -> _Current | None:
        kept = self._lists.load(self._source.name, self._base)
        entries = self._entries(kept.text.encode()) if kept else None
        return _Current(entries, kept.fetched) if kept and entries is not None else None

    def _entries(self, body: bytes) -> Mapping[str, str] | None:
        asked = Ask(self._source.download, self._source.payload, Absent.never)
        payload = understood(self._source, asked, WireResponse(status=200, headers={}, body=body)).payload
        return None if isinstance(payload, SourceError) else self._source.entries(payload)

    async def _download(self, until: float) -> _Current:
        read, response = await self._desk.ask(Ask(self._source.download, self._source.payload, Absent.never), until)
        if isinstance(read.payload, SourceError) or response is None:
            raise read.payload
        entries = self._source.entries(read.payload)
        if entries is None:
            raise UnexpectedAnswer("what was downloaded is not the list")
        self._lists.save(self._source.name, self._base, response.body.decode())
        return _Current(entries, self._clock())
