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
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")

_log = logging.getLogger(__name__)

_PATIENCE = 20
"""Seconds that another process may hold the file."""

_Work = Callable[[sqlite3.Connection], Any]


class _Job(NamedTuple):
    work: _Work
    loop: asyncio.AbstractEventLoop
    done: "asyncio.Future[Any]"


class Database:
    """One file, or a database in memory.

    Args:
        path: of the file; it is made when it is first used, for this user only. None keeps everything in memory.
        schema: statements that make what is missing.
    """

    def __init__(self, path: Path | None, schema: str) -> None:
        self._path = path
        self._schema = schema
        self._waiting: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Does some work on the connection, inside a transaction that no other process can come between.

        Args:
            work: is given the connection; it is called in the thread, and neither begins nor ends a transaction.

        Raises:
            OSError: the file cannot be used: the disk is full, or another process holds it for too long.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="ioclib-database", daemon=True)
            self._thread.start()
        self._waiting.put(_Job(work, loop, done))
        return await done

    async def aclose(self) -> None:
        """Do what waits, and close the file."""
        thread, self._thread = self._thread, None
        if thread:
            self._waiting.put(None)
            await asyncio.to_thread(thread.join)

    def _serve(self) -> None:
        connection: sqlite3.Connection | None = None
        last = False
        while not last:
            jobs: list[_Job] = []
            job = self._waiting.get()
            while job is not None:
                jobs.append(job)
                try:
                    job = self._waiting.get_nowait()
                except queue.Empty:
                    break
            last = job is None
            try:
                connection = connection or _opened(self._path, self._schema)
                results = _in_one_transaction(connection, jobs)
            except (sqlite3.Error, OSError) as error:
                results = [OSError(f"{self._path or 'the database'} cannot be used: {error}")] * len(jobs)
            except Exception as bug:  # noqa: BLE001 whoever waits hears of it; the thread serves the others
                results = [bug] * len(jobs)
            _hand_over(jobs, results)
        if connection:
            connection.close()


def _in_one_transaction(connection: sqlite3.Connection, jobs: Sequence[_Job]) -> list[Any]:
    """The results of all jobs; that they are committed before anybody hears of them is what quotas rest on."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        results = [job.work(connection) for job in jobs]
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
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


def _opened(path: Path | None, schema: str) -> sqlite3.Connection:
    if path is None:
        return _connected(":memory:", schema)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # what SQLite puts beside it gets the same mode
    try:
        return _connected(str(path), schema)
    except sqlite3.OperationalError:
        raise  # locked, read-only, full: the file is what it should be
    except sqlite3.DatabaseError:
        aside = path.with_suffix(".broken")
        path.replace(aside)
        _log.warning("%s was no database any more: it is %s now, and a new one was begun", path, aside)
        return _opened(path, schema)


def _connected(name: str, schema: str) -> sqlite3.Connection:
    connection = sqlite3.connect(name, timeout=_PATIENCE, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")  # a killed process loses nothing; a power cut, the last moments
    connection.executescript(schema)
    return connection
