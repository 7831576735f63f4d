"""The front door: text or indicators in, answers as they land, one report out.

`Client` is for async code. `lookup` and `stream` are its twins for scripts and notebooks: they work inside a running
event loop too, because theirs runs in a thread of its own.
"""

import asyncio
import hashlib
import queue
import threading
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypedDict, TypeVar, Unpack, cast
from urllib.parse import urlsplit

from ioclib import config, registry
from ioclib.answers import Answer
from ioclib.cache import Answers, CacheInfo, FolderOfLists, Lists, ListsInfo, MemoryOfLists, NoAnswers, SqliteAnswers
from ioclib.config import Secret, Settings
from ioclib.engine import Blotter, Door, Flights, Freshness, Gate, Lane, Memory, Reply, Run
from ioclib.errors import ConfigurationError
from ioclib.extract import detect
from ioclib.indicators import Indicator
from ioclib.keys import into_file, into_keyring
from ioclib.plan import Lookup, Own, Plan, Policy, Skip, make_plan, planned, standing
from ioclib.plugins import Broken
from ioclib.profiles import Profile, profile_named
from ioclib.quota import Ledger, SqliteLedger, on_this_machine
from ioclib.registry import Known
from ioclib.source import AnySource, Exposure, ListSource, Tlp
from ioclib.transport import Network, make_transport, public_resolver
from ioclib.wire import Transport

if TYPE_CHECKING:
    from ioclib.report import ForecastEntry, Report, SourceEntry
    from ioclib.sandbox.faults import Faults

T = TypeVar("T")

Given = str | Indicator


class Options(TypedDict, total=False):
    """How a lookup is made; every one may be left out.

    Attributes:
        sources: ask only these sources, by name.
        exclude: do not ask these.
        profile: a selection of sources with a deadline: quick, full, passive, or one of the config; what the other
            options say counts more.
        timeout: seconds until a report is made of what has landed; 20 unless the config says otherwise.
        tlp: who may learn of the indicators: red, amber+strict, amber, green or clear; clear unless the config says
            otherwise.
        active: also ask sources that touch the indicator's own infrastructure.
        include_internal: send internal indicators too, but for those that the config names.
        cache: use what was kept, and keep what may be kept.
        max_age: seconds; answers that were kept longer are not used, however long their source lets them live.
        plugins: also ask the sources that do not come with ioclib; none of them is in the sandbox.
        sandbox: ask the simulated providers instead; nothing leaves the machine.
        faults: what the simulated providers do wrong.
    """

    sources: Iterable[str] | None
    exclude: Iterable[str]
    profile: str | None
    timeout: float | None
    tlp: str | None
    active: bool
    include_internal: bool
    cache: bool
    max_age: float | None
    plugins: bool
    sandbox: bool
    faults: "Faults | None"


