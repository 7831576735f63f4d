"""How fast long runs are, beside a bare loop and with one worker more, and how much memory they take.

    python -m benchmarks.bulk [--rounds 5] [--parts 1,2,3]
    python -m benchmarks.bulk --short

Contenders are processes of their own, and their rounds alternate. Needs the extra ``cluster``.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.lookups import ROOT, Race, contender, environment, wanted
from benchmarks.server import Served, serving
from benchmarks.survival import SOURCES, Fleet, Redis, counted, settings
from ioclib.client import serve_sandbox
from ioclib.sandbox import Faults

SECONDS = 0.3
"""Until a service answers, where sources are what limits workers."""

AT_ONCE = 10
"""Requests of a worker to each service."""


def executors(rounds: int, number: int) -> str:
    """A job in this process, the client without a ledger, and a loop of three lines on each HTTP client."""
    with serving(tls=False) as served:
        race = Race(rounds)
        race.run(
            {
                "bare httpx2": lambda: contender("bulk bare httpx2", served, number),
                "bare aiohttp": lambda: contender("bulk bare aiohttp", served, number),
                "Client.bulk on httpx2": lambda: contender("bulk", served, number),
                "Client.bulk on aiohttp": lambda: contender("bulk", served, number, transport="aiohttp"),
                "a job on httpx2": lambda: contender("job", served, number),
                "a job on aiohttp": lambda: contender("job", served, number, transport="aiohttp"),
            }
        )
    return race.table(("bare httpx2", "bare aiohttp", "Client.bulk on aiohttp"), rate=True)


def workers(rounds: int, each: int) -> str:
    """Lookups a second with one worker and with two, of services that take their time."""
    rates: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(rounds):
        for number, runs in rates.items():
            runs.append(rate(number, each))
    one, two = (statistics.median(runs) for runs in rates.values())
    lines = [
        f"{number} worker{'s' * (number > 1)}: {statistics.median(runs):.0f}/s [{min(runs):.0f} to {max(runs):.0f}]"
        for number, runs in rates.items()
    ]
    return "\n".join([*lines, f"two do {two / one:.2f} times the work of one"])


def rate(number: int, each: int) -> float:
    """Lookups a second of so many workers, from the first answer to the last."""
    faults = Faults(latency=SECONDS)
    with tempfile.TemporaryDirectory() as home, counted() as counting, serve_sandbox(faults=faults) as (_, sandbox):
        redis = Redis(Path(home))
        limited = settings(Path(home), redis, sandbox, limits="1000000/second", concurrency=str(AT_ONCE))
        fleet = Fleet(Path(home), limited, each, number)
        try:
            assert fleet.coordinator.wait() == 0, (Path(home) / "log").read_text(encoding="utf-8")[-2000:]
        finally:
            fleet.stop()
            redis.kill()
    times = sorted(at for at, _ in counting.asked)
    assert len(times) == each * len(SOURCES), "something was asked twice, or not at all"
    return len(times) / (times[-1] - times[0])


MEASURED = """
import sys
from benchmarks.contenders import peak
from ioclib.cli import main
main(sys.argv[1:], standalone_mode=False)
print("peak", peak())
"""


def memory(few: int, many: int) -> str:
    """Peaks of jobs with so many lookups in a local list."""
    peaks = {number: of_job(number) for number in (few, many)}
    lines = [f"{number:>9,} lookups: {peak:.0f} MiB" for number, peak in peaks.items()]
    return "\n".join([*lines, f"ratio {peaks[many] / peaks[few]:.2f}"])


def of_job(number: int) -> float:
    """MiB at the peak of ``ioclib bulk``."""
    with tempfile.TemporaryDirectory() as home:
        iocs = Path(home) / "iocs.txt"
        iocs.write_text("\n".join(f"11.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in range(number)), encoding="utf-8")
        words = ["bulk", str(iocs), "--job", "memory", "--sandbox", "--source", "tor", "--quiet", "--yes"]
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, *words],
            cwd=ROOT,
            env={**os.environ, **environment(home, Served("", ""))},
            capture_output=True,
            text=True,
            check=False,
        )
    found = re.search(r"^peak (.+)$", done.stdout, re.MULTILINE)
    if found is None:
        sys.exit(done.stderr)
    return float(found[1])


def main() -> None:
    parser = argparse.ArgumentParser(description="The speed and the memory of long runs, side by side.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--parts", default="1,2,3", help="separated by commas")
    parser.add_argument("--short", action="store_true", help="a minute or so")
    given = parser.parse_args()
    rounds, lookups, each, few, many = (
        (1, 1_000, 300, 1_000, 5_000) if given.short else (given.rounds, 20_000, 1_500, 10_000, 1_000_000)
    )
    parts: dict[str, tuple[str, Callable[[], str]]] = {
        "1": (f"{lookups:,} lookups of a server that answers at once", lambda: executors(rounds, lookups)),
        "2": (
            f"{each * len(SOURCES):,} lookups of services that take {SECONDS:g} s, by workers",
            lambda: workers(min(rounds, 3), each),
        ),
        "3": ("Memory", lambda: memory(few, many)),
    }
    for part in wanted(given.parts, parts):
        title, run = parts[part]
        print(f"\n{part}. {title}\n\n{run()}", flush=True)


if __name__ == "__main__":
    main()
