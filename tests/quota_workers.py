"""What runs in other processes in the tests of quotas."""

import asyncio
import sys
import time
from pathlib import Path
from threading import Barrier
from typing import Any

from ioclib.quota import Ledger, RedisLedger, SqliteLedger
from ioclib.source import Limit

LIMITS = (Limit(4, per="minute"), Limit(500, per="day"))
TRIES = 6
PATIENCE = 60
"""Seconds."""


def opened(place: str, offset: float = 0) -> Ledger:
    """The ledger of a Redis or of a file, for a client whose clock is so many seconds off."""
    if place.startswith("redis:"):
        return RedisLedger(place, clock=lambda: time.time() + offset)
    return SqliteLedger(Path(place))


def race(places: list[tuple[str, str]], offset: float, barrier: Barrier, granted: Any) -> None:
    """In each round, all processes begin at the same moment and try more often than the limits allow."""
    for number, (place, key) in enumerate(places):
        granted.put((number, asyncio.run(_grab(place, key, offset, barrier))))


async def _grab(place: str, key: str, offset: float, barrier: Barrier) -> int:
    ledger = opened(place, offset)
    barrier.wait(PATIENCE)
    waits = [await ledger.reserve(key, LIMITS) for _ in range(TRIES)]
    await ledger.aclose()
    return sum(not wait.seconds for wait in waits)


async def exhaust(place: str, keys: int) -> None:
    """Takes all that there is of many keys, and says so of each request once it is granted."""
    ledger = opened(place)
    for number in range(keys):
        while not (await ledger.reserve(f"key {number}", LIMITS)).seconds:
            _say(str(number))
    await ledger.aclose()
    _say("done")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(exhaust(sys.argv[1], int(sys.argv[2])))
