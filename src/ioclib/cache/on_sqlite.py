"""Answers in an SQLite file that this user's processes share, or in memory.

Reading and writing have a connection each: whoever reads never waits for another process that writes. Answers are
written in the background, many in one transaction; until then `get` finds them here.
"""

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from ioclib.cache.kept import CacheInfo, KeptAnswer, source_of
from ioclib.cache.packing import MOST, pack, size_of, unpack
from ioclib.database import Database, put_aside

_log = logging.getLogger(__name__)

_MIB = 1024 * 1024

_AT_ONCE = _MIB
"""Bytes of answers that are written in one transaction: others can write in between."""

_BACKLOG = 32 * _MIB
"""Bytes of unwritten answers at which `put` waits for the disk."""

# The number is that of the table's columns. A version that needs others takes another number, and drops this table.
_SCHEMA = f"""
PRAGMA journal_size_limit = {4 * _MIB};
CREATE TABLE IF NOT EXISTS answers_1 (
    key TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    fetched REAL NOT NULL,
    forget_at REAL NOT NULL,
    packed BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS answers_1_forget_at ON answers_1 (forget_at);
"""

_GET = "SELECT CAST(packed AS BLOB), fetched FROM answers_1 WHERE key = ? AND forget_at > ?"
_PUT = """
INSERT INTO answers_1 (key, source, fetched, forget_at, packed) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET fetched = excluded.fetched, forget_at = excluded.forget_at, packed = excluded.packed
"""
_SOONEST = "SELECT rowid, length(packed) + 2 * length(key) FROM answers_1 ORDER BY forget_at"
_SHARES = "SELECT source, count(*), sum(length(packed)) FROM answers_1 GROUP BY source"


class _Unwritten(NamedTuple):
    source: str
    kept: KeptAnswer
    forget_at: float
    size: int


# What is not yet in a file, by the file: whoever asks in another thread of the process finds it here
_coming: dict[Path, dict[str, _Unwritten]] = {}


