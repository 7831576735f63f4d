"""A list source's list: downloaded once, kept, refreshed when it is old, looked up on this machine."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from ioclib.answers import Failed, Found, NotFound
from ioclib.cache import Lists
from ioclib.engine.asking import Desk, NotGranted
from ioclib.errors import SourceError, UnexpectedAnswer
from ioclib.indicators import Indicator
from ioclib.source import Absent, Ask, ListSource

_STALE = 24 * 3600
"""Seconds that an old list still serves while a new one is not to be had."""


@dataclass(frozen=True)
class _Current:
    entries: Mapping[str, str]
    fetched: float


class Listing:
    """The list of one source."""

    def __init__(
        self,
        source: ListSource[Any],
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
        line = current.entries.get(ioc.value)
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
        entries = self._source.entries(kept.text) if kept else None
        return _Current(entries, kept.fetched) if kept and entries is not None else None

    async def _download(self, until: float) -> _Current:
        read, _ = await self._desk.ask(Ask(self._source.download, str, Absent.never), until)
        if isinstance(read.payload, SourceError):
            raise read.payload
        entries = self._source.entries(read.payload)
        if entries is None:
            raise UnexpectedAnswer("what was downloaded is not the list")
        self._lists.save(self._source.name, self._base, read.payload)
        return _Current(entries, self._clock())
