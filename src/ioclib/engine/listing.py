"""A list source's list: downloaded once, kept, refreshed when it is old, looked up on this machine."""

import asyncio
import ipaddress
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from ioclib.answers import Failed, Found, NotFound
from ioclib.cache import KeptList, Lists, Marks, Origin
from ioclib.engine.asking import Desk, NotGranted
from ioclib.engine.conversation import broken
from ioclib.errors import SourceError, UnexpectedAnswer
from ioclib.indicators import ASN, CIDR, URL, Domain, Email, Indicator, IPv4, IPv6
from ioclib.source import Absent, Ask, ListSource

_NOT_MODIFIED = 304

_STALE = 24 * 3600
"""Seconds that an old list still serves while a new one is not to be had."""


def covering(ioc: Indicator) -> list[str]:
    """The keys under which a list may have an indicator, the narrowest first."""
    match ioc:
        case IPv4() | IPv6():
            address = ipaddress.ip_address(ioc.value)
            kind, number, bits = type(address), int(address), address.max_prefixlen
            # not by networks: to make those takes ten times as long, and most of a lookup
            return [ioc.value, *(f"{kind(number >> free << free)}/{bits - free}" for free in range(bits + 1))]
        case CIDR():
            network = ipaddress.ip_network(ioc.value)
            return [str(network.supernet(new_prefix=length)) for length in range(network.prefixlen, -1, -1)]
        case ASN():
            number = int(ioc.value.removeprefix("AS"))
            return [ioc.value, *(f"AS{number >> free << free}/{32 - free}" for free in range(33))]
        case Domain():
            labels = ioc.value.split(".")
            return [ioc.value, *("." + ".".join(labels[place:]) for place in range(len(labels)))]
        case URL():
            return [ioc.value, "//" + ioc.host]
        case Email():
            return [ioc.value, "@" + ioc.value.rpartition("@")[2]]
        case _:
            return [ioc.value]


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
        self._origin = Origin(source.name, source.version, base)
        self._current: KeptList | None = None
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
            line = await self.entry(ioc, until)
        except SourceError as error:
            return Failed(error)
        if line is None:
            return NotFound()
        try:
            finding = self._source.listed(ioc, line)
        except (Exception, SystemExit) as bug:  # noqa: BLE001 as in `entries`
            return Failed(broken(self._source, bug))
        if (age := self._age(self._current)) > self._source.max_age:
            finding = replace(finding, summary=f"{finding.summary} (list of {age / 3600:.0f} h ago)")
        return Found(finding, msgspec.Raw(msgspec.json.encode(line)))

    async def entry(self, ioc: Indicator, until: float) -> str | None:
        """What the list has of an indicator; see `lookup`.

        Raises:
            SourceError: the list was not to be had.
            NotGranted: nothing may be asked now.
        """
        return (await self._up_to_date(until)).entry(covering(ioc))

    def _age(self, kept: KeptList | None) -> float:
        return self._clock() - kept.fetched if kept else 0

    async def _up_to_date(self, until: float) -> KeptList:
        async with self._refreshing:  # one download, however many ask
            current = self._current
            if current is None or self._age(current) > self._source.max_age:
                current = self._lists.load(self._origin) or current  # another process may have a newer one
            if current is None or self._age(current) > self._source.max_age:
                try:
                    current = await self._download(current, until)
                except (SourceError, NotGranted):
                    if current is None or self._age(current) > self._source.max_age + _STALE:
                        raise
            self._current = current
            return current

    async def _download(self, current: KeptList | None, until: float) -> KeptList:
        request = self._source.download
        if current:
            known = (("If-None-Match", current.marks.etag), ("If-Modified-Since", current.marks.modified))
            request = replace(request, conditions=tuple(one for one in known if one[1]))
        read, response = await self._desk.ask(Ask(request, self._source.payload, Absent.never), until)
        if current and response and response.status == _NOT_MODIFIED:
            current.unchanged(self._clock())
            return current
        if isinstance(read.payload, SourceError) or response is None:
            raise read.payload
        marks = Marks(response.headers.get("etag", ""), response.headers.get("last-modified", ""))
        return await self.index(read.payload, marks)

    async def index(self, payload: object, marks: Marks) -> KeptList:
        """The list as an index: a large one takes a second, in which others are to go on."""
        return await asyncio.to_thread(lambda: self._lists.save(self._origin, self.entries(payload), marks))

    def entries(self, payload: object) -> Mapping[str, str]:
        """What the source reads in its list.

        Raises:
            SourceError: it is not the list, or the source cannot read it.
        """
        try:
            entries = self._source.entries(payload)
        except (Exception, SystemExit) as bug:  # noqa: BLE001 a source's bug is an outcome, not the end of a run
            raise broken(self._source, bug) from None
        if entries is None:
            raise UnexpectedAnswer("what was downloaded is not the list")
        return entries
