"""What every tool is measured with: blocks of a file, counted until they or the time are used up.

Nothing is imported here but the standard library, since the environment is a peer's.
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path


def processor() -> float:
    """Seconds of processor time that this process has used."""
    times = os.times()
    return times.user + times.system


def measure(extracted: Callable[[Iterator[str]], int], *, block: int) -> None:
    """Prints, as JSON, how many bytes of a file were read in how many seconds of processor time.

    Args:
        extracted: takes the blocks one after the other; returns how many indicators it found.
        block: characters of a block; each ends where a line does.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--seconds", type=float, default=1e9, help="begin no block after these")
    options = parser.parse_args()
    text = options.file.read_text(encoding="utf-8")
    taken = 0

    def blocks() -> Iterator[str]:
        nonlocal taken
        while taken < len(text) and processor() - began < options.seconds:
            end = text.rfind("\n", taken, taken + block) + 1 or taken + block
            yield text[taken:end]
            taken = min(end, len(text))

    began, wall = processor(), time.perf_counter()
    found = extracted(blocks())
    seconds = processor() - began
    size = len(text[:taken].encode())
    print(json.dumps({"bytes": size, "seconds": seconds, "wall": time.perf_counter() - wall, "found": found}))
