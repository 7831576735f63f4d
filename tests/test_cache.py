"""Kept answers: the same promises wherever they are kept, and what each place has of its own."""

import asyncio
import logging
import os
import socket
import sqlite3
import stat
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Awaitable, Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from ioclib.cache import (
    Answers,
    CacheInfo,
    FolderOfLists,
    KeptAnswer,
    KeptResponse,
    Lists,
    ListsInfo,
    Marks,
    MemoryOfLists,
    NoAnswers,
    Origin,
    RedisAnswers,
    SqliteAnswers,
    cache_key,
)
from ioclib.cache.kept import key_start, source_of
from ioclib.cache.on_redis import _ANSWER, _CLAIM
from ioclib.cache.packing import pack, size_of, unpack
from ioclib.database import Database
from ioclib.errors import ConfigurationError
from ioclib.indicators import URL, Domain, IPv4
from tests.redis_server import redis_server

NOW = 1_800_000_000.0
SECRET = "a-recognisable-key-0123456789abcdef"


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


def key(number: int = 0, source: str = "opinions") -> str:
    return cache_key(source, 1, "https://opinions.example/api", SECRET, IPv4(f"8.8.{number // 256}.{number % 256}"))


def answer(body: bytes = b'{"score": 90}', *, fetched: float = NOW, **changes: Any) -> KeptAnswer:
    kept: dict[str, Any] = {
        "exchanges": (KeptResponse(200, "application/json", body),),
        "outcome": "found",
        "fetched": fetched,
        **changes,
    }
    return KeptAnswer(**kept)


def noise(size: int) -> bytes:
    return os.urandom(size)


@dataclass
class Place:
    """Where answers are kept, twice over if need be, and how time passes there."""

    opened: Callable[[], Answers]
    now: Callable[[], float]
    later: Callable[[float], Awaitable[None]]


@pytest.fixture(scope="session")
def server() -> Generator[str]:
    with redis_server() as address:
        yield address


@pytest.fixture
def redis_url(server: str) -> str:
    with redis.Redis.from_url(server) as client:
        client.flushall()
    return server


