"""How fast lookups are, how much they cost, and how much memory they take, beside bare loops and other tools.

    python -m benchmarks.lookups [--rounds 5] [--parts 1,2,…] [--short]

Every contender is a process of its own in every round, with an empty home; the rounds of all contenders alternate, and
what counts is the ratio of the medians. The server is a process of its own on loopback.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmarks.contenders import FEW, MANY, TWELVE, WIDE
from benchmarks.peer_lookups import PEERS, peer
from benchmarks.server import Served, serving

ROOT = Path(__file__).parent.parent

Measured = dict[str, float]


@dataclass
class Race:
    """Contenders that do the same work, round after round.

    Attributes:
        rounds: how often each of them does it.
        runs: what came of it, by contender.
    """

    rounds: int
    runs: dict[str, list[Measured]] = field(default_factory=dict[str, list[Measured]])

    def run(self, contenders: Mapping[str, Callable[[], Measured]]) -> None:
        for _ in range(self.rounds):
            for name, contender in contenders.items():
                self.runs.setdefault(name, []).append(contender())

    def median(self, name: str, what: str = "seconds") -> float:
        return statistics.median(run[what] for run in self.runs[name])

    def table(self, yardsticks: Sequence[str], *, rate: bool = False) -> str:
        """Medians and ranges, and how they compare with each yardstick."""
        heads = ["", "lookups/s" if rate else "seconds", "lowest", "highest", "CPU µs each", "peak MiB"]
        rows = [[*heads, *(f"of {yardstick}" for yardstick in yardsticks)]]
        for name, runs in self.runs.items():
            values = [run["lookups"] / run["seconds"] if rate else run["seconds"] for run in runs]
            each = statistics.median(1e6 * run["cpu"] / run["lookups"] for run in runs)
            middle = statistics.median(values)
            cells = [f"{one:.0f}" if rate else f"{one:.3f}" for one in (middle, min(values), max(values))]
            ratios = [f"{self._ratio(name, yardstick, rate=rate):.2f}" for yardstick in yardsticks]
            rows.append([name, *cells, f"{each:.0f}", f"{self.median(name, 'peak'):.0f}", *ratios])
        return aligned(rows)

    def _ratio(self, name: str, yardstick: str, *, rate: bool) -> float:
        ratio = self.median(name) / self.median(yardstick)
        per_lookup = self.median(name, "lookups") / self.median(yardstick, "lookups")
        return per_lookup / ratio if rate else ratio


def aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    first, *others = widths
    return "\n".join(
        "  ".join([row[0].ljust(first), *(cell.rjust(width) for cell, width in zip(row[1:], others, strict=True))])
        for row in rows
    )


def contender(name: str, served: Served, number: int = 0, transport: str = "httpx2") -> Measured:
    """One run of a contender in a process of its own."""
    with tempfile.TemporaryDirectory() as home:
        words = [sys.executable, "-m", "benchmarks.contenders", name, served.base, served.ca, str(number)]
        done = subprocess.run(
            words, cwd=ROOT, env=environment(home, served, transport), capture_output=True, text=True, check=False
        )
    if done.returncode:
        sys.exit(f"{name} failed:\n{done.stderr}")
    measured: Measured = json.loads(done.stdout.splitlines()[-1])
    return {"lookups": 1.0, **measured}


def environment(home: str, served: Served, transport: str = "httpx2") -> dict[str, str]:
    """An empty home, and our server's certificate."""
    folders = {f"XDG_{name}_HOME": str(Path(home) / name.lower()) for name in ("CACHE", "STATE", "CONFIG")}
    trusted = {"SSL_CERT_FILE": served.ca} if served.ca else {}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IOCLIB_")}
    return {**kept, **folders, **trusted, "HOME": home, "IOCLIB_TRANSPORT": transport}


# The parts ------------------------------------------------------------------------------------------------------------


def one_indicator(rounds: int) -> str:
    with serving(tls=True) as served:
        race = Race(rounds)
        names = ("cold", "cold bare", "warm", "warm bare")
        race.run({name: partial(contender, name, served) for name in names})
    floor = {name: race.median(name) / 0.2 for name in names}
    lines = [f"{name:<10} {race.median(name):.3f} s, {floor[name]:.3f} times the 200 ms" for name in names]
    ratios = {name: floor[name] / floor[f"{name} bare"] for name in ("cold", "warm")}
    lines += [f"{name}: {ratio:.3f} of the bare loop on the same client" for name, ratio in ratios.items()]
    return "\n".join(lines)


def many_indicators(rounds: int) -> str:
    with serving(tls=False) as served:
        race = Race(rounds)
        race.run(
            {
                "bare httpx2": lambda: contender("many bare httpx2", served),
                "bare aiohttp": lambda: contender("many bare aiohttp", served),
                "ioclib on httpx2": lambda: contender("many", served),
                "the same, one source hangs": lambda: contender("many hanging", served),
                "ioclib on aiohttp": lambda: contender("many", served, transport="aiohttp"),
                "that, one source hangs": lambda: contender("many hanging", served, transport="aiohttp"),
            }
        )
    return race.table(("bare httpx2", "bare aiohttp"))


