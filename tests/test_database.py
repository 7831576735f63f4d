"""The SQLite file that processes share: one thread, one transaction for all that waits, errors that reach all."""

import asyncio
import logging
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ioclib.database import Database

SCHEMA = "CREATE TABLE IF NOT EXISTS word (text TEXT)"


def add(text: str) -> Callable[[sqlite3.Connection], None]:
    def work(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO word VALUES (?)", (text,))

    return work


def words(connection: sqlite3.Connection) -> list[str]:
    return [text for (text,) in connection.execute("SELECT text FROM word ORDER BY rowid")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "words.db"


def spoil(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database" * 100)
    path.with_name(path.name + "-wal").write_bytes(b"rest")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_the_file_is_for_this_user_only(path: Path) -> None:
    before = os.umask(0)
    try:
        database = Database(path, SCHEMA)
        await database.run(add("one"))
        beside = sorted(file.name for file in path.parent.iterdir())
        assert beside == ["words.db", "words.db-shm", "words.db-wal"]
        assert {mode(file) for file in path.parent.iterdir()} == {0o600}
        assert mode(path.parent) == 0o700
        await database.aclose()
    finally:
        os.umask(before)


async def test_nothing_is_opened_before_it_is_used(path: Path) -> None:
    database = Database(path, SCHEMA)
    await database.aclose()
    assert not path.parent.exists()


async def test_it_is_kept_and_may_be_opened_again(path: Path) -> None:
    database = Database(path, SCHEMA)
    await database.run(add("one"))
    await database.aclose()
    await database.aclose()
    await database.run(add("two"))
    await database.aclose()
    again = Database(path, SCHEMA)
    assert await again.run(words) == ["one", "two"]
    await again.aclose()


async def test_in_memory_each_has_its_own() -> None:
    one, two = Database(None, SCHEMA), Database(None, SCHEMA)
    await one.run(add("one"))
    assert await one.run(words) == ["one"]
    assert await two.run(words) == []
    await one.aclose()
    await two.aclose()


async def test_closing_waits_for_what_was_begun(path: Path) -> None:
    others = {thread for thread in threading.enumerate() if thread.name == "ioclib-database"}  # of other tests
    database = Database(path, SCHEMA)
    begun = [asyncio.ensure_future(database.run(add(str(number)))) for number in range(100)]
    await asyncio.sleep(0)
    await database.aclose()
    await asyncio.gather(*begun)
    assert not [one for one in threading.enumerate() if one.name == "ioclib-database" and one not in others]
    connection = sqlite3.connect(path)
    assert words(connection) == [str(number) for number in range(100)]
    connection.close()


async def test_what_waits_goes_into_one_transaction(path: Path) -> None:
    database = Database(path, SCHEMA)
    held, release = threading.Event(), threading.Event()
    commits: list[str] = []

    def hold(connection: sqlite3.Connection) -> None:
        connection.set_trace_callback(lambda statement: commits.append(statement) if statement == "COMMIT" else None)
        held.set()
        release.wait(10)

    first = asyncio.ensure_future(database.run(hold))
    await asyncio.to_thread(held.wait, 10)
    rest = [asyncio.ensure_future(database.run(add(str(number)))) for number in range(50)]
    await asyncio.sleep(0)
    release.set()
    await asyncio.gather(first, *rest)
    assert len(commits) == 2
    await database.aclose()


async def test_whoever_was_cancelled_harms_nobody() -> None:
    database = Database(None, SCHEMA)
    release = threading.Event()
    slow = asyncio.ensure_future(database.run(lambda _: release.wait(10)))
    await asyncio.sleep(0.01)
    slow.cancel()
    release.set()
    await database.run(add("one"))
    assert slow.cancelled()
    await database.aclose()


# Several loops and processes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("in_memory", [True, False])
def test_two_event_loops_at_once(path: Path, in_memory: bool) -> None:
    database = Database(None if in_memory else path, SCHEMA)
    start = threading.Barrier(4)

    async def many(name: str) -> None:
        start.wait(10)
        await asyncio.gather(*(database.run(add(name)) for _ in range(50)))

    threads = [threading.Thread(target=asyncio.run, args=(many(str(number)),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(asyncio.run(database.run(words))) == 200
    asyncio.run(database.aclose())


def test_a_loop_that_ended_harms_nobody() -> None:
    database = Database(None, SCHEMA)
    release = threading.Event()

    async def leave() -> None:
        asyncio.ensure_future(database.run(lambda _: release.wait(10)))  # noqa: RUF006 nobody waits for it, on purpose
        await asyncio.sleep(0.01)

    asyncio.run(leave())
    release.set()
    asyncio.run(database.run(add("one")))
    assert asyncio.run(database.run(words)) == ["one"]
    asyncio.run(database.aclose())


COUNTING = """
import asyncio, sys
from pathlib import Path
from ioclib.database import Database

def add(connection):
    (n,) = connection.execute("SELECT COALESCE(MAX(n), 0) FROM number").fetchone()
    connection.execute("INSERT INTO number VALUES (?)", (n + 1,))

async def main():
    database = Database(Path(sys.argv[1]), "CREATE TABLE IF NOT EXISTS number (n INTEGER PRIMARY KEY)")
    sys.stdin.readline()
    for _ in range(100):
        await database.run(add)
    await database.aclose()

asyncio.run(main())
"""


@pytest.mark.parametrize("broken", [False, True])
def test_several_processes(path: Path, broken: bool) -> None:
    """Each number is taken once; also when all of them find at the same moment that the file is no database."""
    if broken:
        spoil(path)
    command = [sys.executable, "-c", COUNTING, str(path)]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(4)]
    for process in processes:
        assert process.stdin
        process.stdin.write(b"\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[1].decode() for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, said
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT max(n), count(*) FROM number").fetchone() == (400, 400)
    connection.close()
    assert path.with_name("words.db.broken").exists() == broken


LOOKING = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
print(connection.execute("SELECT count(*) FROM word").fetchone()[0])
connection.close()
"""


async def test_a_process_that_leaves_takes_nothing_from_those_that_stay(path: Path) -> None:
    """The last one to leave puts SQLite's log away: who uses the file twice still counts as there."""

    async def seen_from_outside() -> int:
        command = [sys.executable, "-c", LOOKING, str(path)]
        return int(await asyncio.to_thread(subprocess.check_output, command))

    twice = [Database(path, SCHEMA) for _ in range(2)]
    for number, database in enumerate(twice):
        await database.run(add("one"))
        assert await seen_from_outside() == number + 1
    for number, database in enumerate(twice):
        await database.run(add("one more"))
        assert await seen_from_outside() == number + 3
        await database.aclose()


# Faults ---------------------------------------------------------------------------------------------------------------


async def test_a_file_that_is_no_database_is_put_aside(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    spoil(path)
    database = Database(path, SCHEMA)
    with caplog.at_level(logging.WARNING):
        await database.run(add("one"))
    assert "words.db.broken" in caplog.text
    assert path.with_name("words.db.broken").read_bytes() == b"no database" * 100
    assert await database.run(words) == ["one"]
    assert mode(path) == 0o600
    await database.aclose()


async def test_an_error_reaches_all_who_wait(tmp_path: Path) -> None:
    database = Database(tmp_path, SCHEMA)  # a folder
    failures: list[Any] = await asyncio.gather(*(database.run(add(str(n))) for n in range(20)), return_exceptions=True)
    assert all(isinstance(failure, OSError) for failure in failures)
    assert all(str(tmp_path) in str(failure) for failure in failures)
    assert len({id(failure) for failure in failures}) == 20
    await database.aclose()


async def test_a_file_that_becomes_usable_later(path: Path) -> None:
    path.parent.write_text("in the way")
    database = Database(path, SCHEMA)
    with pytest.raises(OSError, match="cannot be used"):
        await database.run(words)
    path.parent.unlink()
    assert await database.run(words) == []
    await database.aclose()


async def test_a_statement_that_fails_is_an_error_of_the_file_and_leaves_nothing(path: Path) -> None:
    database = Database(path, SCHEMA)

    def half(connection: sqlite3.Connection) -> None:
        add("half")(connection)
        connection.execute("INSERT INTO nowhere VALUES (1)")

    with pytest.raises(OSError, match=r"words\.db cannot be used: no such table"):
        await database.run(half)
    assert await database.run(words) == []
    await database.aclose()


async def test_a_bug_in_one_piece_of_work_harms_no_other(path: Path) -> None:
    database = Database(path, SCHEMA)

    def bug(connection: sqlite3.Connection) -> None:
        add("half")(connection)
        raise LookupError("a bug")

    work = (add("one"), bug, add("two"))
    results: list[Any] = await asyncio.gather(*map(database.run, work), return_exceptions=True)
    assert results[0] is results[2] is None
    assert isinstance(results[1], LookupError)
    assert await database.run(words) == ["one", "two"]
    await database.aclose()


async def test_a_commit_that_fails_is_taken_back(path: Path) -> None:
    schema = """
        CREATE TABLE IF NOT EXISTS parent (id INTEGER PRIMARY KEY);
        CREATE TABLE IF NOT EXISTS child (parent REFERENCES parent DEFERRABLE INITIALLY DEFERRED);
        PRAGMA foreign_keys = ON;
    """
    database = Database(path, schema)
    with pytest.raises(OSError, match="FOREIGN KEY"):
        await database.run(lambda connection: connection.execute("INSERT INTO child VALUES (1)") and None)
    assert await database.run(lambda connection: connection.execute("SELECT * FROM child").fetchall()) == []
    await database.aclose()


async def test_a_file_that_another_process_holds_for_too_long(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ioclib.database._PATIENCE", 0.05)
    database = Database(path, SCHEMA)
    await database.run(add("one"))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OSError, match="locked"):
        await database.run(add("two"))
    other.execute("ROLLBACK")
    other.close()
    await database.run(add("three"))
    assert await database.run(words) == ["one", "three"]
    await database.aclose()
