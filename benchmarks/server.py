"""A provider on loopback for benchmarks: a process of its own, one answer for everything, after a latency.

The path says how: ``/d200/…`` answers after 200 ms, ``/d0/…`` at once, ``/hangs/…`` never.
"""

import asyncio
import multiprocessing
import re
import ssl
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import trustme

ANSWER = b'{"score": 80, "note": "seen by three sensors", "first": "2026-11-02", "last": "2026-11-23", "tags": ["a"]}'
_REPLY = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(ANSWER) + ANSWER
_PATH = re.compile(rb"^[^ ]+ [^ ]*?/(d(\d+)|hangs)\b")  # the body of the request before may precede the method


class Served(NamedTuple):
    """Where the server is.

    Attributes:
        base: its address.
        ca: the file with the certificate that signed its own; empty without TLS.
        arrived: when the first request came, by `time.perf_counter`; to be set to 0 before.
        asked: how many requests came; to be set to 0 before.
    """

    base: str
    ca: str
    arrived: Any = None
    asked: Any = None


class _Provider(asyncio.Protocol):
    def __init__(self, arrived: Any, asked: Any) -> None:
        self._arrived = arrived
        self._asked = asked

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        *heads, self._rest = (self._rest + data).split(b"\r\n\r\n")
        self._arrived.value = self._arrived.value or time.perf_counter()
        self._asked.value += len(heads)
        for head in heads:
            found = _PATH.match(head)
            if found is None or found[2] is None:
                continue
            if delay := int(found[2]):
                self._loop.call_later(delay / 1000, self._answer)
            else:
                self._answer()

    def _answer(self) -> None:
        if not self._transport.is_closing():
            self._transport.write(_REPLY)


def _serve(certificate: str, ready: Connection, arrived: Any, asked: Any) -> None:
    async def main() -> None:
        context = None
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
        server = await asyncio.get_running_loop().create_server(
            lambda: _Provider(arrived, asked), "127.0.0.1", 0, ssl=context, backlog=2048
        )
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


@contextmanager
def serving(*, tls: bool) -> Iterator[Served]:
    """The server, while the context lasts."""
    with tempfile.TemporaryDirectory() as folder:
        certificate = trusted = ""
        if tls:
            ca = trustme.CA()
            certificate, trusted = str(Path(folder) / "server.pem"), str(Path(folder) / "ca.pem")
            ca.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(certificate)
            ca.cert_pem.write_to_path(trusted)
        ours, theirs = multiprocessing.Pipe()
        arrived = multiprocessing.Value("d", 0.0, lock=False)
        asked = multiprocessing.Value("l", 0, lock=False)
        process = multiprocessing.Process(target=_serve, args=(certificate, theirs, arrived, asked), daemon=True)
        process.start()
        try:
            yield Served(f"http{'s' if tls else ''}://127.0.0.1:{ours.recv()}", trusted, arrived, asked)
        finally:
            process.terminate()
            process.join()
