"""A fleet whose parts are killed at random: is every lookup there once, and what was sent twice?

    python -m benchmarks.survival [--lookups 100000] [--kills 10] [--seed 7]
    python -m benchmarks.survival --short

Two workers and a coordinator ask the sandbox, which counts. Meanwhile one of the workers, the coordinator, or all three
are killed with -9 and started again, and so is Redis, once. A lookup may be sent twice only if it was under way at a
kill, and no minute may see more requests than the limit, which both sources share, as they are on one host here. Needs
the extra ``cluster``.
"""

import argparse
import json
import logging
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import inf
from pathlib import Path

from tests.redis_server import free_port, redis_server

from ioclib.client import serve_sandbox

SOURCES = ("shodan_internetdb", "dshield")
JOB = "survival"
PER_MINUTE = 20_000
LONGEST = 6
"""Seconds of a message: what a killed worker had is taken up after four times that."""

_REFUSED = 2
"""The exit code of a command that has not begun: a Redis that it needs is out of reach."""

SLOWEST = 50
"""Lookups a second, below which something hangs."""

UNDER_WAY = 2.5
"""Seconds before a kill in which an answer may have come that nobody had written down yet: a Redis that writes down
what it holds every second keeps it for up to two where the disk is slow (its page about persistence and latency)."""


class Counting(logging.Handler):
    """When the sandbox was asked for what."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.asked: list[tuple[float, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        if found := re.search(r" /(\w+)/\S*?(8\.\d+\.\d+\.\d+)", record.getMessage()):
            self.asked.append((time.time(), f"{found[1]} {found[2]}"))


@contextmanager
def counted() -> Iterator[Counting]:
    """What the sandbox's server is asked, while the context lasts."""
    logger, counting = logging.getLogger("ioclib.sandbox.server"), Counting()
    logger.addHandler(counting)
    logger.setLevel(logging.DEBUG)
    yield counting
    logger.removeHandler(counting)


class Redis:
    """A Redis that writes down what it holds."""

    def __init__(self, folder: Path) -> None:
        self._port = free_port()
        self._options = ("--appendonly", "yes", "--dir", str(folder))
        self.start()

    def start(self) -> None:
        """As it was when it was killed."""
        self._running = redis_server(*self._options, port=self._port)
        self.url = self._running.__enter__()

    def kill(self) -> None:
        """With -9."""
        self._running.__exit__(None, None, None)


