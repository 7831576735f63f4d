"""Chunks of lookups: made in one process, and by workers that are killed."""

import asyncio
import contextlib
import json
import os
import re
import signal
import ssl
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, urlsplit

import msgspec
import pytest
import redis
import trustme
from click.testing import CliRunner

from ioclib import Client, cli
from ioclib import fleet as fleet_room
from ioclib.client.asking import asked
from ioclib.errors import ConfigurationError
from ioclib.fleet import CeleryExecutor
from ioclib.fleet.app import QUEUE, TAKEN, TASK, make_app
from ioclib.fleet.worker import work
from ioclib.jobs.chunks import Chunk, Item, Row
from ioclib.report import AnswerEntry
from ioclib.sandbox import Faults
from tests.redis_server import behind_tls, free_port, redis_server

KNOWN, OTHER = "203.0.113.66", "192.0.2.10"


class Landed:
    """Keeps rows, in the groups in which they land."""

    def __init__(self) -> None:
        self.groups: list[list[Row]] = []

    async def __call__(self, rows: Sequence[Row]) -> None:
        self.groups.append(list(rows))

    @property
    def outcomes(self) -> dict[int, str]:
        ids = [row.id for group in self.groups for row in group]
        assert len(ids) == len(set(ids))
        return {row.id: row.outcome for group in self.groups for row in group}

    def entry(self, id: int) -> AnswerEntry:  # noqa: A002 as in a row
        (row,) = (row for group in self.groups for row in group if row.id == id)
        return msgspec.json.decode(row.answer, type=AnswerEntry)


def chunk(source: str, *values: str, kind: str = "ipv4", tlp: str = "clear") -> Chunk:
    return Chunk(source, tuple(Item(number, kind, value) for number, value in enumerate(values)), tlp)


def addresses(count: int) -> list[str]:
    return [f"198.51.{number // 250}.{number % 250 + 1}" for number in range(count)]


# --- in this process --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("unpaced")
async def test_every_item_becomes_one_row_of_the_source_that_is_named() -> None:
    landed = Landed()
    async with Client(sandbox=True) as client:
        assert not await asked(client, chunk("shodan_internetdb", KNOWN, OTHER), landed)
    assert landed.outcomes == {0: "found", 1: "not_found"}
    entry = landed.entry(0)
    assert entry.source == "shodan_internetdb"
    assert msgspec.json.decode(entry.results)["ip"] == KNOWN


@pytest.mark.usefixtures("unpaced")
async def test_what_is_not_sent_and_what_is_not_understood_become_rows_as_well() -> None:
    landed = Landed()
    items = (Item(0, "ipv4", "10.0.0.1"), Item(1, "horse", "x"), Item(2, "ipv4", "x"), Item(3, "domain", "a.example"))
    async with Client(sandbox=True) as client:
        assert not await asked(client, Chunk("shodan_internetdb", items, "clear"), landed)
        assert not await asked(client, chunk("nobody", KNOWN), other := Landed())
    assert landed.outcomes == {0: "skipped", 1: "failed", 2: "failed", 3: "failed"}
    assert (reason := landed.entry(0).reason) and reason.kind == "internal"
    assert (error := other.entry(0).error) and error.kind == "broken_source"


async def test_an_indicator_of_two_numbers_is_asked_about_once_and_lands_twice() -> None:
    landed = Landed()
    async with Client(sandbox=True, faults=Faults(limit=1)) as client:
        assert not await asked(client, chunk("shodan_internetdb", KNOWN, KNOWN), landed)
    assert landed.outcomes == {0: "found", 1: "found"}


async def test_what_a_service_refuses_is_deferred_until_it_may_be_asked_again() -> None:
    landed = Landed()
    async with Client(sandbox=True, faults=Faults(limit=2)) as client:
        deferred = await asked(client, chunk("shodan_internetdb", *addresses(6)), landed)
    assert len(landed.outcomes) == 2
    assert landed.outcomes.keys() | {one.id for one in deferred} == set(range(6))
    assert all(one.until > 1_700_000_000 for one in deferred)


async def test_what_the_own_quota_refuses_is_deferred_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    landed = Landed()
    async with Client(sandbox=True) as client:
        deferred = await asked(client, chunk("virustotal", *addresses(9)), landed)  # 4 a minute
    assert len(landed.outcomes) == 4
    assert len(deferred) == 5


