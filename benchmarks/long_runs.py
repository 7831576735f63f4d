"""How well long runs are planned, and how near they come to what quotas allow: days on a clock that is not waited for.

    python -m benchmarks.long_runs [--lookups 1200]
    python -m benchmarks.long_runs --short

The client, its quotas, its lanes and the coordinator are the real ones; the clock jumps to whatever happens next, and
the sandbox answers after 0.2 seconds. The bound is what a perfect sender could do with the same limits.
"""

import argparse
import asyncio
import selectors
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Self, TypeVar
from unittest.mock import patch

from ioclib.client import Client
from ioclib.client.jobs import End, LongRun, job_of
from ioclib.database import Database
from ioclib.jobs.ledger import JobLedger
from ioclib.quota import SqliteLedger
from ioclib.source import Limit
from ioclib.wire import Transport, WireRequest, WireResponse

T = TypeVar("T")

SOURCES = ("virustotal", "abuseipdb", "rdap_ipv4", "robtex", "shodan_internetdb", "stopforumspam", "tor")
LATENCY = 0.2
START = datetime(2026, 11, 24, 9, tzinfo=UTC)


class Jumping(selectors.SelectSelector):
    """Waits for nothing: the time that would be waited has passed."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        self.now += timeout or 0.0
        return super().select(0)


class Loop(asyncio.SelectorEventLoop):
    """An event loop on such a clock."""

    def __init__(self) -> None:
        self._jumping = Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


class Moment(datetime):
    """A datetime whose now is the clock's."""

    clock: Callable[[], float]

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls.fromtimestamp(cls.clock(), tz)


class Slow:
    """A transport that takes its time."""

    def __init__(self, within: Transport) -> None:
        self._within = within
        self.sent = 0

    async def fetch(self, request: WireRequest) -> WireResponse:
        self.sent += 1
        await asyncio.sleep(LATENCY)
        return await self._within.fetch(request)

    async def aclose(self) -> None:
        await self._within.aclose()


async def inline(database: Database, work: Callable[[sqlite3.Connection], T], *, reads: bool = False) -> T:
    """What a database does in its thread, done at once: a thread knows nothing of this clock."""
    del reads
    held: Any = database
    if not hasattr(held, "inline"):
        held.inline = sqlite3.connect(":memory:")
        held.inline.executescript(held._schema)
    return work(held.inline)


@dataclass
class Seen:
    """What came of a run.

    Attributes:
        ends: what was planned.
        lasted: seconds until each source was done.
        sent: requests.
    """

    ends: Sequence[End]
    lasted: dict[str, float]
    sent: int


async def run(number: int, clock: Callable[[], float]) -> Seen:
    """One job of so many addresses, on the clock."""
    iocs = [("ipv4", f"198.18.{one // 250}.{one % 250}", "x") for one in range(number)]
    client: Any = Client(sandbox=True, sources=SOURCES, include_internal=True)
    client._keeping = _with_clock(client._keeping, clock)
    client._transport()
    client._way_out = slow = Slow(client._way_out)
    ledger = JobLedger(None, clock)
    job, _ = await job_of(ledger, "simulated", iocs, tlp="clear", sandbox=True)
    long_run: Any = LongRun(client, ledger, job)
    long_run._coordinator._clock = clock
    ends = await long_run.ends()
    lasted: dict[str, float] = {}
    work = asyncio.ensure_future(long_run._coordinator.run())
    while not work.done():
        await asyncio.wait([work], timeout=5)
        for name, progress in long_run.progress.items():
            if progress.total and progress.done >= progress.total:
                lasted.setdefault(name, clock() - START.timestamp())
    await work
    return Seen(ends, lasted, slow.sent)


def _with_clock(keeping: Any, clock: Callable[[], float]) -> Any:
    from dataclasses import replace

    return replace(keeping, ledger=SqliteLedger(None, clock))


def bound(limits: Iterable[Limit], requests: int) -> float:
    """Seconds until the last of so many requests can start, for a sender that knows the future."""
    sent: list[float] = []
    now = START.timestamp()
    for _ in range(requests):
        now = max([now, *(_earliest(limit, sent, now) for limit in limits)])
        sent.append(now)
    return (sent[-1] if sent else now) - START.timestamp()


def _earliest(limit: Limit, sent: Sequence[float], now: float) -> float:
    if limit.rolling or limit.per in {"second", "minute", "hour"}:
        return sent[-limit.count] + limit.seconds if len(sent) >= limit.count else now
    begins = _period(limit, now)
    used = sum(one >= begins for one in sent[-limit.count :])
    return now if used < limit.count else _period(limit, now, after=1)


def _period(limit: Limit, now: float, after: int = 0) -> float:
    day = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if limit.per == "day":
        return (day + timedelta(days=after)).timestamp()
    if limit.per == "week":
        return (day - timedelta(days=day.weekday()) + timedelta(weeks=after)).timestamp()
    month = day.replace(day=1)
    return ((month + timedelta(days=32 * after)).replace(day=1) if after else month).timestamp()


def simulated(number: int) -> Seen:
    """A whole run on the clock."""
    loop = Loop()

    def clock() -> float:
        return START.timestamp() + loop.time()

    Moment.clock = clock
    places = ("ioclib.client.front", "ioclib.client.jobs", "ioclib.engine.gate")
    with ExitStack() as stack:
        stack.callback(loop.close)
        stack.enter_context(patch.object(Database, "run", inline))
        for place in places:
            stack.enter_context(patch(f"{place}.datetime", Moment))
        return loop.run_until_complete(run(number, clock))


def main() -> None:
    parser = argparse.ArgumentParser(description="Long runs on a clock that is not waited for.")
    parser.add_argument("--lookups", type=int, default=1200, help="addresses, each for every source")
    parser.add_argument("--short", action="store_true")
    chosen = parser.parse_args()
    number = 300 if chosen.short else chosen.lookups
    seen = simulated(number)
    client = Client(sandbox=True, sources=SOURCES)
    sources = {one.name: one for one in client.ready()}
    print(f"{number} addresses, {seen.sent} requests, on a simulated clock\n")
    print(f"{'source':<20} {'planned h':>10} {'lasted h':>10} {'bound h':>10} {'of plan':>8} {'of bound':>9}")
    for end in seen.ends:
        planned = (end.at - START).total_seconds()
        lasted = seen.lasted.get(end.source, float("nan"))
        least = bound(client.limits_of(sources[end.source]), end.requests)
        ratios = (lasted / one if one >= 60 else float("nan") for one in (planned, least))
        times = "".join(f"{seconds / 3600:>11.2f}" for seconds in (planned, lasted, least))
        print(f"{end.source:<20}{times}" + "".join(f"{ratio:>9.3f}" for ratio in ratios))


if __name__ == "__main__":
    main()
