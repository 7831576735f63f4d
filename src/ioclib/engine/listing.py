"""A list source's list: downloaded once, kept, refreshed when it is old, looked up on this machine."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from ioclib.answers import Failed, Found, NotFound, Outcome
from ioclib.cache import Lists
from ioclib.engine.door import Door
from ioclib.engine.reading import Blotter, document_of, payload_of
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
        door: Door,
        lists: Lists,
        blotter: Blotter,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._source = source
        self._door = door
        self._lists = lists
        self._blotter = blotter
        self._clock = clock
        self._current: _Current | None = None
        self._refreshing = asyncio.Lock()

    async def lookup(self, ioc: Indicator) -> Outcome:
        """Whether the indicator is on the list."""
        try:
            current = await self._up_to_date()
        except SourceError as error:
            return Failed(error)
        line = current.entries.get(ioc.value)
        if line is None:
            return NotFound()
        finding = self._source.listed(ioc, line)
        if (age := self._clock() - current.fetched) > self._source.max_age:
            finding = replace(finding, summary=f"{finding.summary} (list of {age / 3600:.0f} h ago)")
        return Found(finding, msgspec.Raw(msgspec.json.encode(line)))

    async def _up_to_date(self) -> _Current:
        async with self._refreshing:  # one download, however many ask
            current = self._current or self._kept()
            if current is None or self._clock() - current.fetched > self._source.max_age:
                try:
                    current = await self._download()
                except SourceError:
                    if current is None or self._clock() - current.fetched > self._source.max_age + _STALE:
                        raise
            self._current = current
            return current

    def _kept(self) -> _Current | None:
        kept = self._lists.load(self._source.name, self._door.base)
        entries = self._source.entries(kept.text) if kept else None
        return _Current(entries, kept.fetched) if kept and entries is not None else None

    async def _download(self) -> _Current:
        asked = Ask(self._source.download, str, Absent.never)
        response = await self._door.send(asked.request)
        text: str = payload_of(self._source, asked, response, document_of(response, str, self._blotter))
        entries = self._source.entries(text)
        if entries is None:
            raise UnexpectedAnswer("what was downloaded is not the list")
        self._lists.save(self._source.name, self._door.base, text)
        return _Current(entries, self._clock())
