"""The client: text or indicators in, answers as they land, one report out."""

import asyncio
import hashlib
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack, cast
from urllib.parse import urlsplit

from ioclib.answers import Answer, Failed, Skipped
from ioclib.client.here import Here
from ioclib.client.keeping import Keeping
from ioclib.client.options import Given, Options, asked_about, origin
from ioclib.client.pending import Pending
from ioclib.engine import Blotter, Door, Gate, Lane, Memory, Run
from ioclib.errors import Timeout
from ioclib.indicators import Indicator
from ioclib.plan import Lookup, Plan, Reason, ReasonKind, Skip, make_plan, planned, standing
from ioclib.plugins import Broken
from ioclib.report import AnswerEntry, Asked, Report
from ioclib.source import AnySource, Limit, ListSource
from ioclib.transport import Network, make_transport
from ioclib.wire import Transport

if TYPE_CHECKING:
    from ioclib.listings import ForecastEntry, SourceEntry

_MANY = 10_000
"""Lookups that a source without limits is given at once."""

_TOGETHER = 0.1
"""Seconds for which an answer waits for others, where they are handed over in groups."""


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
        here = Here.of(options)
        settings, self._known = here.settings, here.known
        self.timeout = here.timeout
        self.tlp = here.policy.tlp
        self._sources = here.known.sources
        self._settings = settings
        self._policy = here.policy
        self._judge = here.judge
        self._blotter = Blotter(settings.secrets())
        self._network = Network(settings.proxies, settings.ca_file, settings.trust, settings.resolver)
        self._faults = options.get("faults")
        self._way_out: Transport | None = None
        self._keeping = Keeping.of(settings, self._policy.tlp, options)
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

    async def lookup(self, *given: Given, on_answer: Callable[[Answer], object] | None = None) -> Report:
        """Ask every source about one or several indicators, all at once.

        Args:
            given: indicators, or texts of which each is one.
            on_answer: called with each answer as it lands.

        Raises:
            InvalidIndicator: a text is none.
        """
        return await self.lookup_asked(asked_about(given), on_answer)

    async def lookup_asked(
        self, asked: Mapping[Indicator, Asked], on_answer: Callable[[Answer], object] | None = None
    ) -> Report:
        """As `lookup`, of indicators of which it is known how they came to be asked about; see `asked_about`."""
        started, began = datetime.now(UTC), time.monotonic()
        answers: list[Answer] = []
        async with self._run() as run:
            for one in self._planned(asked):
                run.start(one)
            async for answer in run:
                answers.append(answer)
                if on_answer:
                    on_answer(answer)
        return self._report(asked, answers, started, time.monotonic() - began)

    def broken_off(
        self, asked: Mapping[Indicator, Asked], answers: Iterable[Answer], started: datetime, elapsed: float
    ) -> Report:
        """The report of a lookup that was broken off: what had not landed by then is told as failed.

        Args:
            asked: the indicators.
            answers: what landed.
            started: when the run began (UTC).
            elapsed: seconds that it took.
        """
        landed = list(answers)
        known = {(one.ioc, one.source.name) for one in landed}
        missing = (one for one in self._planned(asked) if (one.ioc, one.source.name) not in known)
        for one in missing:
            why = Skipped(one.reason) if isinstance(one, Skip) else Failed(Timeout("broken off before it answered"))
            landed.append(Answer(one.ioc, one.source, why))
        return self._report(asked, landed, started, elapsed)

    def _report(
        self, asked: Mapping[Indicator, Asked], answers: Iterable[Answer], started: datetime, elapsed: float
    ) -> Report:
        return Report.of(
            asked,
            answers,
            started=started,
            elapsed=elapsed,
            sandbox=self.sandbox,
            tlp=self.tlp,
            judge=self._judge,
        )

    async def stream(self, *given: Given) -> AsyncGenerator[Answer]:
        """Each source's answer as it lands; see `lookup`."""
        async with self._run() as run:
            for one in self._planned(asked_about(given)):
                run.start(one)
            async for answer in run:
                yield answer

    async def bulk(
        self, given: Iterable[Given], *, window: int = 512, job: str | None = None
    ) -> AsyncGenerator[Report]:
        """One report for each indicator, as they are done; bounded memory, whatever the length.

        No source waits for another: what one has done is taken on by the next indicators, up to the window.

        Args:
            given: indicators, or texts of which each is one; empty ones are passed over.
            window: how many indicators are under way at once.
            job: a name under which answers are written down as they land: the same name goes on where it stopped, with
                the indicators that it began with. Reports come in their order then, each indicator's once.

        Raises:
            InvalidIndicator: a text is none.
            ConfigurationError: the job is being run already.
        """
        if job is not None:
            from ioclib.client.jobs import reports_of

            async for report in reports_of(self, job, given):
                yield report
            return
        texts = (one for one in given if not isinstance(one, str) or one.strip())
        pending: dict[Indicator, Pending] = {}
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
                    for report in self._reports(answer.ioc, pending.pop(answer.ioc)):
                        yield report

    def _fill(
        self, run: Run, pending: dict[Indicator, Pending], texts: Iterator[Given], window: int
    ) -> Iterator[Report]:
        """Starts the lookups of the next indicators, up to the window; yields the reports of those that have none."""
        while len(pending) < window and (one := next(texts, None)) is not None:
            ioc, asked = origin(one)
            if ioc in pending:
                pending[ioc].given.append(asked)
                continue
            mine = Pending([asked])
            for entry in self._planned([ioc]):
                mine.missing += 1
                run.start(entry)
            if mine.missing:
                pending[ioc] = mine
            else:
                yield from self._reports(ioc, mine)

    def _reports(self, ioc: Indicator, done: Pending) -> Iterator[Report]:
        return done.reports(ioc, sandbox=self.sandbox, tlp=self.tlp, judge=self._judge)

    async def kept_of(self, name: str, ioc: Indicator) -> Answer | None:
        """What a source said of an indicator, if that was kept and is fresh; nobody is asked."""
        source = self._sources[name]
        if isinstance(source, ListSource) or any(isinstance(one, Skip) for one in self._planned_of(source, ioc)):
            return None
        memory, sendable = self._memory(self._door(source)), ioc.sendable()
        known = await memory.recall(cast("Any", source), sendable, memory.key(sendable))
        return Answer(ioc, source, known.outcome, age=known.age) if known and known.fresh else None

    async def room(self, name: str) -> tuple[int, float]:
        """How many lookups of a source could begin now, and after how many seconds the first of them."""
        source, door = self._sources[name], self._door(self._sources[name])
        at_once = max((one.size for one in getattr(source, "batches", ())), default=1)
        if not door.limits or isinstance(source, ListSource):
            return _MANY, 0.0
        stands = await self._keeping.ledger.usage(_quota_key(door), door.limits)
        together = _together(door)
        if wait := stands.seconds_for(together, datetime.now(UTC)):
            return 0, wait
        free = min(one.limit.count - one.used for one in stands.usages)
        return free // together * at_once, 0.0

    async def time_for(self, name: str, lookups: int) -> tuple[int, float]:
        """How many requests of a source so many lookups take at most, and how many seconds until the last can start."""
        source, door = self._sources[name], self._door(self._sources[name])
        at_once = max((one.size for one in getattr(source, "batches", ())), default=1)
        requests = 0 if isinstance(source, ListSource) else -(-lookups * source.requests // at_once)
        if not door.limits or not requests:
            return requests, 0.0
        stands = await self._keeping.ledger.usage(_quota_key(door), door.limits)
        return requests, stands.seconds_for(requests, datetime.now(UTC), _together(door))

    def ready(self) -> list[AnySource[Any]]:
        """The sources that are asked as things stand."""
        return [one for one in self.chosen() if standing(one, self._policy) is None]

    def limits_of(self, source: AnySource[Any]) -> tuple[Limit, ...]:
        """The limits in force for a source."""
        return self._settings.of(source).limits_of(source)

    def report_of(
        self, told: Iterable[tuple[Indicator, Asked, Sequence[AnswerEntry]]], *, started: datetime, elapsed: float
    ) -> Report:
        """The report of answers that were written down.

        Args:
            told: each indicator, how it came to be asked about, and the answers about it.
            started: when the run began (UTC).
            elapsed: seconds that it took.
        """
        about = {"started": started, "elapsed": elapsed, "sandbox": self.sandbox, "tlp": self.tlp}
        return Report.of_entries(told, self._sources, self._judge, **cast("Any", about))

    def _planned_of(self, source: AnySource[Any], ioc: Indicator) -> Iterator[Lookup | Skip]:
        return planned([ioc], [source], self._policy)

    def chosen(self) -> list[AnySource[Any]]:
        """The sources that a lookup would mention."""
        names, excluded = self._policy.chosen, self._policy.excluded
        return [one for one in self._sources.values() if one.name not in excluded and (not names or one.name in names)]

    def has_key(self, source: AnySource[Any]) -> bool:
        """Whether a key is sent to a source."""
        return self._settings.key(source.key) is not None

    def clean(self, text: str) -> str:
        """A text without any key or password that is set here: what a log may hold."""
        return self._blotter.clean(text.encode(errors="replace")).decode(errors="replace")

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

    async def ask_of(self, name: str, iocs: Iterable[Indicator], *, within: float) -> AsyncGenerator[list[Answer]]:
        """Ask one source about many indicators: the answers in groups, as they land.

        What is to be asked was decided by whoever names the source, as with the option ``sources``.

        Args:
            name: the source; one that is not here says nothing, and nor does one about types that it does not take.
            iocs: the indicators.
            within: seconds after which all is over; what could not be begun in time lands as skipped for want of
                quota, and one lookup gets half of them at most.
        """
        patience = min(self.timeout, within / 2)
        source, policy = self._sources.get(name), replace(self._policy, chosen=frozenset([name]))
        loop = asyncio.get_running_loop()
        async with self._run(one_by_one=True, timeout=patience) as run:
            for one in planned(iocs, [source] if source else [], policy):
                run.start(one)
            alarm = loop.call_later(within - patience, _hand_back, run)
            try:
                while run.busy:
                    yield await _landed_together(run)
            finally:
                alarm.cancel()

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
        from ioclib.listings import ForecastEntry, LimitEntry

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
        seconds = stands.seconds_for(asked[key], now, _together(door)) if requests else 0
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

    def _run(self, *, one_by_one: bool = False, timeout: float | None = None) -> Run:
        self._transport(bulk=one_by_one)
        return Run(self._lane, timeout=timeout or self.timeout, one_by_one=one_by_one)

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
        from ioclib.listings import BUILT_IN, KeyEntry, SourceEntry
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
        from ioclib.listings import SourceEntry

        error = self.clean(plugin.error)
        return SourceEntry(name=plugin.name, state="broken", note=error, origin=plugin.origin)


def _hand_back(run: Run) -> None:
    run.hand_back(Reason(ReasonKind.QUOTA, "its turn did not come in time", datetime.now(UTC)))


async def _landed_together(run: Run) -> list[Answer]:
    """The next answer, and what lands soon after it."""
    landed = [cast("Answer", await run.next())]
    with suppress(TimeoutError):
        async with asyncio.timeout(_TOGETHER):
            while run.busy:
                landed.append(cast("Answer", await run.next()))
    return landed


def _together(door: Door) -> int:
    """Requests of one lookup that are made at once, if the limits let so many through."""
    return min([door.source.requests, *(limit.count for limit in door.limits)])


def _quota_key(door: Door) -> str:
    """Whose limits a request counts against: the host's, for this key; the key itself is not in it."""
    secret = door.secret.reveal() if door.secret else ""
    return f"{urlsplit(door.base).netloc}#{hashlib.sha256(secret.encode()).hexdigest()[:12] if secret else 'no key'}"