async def test_what_could_not_be_begun_in_time_is_deferred(unpaced: None) -> None:
    landed = Landed()
    async with Client(sandbox=True, faults=Faults(latency=0.3)) as client:
        deferred = await asked(client, chunk("shodan_internetdb", *addresses(60)), landed, within=1)
    assert deferred
    assert landed.outcomes.keys() | {one.id for one in deferred} == set(range(60))
    assert len(landed.outcomes) + len(deferred) == 60
    assert not set(landed.outcomes.values()) & {"failed", "skipped"}


async def test_quotas_that_are_out_of_reach_defer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOCLIB_QUOTA_URL", "redis://127.0.0.1:9/0")
    landed = Landed()
    async with Client() as client:
        deferred = await asked(client, chunk("shodan_internetdb", "8.8.8.8"), landed)
    assert [one.id for one in deferred] == [0]
    assert not landed.groups


async def test_rows_land_in_groups(unpaced: None) -> None:
    landed = Landed()
    async with Client(sandbox=True, faults=Faults(latency=0.02)) as client:
        await asked(client, chunk("shodan_internetdb", *addresses(30)), landed)
    assert 1 < len(landed.groups) < 15


async def test_a_client_of_another_tlp_is_refused() -> None:
    async with Client(sandbox=True) as client:
        with pytest.raises(ValueError, match="amber"):
            await asked(client, chunk("shodan_internetdb", KNOWN, tlp="amber"), Landed())


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["IOCLIB_BROKER_URL", "IOCLIB_QUOTA_URL"])
def test_a_worker_does_not_start_without(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in {"IOCLIB_BROKER_URL", "IOCLIB_QUOTA_URL"} - {missing}:
        monkeypatch.setenv(name, "redis://:hunter22@127.0.0.1:9/0")
    result = CliRunner().invoke(cli.main, ["worker"])
    assert result.exit_code == 2
    assert missing in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert "hunter22" not in result.output


@pytest.mark.parametrize("tlp", ["red", "amber+strict"])
def test_what_may_not_leave_the_machine_goes_to_no_worker(tmp_path: Path, tlp: str) -> None:
    (tmp_path / "iocs").write_text("8.8.8.8")
    result = CliRunner().invoke(
        cli.main, ["bulk", str(tmp_path / "iocs"), "--job", "a", "--workers", "--tlp", tlp, "--source", "tor"]
    )
    assert result.exit_code == 2
    assert f"TLP:{tlp.upper()} stays on this machine" in result.stderr


def test_workers_ask_by_no_option_that_does_not_reach_them(tmp_path: Path) -> None:
    (tmp_path / "iocs").write_text("8.8.8.8")
    result = CliRunner().invoke(cli.main, ["bulk", str(tmp_path / "iocs"), "--job", "a", "--workers", "--sandbox"])
    assert result.exit_code == 2
    assert "--sandbox does not go with --workers" in result.stderr
    result = CliRunner().invoke(cli.main, ["bulk", str(tmp_path / "iocs"), "--job", "a", "--workers"])
    assert result.exit_code == 2
    assert "IOCLIB_BROKER_URL" in result.stderr


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "celery", None)
    with pytest.raises(ConfigurationError, match=re.escape("pip install 'ioclib[cluster]'")):
        CeleryExecutor("redis://127.0.0.1:9/0")


async def test_a_redis_that_is_not_there_is_an_oserror_of_one_sentence() -> None:
    executor = CeleryExecutor("redis://:hunter22@127.0.0.1:9/0")
    with pytest.raises(OSError, match=r"^the Redis of broker_url cannot be used: no connection can be made$"):
        await executor.run(chunk("shodan_internetdb", "8.8.8.8"), Landed())
    await executor.aclose()
    with pytest.raises(OSError, match="closed"):
        await executor.run(chunk("shodan_internetdb", "8.8.8.8"), Landed())


async def test_a_password_that_is_not_taken_is_told_without_it(redis_url: str) -> None:
    executor = CeleryExecutor(redis_url.replace("//", "//nobody:hunter22@"))
    with pytest.raises(OSError, match="does not accept") as caught:
        await executor.run(chunk("shodan_internetdb", "8.8.8.8"), Landed())
    assert "hunter22" not in "".join(traceback.format_exception(caught.value))
    await executor.aclose()