class SqliteAnswers:
    """Answers in a file for this user only.

    Args:
        path: of the file; None keeps everything in memory.
        max_bytes: of the file. When it is full, what is to be forgotten soonest goes first.
        clock: seconds since 1970, UTC.
    """

    shared: ClassVar[bool] = False

    def __init__(
        self, path: Path | None, *, max_bytes: int = 256 * _MIB, clock: Callable[[], float] = time.time
    ) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._clock = clock
        self._reads = Database(path, _SCHEMA)
        self._writes = Database(path, _SCHEMA) if path else self._reads
        self._unwritten: dict[str, _Unwritten] = {}
        self._coming = _coming.setdefault(path, {}) if path else self._unwritten
        self._backlog = 0
        self._writing: asyncio.Task[None] | None = None
        self._since_measured: int | None = None
        self._told = False

    async def get(self, key: str) -> KeptAnswer | None:
        """What was kept, whatever its age, until it was to be forgotten; None if the file cannot be read."""
        if unwritten := self._coming.get(key):
            return unwritten.kept if unwritten.forget_at > self._clock() else None
        try:
            return await self._reads.run(partial(_got, (key, self._clock())), reads=True)
        except OSError as error:
            self._tell(error)
            return None

    async def put(self, key: str, kept: KeptAnswer, forget_at: float) -> None:
        """Keep an answer until a moment; it is written in the background."""
        size = size_of(kept)
        if size > min(MOST, self._max_bytes // 8):
            return
        self._written(key, self._unwritten.get(key))
        self._unwritten[key] = self._coming[key] = _Unwritten(source_of(key), kept, forget_at, size)
        self._backlog += size
        writing = self._write_in_background()
        if self._backlog > _BACKLOG:
            await asyncio.wait([writing])

    async def claim(self, key: str, seconds: float) -> bool:  # noqa: ARG002 what it is given is the protocol's
        """Always ours: two processes of one user seldom ask the same at the same time, and lose little by it."""
        return True

    async def release(self, key: str) -> None:
        """Nothing was claimed."""

    async def info(self) -> CacheInfo:
        """What is kept; a file that is not there is not made.

        Raises:
            OSError: the file cannot be read.
        """
        await self._flush()
        where = str(self._path or "memory")
        if self._absent():
            return CacheInfo(where)
        return CacheInfo.of(where, *await self._reads.run(_shares, reads=True))

    async def clear(self, source: str | None = None) -> int:
        """Forget all answers, or those of one source: they are not in the file any more, not even as free pages.

        Raises:
            OSError: the file cannot be written.
        """
        await self._flush()
        if self._path and source is None:
            put_aside(self._path).unlink(missing_ok=True)
        if self._absent():
            return 0
        cleared = await self._writes.run(partial(_clear, source))
        if self._path:
            await asyncio.to_thread(_compact, self._path)
        return cleared

    async def aclose(self) -> None:
        """Write down what is not yet written, and close the file."""
        await self._flush()
        await self._reads.aclose()
        await self._writes.aclose()

    def _absent(self) -> bool:
        return self._path is not None and not self._path.exists()

    def _write_in_background(self) -> "asyncio.Task[None]":
        loop = asyncio.get_running_loop()
        if self._writing is None or self._writing.done() or self._writing.get_loop() is not loop:
            self._writing = loop.create_task(self._write())
        return self._writing

    async def _flush(self) -> None:
        if self._unwritten:
            await asyncio.wait([self._write_in_background()])

    async def _write(self) -> None:
        while self._unwritten:
            some = self._some()
            try:
                await self._writes.run(partial(self._insert, some))
            except OSError as error:
                self._tell(error)
            for key, one in some.items():  # written or lost
                self._written(key, one)

    def _some(self) -> dict[str, _Unwritten]:
        """Those that are written next; they stay where `get` finds them."""
        some: dict[str, _Unwritten] = {}
        size = 0
        for key, one in self._unwritten.items():
            some[key] = one
            size += one.size
            if size > min(_AT_ONCE, self._max_bytes // 32):
                break
        return some

    def _written(self, key: str, one: _Unwritten | None) -> None:
        """This one waits no longer; a newer one under the same key does."""
        if one and self._unwritten.get(key) is one:
            del self._unwritten[key]
            if self._coming.get(key) is one:
                del self._coming[key]
            self._backlog -= one.size

    def _insert(self, some: Mapping[str, _Unwritten], connection: sqlite3.Connection) -> None:
        rows = [
            (key, one.source, one.kept.fetched, one.forget_at, packed)
            for key, one in some.items()
            if (packed := pack(one.kept)) is not None
        ]
        self._make_room(connection, sum(len(row[-1]) + 2 * len(row[0]) for row in rows))
        connection.executemany(_PUT, rows)

    def _make_room(self, connection: sqlite3.Connection, coming: int) -> None:
        """Measures the file now and then, and makes it a tenth emptier than full where it would be too large."""
        if self._since_measured is not None and self._since_measured + coming < self._max_bytes // 32:
            self._since_measured += coming
            return
        self._since_measured = 0
        connection.execute("DELETE FROM answers_1 WHERE forget_at <= ?", (self._clock(),))
        if _used(connection) + coming <= self._max_bytes:
            return
        goal = self._max_bytes * 9 // 10 - coming
        while (excess := _used(connection) - goal) > 0 and _forget_soonest(connection, excess):
            pass

    def _tell(self, error: OSError) -> None:
        """Once: a disk that is full or read-only stays so, and no lookup fails of it."""
        if not self._told:
            self._told = True
            _log.warning("answers are not kept: %s", error)


def _got(question: tuple[str, float], connection: sqlite3.Connection) -> KeptAnswer | None:
    row = connection.execute(_GET, question).fetchone()
    return unpack(*row) if row else None


def _shares(connection: sqlite3.Connection) -> tuple[list[tuple[str, int, int]], float | None]:
    (oldest,) = connection.execute("SELECT min(fetched) FROM answers_1").fetchone()
    return connection.execute(_SHARES).fetchall(), oldest


def _clear(source: str | None, connection: sqlite3.Connection) -> int:
    if source is None:
        return connection.execute("DELETE FROM answers_1").rowcount
    return connection.execute("DELETE FROM answers_1 WHERE source = ?", (source,)).rowcount


def _used(connection: sqlite3.Connection) -> int:
    """Bytes of the pages that hold something; the others are used again before the file grows."""
    pages, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    )
    used: int = (pages - free) * size
    return used


def _forget_soonest(connection: sqlite3.Connection, excess: int) -> bool:
    """Deletes about so many bytes of the answers that are to be forgotten soonest, if there are any."""
    gone: list[tuple[Any]] = []
    for rowid, size in connection.execute(_SOONEST):
        gone.append((rowid,))
        excess -= size
        if excess <= 0:
            break
    connection.executemany("DELETE FROM answers_1 WHERE rowid = ?", gone)
    return bool(gone)


def _compact(path: Path) -> None:
    """Gives back to the disk what was deleted."""
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise OSError(f"{path} was emptied, but still holds what was deleted: {error}") from None
