"""The front door: text or indicators in, answers as they land, one report out.

`Client` is for async code. `lookup` and `stream` are its twins for scripts and notebooks: they work inside a running
event loop too, because theirs runs in a thread of its own.
"""

import asyncio
import queue
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, TypedDict, TypeVar, Unpack, cast
from urllib.parse import urlsplit

from ioclib import config, registry, sandbox
from ioclib.answers import Answer
from ioclib.cache import CacheInfo, FolderOfLists, Lists, ListsInfo, MemoryOfLists, SqliteAnswers
from ioclib.config import Secret, Settings
from ioclib.engine import Blotter, Door, Lane, run
from ioclib.extract import detect
from ioclib.indicators import Indicator
from ioclib.plan import Plan, Policy, make_plan, standing
from ioclib.report import KeyEntry, Report, SourceEntry
from ioclib.sandbox import SandboxTransport
from ioclib.source import AnySource
from ioclib.transport import Network, make_transport
from ioclib.wire import Transport

T = TypeVar("T")

Given = str | Indicator


class Options(TypedDict, total=False):
    """How a lookup is made; every one may be left out.

    Attributes:
        sources: ask only these sources, by name.
        exclude: do not ask these.
        timeout: seconds until a report is made of what has landed; 20 unless the config says otherwise.
        active: also ask sources that touch the indicator's own infrastructure.
        include_internal: send internal indicators too.
        cache: use what was kept on this machine, and keep what may be kept.
        sandbox: ask the simulated providers instead; nothing leaves the machine.
    """

    sources: Iterable[str] | None
    exclude: Iterable[str]
    timeout: float | None
    active: bool
    include_internal: bool
    cache: bool
    sandbox: bool