async def test_a_redis_that_has_lost_everything_is_an_oserror_and_so_is_a_successor(redis_url: str) -> None:
    executor = CeleryExecutor(redis_url, "night")
    with redis.Redis.from_url(redis_url) as server:
        for lose in (server.flushdb, CeleryExecutor(redis_url, "night")._begin):
            running = asyncio.create_task(executor.run(chunk("shodan_internetdb", "8.8.8.8"), Landed()))
            await asyncio.sleep(0.3)
            assert not running.done()
            lose()
            with pytest.raises(OSError, match="lost what it was given"):
                await asyncio.wait_for(running, 5)
        await executor.aclose()
        server.flushdb()


async def test_what_a_redis_was_given_and_had_not_written_down_when_it_was_killed_is_an_oserror(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ioclib.fleet.executor._COUNTING", 0.1)
    options, port = ("--dir", str(tmp_path)), free_port()
    with redis_server(*options, port=port) as url, redis.Redis.from_url(url) as server:
        executor = CeleryExecutor(url, "night")
        kept = asyncio.create_task(executor.run(chunk("shodan_internetdb", "8.8.8.8"), Landed()))
        await asyncio.sleep(0.3)
        server.save()
        lost = asyncio.create_task(executor.run(chunk("shodan_internetdb", "8.8.4.4"), Landed()))
        await asyncio.sleep(0.3)
        assert not lost.done()
    with redis_server(*options, port=port):
        with pytest.raises(OSError, match="lost what it was given"):
            await asyncio.wait_for(lost, 5)
        assert not kept.done()
        await executor.aclose()
        await asyncio.gather(kept, return_exceptions=True)


async def test_what_a_worker_had_taken_and_not_said_so_when_it_was_killed_is_an_oserror(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ioclib.fleet.executor._COUNTING", 0.1)
    executor = CeleryExecutor(redis_url, "night")
    with redis.Redis.from_url(redis_url) as server:
        running = [
            asyncio.create_task(executor.run(chunk("shodan_internetdb", value), Landed()))
            for value in ("8.8.8.8", "8.8.4.4", "9.9.9.9")
        ]
        await asyncio.sleep(0.5)
        _, second = (server.rpop(QUEUE) for _ in range(2))
        server.hset(TAKEN, "tag", json.dumps([json.loads(second), "ioclib", "ioclib"]))  # as Celery writes it down
        with pytest.raises(OSError, match="lost what it was given"):
            await asyncio.wait_for(running[0], 5)
        await asyncio.sleep(0.5)
        assert not running[1].done()
        assert not running[2].done()
        await executor.aclose()
        await asyncio.gather(*running, return_exceptions=True)
        server.flushdb()


async def test_closing_ends_what_is_under_way(redis_url: str) -> None:
    executor = CeleryExecutor(redis_url)
    running = asyncio.create_task(executor.run(chunk("shodan_internetdb", "8.8.8.8"), Landed()))
    await asyncio.sleep(0.3)
    await executor.aclose()
    with pytest.raises(OSError, match="closed"):
        await running
    with redis.Redis.from_url(redis_url) as server:
        assert not [key for key in server.scan_iter() if b"wanted" in key]
        server.flushdb()


def test_settings_are_those_that_lose_nothing() -> None:
    conf = make_app("redis://127.0.0.1:9/0", longest=60).conf
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert conf.worker_prefetch_multiplier == 1
    assert conf.broker_transport_options == {
        "visibility_timeout": 240,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
    }
    assert conf.accept_content == [conf.task_serializer] == [conf.result_serializer] == ["json"]
    assert make_app("rediss://127.0.0.1:9/0").conf.broker_use_ssl["ssl_cert_reqs"] == ssl.CERT_REQUIRED


def test_a_worker_that_celery_ends_begins_again_and_one_that_is_told_to_stop_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Celery's worker ends with "Unrecoverable error" if Redis dies at some moments, which no test hits every time."""
    from celery.worker import state

    ends = iter((None, 0))  # what was said to it when it ended, if anything

    class Ending:
        exitcode = 1

        def start(self) -> None:
            monkeypatch.setattr(state, "should_stop", next(ends))

    app = make_app("redis://127.0.0.1:9/0")
    monkeypatch.setattr(app, "Worker", lambda **_: Ending())
    monkeypatch.setattr("ioclib.fleet.worker.make_app", lambda *_, **__: app)
    monkeypatch.setattr("ioclib.fleet.worker.broker_url", lambda: "")
    monkeypatch.setattr("ioclib.fleet.worker._log_to_stderr", lambda _: None)
    monkeypatch.setattr("ioclib.fleet.worker._AGAIN", 0)
    assert work(concurrency=1) == 1
    assert next(ends, "no more") == "no more"


def test_no_chunk_of_a_fleet_is_parked_in_the_broker() -> None:
    sources = Path(fleet_room.__file__).parent.glob("*.py")
    assert not any(word in one.read_text() for one in sources for word in ("countdown=", "eta=", "pickle"))


# --- on workers -------------------------------------------------------------------------------------------------------


class Fleet:
    """Workers as processes, a real Redis with a password, and the sandbox as the services that they ask."""

    def __init__(self, url: str, environment: dict[str, str], logs: Path) -> None:
        self.url = url
        self.environment = environment
        self.logs = logs
        self.workers: list[subprocess.Popen[bytes]] = []

    def start(self, *options: str, **environment: str) -> "subprocess.Popen[bytes]":
        """A worker that is ready."""
        log = self.logs / f"worker-{len(self.workers)}.log"
        command = [sys.executable, "-m", "ioclib", "worker", *options]
        with log.open("wb") as out:
            worker = subprocess.Popen(
                command, stdout=out, stderr=out, env={**os.environ, **self.environment, **environment}
            )
        self.workers.append(worker)
        until(lambda: b" ready" in log.read_bytes(), worker)
        return worker

    def told(self) -> str:
        return "".join(log.read_text() for log in sorted(self.logs.iterdir()))

    @property
    def redis(self) -> "redis.Redis":
        return redis.Redis.from_url(self.url)

    def stop(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.wait()


def until(done: Callable[[], object], worker: "subprocess.Popen[bytes] | None" = None, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it takes too long"
        assert worker is None or worker.poll() is None, "the worker has ended"
        time.sleep(0.02)


PASSWORD = "correct-horse/battery"


@pytest.fixture
def served() -> Iterator["Served"]:
    with Served() as server:
        yield server


class Served(ThreadingHTTPServer):
    """Shodan's InternetDB, slow if it is told to; it remembers what it was asked."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.paths: list[str] = []
        self.latency = 0.0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Served

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        time.sleep(self.server.latency)
        body = b'{"detail": "No information available"}'
        self.send_response(404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 the name is not ours
        """Nothing."""


@pytest.fixture
def fleet(tmp_path: Path, served: Served) -> Iterator[Fleet]:
    with redis_server("--requirepass", PASSWORD) as url:
        secured = url.replace("//", f"//:{quote(PASSWORD, safe='')}@")
        name = "IOCLIB_SOURCES__SHODAN_INTERNETDB"
        environment = {
            "IOCLIB_BROKER_URL": secured,
            "IOCLIB_QUOTA_URL": secured[:-1] + "1",
            f"{name}__BASE_URL": f"http://127.0.0.1:{served.server_port}",
            f"{name}__LIMITS": "100000/second",
        }
        running = Fleet(secured, environment, tmp_path)
        try:
            yield running
        finally:
            running.stop()


PUBLIC = [f"8.8.{number // 250}.{number % 250 + 1}" for number in range(1000)]


@pytest.mark.slow
async def test_workers_make_the_lookups_of_chunks(fleet: Fleet) -> None:
    fleet.start()
    executor, landed = CeleryExecutor(fleet.url), Landed()
    chunks = [chunk("shodan_internetdb", *PUBLIC[:20])] * 3
    try:
        results = await asyncio.wait_for(asyncio.gather(*(executor.run(one, Landed()) for one in chunks)), 30)
        assert results == [[]] * 3
        assert not await executor.run(chunks[0], landed)
    finally:
        await executor.aclose()
    assert landed.outcomes == dict.fromkeys(range(20), "not_found")
    assert msgspec.json.decode(landed.entry(0).results) == {"detail": "No information available"}
    assert not [key for key in fleet.redis.scan_iter() if b"meta" in key or b"fleet" in key or key == b"ioclib"]


@pytest.mark.slow
async def test_workers_and_their_coordinator_reach_redis_by_tls(
    fleet: Fleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    with behind_tls(fleet.url, ca.issue_cert("127.0.0.1")) as url:
        stranger, executor, landed = CeleryExecutor(url), CeleryExecutor(url), Landed()
        one = chunk("shodan_internetdb", *PUBLIC[:20])
        with pytest.raises(OSError, match="no connection can be made"):  # nobody trusts this certificate
            await stranger.run(one, landed)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        addresses = {
            f"IOCLIB_{name}_URL": f"{url[:-1]}{number}" for number, name in enumerate(("BROKER", "QUOTA", "CACHE"))
        }
        await asyncio.to_thread(fleet.start, **addresses)
        try:
            assert not await asyncio.wait_for(executor.run(one, landed), 30)
        finally:
            await executor.aclose()
            await stranger.aclose()
    assert landed.outcomes == dict.fromkeys(range(20), "not_found")


@pytest.mark.slow
async def test_a_chunk_of_a_worker_that_is_killed_is_delivered_again(fleet: Fleet, served: Served) -> None:
    served.latency = 0.2
    first = fleet.start("--longest", "2")
    executor, landed = CeleryExecutor(fleet.url), Landed()
    try:
        running = asyncio.create_task(executor.run(chunk("shodan_internetdb", *PUBLIC[:20]), landed))
        await asyncio.to_thread(until, lambda: served.paths)
        first.kill()
        served.latency = 0
        await asyncio.to_thread(fleet.start, "--longest", "2")
        assert not await asyncio.wait_for(running, 45)
    finally:
        await executor.aclose()
    assert landed.outcomes == dict.fromkeys(range(20), "not_found")


@pytest.mark.slow
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
async def test_a_worker_that_is_told_to_stop_finishes_its_chunks(
    fleet: Fleet, served: Served, sign: signal.Signals
) -> None:
    served.latency = 0.5
    worker = fleet.start("--concurrency", "2")
    executor, landed = CeleryExecutor(fleet.url), [Landed() for _ in range(4)]
    chunks = [chunk("shodan_internetdb", *PUBLIC[20 * n : 20 * n + 20]) for n in range(4)]
    try:
        running = [asyncio.create_task(executor.run(*one)) for one in zip(chunks, landed, strict=True)]
        await asyncio.to_thread(until, lambda: served.paths)
        worker.send_signal(sign)
        assert await asyncio.to_thread(worker.wait, 30) == (1 if sign is signal.SIGINT else 0)  # as Celery has it
        await asyncio.sleep(0.5)
        assert sum(one.done() for one in running) == 2
        served.latency = 0
        await asyncio.to_thread(fleet.start)
        await asyncio.wait_for(asyncio.gather(*running), 30)
    finally:
        await executor.aclose()
    assert len(served.paths) == len(set(served.paths)) == 80


@pytest.mark.slow
async def test_two_workers_share_a_quota(fleet: Fleet, served: Served) -> None:
    limits = {"IOCLIB_SOURCES__SHODAN_INTERNETDB__LIMITS": "30/hour"}
    for _ in range(2):
        fleet.start(**limits)
    executor, landed = CeleryExecutor(fleet.url), [Landed() for _ in range(6)]
    chunks = [chunk("shodan_internetdb", *PUBLIC[20 * n : 20 * n + 20]) for n in range(6)]
    try:
        results = await asyncio.wait_for(
            asyncio.gather(*(executor.run(*one) for one in zip(chunks, landed, strict=True))), 40
        )
    finally:
        await executor.aclose()
    assert len(served.paths) == 30
    assert sum(len(one.outcomes) for one in landed) == 30
    deferred = [one for each in results for one in each]
    assert len(deferred) == 90
    assert all(time.time() < one.until < time.time() + 2 * 3600 * 6 for one in deferred)


@pytest.mark.slow
async def test_what_nobody_waits_for_is_not_asked(fleet: Fleet, served: Served) -> None:
    killed = CeleryExecutor(fleet.url, "night")
    killed._send("3f1c7a52-0000-4000-8000-000000000001", chunk("shodan_internetdb", *PUBLIC[:20]))
    successor, landed = CeleryExecutor(fleet.url, "night"), Landed()
    running = asyncio.create_task(successor.run(chunk("shodan_internetdb", *PUBLIC[:20]), landed))
    await asyncio.to_thread(fleet.start)
    try:
        assert not await asyncio.wait_for(running, 30)
    finally:
        await successor.aclose()
        await killed.aclose()
    assert len(landed.outcomes) == 20
    assert len(served.paths) == 20


@pytest.mark.slow
def test_a_job_survives_its_coordinator_and_its_workers(fleet: Fleet, served: Served, tmp_path: Path) -> None:
    fleet.environment["IOCLIB_CACHE_URL"] = fleet.url[:-1] + "2"
    (tmp_path / "iocs").write_text("\n".join(PUBLIC[:400]))
    served.latency = 0.1
    command = [
        "bulk",
        str(tmp_path / "iocs"),
        "--job",
        "night",
        "--workers",
        "--source",
        "shodan_internetdb",
        "--quiet",
    ]

    def coordinator() -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, "-m", "ioclib", *command], env={**os.environ, **fleet.environment})

    workers = [fleet.start("--longest", "2", "--concurrency", "4") for _ in range(2)]
    first = coordinator()
    until(lambda: len(served.paths) >= 60, first)
    first.kill()
    first.wait()
    second = coordinator()
    until(lambda: len(served.paths) >= 200, second)
    workers[0].kill()
    assert second.wait(45) == 0
    assert set(served.paths) == {f"/{one}" for one in PUBLIC[:400]}
    assert len(served.paths) <= 400 + 20, "only what was under way at a kill is asked again"
    export = [sys.executable, "-m", "ioclib", "jobs", "export", "night", "--to", str(tmp_path / "out.jsonl")]
    subprocess.run(export, check=True, env={**os.environ, **fleet.environment})
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 400


@pytest.mark.slow
async def test_a_redis_that_is_away_is_told_and_comes_back(fleet: Fleet, served: Served) -> None:
    executor, landed = CeleryExecutor(fleet.url), Landed()
    fleet.start()
    try:
        assert not await asyncio.wait_for(executor.run(chunk("shodan_internetdb", *PUBLIC[:5]), landed), 30)
        with contextlib.suppress(redis.ConnectionError):
            fleet.redis.shutdown(nosave=True)
        with pytest.raises(OSError, match="no connection can be made"):
            await asyncio.wait_for(executor.run(chunk("shodan_internetdb", *PUBLIC[:5]), landed), 30)
        with redis_server("--requirepass", PASSWORD, port=urlsplit(fleet.url).port):
            with pytest.raises(OSError, match="lost what it was given"):
                await executor.run(chunk("shodan_internetdb", *PUBLIC[5:9]), Landed())
            assert not await asyncio.wait_for(executor.run(chunk("shodan_internetdb", *PUBLIC[5:9]), Landed()), 40)
    finally:
        await executor.aclose()


@pytest.mark.slow
async def test_a_worker_outlives_a_redis_that_is_killed_while_it_works(fleet: Fleet, served: Served) -> None:
    served.latency = 0.3
    worker = fleet.start("--concurrency", "4", "--longest", "4")
    executor, landed = CeleryExecutor(fleet.url), Landed()
    chunks = [chunk("shodan_internetdb", *PUBLIC[20 * n : 20 * n + 20]) for n in range(12)]
    running = [asyncio.create_task(executor.run(one, Landed())) for one in chunks]
    await asyncio.to_thread(until, lambda: len(served.paths) > 20)
    with fleet.redis as server:
        os.kill(int(server.info()["process_id"]), signal.SIGKILL)
    await asyncio.sleep(1)  # nobody can connect
    try:
        with redis_server("--requirepass", PASSWORD, port=urlsplit(fleet.url).port):
            given_up = await asyncio.wait_for(asyncio.gather(*running, return_exceptions=True), 60)
            assert any(isinstance(one, OSError) for one in given_up)
            served.latency = 0
            assert not await asyncio.wait_for(executor.run(chunks[0], landed), 60)
        assert worker.poll() is None
    finally:
        await executor.aclose()
    assert landed.outcomes == dict.fromkeys(range(20), "not_found")


@pytest.mark.slow
async def test_a_worker_ends_when_flower_says_so(fleet: Fleet) -> None:
    worker = fleet.start()
    executor = CeleryExecutor(fleet.url)
    try:
        await asyncio.to_thread(executor._app.control.shutdown)
        assert await asyncio.to_thread(worker.wait, 20) == 0
    finally:
        await executor.aclose()


@pytest.mark.slow
async def test_no_output_holds_a_password(fleet: Fleet, served: Served) -> None:
    worker = fleet.start()
    executor = CeleryExecutor(fleet.url)
    executor._backend.client.sadd(executor._wanted, "broken")
    executor._app.send_task(TASK, (executor._name, "no chunk"), task_id="broken", queue=QUEUE)
    until(lambda: "DecodeError" in fleet.told())
    with contextlib.suppress(redis.ConnectionError):
        fleet.redis.shutdown(nosave=True)
    until(lambda: "onnection" in fleet.told().rpartition("DecodeError")[2])
    worker.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        worker.wait(10)
    await executor.aclose()
    told = fleet.told()
    assert "redis://:**@" in told
    for spelling in (PASSWORD, quote(PASSWORD, safe=""), quote(PASSWORD)):
        assert spelling not in told
