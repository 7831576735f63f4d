"""Long runs: the ledger, the coordinator, and what a user sees of them."""

import asyncio
import csv
import json
import logging
import os
import subprocess
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from io import BufferedReader, BytesIO, RawIOBase
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ioclib import cli
from ioclib.client import Client, serve_sandbox
from ioclib.client.inputs import Input
from ioclib.client.jobs import LongRun, job_of
from ioclib.errors import ConfigurationError, UnreadableFile
from ioclib.jobs.chunks import Chunk, Deferred, Item, Land, Row
from ioclib.jobs.coordinator import Coordinator
from ioclib.jobs.ledger import SPAN, JobLedger

pytestmark = pytest.mark.usefixtures("unpaced")

C2 = "203.0.113.66"


def run(*arguments: str, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(cli.main, list(arguments), input=stdin)


@pytest.fixture
def ledger(tmp_path: Path) -> JobLedger:
    return JobLedger(tmp_path / "jobs.sqlite3")


def addresses(number: int) -> list[tuple[str, str, str]]:
    return [("ipv4", f"198.18.{one // 250}.{one % 250}", "x") for one in range(number)]


class Told:
    """A source that is asked nothing: its pace, and how much room it has each time."""

    types: tuple[str, ...] = ("ipv4",)

    def __init__(self, name: str, *, room: int = 10_000, scarce: bool = False, kept: Sequence[int] = ()) -> None:
        self.name = name
        self.scarce = scarce
        self._room = room
        self._kept = set(kept)

    async def room(self) -> tuple[int, float]:
        return self._room, 0.0

    async def kept(self, items: Sequence[Item]) -> list[Row]:
        return [Row(one.id, "found", b"{}") for one in items if one.id in self._kept]


class Answering:
    """An executor that answers everything, and remembers what it was asked."""

    window = 2

    def __init__(self, *, fails: int = 0, defers: int = 0, dies_after: int | None = None) -> None:
        self.asked: Counter[tuple[str, int]] = Counter()
        self.sizes: list[int] = []
        self._fails = fails
        self._defers = defers
        self._dies_after = dies_after

    async def run(self, chunk: Chunk, land: Land) -> list[Deferred]:
        self.sizes.append(len(chunk.items))
        await asyncio.sleep(0)
        if self._fails:
            self._fails -= 1
            raise OSError("the broker is away")
        later = [Deferred(one.id, time.time() + 0.01) for one in chunk.items[: self._defers]]
        self._defers = 0
        for one in chunk.items[len(later) :]:
            if self._dies_after is not None and self.asked.total() >= self._dies_after:
                raise RuntimeError("killed")
            self.asked[chunk.source, one.id] += 1
            await land([Row(one.id, "not_found", b"{}")])
        return later

    async def aclose(self) -> None:
        """Nothing is open."""


async def coordinated(ledger: JobLedger, paces: Sequence[Told], executor: Answering, number: int, **more: Any) -> None:
    job, _ = await job_of(ledger, "one", addresses(number), tlp="clear", sandbox=True)
    await Coordinator(ledger, job, {one.name: one for one in paces}, executor, **more).run()


async def test_every_lookup_has_one_row(ledger: JobLedger) -> None:
    executor = Answering()
    number = 2 * SPAN + 7
    await coordinated(ledger, [Told("a"), Told("b")], executor, number)
    assert await ledger.counts("one") == {"a": {"not_found": number}, "b": {"not_found": number}}
    assert set(executor.asked.values()) == {1}
    assert (await ledger.job("one")).state == "done"  # type: ignore[union-attr]
    await ledger.aclose()


async def test_a_chunk_is_done_in_the_transaction_that_keeps_its_last_results(ledger: JobLedger) -> None:
    settled: list[tuple[int, int]] = []

    class Watching(JobLedger):
        async def settle(self, name: str, source: str, start: int, rows: Sequence[Row] = (), **more: Any) -> None:
            settled.extend([(start, row.id) for row in rows])
            await super().settle(name, source, start, rows, **more)

    watching = Watching(None)
    await coordinated(watching, [Told("a", room=200)], Answering(), SPAN + 3)
    assert settled == [(SPAN, SPAN + 2), (0, SPAN - 1)]
    await watching.aclose()


async def test_what_was_broken_off_goes_on_and_asks_nothing_twice(ledger: JobLedger) -> None:
    dying = Answering(dies_after=900)
    with pytest.raises(ExceptionGroup):
        await coordinated(ledger, [Told("a"), Told("b")], dying, 2 * SPAN)
    assert 0 < dying.asked.total() <= 900
    going_on = Answering()
    await coordinated(ledger, [Told("a"), Told("b")], going_on, 0)
    assert await ledger.counts("one") == {"a": {"not_found": 2 * SPAN}, "b": {"not_found": 2 * SPAN}}
    assert set((dying.asked + going_on.asked).values()) == {1}
    await ledger.aclose()


async def test_a_source_is_given_what_its_quota_allows(ledger: JobLedger) -> None:
    executor = Answering()
    await coordinated(ledger, [Told("a", room=3)], executor, 10)
    assert executor.sizes == [3, 3, 3, 1]
    await ledger.aclose()


async def test_what_is_kept_is_not_asked(ledger: JobLedger) -> None:
    executor = Answering()
    await coordinated(ledger, [Told("a", kept=range(90))], executor, 100)
    assert sorted(number for _, number in executor.asked) == list(range(90, 100))
    assert await ledger.counts("one") == {"a": {"found": 90, "not_found": 10}}
    await ledger.aclose()


async def test_what_is_kept_lands_before_anybody_waits_for_quota(ledger: JobLedger) -> None:
    class Exhausted(Told):
        async def room(self) -> tuple[int, float]:
            return 0, 3600.0

    number = 6 * SPAN
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(2):
            await coordinated(ledger, [Exhausted("a", kept=range(5 * SPAN, number))], Answering(), number)
    assert await ledger.counts("one") == {"a": {"found": SPAN}}
    await ledger.aclose()


async def test_what_is_deferred_or_out_of_reach_is_tried_again(
    ledger: JobLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ioclib.jobs.coordinator._AGAIN", 0.01)
    executor = Answering(fails=2, defers=5)
    await coordinated(ledger, [Told("a")], executor, 20)
    assert await ledger.counts("one") == {"a": {"not_found": 20}}
    assert set(executor.asked.values()) == {1}
    await ledger.aclose()


async def test_what_failed_or_was_skipped_can_be_asked_again(ledger: JobLedger) -> None:
    number = 2 * SPAN
    await coordinated(ledger, [Told("a", kept=range(number)), Told("b", kept=range(number))], Answering(), number)
    change = "UPDATE result SET outcome = ? WHERE source = 'a' AND indicator = ?"
    none = [("failed", 3), ("skipped", 4), ("failed", SPAN)]
    await ledger._database.run(lambda db: db.executemany(change, none))
    assert await ledger.retry("one") == 3
    assert (await ledger.job("one")).state == "open"  # type: ignore[union-attr]
    assert [one.start for one in await ledger.open_chunks("one", "a")] == [0, SPAN]
    assert not await ledger.open_chunks("one", "b")
    executor = Answering()
    await coordinated(ledger, [Told("a"), Told("b")], executor, 0)
    assert set(executor.asked) == {("a", 3), ("a", 4), ("a", SPAN)}
    assert await ledger.retry("one") == 0
    await ledger.aclose()


async def test_a_row_that_is_there_stays(ledger: JobLedger) -> None:
    await job_of(ledger, "one", addresses(3), tlp="clear", sandbox=True)
    assert await ledger.keep("one", "a", [Row(1, "found", b'"first"')]) == 1
    assert await ledger.keep("one", "a", [Row(1, "failed", b'"second"'), Row(2, "found", b'"x"')]) == 1
    assert await ledger.answers("one", 0, 3) == {1: [b'"first"'], 2: [b'"x"']}
    await ledger.aclose()


async def test_an_indicator_counts_once(ledger: JobLedger) -> None:
    job, new = await job_of(ledger, "one", [*addresses(3), *addresses(3)], tlp="clear", sandbox=True)
    assert (job.total, new) == (3, True)
    assert await job_of(ledger, "one", addresses(9), tlp="clear", sandbox=True) == (job, False)
    await ledger.aclose()


async def test_scarce_sources_wait_for_the_others_and_are_asked_what_is_left(ledger: JobLedger) -> None:
    order: list[str] = []

    class Sieve:
        async def unwanted(self, source: str, start: int, items: Sequence[Item]) -> list[Row]:
            assert (source, start) == ("scarce", 0)
            order.append("sieve")
            return [Row(one.id, "skipped", b"{}") for one in items if one.id < 4]

    class Noting(Answering):
        async def run(self, chunk: Chunk, land: Land) -> list[Deferred]:
            order.append(chunk.source)
            return await super().run(chunk, land)

    executor = Noting()
    await coordinated(ledger, [Told("scarce", scarce=True), Told("free")], executor, 6, sieve=Sieve())
    assert order == ["free", "sieve", "scarce"]
    assert await ledger.counts("one") == {"free": {"not_found": 6}, "scarce": {"skipped": 4, "not_found": 2}}
    await ledger.aclose()


# What it is made of ---------------------------------------------------------------------------------------------------


def values(given: Input) -> list[str]:
    return [value for _, value, _ in given]


def test_lists_texts_folders_and_tables(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(
        f"{C2}\n\nevil[.]example\nno indicator here, but 198.51.100.9\n", encoding="utf-8"
    )
    listed = Input(tmp_path / "list.txt")
    assert values(listed) == [C2, "evil.example"]
    assert listed.wrong == 1
    (tmp_path / "text.txt").write_text("we saw 198.51.100.9 and 198.51.100.10 today\n", encoding="utf-8")
    assert values(Input(tmp_path / "text.txt")) == ["198.51.100.9", "198.51.100.10"]
    assert values(Input(tmp_path)) == [C2, "evil.example", "198.51.100.9", "198.51.100.10"]
    (tmp_path / "t.csv").write_text("when,src\n1,198.51.100.1\n2,\n3,198.51.100.2\n", encoding="utf-8")
    assert values(Input(tmp_path / "t.csv", column="src")) == ["198.51.100.1", "198.51.100.2"]
    (tmp_path / "t.jsonl").write_text('{"src": "198.51.100.3"}\n{"other": 1}\n', encoding="utf-8")
    assert values(Input(tmp_path / "t.jsonl", column="src")) == ["198.51.100.3"]
    assert values(Input(None, BytesIO(b"198.51.100.4\n"))) == ["198.51.100.4"]
    assert values(Input(None, BytesIO(b"then 198.51.100.5 came by\n"))) == ["198.51.100.5"]
    assert values(Input(None, BytesIO(b"when,src\r\n1,198.51.100.6\r\n"), "src")) == ["198.51.100.6"]
    assert values(Input(None, BytesIO(b'{"src": "198.51.100.7"}\n'), "src")) == ["198.51.100.7"]


def test_a_long_text_on_standard_input_is_not_held_in_memory() -> None:
    class Endless(RawIOBase):
        """Eight megabytes of one line, with an indicator at the end."""

        left = 8 * 2**20

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            size = min(len(buffer), self.left)
            self.left -= size
            buffer[:size] = (b"the quick brown fox " * (size // 20 + 1))[:size]
            if size and not self.left:
                buffer[size - 14 : size] = b" 198.51.100.8\n"
            return size

    tracemalloc.start()
    found = values(Input(None, BufferedReader(Endless())))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == ["198.51.100.8"]
    assert peak < 8 * 2**20


def test_parquet(tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    parquet.write_table(pa.table({"src": ["198.51.100.1", None, "evil.example"]}), tmp_path / "t.parquet")
    assert values(Input(tmp_path / "t.parquet", column="src")) == ["198.51.100.1", "evil.example"]
    with pytest.raises(UnreadableFile, match="it has src"):
        values(Input(tmp_path / "t.parquet", column="dst"))


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(UnreadableFile, match="no column 'src': it has a, b"):
        values(Input(tmp_path / "t.csv", column="src"))
    with pytest.raises(UnreadableFile, match="no file"):
        values(Input(tmp_path / "nowhere"))


# On the command line --------------------------------------------------------------------------------------------------


@pytest.fixture
def iocs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    file = tmp_path / "iocs.txt"
    file.write_text(f"{C2}\n198.51.100.140\nupdate-heron.example\n", encoding="utf-8")
    return file


FEW = ("--sandbox", "--source", "tor", "--source", "team_cymru", "--source", "doh")


def test_a_job_from_the_beginning_to_the_export(iocs: Path, tmp_path: Path) -> None:
    result = run("bulk", str(iocs), "--job", "november", *FEW)
    assert result.exit_code == 0, result.stderr
    assert "3 indicators" in result.stderr
    assert "5 of 5 lookups" in result.stderr
    assert "ioclib jobs export november --sandbox --to november.jsonl" in result.stdout
    assert "november" in run("jobs", "list", "--sandbox").stdout
    assert "done, 3 indicators" in run("jobs", "show", "november", "--sandbox").stdout
    for name in ("out.jsonl", "out.csv", "out.parquet", "out.json"):
        assert run("jobs", "export", "november", "--sandbox", "--to", str(tmp_path / name)).exit_code == 0
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert Counter(one["source"] for one in lines) == {"tor": 2, "team_cymru": 2, "doh": 1}
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 5
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["type"] == "bundle"
    from pyarrow import parquet

    assert parquet.read_table(tmp_path / "out.parquet").num_rows == 5
    again = run("bulk", str(iocs), "--job", "november", *FEW)
    assert again.exit_code == 0
    assert "going on with 3 indicators" in again.stderr


def test_a_plan_of_more_than_a_day_is_not_begun_unasked(iocs: Path) -> None:
    iocs.write_text("\n".join(f"198.51.100.{one}" for one in range(60)), encoding="utf-8")
    result = run("bulk", str(iocs), "--job", "long", "--sandbox", "--source", "greynoise_community")
    assert result.exit_code == 2
    assert "greynoise_community would end on" in result.stderr
    assert "--yes" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["bulk", "nowhere.txt", "--job", "one"], "no file"),
        (["bulk", "-", "--job", "../one"], "no name of a job"),
        (["jobs", "show", "nobody"], "there is no job 'nobody'"),
        (["jobs", "retry", "nobody"], "there is no job 'nobody'"),
        (["jobs", "export", "nobody", "--to", "x.xml"], "ends in none of"),
    ],
)
def test_what_cannot_be_is_one_sentence(iocs: Path, arguments: list[str], says: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_cancelled_job_goes_on_when_it_is_begun_again(iocs: Path) -> None:
    run("bulk", str(iocs), "--job", "one", *FEW)
    assert "0 lookups are asked again" in run("jobs", "retry", "one", "--sandbox").stdout
    assert run("jobs", "cancel", "one", "--sandbox").exit_code == 0
    assert "cancelled" in run("jobs", "list", "--sandbox").stdout
    assert run("bulk", str(iocs), "--job", "one", *FEW).exit_code == 0
    assert run("jobs", "cancel", "one", "--forget", "--sandbox").exit_code == 0
    assert run("jobs", "list", "--sandbox").stdout == ""


def test_two_do_not_run_one_job(iocs: Path) -> None:
    from ioclib.client.jobs import alone

    with alone("one"):
        result = run("bulk", str(iocs), "--job", "one", *FEW)
    assert result.exit_code == 2
    assert "is being run already" in result.stderr


async def test_the_library_gives_reports_and_goes_on(iocs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = ["tor", "team_cymru", "doh"]
    async with Client(sandbox=True, sources=sources) as client:
        first = [report async for report in client.bulk([C2, "update-heron.example", C2], job="mine")]
    assert [one.indicators[0].value for one in first] == [C2, "update-heron.example"]
    assert [answer.source for answer in first[0].answers] == ["team_cymru", "tor"]
    monkeypatch.setattr(Client, "ask_of", None)  # nobody is asked again
    async with Client(sandbox=True, sources=sources) as client:
        again = [report async for report in client.bulk([C2, "update-heron.example"], job="mine")]
    assert [one.indicators[0].overall for one in again] == [one.indicators[0].overall for one in first]


async def test_only_unknown_asks_the_scarce_what_is_left(ledger: JobLedger) -> None:
    given = [("ipv4", C2, C2), ("ipv4", "198.51.100.250", "x")]
    async with Client(sandbox=True, sources=["feodo", "greynoise_community"]) as client:
        job, _ = await job_of(ledger, "one", given, tlp="clear", sandbox=True)
        await LongRun(client, ledger, job, only_unknown=True).run()
    counts = await ledger.counts("one")
    assert counts["greynoise_community"]["skipped"] == 1
    assert sum(counts["greynoise_community"].values()) == 2
    await ledger.aclose()


def test_names_of_jobs() -> None:
    from ioclib.client.jobs import checked_name

    assert checked_name("november-2.b_1") == "november-2.b_1"
    for name in ("", "a/b", ".x", "x" * 65, "a b"):
        with pytest.raises(ConfigurationError):
            checked_name(name)


class Sent(logging.Handler):
    """How often each path was asked of the sandbox's server."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.paths: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        self.paths[record.getMessage().split()[1]] += 1


@pytest.fixture
def sent() -> Iterator[Sent]:
    logger, handler = logging.getLogger("ioclib.sandbox.server"), Sent()
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield handler
    logger.setLevel(before)
    logger.removeHandler(handler)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_job_that_is_killed_again_and_again_is_whole(tmp_path: Path, sent: Sent) -> None:
    """Ten times with -9, at any moment: every lookup has one row, and only what was under way was sent twice."""
    number, kills = 3000, 10
    file = tmp_path / "iocs.txt"
    file.write_text("\n".join(f"198.18.{one // 250}.{one % 250}" for one in range(number)), encoding="utf-8")
    with serve_sandbox() as (_, environment):
        places = {"XDG_STATE_HOME": str(tmp_path / "state"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
        command = [sys.executable, "-m", "ioclib", "bulk", str(file), "--job", "killed", "--include-internal"]
        command += ["--source", "shodan_internetdb", "--quiet", "--yes"]
        for turn in range(kills):
            with suppress(subprocess.TimeoutExpired):  # which kills it
                subprocess.run(
                    command, env={**os.environ, **environment, **places}, timeout=0.9 + 0.11 * turn, check=True
                )
        subprocess.run(command, env={**os.environ, **environment, **places}, timeout=120, check=True)
    assert asyncio.run(_counts(tmp_path / "state" / "ioclib" / "jobs.sqlite3")) == number
    asked = Counter({path: count for path, count in sent.paths.items() if "198.18." in path})
    assert len(asked) == number
    assert asked.total() - number <= kills * 30  # ten under way, and what had not reached the disk


async def _counts(path: Path) -> int:
    ledger = JobLedger(path)
    counts = await ledger.counts("killed")
    await ledger.aclose()
    return sum(counts["shodan_internetdb"].values())