class Client:
    """Many lookups over the same connections, quotas and cache.

    Args:
        options: for every lookup.

    Raises:
        ConfigurationError: an unknown source, an unusable key or setting.
    """

    def __init__(self, **options: Unpack[Options]) -> None:
        self.sandbox = options.get("sandbox", False)
        if (names := options.get("sources")) is not None:
            options["sources"] = tuple(names)  # which are read more than once
        self._known, settings = _sandboxed() if self.sandbox else _here(options)
        known = self._known.sources
        profile = _profile(options.get("profile"), settings, self._known)
        chosen = options.get("sources")
        if chosen is None and profile:
            chosen = profile.selects(known.values())
        self.timeout = options.get("timeout") or (profile and profile.timeout) or settings.timeout
        self._sources = known
        self._settings = settings
        self._policy = Policy(
            chosen=None if chosen is None else self._known.named(chosen),
            excluded=self._known.named(options.get("exclude", ())),
            disabled=frozenset(name for name, one in known.items() if not settings.of(one).enabled),
            keyless=frozenset(
                name for name, one in known.items() if one.key and not one.key.optional and not settings.key(one.key)
            ),
            tlp=_tlp(options.get("tlp") or settings.policy.tlp),
            own=Own.of(settings.policy.internal),
            missing=frozenset(name for name, one in known.items() if not self.sandbox and _is_missing(one)),
            located=frozenset(name for name in known if settings.of(known[name]).base_url),
            public_resolver=None if self.sandbox else public_resolver(settings.resolver),
            active=options.get("active", False),
            include_internal=options.get("include_internal", False),
            fictional=self.sandbox,
        )
        self._blotter = Blotter(settings.secrets())
        self._network = Network(settings.proxies, settings.ca_file, settings.trust, settings.resolver)
        self._faults = options.get("faults")
        self._way_out: Transport | None = None
        self._keeping = _Keeping.of(settings, self._policy.tlp, options)
        self._gates: dict[tuple[str, object], Gate] = {}
        self._lanes: dict[str, Lane] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        for lane in self._lanes.values():
            await lane.aclose()
        for gate in self._gates.values():
            await gate.aclose()
        if self._way_out:
            await self._way_out.aclose()
        await self._keeping.aclose()

    def plan(self, iocs: Iterable[Indicator]) -> Plan:
        """Who would be asked what, and why not; nothing is sent."""
        return make_plan(iocs, self._sources.values(), self._policy)

    def sources(self) -> "list[SourceEntry]":
        """Every source, with its state here, and every plugin that is broken."""
        entries = [self._entry(source) for source in self._sources.values()]
        return sorted(entries + list(map(self._broken_entry, self._known.broken)), key=lambda one: one.name)

    async def lookup(self, *given: Given, on_answer: Callable[[Answer], object] | None = None) -> "Report":
        """Ask every source about one or several indicators, all at once.

        Args:
            given: indicators, or texts of which each is one.
            on_answer: called with each answer as it lands.

        Raises:
            InvalidIndicator: a text is none.
        """
        from ioclib.report import Report

        started, began = datetime.now(UTC), time.monotonic()
        iocs = indicators(given)
        answers: list[Answer] = []
        async with self._run() as run:
            for one in self._planned(iocs):
                run.start(one)
            async for answer in run:
                answers.append(answer)
                if on_answer:
                    on_answer(answer)
        elapsed = time.monotonic() - began
        return Report.of(iocs, answers, started=started, elapsed=elapsed, sandbox=self.sandbox)

    async def stream(self, *given: Given) -> AsyncGenerator[Answer]:
        """Each source's answer as it lands; see `lookup`."""
        async with self._run() as run:
            for one in self._planned(indicators(given)):
                run.start(one)
            async for answer in run:
                yield answer

    async def bulk(self, given: Iterable[Given], *, window: int = 512) -> "AsyncGenerator[Report]":
        """One report for each indicator, as they are done; bounded memory, whatever the length.

        No source waits for another: what one has done is taken on by the next indicators, up to the window.

        Args:
            given: indicators, or texts of which each is one; empty ones are passed over.
            window: how many indicators are under way at once.

        Raises:
            InvalidIndicator: a text is none.
        """
        texts = (one for one in given if not isinstance(one, str) or one.strip())
        pending: dict[Indicator, _Pending] = {}
        async with self._run(one_by_one=True) as run:
            while True:
                for report in self._fill(run, pending, texts, window):
                    yield report
                if not pending:
                    return
                answer = cast("Answer", await run.next())
                mine = pending[answer.ioc]
                mine.take(answer)
                if not mine.missing:
                    for report in pending.pop(answer.ioc).reports(answer.ioc, sandbox=self.sandbox):
                        yield report

    def _fill(
        self, run: Run, pending: "dict[Indicator, _Pending]", texts: Iterator[Given], window: int
    ) -> "Iterator[Report]":
        """Starts the lookups of the next indicators, up to the window; yields the reports of those that have none."""
        while len(pending) < window and (one := next(texts, None)) is not None:
            ioc = detect(one) if isinstance(one, str) else one
            if ioc in pending:
                pending[ioc].given.append(str(one))
                continue
            mine = _Pending([str(one)])
            for entry in self._planned([ioc]):
                mine.missing += 1
                run.start(entry)
            if mine.missing:
                pending[ioc] = mine
            else:
                yield from mine.reports(ioc, sandbox=self.sandbox)

    def chosen(self) -> list[AnySource[Any]]:
        """The sources that a lookup would mention."""
        names, excluded = self._policy.chosen, self._policy.excluded
        return [one for one in self._sources.values() if one.name not in excluded and (not names or one.name in names)]

    def has_key(self, source: AnySource[Any]) -> bool:
        """Whether a key is sent to a source."""
        return self._settings.key(source.key) is not None

    def plan_each(self, questions: "Mapping[str, Indicator]") -> Plan:
        """What `ask_each` would ask, and what not and why; nothing is sent."""
        each = [make_plan([ioc], [self._sources[name]], self._policy) for name, ioc in questions.items()]
        return Plan(
            tuple(one for plan in each for one in plan.lookups), tuple(one for plan in each for one in plan.skips)
        )

    async def ask_each(self, questions: "Mapping[str, Indicator]") -> AsyncGenerator[Answer]:
        """Ask each source a question of its own; the answers as they land.

        Args:
            questions: an indicator by the name of each source.
        """
        plan = self.plan_each(questions)
        async with self._run() as run:
            for lookup in plan.lookups:
                run.start(lookup)
            for skip in plan.skips:
                run.start(skip)
            async for answer in run:
                yield answer

    async def forecast(self, plan: Plan) -> "list[ForecastEntry]":
        """What a plan would take of each source's limits; nothing is sent, and nothing is spent."""
        by_source: dict[str, list[Indicator]] = {}
        for one in plan.lookups:
            by_source.setdefault(one.source.name, []).append(one.ioc.sendable())
        asked: Counter[str] = Counter()  # by whose limits count
        return [await self._forecast(self._sources[name], by_source[name], asked) for name in sorted(by_source)]

    async def _forecast(
        self, source: AnySource[Any], iocs: Iterable[Indicator], asked: "Counter[str]"
    ) -> "ForecastEntry":
        from ioclib.report import ForecastEntry, LimitEntry

        door = self._door(source)
        key, memory = _quota_key(door), self._memory(door)
        lookups = kept = requests = 0
        for ioc in iocs:
            lookups += 1
            if not isinstance(source, ListSource):
                before = await memory.recall(cast("Any", source), ioc, memory.key(ioc))
                kept += bool(before and before.fresh)
                requests = (lookups - kept) * source.requests
        stands = await self._keeping.ledger.usage(key, door.limits)
        now = datetime.now(UTC)
        asked[key] += requests
        seconds = stands.seconds_for(asked[key], now) if requests else 0
        left = (LimitEntry(str(one.limit), max(0, one.limit.count - one.used), one.resets_at) for one in stands.usages)
        return ForecastEntry(
            source=source.name,
            exposure=source.exposure.name.lower(),
            lookups=lookups,
            kept=kept,
            requests=requests,
            left=tuple(left),
            last_at=now + timedelta(seconds=seconds) if seconds else None,
        )

    def _planned(self, iocs: Iterable[Indicator]) -> Iterator[Lookup | Skip]:
        return planned(iocs, self._sources.values(), self._policy)

    def _run(self, *, one_by_one: bool = False) -> Run:
        self._transport(bulk=one_by_one)
        return Run(self._lane, timeout=self.timeout, one_by_one=one_by_one)

    def _lane(self, source: AnySource[Any]) -> Lane:
        if source.name not in self._lanes:
            wanted, door = self._settings.of(source), self._door(source)
            self._lanes[source.name] = Lane(
                door,
                self._gate(door),
                self._memory(door),
                self._keeping.flights,
                timeout=wanted.timeout or source.timeout,
                concurrency=wanted.concurrency or source.concurrency,
                lists=self._keeping.lists,
                blotter=self._blotter,
            )
        return self._lanes[source.name]

    def _door(self, source: AnySource[Any]) -> Door:
        wanted = self._settings.of(source)
        secret = self._settings.key(source.key)
        transport, directory = self._transport(), source.directory
        beside = Door(directory, directory.base, None, transport) if directory and not wanted.base_url else None
        return Door(source, wanted.base(source), secret, transport, wanted.limits_of(source), beside)

    def _transport(self, *, bulk: bool = False) -> Transport:
        """The way out; what it is first wanted for decides which HTTP client it is made of."""
        if self._way_out is None and self.sandbox:
            from ioclib.sandbox import SandboxTransport

            self._way_out = SandboxTransport(self._faults)
        elif self._way_out is None:
            self._way_out = make_transport(self._settings.transport, self._network, bulk=bulk)
        return self._way_out

    def _gate(self, door: Door) -> Gate:
        """Sources that ask the same host with the same key queue up together, if the same limits are known of them."""
        key = _quota_key(door)
        place = key, door.limits
        if place not in self._gates:
            self._gates[place] = Gate(self._keeping.ledger, key, door.limits, door.source.name)
        return self._gates[place]

    def _memory(self, door: Door) -> Memory:
        return Memory(door, self._keeping.answers, self._keeping.freshness)

    def _entry(self, source: AnySource[Any]) -> "SourceEntry":
        from ioclib.report import BUILT_IN, KeyEntry, SourceEntry
        from ioclib.tiers import tier_of

        key, reason = source.key, standing(source, self._policy)
        has_key = self._settings.key(key) is not None
        return SourceEntry(
            name=source.name,
            about=source.about,
            types=tuple(kind.kind for kind in source.types),
            key=KeyEntry(key.variable, key.aliases, key.optional, key.free, has_key, key.get) if key else None,
            exposure=source.exposure.name.lower(),
            limits=tuple(map(str, self._settings.of(source).limits_of(source))),
            tier=tier_of(source),
            terms=source.terms,
            state=reason.kind if reason else "ready",
            note=reason.message if reason else None,
            origin=self._known.origins.get(source.name, BUILT_IN),
        )

    def _broken_entry(self, plugin: Broken) -> "SourceEntry":
        from ioclib.report import SourceEntry

        error = self._blotter.clean(plugin.error.encode(errors="replace")).decode()
        return SourceEntry(name=plugin.name, state="broken", note=error, origin=plugin.origin)


