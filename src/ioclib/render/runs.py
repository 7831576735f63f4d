"""Long runs, for people: what they would take, how far they are, what came of them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Protocol

from rich import box
from rich.table import Table

from ioclib.jobs.coordinator import Progress
from ioclib.render.words import ago, printable


class _End(Protocol):
    @property
    def source(self) -> str: ...
    @property
    def lookups(self) -> int: ...
    @property
    def done(self) -> int: ...
    @property
    def requests(self) -> int: ...
    @property
    def at(self) -> datetime: ...


def ends_table(ends: Iterable[_End], now: datetime) -> Table:
    """What each source has to do, and when it would end.

    Args:
        ends: by source.
        now: in UTC.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("source", "lookups", "done", "requests", "last in"):
        table.add_column(heading, justify="left" if heading in {"source", "last in"} else "right", no_wrap=True)
    for one in ends:
        seconds = (one.at - now).total_seconds()
        last = ago(seconds) if seconds >= 1 else "at once"
        table.add_row(one.source, f"{one.lookups:,}", f"{one.done:,}", f"{one.requests:,}", last)
    return table


def progress_table(progress: Mapping[str, Progress], now: float) -> Table:
    """How far each source is.

    Args:
        progress: by source.
        now: seconds since 1970 (UTC).
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("source", "done", "of", "failed", "a second", "left", ""):
        table.add_column(heading, justify="left" if heading in {"source", ""} else "right", no_wrap=heading != "")
    for name in sorted(progress):
        one = progress[name]
        if one.total:
            table.add_row(name, f"{one.done:,}", f"{one.total:,}", f"{one.outcomes['failed']:,}", *_pace(one, now))
    return table


def _pace(one: Progress, now: float) -> tuple[str, str, str]:
    rate, missing = one.rate(now), one.total - one.done
    # by its rate, or by its quota where that takes longer: what lands in bursts has no rate to go by
    seconds = max(missing / rate if rate else 0.0, one.ends - now)
    left = ago(seconds) if seconds > 0 and missing > 0 else ""
    return f"{rate:.1f}" if missing > 0 else "", left, _waits(one, now)


def _waits(one: Progress, now: float) -> str:
    if one.trouble:
        return printable(one.trouble)
    if one.until is None or one.until <= now:
        return ""
    return f"waits for its quota until {datetime.fromtimestamp(one.until, UTC):%H:%M:%S} UTC"


def progress_line(progress: Mapping[str, Progress], now: float) -> str:
    """How far all sources are, on one line, and how many of them wait.

    Args:
        progress: by source.
        now: seconds since 1970 (UTC).
    """
    done, total = sum(one.done for one in progress.values()), sum(one.total for one in progress.values())
    failed, rate = sum(one.outcomes["failed"] for one in progress.values()), sum(o.rate(now) for o in progress.values())
    waiting = sum(bool(one.until and one.until > now) for one in progress.values())
    return f"{done:,} of {total:,} lookups, {failed:,} failed, {rate:.1f} a second, {waiting} sources wait"


def counts_table(types: Mapping[str, int], counts: Mapping[str, Mapping[str, int]]) -> Table:
    """What came of a job, by source.

    Args:
        types: how many indicators of each type there are.
        counts: results by source and outcome.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, caption=", ".join(f"{n:,} {kind}" for kind, n in types.items()))
    for heading in ("source", "found", "not found", "failed", "skipped"):
        table.add_column(heading, justify="left" if heading == "source" else "right", no_wrap=True)
    for name in sorted(counts):
        found = Counter(counts[name])
        table.add_row(name, *(f"{found[one]:,}" for one in ("found", "not_found", "failed", "skipped")))
    return table
