"""How fast indicators are found in prose and in a dense log, beside the tools that others use for it.

    python -m benchmarks.extraction [--rounds 5] [--mb-prose 5] [--mb-log 20] [--peers a,b | --no-peers] [--hostile]
    python -m benchmarks.extraction --short

Megabytes per second of processor time. Every tool is a process of its own in every round, and every peer has an
environment of its own, made by uv; the rounds of all tools alternate. A slow tool gets as much of the text as it reads
in a number of seconds (``--seconds``). Also: how long `detect` takes for one value, and the import of the package.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from benchmarks.corpus import MB, pasted, write
from benchmarks.peers.environment import isolated

ROOT = Path(__file__).parent.parent
OURS, YARDSTICK = "ioclib", "ioc-finder"
PEERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ioc-finder": ("ioc-finder==9.4.1",),
        "iocsearcher": ("iocsearcher==3.1.0",),
        "iocextract": ("iocextract==1.16.1", "requests"),  # which it imports, but does not require
        "msticpy": ("msticpy==3.0.2",),
    }
)
SHORT = ["--rounds", "1", "--mb-prose", "0.5", "--mb-log", "1", "--no-peers", "--imports", "3"]


@dataclass(frozen=True)
class Run:
    """One process that read one file, or the beginning of it."""

    megabytes: float
    seconds: float
    found: int

    @property
    def speed(self) -> float:
        return self.megabytes / self.seconds


def command(tool: str) -> list[str]:
    """Python in the tool's environment."""
    if tool == OURS:
        return [sys.executable]
    return [*isolated(*PEERS[tool]), "python"]


def run(tool: str, file: Path, seconds: float) -> Run:
    module = f"benchmarks.peers.extract_{tool.replace('-', '_')}"
    limits = [] if tool == OURS else ["--seconds", str(seconds)]
    words = [*command(tool), "-m", module, str(file), *limits]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{tool} failed:\n{done.stderr}")
    said = json.loads(done.stdout.splitlines()[-1])
    return Run(said["bytes"] / MB, max(said["seconds"], 0.001), said["found"])


def race(tools: Sequence[str], files: Iterable[Path], rounds: int, seconds: float) -> dict[Path, dict[str, list[Run]]]:
    """What every tool did with every file, round after round."""
    runs: dict[Path, dict[str, list[Run]]] = {file: {tool: [] for tool in tools} for file in files}
    for _ in range(rounds):
        for file, of_file in runs.items():
            for tool, of_tool in of_file.items():
                of_tool.append(run(tool, file, seconds))
    return runs


def table(runs: Mapping[str, Sequence[Run]]) -> str:
    """Medians and ranges, and how often the yardstick goes into each."""
    medians = {tool: statistics.median(one.speed for one in each) for tool, each in runs.items()}
    rows: list[tuple[str, ...]] = [("", "MB/s", "lowest", "highest", f"of {YARDSTICK}", "MB read", "found per MB")]
    for tool, each in runs.items():
        speeds = [one.speed for one in each]
        ratio = f"{medians[tool] / medians[YARDSTICK]:.1f}" if YARDSTICK in medians else "-"
        read = statistics.median(one.megabytes for one in each)
        found = statistics.median(one.found / one.megabytes for one in each)
        rates = (f"{speed:.3f}" for speed in (medians[tool], min(speeds), max(speeds)))
        rows.append((tool, *rates, ratio, f"{read:.2f}", f"{found:.0f}"))
    return "\n".join(f"{row[0]:<12}" + "".join(f"{cell:>14}" for cell in row[1:]) for row in rows)


def detection(number: int) -> tuple[float, int]:
    """Microseconds that `detect` takes for a pasted value, the median; and how many values it refused."""
    from ioclib import InvalidIndicator, detect

    detect("198.51.100.1")  # what is loaded once is not the value's fault
    times: list[int] = []
    refused = 0
    for value in pasted(number):
        began = time.perf_counter_ns()
        try:
            detect(value)
        except InvalidIndicator:
            refused += 1
        times.append(time.perf_counter_ns() - began)
    return statistics.median(times) / 1000, refused


def importing(rounds: int) -> tuple[float, float]:
    """Milliseconds that a new Python takes to import the package, and to do nothing; medians."""
    times: dict[str, list[float]] = {"import ioclib": [], "pass": []}
    for _ in range(rounds):
        for program, of_program in times.items():
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", program], check=True)
            of_program.append(1000 * (time.perf_counter() - began))
    nothing = statistics.median(times["pass"])
    return statistics.median(times["import ioclib"]) - nothing, nothing


def hostile() -> str:
    """What each of the hostile texts costs."""
    from tests.hostile import HOSTILE, cost

    rows = [f"{'milliseconds for':<32} {'4 kB':>7} {'64 kB':>7} {'1 MB':>7} {'exponent':>9} {'memory':>7}"]
    for name in HOSTILE:
        spent = cost(name)
        times = " ".join(f"{1000 * seconds:7.1f}" for seconds in (spent.small, spent.medium, spent.large))
        rows.append(f"{name:<32} {times} {spent.exponent:9.2f} {spent.memory:6.1f}x")
    return "\n".join(rows)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The speed of extraction, side by side.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--mb-prose", type=float, default=5)
    parser.add_argument("--mb-log", type=float, default=20)
    parser.add_argument("--seconds", type=float, default=10, help="of processor time for a peer in a round")
    parser.add_argument("--peers", default=",".join(PEERS), help="separated by commas")
    parser.add_argument("--no-peers", action="store_const", const="", dest="peers")
    parser.add_argument("--imports", type=int, default=15, help="rounds of importing the package")
    parser.add_argument("--hostile", action="store_true", help="the hostile texts as well")
    parser.add_argument("--short", action="store_true", help="a few seconds, without peers")
    options = parser.parse_args()
    if options.short:
        options = parser.parse_args(SHORT)
    options.peers = [name for name in options.peers.split(",") if name]
    if strangers := set(options.peers) - set(PEERS):
        parser.error(f"no such peer: {', '.join(sorted(strangers))}")
    return options


def main() -> None:
    options = arguments()
    with tempfile.TemporaryDirectory() as folder:
        files = write(Path(folder), options.mb_prose, options.mb_log)
        runs = race([OURS, *options.peers], files.values(), options.rounds, options.seconds)
        for name, file in files.items():
            print(f"{name}, {file.stat().st_size / MB:.1f} MB; per second of processor time, rounds: {options.rounds}")
            print(table(runs[file]), end="\n\n")
    if options.peers:
        print(f"A peer begins no block after {options.seconds:g} s: then the column says how much it has read.\n")
    microseconds, refused = detection(500)
    print(f"detect      {microseconds:.1f} us for a pasted value, the median of 500 (refused: {refused})")
    package, nothing = importing(options.imports)
    print(f"import      {package:.0f} ms on top of the {nothing:.0f} ms that Python takes for nothing")
    if options.hostile:
        print(f"\n{hostile()}")


if __name__ == "__main__":
    main()