class Fleet:
    """The processes of a job, which are started again when they were killed.

    Args:
        folder: for their log, and for the list of indicators.
        environment: what makes them find Redis and the sandbox.
        each: indicators, each for every source.
        workers: how many.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], each: int, workers: int = 2) -> None:
        self._log = (folder / "log").open("ab")
        self._environment = {**os.environ, **environment}
        iocs = folder / "iocs.txt"
        iocs.write_text("\n".join(f"8.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in range(each)), encoding="utf-8")
        self._job = ["bulk", str(iocs), "--job", JOB, "--workers", "--quiet", "--yes"]
        self._job += [word for one in SOURCES for word in ("--source", one)]
        self.workers = [self._worker() for _ in range(workers)]
        self.coordinator = self._start(*self._job)

    def _worker(self) -> "subprocess.Popen[bytes]":
        return self._start("worker", "--concurrency", "8", "--longest", str(LONGEST))

    def _start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "ioclib", *arguments]
        return subprocess.Popen(command, env=self._environment, stdout=self._log, stderr=self._log)

    def kill(self, whom: str, chance: random.Random) -> None:
        """Kills, and starts anew."""
        if whom != "coordinator":
            for number in range(len(self.workers)) if whom == "all" else [chance.randrange(len(self.workers))]:
                _killed(self.workers[number])
                self.workers[number] = self._worker()
        if whom != "worker":
            _killed(self.coordinator)
            self.coordinator = self._start(*self._job)

    def is_done(self) -> bool:
        """Whether the coordinator has ended. One that could not begin, since Redis was away, is started again."""
        code = self.coordinator.poll()
        if code == _REFUSED:
            self.coordinator = self._start(*self._job)
            return False
        return code is not None

    def stop(self) -> None:
        for one in (*self.workers, self.coordinator):
            _killed(one)
        self._log.close()


def _killed(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()


def disturb(fleet: Fleet, redis: Redis, counting: Counting, kills: int, lookups: int, seed: int) -> list[float]:
    """Kills at random moments of the run.

    Returns:
        When somebody was killed.
    """
    chance, killed = random.Random(seed), list[float]()
    end = time.monotonic() + longest(lookups)
    moments = sorted(chance.uniform(0.02, 0.95) for _ in range(kills + 1))
    turns = ["worker", "coordinator", "all"]
    victims = ["redis", *(turns * kills)[:kills]]
    chance.shuffle(victims)
    for moment, victim in zip(moments, victims, strict=True):
        while len(counting.asked) < moment * lookups:
            assert not fleet.is_done(), "the coordinator has ended"
            assert time.monotonic() < end, "the fleet hangs"
            time.sleep(chance.uniform(0, 0.05))
        killed.append(time.time())
        print(f"{len(counting.asked):>8,} requests: {victim} killed", flush=True)
        if victim == "redis":
            redis.kill()
            time.sleep(1)
            redis.start()
        else:
            fleet.kill(victim, chance)
    return killed


def longest(lookups: int) -> float:
    """Seconds that so many may take, kills and all."""
    return 60 + lookups / SLOWEST


def rows(folder: Path, environment: Mapping[str, str]) -> Counter[str]:
    """The rows of the job, by outcome."""
    to = folder / "rows.jsonl"
    command = [sys.executable, "-m", "ioclib", "jobs", "export", JOB, "--to", str(to)]
    subprocess.run(command, env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL)
    found = [json.loads(line) for line in to.read_text(encoding="utf-8").splitlines()]
    assert len({(one["value"], one["source"]) for one in found}) == len(found), "a row is there twice"
    return Counter(one["outcome"] for one in found)


def most(times: Sequence[float], seconds: float) -> int:
    """The most requests of any period of so many seconds; the times in order."""
    return max(bisect_left(times, one + seconds) - number for number, one in enumerate(times))


def settings(folder: Path, redis: Redis, sandbox: Mapping[str, str], **of_sources: str) -> dict[str, str]:
    """An environment with everything in Redis, the services in the sandbox, and these settings for each source."""
    environment = dict(sandbox)
    for number, name in enumerate(("BROKER", "QUOTA", "CACHE")):
        environment[f"IOCLIB_{name}_URL"] = f"{redis.url[:-1]}{number}"
    for name in ("STATE", "CACHE", "CONFIG"):
        environment[f"XDG_{name}_HOME"] = str(folder / name)
    for source in SOURCES:
        for name, value in of_sources.items():
            environment[f"IOCLIB_SOURCES__{source.upper()}__{name.upper()}"] = value
    return environment


def run(lookups: int, kills: int, seed: int) -> None:
    """One job, from beginning to end, and what came of it."""
    with tempfile.TemporaryDirectory() as home, counted() as counting, serve_sandbox() as (_, sandbox):
        folder = Path(home)
        redis = Redis(folder)
        environment = settings(folder, redis, sandbox, limits=f"{PER_MINUTE}/minute")
        began = time.monotonic()
        fleet = Fleet(folder, environment, lookups // len(SOURCES))
        try:
            killed = disturb(fleet, redis, counting, kills, lookups, seed)
            while not fleet.is_done():
                assert time.monotonic() - began < longest(lookups), "the fleet hangs"
                time.sleep(0.05)
            took = time.monotonic() - began
            assert fleet.coordinator.returncode == 0, "the coordinator has failed"
        except AssertionError:
            print((folder / "log").read_text(encoding="utf-8")[-4000:])
            raise
        finally:
            fleet.stop()
            redis.kill()
        print(f"{lookups:,} lookups in {took:,.0f} s")
        judge(lookups, rows(folder, environment), counting.asked, killed)


def judge(lookups: int, rows: Counter[str], asked: Sequence[tuple[float, str]], killed: Sequence[float]) -> None:
    """Prints what came of it.

    Raises:
        AssertionError: it is not what was promised.
    """
    when: dict[str, list[float]] = defaultdict(list)
    for at, what in asked:
        when[what].append(at)
    again = [times for times in when.values() if len(times) > 1]
    early = [min((kill - at for kill in killed if kill >= at - UNDER_WAY), default=inf) for at, *_ in again]
    busiest = most([at for at, _ in asked], 60.0)
    print(f"{rows.total():,} rows: " + ", ".join(f"{number:,} {outcome}" for outcome, number in rows.items()))
    print(f"{len(asked):,} requests")
    print(f"{len(again):,} lookups were sent more than once, {max(map(len, again), default=1)} times at most")
    print(f"the first of their answers came {max(early, default=0.0):.2f} s before a kill at most")
    print(f"{busiest:,} requests in the busiest minute, of {PER_MINUTE:,}")
    assert rows.total() == lookups, "a row is missing"
    assert max(early, default=0.0) <= UNDER_WAY, "a lookup that was not under way at a kill was sent again"
    assert busiest <= PER_MINUTE, "the quota was exceeded"


def main() -> None:
    parser = argparse.ArgumentParser(description="A fleet whose parts are killed at random.")
    parser.add_argument("--lookups", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--short", action="store_true", help="4,000 lookups and three kills")
    chosen = parser.parse_args()
    if chosen.short:
        run(4000, 3, chosen.seed)
    else:
        run(chosen.lookups, chosen.kills, chosen.seed)


if __name__ == "__main__":
    main()
