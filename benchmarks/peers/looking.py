"""What every lookup tool is measured with: the same addresses, asked of a server on loopback and of nothing else.

    python -m benchmarks.peers.lookup_NAME BASE SOURCES ADDRESS…

Nothing is imported here but the standard library (and httpx, for a tool that has it), since the environment is a
peer's. What a tool imports is not measured; what it builds for a run, as clients and providers, is.
"""

import argparse
import json
import re
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch

_HOST = {"socket.getaddrinfo": 0, "socket.gethostbyname": 0}
_ADDRESS = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1}
_LOOPBACK = re.compile(r"127(\.\d+){3}|::1|localhost")
STATUS = Path("/proc/self/status")


def _loopback_only(event: str, given: tuple[Any, ...]) -> None:
    if event in _HOST:
        host = given[_HOST[event]]
    elif event in _ADDRESS and isinstance(given[_ADDRESS[event]], tuple):
        host = given[_ADDRESS[event]][0]
    else:
        return
    if host and not _LOOPBACK.fullmatch(str(host)):
        raise ConnectionRefusedError(f"{event}: {host} is not on loopback")


sys.addaudithook(_loopback_only)  # before the tool is imported, and for good


def measure(look_up: Callable[[str, list[str], int], int]) -> None:
    """Prints, as JSON, the seconds, the seconds of processor time, MiB at the peak, and the lookups that were answered.

    Args:
        look_up: asks so many sources at this base address about these indicators; returns how many answers it has.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("base")
    parser.add_argument("sources", type=int)
    parser.add_argument("addresses", nargs="+")
    options = parser.parse_args()
    began, busy = time.perf_counter(), time.process_time()
    lookups = look_up(options.base, options.addresses, options.sources)
    seconds, cpu = time.perf_counter() - began, time.process_time() - busy
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak": peak(), "lookups": lookups}))


def peak() -> float:
    """MiB at the peak of this program, without what ran in this process before it (uv), where the system tells."""
    if STATUS.exists():
        (line,) = (line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def redirected(base: str) -> Iterator[None]:
    """While it lasts, a new asynchronous client of httpx asks the base address for what it would ask of any host."""
    httpx: Any = import_module("httpx")  # its environment has it, the type checker's has not

    async def redirect(request: Any) -> None:
        request.url = httpx.URL(base + request.url.raw_path.decode())

    with patch.object(httpx, "AsyncClient", partial(httpx.AsyncClient, event_hooks={"request": [redirect]})):
        yield