@dataclass
class _Pending:
    """An indicator of a long run, until all of its answers have landed."""

    given: list[str]
    missing: int = 0
    answers: list[Answer] = field(default_factory=list[Answer])
    started: datetime = field(default_factory=lambda: datetime.now(UTC))

    def take(self, answer: Answer) -> None:
        self.answers.append(answer)
        self.missing -= 1

    def reports(self, ioc: Indicator, *, sandbox: bool) -> "Iterator[Report]":
        """One for each time that it was given."""
        from ioclib.report import Report

        elapsed = (datetime.now(UTC) - self.started).total_seconds()
        for text in self.given:
            yield Report.of({ioc: text}, self.answers, started=self.started, elapsed=elapsed, sandbox=sandbox)


@dataclass(frozen=True)
class _Keeping:
    """What is kept from one lookup to the next, and where."""

    ledger: Ledger
    answers: Answers
    lists: Lists
    flights: Flights[Reply]
    freshness: Freshness

    @classmethod
    def of(cls, settings: Settings, tlp: Tlp, options: Options) -> Self:
        """What the settings say; the sandbox keeps everything to itself."""
        freshness = Freshness(options.get("max_age"), settings.cache.stale)
        if options.get("sandbox", False):
            own = SqliteLedger(None), SqliteAnswers(None), MemoryOfLists()
            return cls(*own, Flights(object()), freshness)
        ledger = _ledger(settings)
        if not options.get("cache", True):
            return cls(ledger, NoAnswers(), MemoryOfLists(), Flights(object()), freshness)
        folder = config.cache_folder()
        lists = FolderOfLists(folder / "lists")
        if settings.cache_url and tlp.allows > Exposure.NONE:
            return cls(ledger, _shared_answers(settings.cache_url), lists, Flights(settings.cache_url), freshness)
        file = folder / "answers.sqlite3"
        return cls(ledger, SqliteAnswers(file, max_bytes=settings.cache.max_bytes), lists, Flights(file), freshness)

    async def aclose(self) -> None:
        await self.ledger.aclose()
        await self.answers.aclose()