class Client:
    """Many lookups over the same connections, quotas and cache.

    Args:
        options: for every lookup.

    Raises:
        ConfigurationError: an unknown source, an unusable key or setting.
    """

    def __init__(self, **options: Unpack[Options]) -> None:
        self.sandbox = options.get("sandbox", False)
        known = registry.all_sources()
        settings = _sandbox_settings(known) if self.sandbox else _settings(known)
        chosen = options.get("sources")
        self.timeout = options.get("timeout") or settings.timeout
        self._sources = known
        self._settings = settings
        self._policy = Policy(
            chosen=None if chosen is None else registry.named(chosen),
            excluded=registry.named(options.get("exclude", ())),
            disabled=frozenset(name for name, one in known.items() if not settings.of(one).enabled),
            keyless=frozenset(
                name for name, one in known.items() if one.key and not one.key.optional and not settings.key(one.key)
            ),
            active=options.get("active", False),
            include_internal=options.get("include_internal", False),
            fictional=self.sandbox,
        )
        self._lists: Lists = (
            FolderOfLists(config.cache_folder() / "lists")
            if options.get("cache", True) and not self.sandbox
            else MemoryOfLists()
        )
        self._blotter = Blotter(settings.secrets())
        network = Network(settings.proxies, settings.ca_file, settings.trust)
        self._transport: Transport = SandboxTransport() if self.sandbox else make_transport(settings.transport, network)
        self._lanes: dict[str, Lane] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()

    def plan(self, iocs: Iterable[Indicator]) -> Plan:
        """Who would be asked what, and why not; nothing is sent."""
        return make_plan(iocs, self._sources.values(), self._policy)

    def sources(self) -> list[SourceEntry]:
        """Every source, with its state here."""
        return [self._entry(source) for source in self._sources.values()]

    async def lookup(self, *given: Given, on_answer: Callable[[Answer], object] | None = None) -> Report:
        """Ask every source about one or several indicators, all at once.

        Args:
            given: indicators, or texts of which each is one.
            on_answer: called with each answer as it lands.

        Raises:
            InvalidIndicator: a text is none.
        """
        started, began = datetime.now(UTC), time.monotonic()
        iocs = indicators(given)
        answers: list[Answer] = []
        async for answer in self._run(iocs):
            answers.append(answer)
            if on_answer:
                on_answer(answer)
        elapsed = time.monotonic() - began
        return Report.of(iocs, answers, started=started, elapsed=elapsed, sandbox=self.sandbox)

    async def stream(self, *given: Given) -> AsyncGenerator[Answer]:
        """Each source's answer as it lands; see `lookup`."""
        async for answer in self._run(indicators(given)):
            yield answer

    async def bulk(self, given: Iterable[Given], *, window: int = 16) -> AsyncGenerator[Report]:
        """One report for each indicator, as they are done; bounded memory, whatever the length.

        Args:
            given: indicators, or texts of which each is one; empty ones are passed over.
            window: how many indicators are under way at once.

        Raises:
            InvalidIndicator: a text is none.
        """
        under_way: set[asyncio.Task[Report]] = set()
        try:
            for one in given:
                if isinstance(one, str) and not one.strip():
                    continue
                under_way.add(asyncio.create_task(self.lookup(one)))
                if len(under_way) >= window:
                    done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                    for task in done:
                        yield await task
            while under_way:
                done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    yield await task
        finally:
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def _run(self, iocs: Mapping[Indicator, str]) -> AsyncGenerator[Answer]:
        plan = self.plan(iocs)
        lanes = {one.source.name: self._lane(one.source) for one in plan.lookups}
        answers = run(plan, lanes, deadline=self.timeout)
        try:
            async for answer in answers:
                yield answer
        finally:
            await answers.aclose()  # at once, not when the garbage collector comes by

    def _lane(self, source: AnySource[Any]) -> Lane:
        if source.name not in self._lanes:
            wanted = self._settings.of(source)
            door = Door(source, wanted.base(source), self._settings.key(source.key), self._transport)
            self._lanes[source.name] = Lane(
                door,
                timeout=wanted.timeout or source.timeout,
                concurrency=wanted.concurrency or source.concurrency,
                lists=self._lists,
                blotter=self._blotter,
            )
        return self._lanes[source.name]

    def _entry(self, source: AnySource[Any]) -> SourceEntry:
        key, reason = source.key, standing(source, self._policy)
        has_key = self._settings.key(key) is not None
        return SourceEntry(
            name=source.name,
            types=tuple(kind.kind for kind in source.types),
            key=KeyEntry(key.variable, key.aliases, key.optional, has_key, key.get) if key else None,
            exposure=source.exposure.name.lower(),
            limits=tuple(map(str, self._settings.of(source).limits_of(source))),
            state=reason.kind if reason else "ready",
            note=reason.message if reason else None,
        )


def lookup(*given: Given, **options: Unpack[Options]) -> Report:
    """Ask every source about one or several indicators, and wait for the report.

    Args:
        given: indicators, or texts of which each is one; the type is worked out.
        options: see `Options`.

    Raises:
        InvalidIndicator: a text is no indicator.
        ConfigurationError: an unknown source, an unusable key or setting.
    """
    client = Client(**options)

    async def reports() -> AsyncGenerator[Report]:
        async with client:
            yield await client.lookup(*given)

    (report,) = _from_another_thread(reports)
    return report


def stream(*given: Given, **options: Unpack[Options]) -> Iterator[Answer]:
    """Each source's answer as it lands, for scripts and notebooks; see `lookup`."""
    client = Client(**options)
    iocs = indicators(given)  # here, so that a typing error is told at once

    async def answers() -> AsyncGenerator[Answer]:
        async with client:
            async for answer in client.stream(*iocs):
                yield answer

    return _from_another_thread(answers)