def throughput(rounds: int, number: int) -> str:
    with serving(tls=False) as served:
        race = Race(rounds)
        race.run(
            {
                "bare httpx2": lambda: contender("bulk bare httpx2", served, number),
                "bare aiohttp": lambda: contender("bulk bare aiohttp", served, number),
                "ioclib on httpx2": lambda: contender("bulk", served, number),
                "ioclib on aiohttp": lambda: contender("bulk", served, number, transport="aiohttp"),
            }
        )
    return race.table(("bare httpx2", "bare aiohttp"), rate=True)


def cached(rounds: int, number: int) -> str:
    with serving(tls=False) as served:
        race = Race(rounds)
        race.run({"gets of the same rows": lambda: contender("cached bare", served, number, transport="aiohttp")})
        race.run({"ioclib": lambda: contender("cached", served, number, transport="aiohttp")})
    return race.table(("gets of the same rows",), rate=True)


BARE_SCRIPT = """
import asyncio, sys
import httpx2

async def main():
    async with httpx2.AsyncClient(verify=httpx2.create_ssl_context()) as client:
        await client.get(sys.argv[1])

asyncio.run(main())
"""


def start_up(rounds: int) -> str:
    with serving(tls=False) as served, tempfile.TemporaryDirectory() as home:
        script = Path(home) / "bare.py"
        script.write_text(BARE_SCRIPT)
        base = f"{served.base}/d0"
        lookup = [sys.executable, "-m", "ioclib", "check", "8.8.8.8", "--source", "shodan_internetdb", "--json"]
        runs: dict[str, tuple[list[str], dict[str, str]]] = {
            "python -c pass": ([sys.executable, "-c", "pass"], {}),
            "ioclib --version": ([sys.executable, "-m", "ioclib", "--version"], {}),
            "bare script": ([sys.executable, str(script), base], {}),
            "ioclib check": (lookup, {"IOCLIB_SOURCES__SHODAN_INTERNETDB__BASE_URL": base, "IOCLIB_TIMEOUT": "5"}),
        }
        times: dict[str, list[float]] = {name: [] for name in runs}
        for _ in range(rounds + 1):  # the first compiles the bytecode, on all sides
            for name, (words, extra) in runs.items():
                with tempfile.TemporaryDirectory() as empty:
                    served.arrived.value = 0
                    began = time.perf_counter()
                    subprocess.run(
                        words, env={**environment(empty, served), **extra}, capture_output=True, check=False, cwd=ROOT
                    )
                    times[name].append((served.arrived.value or time.perf_counter()) - began)
    medians = {name: 1000 * statistics.median(each[1:]) for name, each in times.items()}
    lines = [f"{name:<18} {median:6.0f} ms" for name, median in medians.items()]
    lines.append(f"--version: {medians['ioclib --version'] - medians['python -c pass']:.0f} ms over python -c pass")
    lines.append(f"until the first request: {medians['ioclib check'] / medians['bare script']:.2f} of the bare script")
    return "\n".join(lines)


def memory(few: int, many: int) -> str:
    served = Served("https://opinions.example", "")
    peaks = {number: contender("streamed", served, number) for number in (few, many)}
    lines = [f"{number:>9,} indicators: {one['peak']:.0f} MiB, {one['seconds']:.0f} s" for number, one in peaks.items()]
    return "\n".join([*lines, f"ratio {peaks[many]['peak'] / peaks[few]['peak']:.2f}"])


def peers(rounds: int) -> str:
    with serving(tls=False) as served:
        race = Race(rounds)
        race.run({"ioclib on httpx2": lambda: contender("many", served)})
        race.run({"ioclib on aiohttp": lambda: contender("many", served, transport="aiohttp")})
        race.run({"a client for each request": lambda: contender("many of 2022", served)})
        race.run({name: partial(peer, name, served, MANY, FEW) for name in PEERS})
    return race.table(("ioclib on aiohttp",), rate=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="The speed of lookups, side by side.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--parts", default="1,2,3,4,5,6,7", help="separated by commas")
    parser.add_argument("--short", action="store_true", help="a minute or so, without other tools")
    given = parser.parse_args()
    rounds, lookups, indicators = (
        (1, 500, (1_000, 5_000)) if given.short else (given.rounds, 20_000, (10_000, 1_000_000))
    )
    chosen = "1,2,3,4,5,6" if given.short else given.parts
    parts: dict[str, tuple[str, Callable[[], str]]] = {
        "1": (f"One indicator, {TWELVE} sources of 200 ms over TLS", lambda: one_indicator(rounds)),
        "2": (f"{MANY} indicators, {FEW} sources of 200 ms, {WIDE} connections each", lambda: many_indicators(rounds)),
        "3": (f"{lookups:,} lookups of a server that answers at once", lambda: throughput(rounds, lookups)),
        "4": (f"{lookups:,} lookups that were kept", lambda: cached(rounds, lookups)),
        "5": ("Start", lambda: start_up(rounds)),
        "6": ("Memory", lambda: memory(*indicators)),
        "7": (f"{MANY} indicators, {FEW} sources of 200 ms: other tools", lambda: peers(rounds)),
    }
    for part in wanted(chosen, parts):
        title, run = parts[part]
        print(f"\n{part}. {title}\n\n{run()}", flush=True)


def wanted(chosen: str, parts: Iterable[str]) -> list[str]:
    names = chosen.split(",")
    if unknown := set(names) - set(parts):
        sys.exit(f"there is no part {min(unknown)}")
    return names


if __name__ == "__main__":
    main()