def _ledger(settings: Settings) -> Ledger:
    if settings.quota_url is None:
        return on_this_machine(config.state_folder())
    from ioclib.quota import RedisLedger

    return RedisLedger(settings.quota_url)


def _shared_answers(url: str) -> Answers:
    from ioclib.cache import RedisAnswers

    return RedisAnswers(url)


def _quota_key(door: Door) -> str:
    """Whose limits a request counts against: the host's, for this key; the key itself is not in it."""
    secret = door.secret.reveal() if door.secret else ""
    return f"{urlsplit(door.base).netloc}#{hashlib.sha256(secret.encode()).hexdigest()[:12] if secret else 'no key'}"


def _tlp(text: str) -> Tlp:
    try:
        return Tlp(text.lower().removeprefix("tlp:"))
    except ValueError:
        raise ConfigurationError(f"there is no TLP {text!r}: it is one of {', '.join(Tlp)}") from None


def lookup(*given: Given, **options: Unpack[Options]) -> "Report":
    """Ask every source about one or several indicators, and wait for the report.

    Args:
        given: indicators, or texts of which each is one; the type is worked out.
        options: see `Options`.

    Raises:
        InvalidIndicator: a text is no indicator.
        ConfigurationError: an unknown source, an unusable key or setting.
    """
    client = Client(**options)

    async def reports() -> "AsyncGenerator[Report]":
        async with client:
            yield await client.lookup(*given)

    (report,) = _from_another_thread(reports)
    return report


def stream(*given: Given, **options: Unpack[Options]) -> Generator[Answer]:
    """Each source's answer as it lands, for scripts and notebooks; see `lookup`. Closing it stops the lookups."""
    client = Client(**options)
    iocs = indicators(given)  # here, so that a typing error is told at once

    async def answers() -> AsyncGenerator[Answer]:
        async with client:
            async for answer in client.stream(*iocs):
                yield answer

    return _from_another_thread(answers)


