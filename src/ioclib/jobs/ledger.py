"""The ledger of long runs: what is to be asked, what was answered, and what is left, whatever dies when.

A chunk is a range of a job's indicators, asked of one source. What is left of it is what has no result yet, so that it
need not be written down what is under way: whoever comes next after a crash sees what is missing. The last results of a
chunk and its state are written in one transaction.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from ioclib.database import Database
from ioclib.jobs.chunks import Item, Row

SPAN = 500
"""Indicators of a chunk."""

_REOPEN = """
UPDATE chunk SET done = 0 WHERE job = :job AND EXISTS (
    SELECT 1 FROM result AS r WHERE r.job = :job AND r.source = chunk.source AND r.outcome IN ('failed', 'skipped')
        AND r.indicator >= chunk.start AND r.indicator < chunk.start + :span
)
"""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS job (
    name TEXT PRIMARY KEY, created REAL NOT NULL, started REAL, state TEXT NOT NULL, total INTEGER NOT NULL,
    tlp TEXT NOT NULL, sandbox INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS indicator (
    job TEXT NOT NULL, id INTEGER NOT NULL, type TEXT NOT NULL, value TEXT NOT NULL, given TEXT NOT NULL,
    PRIMARY KEY (job, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS once ON indicator (job, type, value);
CREATE TABLE IF NOT EXISTS chunk (
    job TEXT NOT NULL, source TEXT NOT NULL, start INTEGER NOT NULL, done INTEGER NOT NULL DEFAULT 0,
    not_before REAL NOT NULL DEFAULT 0, PRIMARY KEY (job, source, start)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS result (
    job TEXT NOT NULL, indicator INTEGER NOT NULL, source TEXT NOT NULL, outcome TEXT NOT NULL, answer BLOB NOT NULL,
    PRIMARY KEY (job, indicator, source)
) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Job:
    """A long run.

    Attributes:
        name: its name.
        created: when it was made, in seconds since 1970 (UTC).
        started: when it was first run; None before.
        state: open, done or cancelled.
        total: how many indicators it has.
        tlp: who may learn of them.
        sandbox: whether the answers are the sandbox's inventions.
    """

    name: str
    created: float
    started: float | None
    state: str
    total: int
    tlp: str
    sandbox: bool


@dataclass(frozen=True)
class Open:
    """A chunk that is not done.

    Attributes:
        source: its source.
        start: the number of its first indicator.
        not_before: before when it is of no use to try it, in seconds since 1970 (UTC).
    """

    source: str
    start: int
    not_before: float


class JobLedger:
    """All long runs of a user.

    Args:
        path: of the file; None keeps everything in memory.
        clock: seconds since 1970 (UTC).
    """

    def __init__(self, path: Path | None, clock: Callable[[], float] = time.time) -> None:
        if path:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._database = Database(path, _SCHEMA)
        self._clock = clock

    async def aclose(self) -> None:
        """Close the file."""
        await self._database.aclose()

    async def jobs(self) -> list[Job]:
        """Every job, the latest first."""
        rows = await self._database.run(
            lambda db: db.execute("SELECT * FROM job ORDER BY created DESC").fetchall(), reads=True
        )
        return [_job(row) for row in rows]

    async def job(self, name: str) -> Job | None:
        """One job."""
        row = await self._database.run(
            lambda db: db.execute("SELECT * FROM job WHERE name = ?", (name,)).fetchone(), reads=True
        )
        return _job(row) if row else None

    async def create(self, name: str, indicators: Iterable[tuple[str, str, str]], *, tlp: str, sandbox: bool) -> Job:
        """A new job, or one that was begun; it is there as a whole once all indicators are in it.

        Args:
            name: its name.
            indicators: type, canonical value, and as it was written; each counts once.
            tlp: who may learn of them.
            sandbox: whether the sandbox answers.
        """
        await self._database.run(lambda db: _forget(db, name))
        count = 0
        waiting = iter(indicators)
        while some := list(islice(waiting, 10_000)):

            def add(db: sqlite3.Connection, some: Sequence[tuple[str, str, str]] = some, count: int = count) -> int:
                for kind, value, given in some:
                    added = db.execute(
                        "INSERT OR IGNORE INTO indicator VALUES (?, ?, ?, ?, ?)", (name, count, kind, value, given)
                    )
                    count += added.rowcount
                return count

            count = await self._database.run(add)
        made = Job(name, self._clock(), None, "open", count, tlp, sandbox)
        values = (made.name, made.created, made.started, made.state, made.total, made.tlp, made.sandbox)
        await self._database.run(lambda db: db.execute("INSERT INTO job VALUES (?, ?, ?, ?, ?, ?, ?)", values))
        return made

    async def begin(self, name: str, sources: Iterable[str], total: int) -> None:
        """The job is run with these sources; what was done of it stays done."""
        chunks = [(name, source, start) for source in sources for start in range(0, total, SPAN)]

        def work(db: sqlite3.Connection) -> None:
            db.executemany("INSERT OR IGNORE INTO chunk (job, source, start) VALUES (?, ?, ?)", chunks)
            db.execute(
                "UPDATE job SET started = coalesce(started, ?), state = 'open' WHERE name = ?", (self._clock(), name)
            )

        await self._database.run(work)

    async def finish(self, name: str, state: str) -> None:
        """The job is done, or was cancelled."""
        await self._database.run(lambda db: db.execute("UPDATE job SET state = ? WHERE name = ?", (state, name)))

    async def forget(self, name: str) -> None:
        """Drops a job and its results."""
        await self._database.run(lambda db: _forget(db, name))

    async def retry(self, name: str) -> int:
        """Drops the results that are no answers, so that the next run asks again.

        Returns:
            How many lookups failed or were skipped.
        """

        def work(db: sqlite3.Connection) -> int:
            db.execute(_REOPEN, {"job": name, "span": SPAN})
            db.execute("UPDATE job SET state = 'open' WHERE name = ?", (name,))
            return db.execute("DELETE FROM result WHERE job = ? AND outcome IN ('failed', 'skipped')", (name,)).rowcount

        return await self._database.run(work)

    async def open_chunks(self, name: str, source: str) -> list[Open]:
        """What is not done of a source, in the order of the indicators."""
        rows = await self._database.run(
            lambda db: db.execute(
                "SELECT source, start, not_before FROM chunk WHERE job = ? AND source = ? AND NOT done ORDER BY start",
                (name, source),
            ).fetchall(),
            reads=True,
        )
        return [Open(*row) for row in rows]

    async def items(self, name: str, source: str, start: int, types: Sequence[str]) -> list[Item]:
        """What is left of a chunk: its indicators of types that the source takes, which have no result of it yet."""
        marks = ", ".join("?" * len(types))
        rows = await self._database.run(
            lambda db: db.execute(
                f"SELECT id, type, value FROM indicator AS i WHERE job = ? AND id >= ? AND id < ? AND type IN ({marks})"  # noqa: S608 as many marks as types
                " AND NOT EXISTS (SELECT 1 FROM result WHERE job = i.job AND indicator = i.id AND source = ?)",
                (name, start, start + SPAN, *types, source),
            ).fetchall(),
            reads=True,
        )
        return [Item(*row) for row in rows]

    async def keep(self, name: str, source: str, rows: Sequence[Row]) -> int:
        """Keeps what came of lookups; one that has a result keeps it.

        Returns:
            How many are new.
        """
        values = _values(name, source, rows)

        def work(db: sqlite3.Connection) -> int:
            return db.executemany("INSERT OR IGNORE INTO result VALUES (?, ?, ?, ?, ?)", values).rowcount

        return await self._database.run(work)

    async def settle(
        self, name: str, source: str, start: int, rows: Sequence[Row] = (), *, not_before: float | None
    ) -> None:
        """A chunk is done, or is to be tried again; its last rows are kept in the same transaction.

        Args:
            name: the job.
            source: the source.
            start: the number of the chunk's first indicator.
            rows: what came of its last lookups.
            not_before: when it is to be tried again, in seconds since 1970 (UTC); None if it is done.
        """
        done, until = (1, 0.0) if not_before is None else (0, not_before)

        def work(db: sqlite3.Connection) -> None:
            db.executemany("INSERT OR IGNORE INTO result VALUES (?, ?, ?, ?, ?)", _values(name, source, rows))
            db.execute(
                "UPDATE chunk SET done = ?, not_before = ? WHERE job = ? AND source = ? AND start = ?",
                (done, until, name, source, start),
            )

        await self._database.run(work)

    async def counts(self, name: str) -> dict[str, dict[str, int]]:
        """How many results each source has, by outcome."""
        rows = await self._database.run(
            lambda db: db.execute(
                "SELECT source, outcome, count(*) FROM result WHERE job = ? GROUP BY source, outcome", (name,)
            ).fetchall(),
            reads=True,
        )
        found: dict[str, dict[str, int]] = {}
        for source, outcome, count in rows:
            found.setdefault(source, {})[outcome] = count
        return found

    async def types(self, name: str) -> dict[str, int]:
        """How many indicators of each type a job has."""
        rows = await self._database.run(
            lambda db: db.execute(
                "SELECT type, count(*) FROM indicator WHERE job = ? GROUP BY type", (name,)
            ).fetchall(),
            reads=True,
        )
        return dict(rows)

    async def indicators(self, name: str, start: int, stop: int) -> list[tuple[Item, str]]:
        """Indicators of a range, and how each was written."""
        rows = await self._database.run(
            lambda db: db.execute(
                "SELECT id, type, value, given FROM indicator WHERE job = ? AND id >= ? AND id < ? ORDER BY id",
                (name, start, stop),
            ).fetchall(),
            reads=True,
        )
        return [(Item(*row[:3]), row[3]) for row in rows]

    async def answers(self, name: str, start: int, stop: int) -> Mapping[int, list[bytes]]:
        """What is known of the indicators of a range: answers as JSON, in the order of the sources' names."""
        rows = await self._database.run(
            lambda db: db.execute(
                "SELECT indicator, answer FROM result WHERE job = ? AND indicator >= ? AND indicator < ?"
                " ORDER BY indicator, source",
                (name, start, stop),
            ).fetchall(),
            reads=True,
        )
        found: dict[int, list[bytes]] = {}
        for number, answer in rows:
            found.setdefault(number, []).append(answer)
        return found


def _job(row: Sequence[Any]) -> Job:
    name, created, started, state, total, tlp, sandbox = row
    return Job(name, created, started, state, total, tlp, bool(sandbox))


def _values(name: str, source: str, rows: Iterable[Row]) -> list[tuple[str, int, str, str, bytes]]:
    return [(name, row.id, source, row.outcome, row.answer) for row in rows]


def _forget(db: sqlite3.Connection, name: str) -> None:
    for table, column in (("result", "job"), ("chunk", "job"), ("indicator", "job"), ("job", "name")):
        db.execute(f"DELETE FROM {table} WHERE {column} = ?", (name,))  # noqa: S608 ours


def spans(total: int) -> Iterator[tuple[int, int]]:
    """The ranges of a job's chunks."""
    return ((start, min(start + SPAN, total)) for start in range(0, total, SPAN))
