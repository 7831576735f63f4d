"""An SQLite file that processes share: one thread owns the connection, and what waits goes into one transaction.

No event loop ever waits for the disk here, and a thousand small calls that wait at the same time cost one hop to the
thread and one commit.
"""

import asyncio
import contextlib
import logging
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")

_log = logging.getLogger(__name__)

_PATIENCE = 20
"""Seconds that another process may hold the file."""

_making = threading.Lock()

_Work = Callable[[sqlite3.Connection], Any]


class _Job(NamedTuple):
    work: _Work
    loop: asyncio.AbstractEventLoop
    done: "asyncio.Future[Any]"
    reads: bool


_Queue = queue.SimpleQueue[_Job | None]


class Database:
    """One file, or a database in memory. It may be used from several event loops and threads.

    Args:
        path: of the file; it is made when it is first used, for this user only. None keeps everything in memory.
        schema: statements that make what is missing.
    """

    def __init__(self, path: Path | None, schema: str) -> None:
        self._path = path
        self._schema = schema
        self._lock = threading.Lock()  # two threads must not begin two connections: in memory, these are two databases
        self._open: tuple[threading.Thread, _Queue] | None = None

    async def run(self, work: Callable[[sqlite3.Connection], T], *, reads: bool = False) -> T:
        """Does some work on the connection, inside a transaction that no other process can come between.

        Args:
            work: is given the connection; it is called in the thread, and neither begins nor ends a transaction. It may
                be called again if it raised, or if other work that was in the same transaction did.
            reads: it only reads, and need not wait for another process that writes.

        Raises:
            OSError: the file cannot be used: the disk is full, or another process holds it for too long.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        with self._lock:
            self._queue().put(_Job(work, loop, done, reads))
        return await done

    async def aclose(self) -> None:
        """Do what waits, and close the file."""
        with self._lock:
            closing, self._open = self._open, None
            if closing:
                closing[1].put(None)
        if closing:
            await asyncio.to_thread(closing[0].join)

    def _queue(self) -> _Queue:
        if self._open is None:
            jobs: _Queue = queue.SimpleQueue()
            thread = threading.Thread(target=self._serve, args=(jobs,), name="ioclib-database", daemon=True)
            thread.start()
            self._open = thread, jobs
        return self._open[1]

    def _serve(self, queued: _Queue) -> None:
        connection: sqlite3.Connection | None = None
        last = False
        while not last:
            jobs, last = _waiting(queued)
            try:
                connection = connection or _opened(self._path, self._schema)
            except (sqlite3.Error, OSError) as error:
                _hand_over(jobs, [self._unusable(error) for _ in jobs])
            else:
                _hand_over(jobs, self._results(connection, jobs))
        if connection:
            connection.close()

    def _results(self, connection: sqlite3.Connection, jobs: Sequence[_Job]) -> list[Any]:
        try:
            return _in_one_transaction(connection, jobs)
        except (sqlite3.Error, OSError) as error:
            return [self._unusable(error) for _ in jobs]
        except Exception as bug:  # noqa: BLE001 whoever waits hears of it; the thread serves the others
            if len(jobs) == 1:
                return [bug]
            return [result for job in jobs for result in self._results(connection, [job])]

    def _unusable(self, error: Exception) -> OSError:
        return OSError(f"{self._path or 'the database'} cannot be used: {error}")


def _waiting(queued: _Queue) -> tuple[list[_Job], bool]:
    """All that waits, as soon as anything does; and whether it is the last."""
    jobs: list[_Job] = []
    job = queued.get()
    while job is not None:
        jobs.append(job)
        try:
            job = queued.get_nowait()
        except queue.Empty:
            return jobs, False
    return jobs, True


def _in_one_transaction(connection: sqlite3.Connection, jobs: Sequence[_Job]) -> list[Any]:
    """The results of all jobs; that they are committed before anybody hears of them is what quotas rest on."""
    connection.execute("BEGIN" if all(job.reads for job in jobs) else "BEGIN IMMEDIATE")
    try:
        results = [job.work(connection) for job in jobs]
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite has rolled back by itself when the disk is full
            connection.execute("ROLLBACK")
        raise
    return results


def _hand_over(jobs: Sequence[_Job], results: Sequence[Any]) -> None:
    """Wakes everybody who waits: one call for each event loop."""
    of_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Any]]] = {}
    for job, result in zip(jobs, results, strict=True):
        of_loop.setdefault(job.loop, []).append((job.done, result))
    for loop, settled in of_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop was closed: nobody waits
            loop.call_soon_threadsafe(_settle, settled)


def _settle(settled: Sequence[tuple["asyncio.Future[Any]", Any]]) -> None:
    for done, result in settled:
        if done.done():
            continue  # whoever waited was cancelled
        if isinstance(result, Exception):
            done.set_exception(result)
        else:
            done.set_result(result)


def put_aside(path: Path) -> Path:
    """Where a file goes that is no database any more; what it held is still in it."""
    return path.with_name(path.name + ".broken")


def _opened(path: Path | None, schema: str) -> sqlite3.Connection:
    if path is None:
        return _connected(":memory:", schema)
    _make(path)
    try:
        return _connected(str(path), schema)
    except sqlite3.OperationalError:
        raise  # locked, read-only, full: the file is what it should be
    except sqlite3.DatabaseError:
        return _begun_anew(path, schema)


def _make(path: Path) -> None:
    """An empty file for this user only; what SQLite puts beside it gets the same mode.

    A file that is there is left alone. Whoever closes it gives up all locks that the process has on it, those of
    SQLite too (POSIX wants it so): other processes would put away the log that our connections go on writing to.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _making:
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _begun_anew(path: Path, schema: str) -> sqlite3.Connection:
    """A new file in place of one that is no database; of several processes that find it, one puts it aside."""
    lock = sqlite3.connect(path.with_name(path.name + ".lock"), timeout=_PATIENCE, isolation_level=None)
    with contextlib.closing(lock):
        lock.execute("BEGIN EXCLUSIVE")
        with contextlib.suppress(sqlite3.DatabaseError):
            return _connected(str(path), schema)  # another process was first
        for rest in ("-wal", "-shm"):  # before anybody begins a new file, which has its own
            path.with_name(path.name + rest).unlink(missing_ok=True)
        path.replace(put_aside(path))
        _log.warning("%s was no database any more: it is %s now, and a new one was begun", path, put_aside(path))
        _make(path)
        return _connected(str(path), schema)


def _connected(name: str, schema: str) -> sqlite3.Connection:
    connection = sqlite3.connect(name, timeout=_PATIENCE, isolation_level=None)
    try:
        _prepare(connection, schema)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, schema: str) -> None:
    connection.execute("PRAGMA synchronous = OFF")  # a new file that a power cut leaves half made is begun anew
    _in_wal_mode(connection)
    connection.executescript(schema)
    connection.execute("PRAGMA synchronous = NORMAL")  # a killed process loses nothing; a power cut, the last moments


def _in_wal_mode(connection: sqlite3.Connection) -> None:
    """SQLite does not wait for another process that makes the same change at this moment: ask again."""
    patience = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > patience:
                raise
            time.sleep(0.01)
        else:
            return