@contextmanager
def serve_sandbox(port: int = 0, faults: "Faults | None" = None) -> Generator[tuple[str, dict[str, str]]]:
    """The sandbox as a server on this machine's loopback address, while the context lasts.

    Args:
        port: 0 takes a free one.
        faults: what the services do wrong.

    Yields:
        Its address, and the environment variables that point ioclib at it, with the keys that it accepts.

    Raises:
        ConfigurationError: the port is taken.
    """
    from ioclib import sandbox
    from ioclib.sandbox.responder import SandboxResponder
    from ioclib.sandbox.server import SandboxServer

    known, twins = registry.all_sources(), sandbox.by_host()
    with SandboxServer(port, faults) as server, SandboxResponder(faults) as responder:
        mounts = server.base_urls()
        environment = {name: secret.reveal() for name, secret in _sandbox_settings(known).keys.items()}
        environment["IOCLIB_RESOLVER"] = responder.address
        for name, source in known.items():
            real = urlsplit(source.base)
            if real.scheme != "https" or real.netloc not in twins:
                continue
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


def _here(options: Options) -> tuple[Known, Settings]:
    """The sources that there are, or those that are asked, and what the user has set for them."""
    given = config.read()
    names = options.get("sources")
    only_named = names and not (options.get("exclude") or options.get("profile") or given.plugins.allow)
    if only_named and (few := registry.built_in(names or ())) and not given.file.profiles:
        known = few  # to load all the others takes longer than many an answer
    elif options.get("plugins", True) and given.plugins.enabled:
        known = registry.with_plugins(config.sources_folder(), given.plugins.allow)
    else:
        known = registry.without_plugins()
    variables = {name for source in known.sources.values() if source.key for name in source.key.variables}
    settings = given.settings(variables, complete=known.complete)
    if known.complete:
        known.named(settings.sources)
    for name in settings.sources.keys() & known.sources.keys():
        settings.of(known.sources[name]).base(known.sources[name])
    return known, settings


def _sandboxed() -> tuple[Known, Settings]:
    """The sources that have a twin, and the keys that it takes: neither the environment nor a file is read."""
    known = registry.without_plugins()
    return known, _sandbox_settings(known.sources)


def _is_missing(source: AnySource[Any]) -> bool:
    return bool(source.package) and find_spec(source.package) is None


def _profile(name: str | None, settings: Settings, known: Known) -> Profile | None:
    own = {
        name: Profile.of(one.sources and known.named(one.sources), known.named(one.exclude), one.timeout)
        for name, one in settings.profiles.items()
    }
    return None if name is None else profile_named(name, own)


def _sandbox_settings(known: Mapping[str, AnySource[Any]]) -> Settings:
    from ioclib import sandbox

    keys = sandbox.keys()
    return Settings(
        keys={one.key.variable: Secret(keys[name]) for name, one in known.items() if one.key and name in keys}
    )


def _from_another_thread(make: Callable[[], AsyncGenerator[T]]) -> Generator[T]:
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


def keep_key(variable: str, key: str, *, keyring: bool = False) -> str:
    """Keep a key for later, in the config file or in the system's keyring.

    Returns:
        Where it is.

    Raises:
        ConfigurationError: it can be none, or cannot be kept there.
    """
    path = config.file_path()
    key = config.checked_key(variable, key)
    if keyring:
        into_keyring(variable, key)
    into_file(path, variable, "" if keyring else key, keyring=keyring)
    return "the keyring" if keyring else str(path)


def cache_info() -> tuple[CacheInfo, ListsInfo]:
    """What is kept: answers, on this machine or where it shares them, and downloaded lists.

    Raises:
        OSError: it cannot be read.
    """
    answers, lists = _kept_here()
    (info,) = _from_another_thread(lambda: _once(answers, answers.info))
    return info, lists.info()


def clear_cache(source: str | None = None) -> tuple[int, int]:
    """Forget what is kept, of all sources or of one.

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
        _here({})[0].named([source])
    return counts


def _kept_here() -> tuple[Answers, FolderOfLists]:
    folder, shared = config.cache_folder(), config.read().settings((), complete=False).cache_url
    answers = _shared_answers(shared) if shared else SqliteAnswers(folder / "answers.sqlite3")
    return answers, FolderOfLists(folder / "lists")


async def _once(answers: Answers, ask: Callable[[], Awaitable[T]]) -> AsyncGenerator[T]:
    try:
        yield await ask()
    finally:
        await answers.aclose()
