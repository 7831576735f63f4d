"""The ledger of one machine: a file that all processes of the user share, or a database in memory."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from ioclib.database import Database
from ioclib.quota.ledger import GRANTED, Standing, Usage, Wait
from ioclib.quota.windows import Window, fitting, from_micros, micros
from ioclib.source import Limit

_SCHEMA = """
CREATE TABLE IF NOT EXISTS hit (
    key TEXT NOT NULL, window TEXT NOT NULL, until INTEGER NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (key, window, until)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cool (key TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
"""
# A row of `hit` is n requests that count until then. In a calendar window that is the period's end: it has one row,
# a counter. Nothing depends on when a request was made, so a clock that is set back grants nothing twice.

_FORGOTTEN = 35 * 86_400 * 1_000_000
"""Microseconds after which what is past is of no use in any window, wherever the clock is set."""


class SqliteLedger:
    """Counts requests in SQLite.

    Args:
        path: of the file; None counts in memory, for this object only.
        clock: seconds since 1970; all processes that share the file have the same.
    """

    def __init__(self, path: Path | None, clock: Callable[[], float] = time.time) -> None:
        self._database = Database(path, _SCHEMA)
        self._clock = clock
        self._swept = False

    async def reserve(self, key: str, limits: Sequence[Limit], n: int = 1) -> Wait:
        """Take ``n`` requests out of every limit at once, or out of none; see `Ledger.reserve`.

        Raises:
            ValueError: ``n`` is larger than a limit allows.
            OSError: the file cannot be read or written.
        """
        windows = fitting(limits, n)

        def work(connection: sqlite3.Connection) -> Wait:
            now = self._now()
            self._sweep(connection, now)
            cool = _cooling_until(connection, key)
            free = max((_free_at(connection, key, window, n, now) for window in windows), default=now)
            if max(cool, free) > now:
                return Wait((max(cool, free) - now) / 1e6, cooling=cool >= free)
            for window in windows:
                _add(connection, key, window, window.ends(now), n, now)
            return GRANTED

        return await self._database.run(work)

    async def cooldown(self, key: str, until: datetime) -> None:
        """Grant nothing until then (UTC); a longer cool-down that stands is not shortened."""

        def work(connection: sqlite3.Connection) -> None:
            if micros(until) > self._now():
                connection.execute(
                    "INSERT INTO cool VALUES (?, ?) ON CONFLICT DO UPDATE SET until = max(until, excluded.until)",
                    (key, micros(until)),
                )

        await self._database.run(work)

    async def sync(self, key: str, limit: Limit, remaining: int, reset_at: datetime | None) -> None:
        """Take over what the vendor says is left of a limit, if that is less; see `Ledger.sync`."""
        window = Window.of(limit)

        def work(connection: sqlite3.Connection) -> None:
            now = self._now()
            until = micros(reset_at) if reset_at else window.ends(now)
            missing = limit.count - max(remaining, 0) - _used(connection, key, window, now)
            if missing > 0 and until > now:
                _add(connection, key, window, until, missing, now)

        await self._database.run(work)

    async def usage(self, key: str, limits: Sequence[Limit]) -> Standing:
        """How a key stands; nothing is spent."""

        def work(connection: sqlite3.Connection) -> Standing:
            now = self._now()
            cool = _cooling_until(connection, key)
            usages = (Usage(limit, tuple(_stops(connection, key, Window.of(limit), now))) for limit in limits)
            return Standing(tuple(usages), from_micros(cool) if cool > now else None)

        return await self._database.run(work)

    async def aclose(self) -> None:
        """Close the file."""
        await self._database.aclose()

    def _now(self) -> int:
        """Read inside the transaction: what was granted before has an earlier time."""
        return round(self._clock() * 1e6)

    def _sweep(self, connection: sqlite3.Connection, now: int) -> None:
        """Forgets keys that are used no more; once, as it looks at every row."""
        if not self._swept:
            self._swept = True
            connection.execute("DELETE FROM hit WHERE until < ?", (now - _FORGOTTEN,))
            connection.execute("DELETE FROM cool WHERE until < ?", (now - _FORGOTTEN,))


def _cooling_until(connection: sqlite3.Connection, key: str) -> int:
    row = connection.execute("SELECT until FROM cool WHERE key = ?", (key,)).fetchone()
    return row[0] if row else 0


def _used(connection: sqlite3.Connection, key: str, window: Window, now: int) -> int:
    """Requests that count."""
    (used,) = connection.execute(
        "SELECT COALESCE(SUM(n), 0) FROM hit WHERE key = ? AND window = ? AND until > ?", (key, window.name, now)
    ).fetchone()
    return int(used)


def _stops(connection: sqlite3.Connection, key: str, window: Window, now: int) -> Iterator[tuple[datetime, int]]:
    """When how many of them stop counting."""
    counting = connection.execute(
        "SELECT until, n FROM hit WHERE key = ? AND window = ? AND until > ? ORDER BY until", (key, window.name, now)
    )
    return ((from_micros(until), number) for until, number in counting)


def _free_at(connection: sqlite3.Connection, key: str, window: Window, n: int, now: int) -> int:
    """When ``n`` requests fit, if nothing else is granted until then."""
    excess = _used(connection, key, window, now) + n - window.count
    if excess <= 0:
        return now
    for until, ended in _stops(connection, key, window, now):
        excess -= ended
        if excess <= 0:
            return micros(until)
    raise AssertionError("a limit was checked to hold as many requests as are asked for")


def _add(connection: sqlite3.Connection, key: str, window: Window, until: int, n: int, now: int) -> None:
    connection.execute(
        "INSERT INTO hit VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n", (key, window.name, until, n)
    )
    connection.execute(
        "DELETE FROM hit WHERE key = ? AND window = ? AND until <= ?", (key, window.name, now - window.span)
    )
