"""Servers on loopback: one that does whatever a server can do wrong, and a proxy."""

import asyncio
import base64
import gzip
import socket
import ssl
import struct
import zlib
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Self

import trustme

MIB = 2**20

Behave = Callable[[asyncio.StreamReader, asyncio.StreamWriter, bytes], Coroutine[Any, Any, None]]


class Server:
    """A server whose behaviour is chosen by the path.

    Args:
        certificate: without one it speaks plain HTTP.
    """

    def __init__(self, certificate: trustme.LeafCert | None = None) -> None:
        self.behaviours: dict[str, Behave] = {}
        self.heads: list[bytes] = []
        self.connections = 0
        self.open = 0
        self._empty = asyncio.Event()
        self._empty.set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._context = None
        if certificate:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            certificate.configure_cert(self._context)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._context)
        self.port: int = self._server.sockets[0].getsockname()[1]
        self.address = f"{'https' if self._context else 'http'}://localhost:{self.port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def closed(self) -> None:
        """Waits until nobody is connected."""
        async with asyncio.timeout(5):
            await self._empty.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        self.connections += 1
        self.open += 1
        self._empty.clear()
        try:
            await self._talk(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            self.open -= 1
            if not self.open:
                self._empty.set()
            self._tasks.discard(task)
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Until the other side goes away, even where a behaviour waits for ever."""
        while head := await reader.readuntil(b"\r\n\r\n"):
            self.heads.append(head)
            path = head.split()[1].decode().partition("?")[0]
            behaving = asyncio.ensure_future(self.behaviours[path](reader, writer, head))
            try:
                while not (behaving.done() or reader.at_eof() or reader.exception() or writer.transport.is_closing()):
                    await asyncio.wait([behaving], timeout=0.02)
            finally:
                behaving.cancel()
            with suppress(asyncio.CancelledError):
                await behaving
            await writer.drain()


def head(*headers: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode("latin-1")


def raw(*parts: bytes, end: bool = False) -> Behave:
    """Sends these bytes, and hangs up when it is told to."""

    async def behave(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: bytes) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
        if end:
            writer.close()

    return behave


def reply(body: bytes, *headers: str, status: str = "200 OK") -> Behave:
    return raw(head(f"Content-Length: {len(body)}", *headers, status=status) + body)


def short(body: bytes, *headers: str) -> Behave:
    """Announces more than it sends."""
    return raw(head(f"Content-Length: {len(body) + 1000}", *headers) + body, end=True)


async def hang(_: asyncio.StreamReader, __: asyncio.StreamWriter, ___: bytes) -> None:
    await asyncio.sleep(3600)


async def hang_after_headers(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: bytes) -> None:
    writer.write(head("Content-Length: 10"))
    await asyncio.sleep(3600)


def drip(first: bytes, drop: bytes) -> Behave:
    async def behave(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: bytes) -> None:
        writer.write(first)
        while True:
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(0.02)

    return behave


drip_body = drip(head("Content-Length: 1000"), b".")
drip_headers = drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"y")


async def endless_headers(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: bytes) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(20_000):
        writer.write(b"X-%d: %s\r\n" % (number, b"y" * 100))
        await writer.drain()


async def endless_body(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: bytes) -> None:
    writer.write(head())
    while True:
        writer.write(bytes(64 * 1024))
        await asyncio.sleep(0)
        await writer.drain()


async def reset(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: bytes) -> None:
    """An RST, not a FIN."""
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


def bomb(size: int) -> bytes:
    """Gzip of so many zeros, without the work: a block that stands for itself, over and over."""
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    start = gzip.compress(b"")[:10]
    last = zlib.compressobj(9, wbits=-15).flush()
    total = size // MIB * MIB
    check = 0
    for _ in range(total // MIB):
        check = zlib.crc32(bytes(MIB), check)
    return start + block * (total // MIB) + last + struct.pack("<II", check, total % 2**32)


class Proxy:
    """An HTTP proxy: tunnels and forwards to one port of this machine, whatever the name.

    Args:
        port: where everything goes.
        user: name and password that it wants, such as ``name:password``.
        refuse: answers with this status instead.
    """

    def __init__(self, port: int, *, user: str = "", refuse: str = "") -> None:
        self.heads: list[bytes] = []
        self._port = port
        self._wanted = b"Basic " + base64.b64encode(user.encode()) if user else b""
        self._refuse = refuse
        self._tasks: set[asyncio.Task[Any]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.host = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def targets(self) -> list[str]:
        return [" ".join(one.decode().split()[:2]) for one in self.heads]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        try:
            while one := await reader.readuntil(b"\r\n\r\n"):
                self.heads.append(one)
                if self._wanted and b"Proxy-Authorization: " + self._wanted not in one:
                    writer.write(head("Content-Length: 0", status="407 Who are you?"))
                elif self._refuse:
                    writer.write(head("Content-Length: 0", status=self._refuse))
                else:
                    await self._pass_on(one, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _pass_on(self, one: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, out = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            if one.startswith(b"CONNECT "):
                writer.write(head(status="200 Connection established"))
            else:
                method, target, rest = one.split(b" ", 2)
                out.write(b" ".join([method, b"/" + target.split(b"/", 3)[3], rest]))
            await asyncio.gather(_pump(reader, out), _pump(there, writer))
        finally:
            out.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()