@pytest.fixture(params=["file", "memory", "redis"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "redis":
        url = request.getfixturevalue("redis_url")
        return Place(lambda: RedisAnswers(url), time.time, asyncio.sleep)
    clock = Clock()

    async def later(seconds: float) -> None:
        clock.now += seconds

    path = tmp_path / "cache" / "answers.sqlite3" if request.param == "file" else None
    return Place(lambda: SqliteAnswers(path, clock=clock), clock, later)


# The contract


async def test_what_was_put_is_got(place: Place) -> None:
    answers = place.opened()
    two = (KeptResponse(404, "", b""), KeptResponse(200, "text/plain; charset=utf-8", bytes(range(256)) * 40))
    kept = answer(exchanges=two, outcome="not_found", fetched=NOW - 3.25)
    assert await answers.get(key()) is None
    await answers.put(key(), kept, place.now() + 60)
    assert await answers.get(key()) == kept
    assert await answers.get(key(1)) is None
    await answers.aclose()


async def test_the_last_answer_counts(place: Place) -> None:
    answers = place.opened()
    for number in range(50):
        await answers.put(key(), answer(b"%d" % number), place.now() + 60)
        assert await answers.get(key()) == answer(b"%d" % number)
        if number % 7 == 0:
            await asyncio.sleep(0.001)  # some are on the disk, some are not
    assert (await answers.info()).answers == 1
    assert await answers.get(key()) == answer(b"49")
    await answers.aclose()


async def test_forgotten_when_told(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    answers = place.opened()
    await answers.put(key(0), answer(), place.now() + 0.3)
    await answers.put(key(1), answer(), place.now() + 60)
    await answers.put(key(2), answer(), place.now() - 1)
    await answers.put(key(3), answer(), place.now())
    assert await answers.get(key(0)) is not None
    assert await answers.get(key(2)) is None
    assert await answers.get(key(3)) is None
    await answers.info()  # they are written
    await place.later(0.4)
    assert await answers.get(key(0)) is None
    assert await answers.get(key(1)) is not None
    await answers.aclose()
    assert not caplog.text


async def test_an_answer_that_is_put_again_lives_anew(place: Place) -> None:
    answers = place.opened()
    await answers.put(key(), answer(), place.now() + 0.2)
    await answers.info()  # it is written
    await answers.put(key(), answer(b"new", fetched=NOW + 1), place.now() + 60)
    await answers.info()
    await place.later(0.3)
    assert await answers.get(key()) == answer(b"new", fetched=NOW + 1)
    await answers.aclose()


async def test_many_at_once(place: Place) -> None:
    answers = place.opened()
    bodies = [noise(10 + number * 13) for number in range(300)]
    await asyncio.gather(
        *(answers.put(key(number), answer(body), place.now() + 60) for number, body in enumerate(bodies))
    )
    got = await asyncio.gather(*(answers.get(key(number)) for number in range(300)))
    assert got == [answer(body) for body in bodies]
    await answers.info()
    got = await asyncio.gather(*(answers.get(key(number)) for number in range(300)))
    assert got == [answer(body) for body in bodies]
    await answers.aclose()


async def test_info(place: Place) -> None:
    answers = place.opened()
    info = await answers.info()
    assert (info.answers, info.bytes, info.oldest, info.by_source) == (0, 0, None, {})
    kept = [answer(noise(1000)), answer(noise(500), fetched=NOW - 100.5), answer(b"")]
    for name, one in zip([key(0), key(1), key(0, 'o"[*]?\\')], kept, strict=True):
        await answers.put(name, one, place.now() + 60)
    info = await answers.info()
    assert info.answers == 3
    assert info.bytes == sum(len(pack(one) or b"") for one in kept)
    assert info.oldest is not None
    assert info.oldest.timestamp() == NOW - 100.5
    assert {name: share.answers for name, share in info.by_source.items()} == {'o"[*]?\\': 1, "opinions": 2}
    assert sum(share.bytes for share in info.by_source.values()) == info.bytes
    await answers.aclose()


async def test_clear(place: Place) -> None:
    answers = place.opened()
    names = ["opinions", "opinions2", "opin*", "o[p]inions", '"', "other"]
    for name in names:
        for number in range(3):
            await answers.put(key(number, name), answer(), place.now() + 60)
    for done, name in enumerate(names[:-1], 1):
        assert await answers.clear(name) == 3
        assert await answers.clear(name) == 0
        assert (await answers.info()).answers == 3 * (len(names) - done)
    assert await answers.get(key(0, "other")) is not None
    assert await answers.clear() == 3
    assert await answers.get(key(0, "other")) is None
    assert await answers.clear() == 0
    await answers.put(key(), answer(), place.now() + 60)
    assert await answers.get(key()) is not None
    await answers.aclose()


async def test_what_is_no_key_is_not_kept(place: Place) -> None:
    answers = place.opened()
    with pytest.raises(Exception, match="JSON is malformed"):
        await answers.put("no key", answer(), place.now() + 60)
    assert await answers.get("no key") is None
    await answers.aclose()


async def test_a_header_that_is_no_text_costs_that_answer_only(place: Place) -> None:
    answers = place.opened()
    await answers.put(key(0), answer(exchanges=(KeptResponse(200, "\udcff", b""),)), place.now() + 60)
    await answers.put(key(1), answer(), place.now() + 60)
    assert (await answers.info()).answers == 1
    assert await answers.get(key(0)) is None
    assert await answers.get(key(1)) == answer()
    await answers.aclose()


async def test_claims_by_default(place: Place) -> None:
    answers = place.opened()
    assert await answers.claim(key(), 5)
    await answers.release(key())
    await answers.release(key(1))
    assert await answers.claim(key(), 5)
    await answers.aclose()


async def test_no_answers() -> None:
    answers: Answers = NoAnswers()
    await answers.put(key(), answer(), time.time() + 60)
    assert await answers.get(key()) is None
    assert await answers.claim(key(), 1)
    assert await answers.claim(key(), 1)
    await answers.release(key())
    assert await answers.info() == CacheInfo("nowhere")
    assert await answers.clear() == 0
    await answers.aclose()


# Keys and packing

PARTS = st.tuples(
    st.text(), st.integers(0, 2**31), st.text(), st.none() | st.text(), st.sampled_from(["a", "b.example", "a,b"])
)


@given(PARTS, PARTS)
def test_different_lookups_have_different_keys(one: Any, other: Any) -> None:
    def made(parts: Any) -> str:
        source, version, base, credential, path = parts
        return cache_key(source, version, base, credential, URL(f"https://x.example/{path}"))

    assert (made(one) == made(other)) == (one == other)
    assert source_of(made(one)) == one[0]
    assert made(other).startswith(key_start(one[0])) == (one[0] == other[0])


def test_a_key_tells_types_credentials_and_their_absence_apart() -> None:
    made = {
        cache_key("a", 1, "https://x", None, Domain("x.example")),
        cache_key("a", 1, "https://x", "", Domain("x.example")),
        cache_key("a", 1, "https://x", "None", Domain("x.example")),
        cache_key("a", 1, "https://x", "k", Domain("x.example")),
        cache_key("a", 11, "https://x", None, Domain("x.example")),
        cache_key("a", 1, "https://x", None, URL("http://x.example/")),
    }
    assert len(made) == 6


RESPONSES = st.builds(KeptResponse, st.integers(100, 599), st.text(), st.binary(max_size=6000))


@given(st.lists(RESPONSES, max_size=4), st.sampled_from(["found", "not_found"]), st.floats(0, 4e9))
def test_any_answer_comes_back_as_it_was(responses: list[KeptResponse], outcome: Any, fetched: float) -> None:
    kept = KeptAnswer(tuple(responses), outcome, fetched)
    packed = pack(kept)
    assert packed is not None
    assert unpack(packed, fetched) == kept


@given(
    st.lists(st.builds(KeptResponse, st.just(200), st.text("abc", max_size=40), st.binary(max_size=100)), max_size=4)
)
def test_the_size_of_an_answer_is_about_what_it_takes(responses: list[KeptResponse]) -> None:
    kept = answer(exchanges=tuple(responses))
    assert abs(size_of(kept) - len(pack(kept) or b"")) <= 16 * (len(responses) + 1)


@given(st.binary(max_size=100))
def test_no_bytes_are_an_error(packed: bytes) -> None:
    for form in (b"", b"\x01", b"\x02"):
        unpack(form + packed, NOW)


def test_what_an_older_version_kept_is_still_read() -> None:
    plain = b"\x92\xa5found\x91\x93\xcc\xc8\xb0application/json\xc4\x0d" + b'{"score": 90}'
    assert unpack(b"\x01" + plain, NOW) == unpack(b"\x02" + zlib.compress(plain), NOW) == answer()


def test_damaged_bytes_are_no_answer() -> None:
    packed = pack(answer(b"x" * 5000))
    assert packed is not None
    assert len(packed) < 500
    for end in range(len(packed)):
        assert unpack(packed[:end], NOW) is None
    assert unpack(b"\x07" + packed[1:], NOW) is None


def test_what_is_larger_than_any_answer_is_not_inflated(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = pack(answer(b"x" * 100_000))
    assert packed is not None
    monkeypatch.setattr("ioclib.cache.packing._LARGEST", 100_100)
    assert unpack(packed, NOW) == answer(b"x" * 100_000)
    monkeypatch.setattr("ioclib.cache.packing._LARGEST", 100_000)
    assert unpack(packed, NOW) is None


def test_large_json_is_deflated_and_noise_is_not() -> None:
    text = answer(b'{"name": "value", "number": 12345}' * 1000)
    assert len(pack(text) or b"") < 2000
    assert 34_000 < len(pack(answer(noise(34_000))) or b"") < 34_100
    assert len(pack(answer(b"x" * 1000)) or b"") > 1000
    assert (
        max(len(pack(answer(b"x" * length)) or b"") for length in range(1_900, 2_100)) == 2_049
    )  # 2 KiB, and the form


# On SQLite


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ioclib" / "answers.sqlite3"


async def filled(path: Path, count: int = 3, **options: Any) -> None:
    answers = SqliteAnswers(path, clock=Clock(), **options)
    for number in range(count):
        await answers.put(key(number), answer(b"body %d" % number), NOW + 60)
    await answers.aclose()


def size(paths: list[Path]) -> int:
    return sum(one.stat().st_size for one in paths)


def files(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}*"))


async def test_a_file_for_this_user_only(path: Path) -> None:
    answers = SqliteAnswers(path, clock=Clock())
    await answers.put(key(), answer(), NOW + 60)
    await answers.info()
    assert len(files(path)) == 3  # with WAL and its index, which are there while it is open
    assert {stat.S_IMODE(one.stat().st_mode) for one in files(path)} == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    await answers.aclose()


async def test_close_writes_what_waits(path: Path) -> None:
    await filled(path, 500)
    answers = SqliteAnswers(path, clock=Clock())
    assert [await answers.get(key(number)) for number in (0, 250, 499)] == [
        answer(b"body %d" % number) for number in (0, 250, 499)
    ]
    assert (await answers.info()).answers == 500
    await answers.aclose()


async def test_no_credential_in_the_file(path: Path) -> None:
    answers = SqliteAnswers(path, clock=Clock())
    await answers.put(key(), answer(), NOW + 60)
    await answers.info()
    held = b"".join(one.read_bytes() for one in files(path))
    await answers.aclose()
    assert b"8.8.0.0" in held
    for length in range(13, len(SECRET)):
        assert SECRET[:length].encode() not in held


async def test_looking_makes_no_file(path: Path) -> None:
    answers = SqliteAnswers(path)
    assert (await answers.info()).where == str(path)
    assert await answers.clear() == 0
    await answers.aclose()
    assert not path.parent.exists()


async def test_what_was_cleared_is_not_in_the_file(path: Path) -> None:
    answers = SqliteAnswers(path, clock=Clock())
    for number in range(200):
        await answers.put(key(number), answer(b"MARK" + noise(3000)), NOW + 60)
    await answers.put(key(0, "other"), answer(), NOW + 60)
    await answers.info()
    assert await answers.clear("opinions") == 200
    held = b"".join(one.read_bytes() for one in files(path))
    assert b"MARK" not in held
    assert b"8.8.0.7" not in held
    assert len(held) < 100_000
    await answers.aclose()


@pytest.fixture
def damaged(path: Path) -> Path:
    path.parent.mkdir()
    path.write_bytes(b"no database, but 8.8.0.7 was asked for" * 100)
    return path


async def test_a_damaged_file_is_cleared_too(damaged: Path) -> None:
    answers = SqliteAnswers(damaged, clock=Clock())
    await answers.put(key(), answer(), NOW + 60)
    assert await answers.clear("opinions") == 1
    assert b"8.8.0.7" in b"".join(one.read_bytes() for one in damaged.parent.iterdir())
    assert await answers.clear() == 0
    assert b"8.8.0.7" not in b"".join(one.read_bytes() for one in damaged.parent.iterdir())
    await answers.aclose()


async def test_a_file_that_cannot_be_compacted(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise sqlite3.OperationalError("database is locked")

    answers = SqliteAnswers(path, clock=Clock())
    await answers.put(key(), answer(), NOW + 60)
    assert (await answers.info()).answers == 1
    monkeypatch.setattr(sqlite3, "connect", refused)  # the answers' own connections are open
    with pytest.raises(OSError, match=f"^{path} was emptied, but still holds what was deleted: database is locked$"):
        await answers.clear()
    await answers.aclose()


@pytest.mark.parametrize(("limit", "body", "count"), [(2_000_000, 4_000, 2_000), (300_000, 10, 4_000)])
async def test_the_size_is_bounded(
    path: Path, caplog: pytest.LogCaptureFixture, limit: int, body: int, count: int
) -> None:
    clock, sizes = Clock(), []
    answers = SqliteAnswers(path, max_bytes=limit, clock=clock)
    for number in range(count):
        clock.now += 1
        later = 10**6 if number % 2 else 10**7  # what is forgotten soonest lies between what is not
        await answers.put(key(number), answer(noise(body)), clock.now + later)
        if number % 20 == 0:
            await answers.info()
            sizes.append(tuple(map(size, ([path], files(path)))))
    info = await answers.info()
    await answers.aclose()
    assert max(own for own, _ in sizes) < 1.05 * limit
    assert max(every for _, every in sizes) < 1.1 * limit + 5 * 2**20  # what SQLite writes ahead
    assert size([path]) > 0.8 * limit
    assert not caplog.text
    with closing(sqlite3.connect(path)) as connection:
        odd = connection.execute("SELECT count(*) FROM answers_1 WHERE forget_at < ?", (clock.now + 10**6 + 1,))
        assert odd.fetchone()[0] < info.answers / 2  # those went first


async def test_what_is_to_be_forgotten_soonest_goes_first(path: Path) -> None:
    answers = SqliteAnswers(path, max_bytes=1_000_000, clock=Clock())
    for number in range(400):
        await answers.put(key(number), answer(noise(4000)), NOW + 10_000 - number)
    await answers.info()
    got = [await answers.get(key(number)) is not None for number in range(400)]
    await answers.aclose()
    assert got[:150] == [True] * 150
    assert not all(got)


async def test_expired_answers_go_before_the_file_is_full(path: Path) -> None:
    await filled(path, 100)
    answers = SqliteAnswers(path, clock=lambda: NOW + 100)
    await answers.put(key(1000), answer(), NOW + 200)
    assert (await answers.info()).answers == 1
    await answers.aclose()


async def test_one_answer_does_not_push_out_all_others(path: Path) -> None:
    answers = SqliteAnswers(path, max_bytes=1_000_000, clock=Clock())
    await answers.put(key(0), answer(noise(130_000)), NOW + 60)
    assert await answers.get(key(0)) is None
    await answers.put(key(0), answer(noise(120_000)), NOW + 60)
    assert await answers.get(key(0)) is not None
    await answers.aclose()


async def test_memory_is_bounded_too() -> None:
    answers = SqliteAnswers(None, max_bytes=1_000_000, clock=Clock())
    for number in range(1000):
        await answers.put(key(number), answer(noise(4000)), NOW + number + 1)
    info = await answers.info()
    assert info.where == "memory"
    assert info.bytes < 1_000_000
    await answers.aclose()


@pytest.mark.parametrize("packed", [b"", b"\x00old", b"\x01\xff", b"\x02" + b"x" * 50, "text", 7, b"\x01\x93"])
async def test_a_corrupt_row_is_a_miss(path: Path, packed: Any) -> None:
    await filled(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE answers_1 SET packed = ? WHERE key = ?", (packed, key()))
        connection.commit()
    answers = SqliteAnswers(path, clock=Clock())
    got = await asyncio.gather(*(answers.get(key(number)) for number in range(3)))
    assert got == [None, answer(b"body 1"), answer(b"body 2")]
    await answers.put(key(), answer(), NOW + 60)
    await answers.info()
    assert await answers.get(key()) == answer()
    await answers.aclose()


def test_a_file_that_is_no_database(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not at all a database" * 500)
    asyncio.run(filled(path))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM answers_1").fetchone() == (3,)


async def test_another_table_of_that_name(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE answers_1 (forget_at, value)")
    await filled(path)
    answers = SqliteAnswers(path, clock=Clock())
    assert await answers.get(key()) is None
    await answers.aclose()
    assert "answers are not kept" in caplog.text


async def test_a_full_disk(path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    class Small(Database):
        def __init__(self, path: Path | None, schema: str) -> None:
            super().__init__(path, schema + "PRAGMA max_page_count = 40;")

    monkeypatch.setattr("ioclib.cache.on_sqlite.Database", Small)
    answers = SqliteAnswers(path, clock=Clock())
    for number in range(20):
        await answers.put(key(number), answer(noise(20_000)), NOW + 60)
        await answers._flush()
    got = [await answers.get(key(number)) is not None for number in range(20)]
    await answers.aclose()
    assert 1 < sum(got) < 10
    assert got[0]
    assert caplog.text.count("answers are not kept") == 1
    assert "full" in caplog.text


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs a folder that cannot be written")
def test_a_read_only_folder(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    tmp_path.chmod(0o500)
    asyncio.run(never_kept(SqliteAnswers(tmp_path / "ioclib" / "answers.sqlite3", clock=Clock()), caplog))


async def test_a_folder_that_cannot_be_made(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "ioclib").write_bytes(b"a file")
    await never_kept(SqliteAnswers(tmp_path / "ioclib" / "answers.sqlite3", clock=Clock()), caplog)


async def never_kept(answers: Answers, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(5):
        assert await answers.get(key(number)) is None
        await answers.put(key(number), answer(), time.time() + 10**9)
    await answers.aclose()
    assert await answers.get(key()) is None
    await answers.aclose()
    (told,) = [message for message in caplog.messages if "answers are not kept" in message]
    assert told.startswith("answers are not kept: ")
    assert "cannot be used" in told
    assert SECRET not in caplog.text


async def test_a_reader_does_not_wait_for_another_process_that_writes(path: Path) -> None:
    await filled(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answers = SqliteAnswers(path, clock=Clock())
        started = time.monotonic()
        assert (await answers.info()).answers == 3
        await answers.put(key(7), answer(), NOW + 60)
        assert await answers.get(key(0)) == answer(b"body 0")
        assert await answers.get(key(7)) == answer()
        await asyncio.sleep(0.05)  # the writer waits now
        assert await answers.get(key(1)) == answer(b"body 1")
        assert time.monotonic() - started < 2
        other.execute("COMMIT")
        await answers.aclose()


OTHER = """
import asyncio, sys
from pathlib import Path
from tests.test_cache import NOW, Clock, SqliteAnswers, answer, key

async def main(path, me):
    answers = SqliteAnswers(path, clock=Clock())
    for number in range(300):
        await answers.put(key(number, f"s{me}"), answer(b"%d" % number), NOW + 60)
        await answers.get(key(number, f"s{1 - me}"))
        if number % 20 == 0:
            await answers.info()
    await answers.aclose()

asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
"""


@pytest.fixture
def two_writers(path: Path) -> None:
    root = Path(__file__).parents[1]
    both = [subprocess.Popen([sys.executable, "-c", OTHER, path, str(me)], cwd=root) for me in (0, 1)]
    assert [one.wait(60) for one in both] == [0, 0]


@pytest.mark.slow
async def test_two_processes(path: Path, two_writers: None) -> None:
    answers = SqliteAnswers(path, clock=Clock())
    info = await answers.info()
    assert {name: share.answers for name, share in info.by_source.items()} == {"s0": 300, "s1": 300}
    for number in range(300):
        assert await answers.get(key(number, "s1")) == answer(b"%d" % number)
    await answers.aclose()


def test_processes_that_begin_the_file_at_the_same_time(path: Path) -> None:
    """SQLite has no patience where two make a new file; here, one thread each stands for a process."""

    async def several() -> None:
        for round_ in range(20):
            fresh = path.with_name(f"{round_}.sqlite3")
            each = [SqliteAnswers(fresh, clock=Clock()) for _ in range(4)]
            for number, answers in enumerate(each):
                await answers.put(key(number), answer(), NOW + 60)
            await asyncio.gather(*(answers.aclose() for answers in each))
            assert (await each[0].info()).answers == 4
            await each[0].aclose()

    asyncio.run(several())


def test_an_event_loop_after_another(path: Path) -> None:
    answers = SqliteAnswers(path, clock=Clock())

    async def one(number: int) -> KeptAnswer | None:
        await answers.put(key(number), answer(b"%d" % number), NOW + 60)
        return await answers.get(key(number - 1))

    assert asyncio.run(one(1)) is None  # its write ends with its loop
    for number in range(2, 6):
        assert asyncio.run(one(number)) == answer(b"%d" % (number - 1))
    loop = asyncio.new_event_loop()
    assert loop.run_until_complete(one(6)) == answer(b"5")
    loop.close()  # without a word to what ran in it
    asyncio.run(answers.aclose())


async def test_puts_wait_when_the_disk_is_far_behind(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ioclib.cache.on_sqlite._BACKLOG", 50_000)
    answers = SqliteAnswers(path, clock=Clock())
    for number in range(400):
        await answers.put(key(number // 2), answer(noise(4000)), NOW + 60)  # one of two is never written
        assert answers._backlog <= 60_000
    await answers.aclose()
    assert answers._backlog == 0


# On Redis


async def test_one_of_many_may_ask(redis_url: str) -> None:
    several = [RedisAnswers(redis_url) for _ in range(5)]
    claimed = await asyncio.gather(*(one.claim(key(), 5) for one in several))
    assert sum(claimed) == 1
    winner = several[claimed.index(True)]
    for one in several:
        if one is not winner:
            await one.release(key())  # somebody else's claim stays
    assert not await several[0].claim(key(), 5)
    await winner.release(key())
    assert await several[1].claim(key(), 5)
    assert await several[1].claim(key(1), 5)
    for one in several:
        await one.aclose()


async def test_a_claim_ends(redis_url: str) -> None:
    first, second = RedisAnswers(redis_url), RedisAnswers(redis_url)
    assert await first.claim(key(1), 5)
    with redis.Redis.from_url(redis_url) as client:
        assert 4_000 < client.pttl(_CLAIM + key(1)) <= 5_000
    assert await first.claim(key(), 0.1)
    assert not await second.claim(key(), 5)
    await asyncio.sleep(0.15)
    assert await second.claim(key(), 5)
    await first.release(key())  # too late: it is the other's now
    assert not await first.claim(key(), 5)
    await first.aclose()
    await second.aclose()


async def test_machines_share(redis_url: str) -> None:
    first, second = RedisAnswers(redis_url), RedisAnswers(redis_url)
    await first.put(key(), answer(noise(100_000)), time.time() + 60)
    got = await second.get(key())
    assert got == await first.get(key())
    assert got is not None
    with redis.Redis.from_url(redis_url) as client:
        assert 50_000 < client.pttl(_ANSWER + key()) <= 60_000
        assert SECRET.encode() not in b"".join(client.keys("*"))
    assert (await first.info()).where == redis_url
    await first.aclose()
    await second.aclose()


@pytest.mark.parametrize("stored", [b"", b"12345678", b"123456789", struct.pack(">d", NOW) + b"\x02abc", b"x" * 99])
async def test_a_corrupt_value_is_a_miss(redis_url: str, stored: bytes) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.set(_ANSWER + key(), stored)
    answers = RedisAnswers(redis_url)
    assert await answers.get(key()) is None
    await answers.put(key(), answer(), time.time() + 60)
    assert await answers.get(key()) == answer()
    await answers.aclose()


async def test_a_value_of_another_type_is_a_miss(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.hset(_ANSWER + key(), "a", "b")
    answers = RedisAnswers(redis_url)
    await answers.put(key(1), answer(), time.time() + 60)
    assert await answers.get(key()) is None
    assert await answers.get(key(1)) == answer()  # a command that is refused is no server that is down
    await answers.aclose()


async def test_strangers_under_our_prefix_are_not_counted(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        for stranger in ("not ours", '["x"]', '"x"'):
            client.set(_ANSWER + stranger, b"x" * 50)
        client.hset(_ANSWER + key(1), "a", "b")
    answers = RedisAnswers(redis_url)
    await answers.put(key(), answer(), time.time() + 60)
    assert (await answers.info()).answers == 1
    await answers.aclose()


async def test_what_is_too_large_is_not_kept(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ioclib.cache.on_redis.MOST", 1_000)
    answers = RedisAnswers(redis_url)
    for number, length in enumerate([900, 1_100]):
        await answers.put(key(number), answer(noise(length)), time.time() + 60)
    assert [await answers.get(key(number)) is not None for number in range(2)] == [True, False]
    await answers.aclose()


async def test_packing_what_is_large_holds_nobody_up(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []

    def packed(kept: KeptAnswer) -> bytes | None:
        threads.append(threading.get_ident())
        return pack(kept)

    monkeypatch.setattr("ioclib.cache.on_redis.pack", packed)
    answers = RedisAnswers(redis_url)
    for length in (100, 100_000):
        await answers.put(key(), answer(noise(length)), time.time() + 60)
    await answers.aclose()
    assert [thread == threading.get_ident() for thread in threads] == [True, False]


async def test_more_keys_than_are_asked_for_at_once(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ioclib.cache.on_redis._BATCH", 2)
    answers = RedisAnswers(redis_url)
    for number in range(1, 8):
        await answers.put(key(number), answer(fetched=NOW - number), time.time() + 60)
        info = await answers.info()
        assert (info.answers, info.oldest) == (number, datetime.fromtimestamp(NOW - number, UTC))
    assert await answers.clear() == 7
    await answers.aclose()


async def test_without_a_server(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{nobody.getsockname()[1]}"
        answers = RedisAnswers(f"redis://user:p@{SECRET}@{address}/0?password={SECRET}")
        assert await answers.claim(key(), 5)
        await answers.release(key())
        with pytest.raises(OSError, match=f"redis://{address}/0 cannot be used") as refused:
            await answers.info()
        with pytest.raises(OSError, match="cannot be used"):
            await answers.clear()
        assert SECRET not in str(refused.value)
        await never_kept(answers, caplog)
    assert f"redis://{address}/0 cannot be used (ConnectionError)" in caplog.text


async def test_a_server_that_hangs_is_left_alone_for_a_while() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        answers = RedisAnswers(f"redis://127.0.0.1:{deaf.getsockname()[1]}")
        started = time.monotonic()
        for number in range(100):
            assert await answers.get(key(number)) is None
        assert time.monotonic() - started < 4
        await answers.aclose()


async def test_a_server_that_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ioclib.cache.on_redis._REST", 0.0)
    with redis_server() as address:
        answers = RedisAnswers(address)
        await answers.put(key(), answer(), time.time() + 60)
        with redis.Redis.from_url(address) as client:
            client.client_kill_filter(skipme=True)
        assert await answers.get(key()) == answer()
    assert await answers.get(key()) is None
    await answers.aclose()


async def test_one_hundred_getters(redis_url: str) -> None:
    answers = RedisAnswers(redis_url)
    await answers.put(key(), answer(), time.time() + 60)
    got = await asyncio.gather(*(answers.get(key()) for _ in range(200)))
    assert got == [answer()] * 200
    await answers.aclose()


@pytest.mark.parametrize("url", ["", "https://x.example", "localhost", "redis://localhost:port", "redis://h/x?db=y"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(
        ConfigurationError, match=r"^cache_url is no address of a Redis, such as redis://[a-z.]+:6379/0$"
    ):
        RedisAnswers(url)


def test_the_extra_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis.asyncio", None)
    with pytest.raises(ConfigurationError, match=r"^cache_url needs the extra: pip install 'ioclib\[redis\]'$"):
        RedisAnswers("redis://localhost")


def test_redis_is_imported_when_it_is_used() -> None:
    code = "import sys, ioclib.client; sys.exit('redis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


async def test_redis_is_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        answers = RedisAnswers(f"redis://127.0.0.1:{nobody.getsockname()[1]}")
        for _ in range(3):
            answers._rests_until = 0
            assert await answers.get(key()) is None
        await answers.aclose()
    assert len(caplog.records) == 1


# Lists

TOR, MIRROR = "https://tor.example", "https://mirror.example"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "ioclib" / "cache" / "lists"


TOR_LIST, MIRRORED = Origin("tor", 1, TOR), Origin("tor", 1, MIRROR)
MARKS = Marks('"e1"', "Tue, 24 Nov 2026 10:00:00 GMT")


@pytest.mark.parametrize("kind", ["folder", "memory"])
def test_a_list_is_kept_by_source_version_and_address(folder: Path, kind: str) -> None:
    lists: Lists = FolderOfLists(folder) if kind == "folder" else MemoryOfLists()
    assert lists.load(TOR_LIST) is None
    places = [TOR_LIST, MIRRORED, Origin("t", 1, TOR), Origin("tor", 2, TOR)]
    for number, place in enumerate([TOR_LIST, *places]):
        lists.save(place, {"a": f"entry {number} ä ☃"}, MARKS)
    kept = [lists.load(place) for place in [*places, Origin("t", 1, MIRROR)]]
    said = [one and one.entry(["a"]) for one in kept]
    assert said == [*(f"entry {number} ä ☃" for number in (1, 2, 3, 4)), None]
    assert all(abs(one.fetched - time.time()) < 5 and one.marks == MARKS for one in kept if one)


@pytest.mark.parametrize("kind", ["folder", "memory"])
def test_the_first_key_that_has_an_entry_counts(folder: Path, kind: str) -> None:
    lists: Lists = FolderOfLists(folder) if kind == "folder" else MemoryOfLists()
    kept = lists.save(TOR_LIST, {"b": "of b", "c": "of c", "'; drop table entry; --": "odd"}, Marks())
    assert kept.entry(["a", "c", "b"]) == "of c"
    assert kept.entry(["'; drop table entry; --"]) == "odd"
    assert kept.entry(["a"]) is None
    assert kept.entry([]) is None


def test_a_list_that_has_not_changed_is_new_again(folder: Path) -> None:
    clock = Clock()
    lists = FolderOfLists(folder, clock)
    lists.save(TOR_LIST, {"a": "1"}, MARKS).unchanged(NOW + 50)
    again = lists.load(TOR_LIST)
    assert again
    assert (again.fetched, again.marks, again.entry(["a"])) == (NOW + 50, MARKS, "1")


def test_whoever_reads_a_list_reads_on_while_it_is_replaced(folder: Path) -> None:
    lists = FolderOfLists(folder)
    old = lists.save(TOR_LIST, {"a": "old"}, MARKS)
    new = lists.save(TOR_LIST, {"a": "new"}, MARKS)
    assert (old.entry(["a"]), new.entry(["a"])) == ("old", "new")


def test_lists_in_memory_go_by_the_clock_they_are_given() -> None:
    lists = MemoryOfLists(Clock())
    lists.save(TOR_LIST, {}, MARKS)
    kept = lists.load(TOR_LIST)
    assert kept
    assert kept.fetched == NOW


def test_lists_are_for_this_user_only(folder: Path) -> None:
    FolderOfLists(folder).save(TOR_LIST, {"1.1.1.1": ""}, MARKS)
    (path,) = folder.iterdir()  # and no draft is left
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_list_that_cannot_be_kept_serves_this_run(tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    lists = FolderOfLists(tmp_path / "a file" / "lists")
    assert lists.save(TOR_LIST, {"1.1.1.1": "listed"}, MARKS).entry(["1.1.1.1"]) == "listed"
    assert lists.load(TOR_LIST) is None


def test_no_half_of_a_list_is_left(folder: Path) -> None:
    lists = FolderOfLists(folder)
    lists.save(TOR_LIST, {"1.1.1.1": ""}, MARKS)
    (path,) = folder.iterdir()
    path.unlink()
    path.mkdir()  # which a file cannot be put in the place of
    lists.save(TOR_LIST, {"2.2.2.2": ""}, MARKS)
    assert list(folder.iterdir()) == [path]
    assert lists.load(TOR_LIST) is None


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"1.1.1.1\n" * 1000])
def test_a_file_that_is_no_list_is_none(folder: Path, content: bytes) -> None:
    lists = FolderOfLists(folder)
    lists.save(TOR_LIST, {"1.1.1.1": ""}, MARKS)
    (path,) = folder.iterdir()
    path.write_bytes(content)
    assert lists.load(TOR_LIST) is None


def test_which_lists_are_kept(folder: Path) -> None:
    lists = FolderOfLists(folder)
    assert lists.info() == ListsInfo(str(folder), ())
    lists.save(Origin("tor-exits", 1, TOR), {"1.1.1.1": "x" * 9000}, MARKS)
    lists.save(Origin("another", 1, TOR), {}, MARKS)
    (folder / "gone-0123.sqlite3").symlink_to("nowhere")  # as one that another process removes at this moment
    another, tor = lists.info().lists
    assert (another.source, tor.source) == ("another", "tor-exits")
    assert 0 < another.bytes < tor.bytes
    assert all(abs(one.fetched - datetime.now(UTC)) < timedelta(seconds=5) for one in (another, tor))


def test_lists_are_cleared_with_their_drafts(folder: Path) -> None:
    lists = FolderOfLists(folder)
    assert lists.clear() == 0
    for source in ("tor", "tor-exits"):
        for base in (TOR, MIRROR):
            lists.save(Origin(source, 1, base), {}, MARKS)
        (folder / f"{source}-0123.99").touch()
    assert lists.clear("tor") == 2
    assert {one.source for one in lists.info().lists} == {"tor-exits"}
    assert (folder / "tor-exits-0123.99").exists()
    assert lists.clear() == 2
    assert list(folder.iterdir()) == []


def test_a_list_that_another_process_clears_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "glob", lambda self, _: iter([self / "tor-0123.sqlite3"]))
    FolderOfLists(folder).clear()