@contextmanager
def serve_sandbox(port: int = 0) -> Generator[tuple[str, dict[str, str]]]:
    """The sandbox as a server on this machine's loopback address, while the context lasts.

    Args:
        port: 0 takes a free one.

    Yields:
        Its address, and the environment variables that point ioclib at it, with the keys that it accepts.

    Raises:
        ConfigurationError: the port is taken.
    """
    from ioclib.sandbox.server import SandboxServer

    known, twins = registry.all_sources(), sandbox.by_host()
    with SandboxServer(port) as server:
        mounts = server.base_urls()
        environment = {name: secret.reveal() for name, secret in _sandbox_settings(known).keys.items()}
        for name, source in known.items():
            real = urlsplit(source.base)
            variable = f"IOCLIB_SOURCES__{name.upper()}__BASE_URL"
            environment[variable] = mounts[twins[real.netloc].name] + real.path
        yield server.address, environment


def indicators(given: Iterable[Given]) -> dict[Indicator, str]:
    """Each indicator and how it was written, without repetitions.

    Raises:
        InvalidIndicator: a text is no indicator.
    """
    found: dict[Indicator, str] = {}
    for one in given:
        found.setdefault(detect(one) if isinstance(one, str) else one, str(one))
    return found


def _settings(known: Mapping[str, AnySource[Any]]) -> Settings:
    """What the user has set, checked against the sources that there are."""
    settings = config.load({name for source in known.values() if source.key for name in source.key.variables})
    for name in registry.named(settings.sources):
        settings.of(known[name]).base(known[name])
    return settings


def _sandbox_settings(known: Mapping[str, AnySource[Any]]) -> Settings:
    """The sandbox's own keys: neither the environment nor the config file is read."""
    keys = sandbox.keys()
    return Settings(
        keys={one.key.variable: Secret(keys[name]) for name, one in known.items() if one.key and name in keys}
    )


def _from_another_thread(make: Callable[[], AsyncGenerator[T]]) -> Iterator[T]:
    """Iterates over an async generator that runs in a thread and an event loop of its own."""
    landed: queue.SimpleQueue[tuple[T] | BaseException | None] = queue.SimpleQueue()
    stops: list[Callable[[], object]] = []

    async def pump() -> None:
        loop, task = asyncio.get_running_loop(), cast("asyncio.Task[None]", asyncio.current_task())
        stops.append(lambda: loop.call_soon_threadsafe(task.cancel))
        async for one in make():
            landed.put((one,))

    def work() -> None:
        end: BaseException | None = None
        try:
            asyncio.run(pump())
        except BaseException as error:  # noqa: BLE001 it is raised again where the answers are awaited
            end = error
        landed.put(end)

    thread = threading.Thread(target=work, name="ioclib", daemon=True)
    thread.start()
    try:
        while isinstance(one := landed.get(), tuple):
            yield one[0]
        if one is not None:
            raise one
    finally:
        with suppress(RuntimeError):  # its loop has ended by itself
            for stop in stops:
                stop()
        thread.join()


def cache_info() -> tuple[CacheInfo, ListsInfo]:
    """What is kept on this machine: answers, and downloaded lists.

    Raises:
        OSError: it cannot be read.
    """
    answers, lists = _kept_here()
    (info,) = _from_another_thread(lambda: _once(answers, answers.info))
    return info, lists.info()


def clear_cache(source: str | None = None) -> tuple[int, int]:
    """Forget what is kept on this machine, of all sources or of one.

    Returns:
        How many answers there were, and how many lists.

    Raises:
        ConfigurationError: nothing is kept of this name, and no source has it.
        OSError: something may still be there.
    """
    answers, lists = _kept_here()
    (cleared,) = _from_another_thread(lambda: _once(answers, lambda: answers.clear(source)))
    counts = cleared, lists.clear(source)
    if source is not None and not any(counts):
        registry.named([source])
    return counts


def _kept_here() -> tuple[SqliteAnswers, FolderOfLists]:
    folder = config.cache_folder()
    return SqliteAnswers(folder / "answers.sqlite3"), FolderOfLists(folder / "lists")


async def _once(answers: SqliteAnswers, ask: Callable[[], Awaitable[T]]) -> AsyncGenerator[T]:
    try:
        yield await ask()
    finally:
        await answers.aclose()
