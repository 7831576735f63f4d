"""The only door, against a real TLS server on loopback that does everything wrong that a server can do."""

import asyncio
import gzip
import logging
import ssl
import zlib
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, Self

import pytest
import trustme

from ioclib import transport as door
from ioclib.errors import SourceError
from ioclib.transport import HttpTransport
from ioclib.wire import WireRequest, WireResponse

SECRET = "a-recognisable-key-0123456789"
MIB = 2**20

Behave = Callable[[asyncio.StreamReader, asyncio.StreamWriter, bytes], Coroutine[Any, Any, None]]


class Hostile:
    """A TLS server whose behaviour is chosen by the path."""

    def __init__(self, ca: trustme.CA) -> None:
        self.behaviours: dict[str, Behave] = {}
        self.heads: list[bytes] = []
        self.connections = 0
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ca.issue_cert("localhost", "127.0.0.1").configure_cert(self._context)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._context)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.heads.append(head)
                path = head.split()[1].decode().partition("?")[0]
                await self.behaviours[path](reader, writer, head)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        finally:
            writer.close()


def reply(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> Behave:
    async def behave(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: bytes) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers, "", ""]
        writer.write("\r\n".join(lines).encode() + body)

    return behave


async def hang(_: asyncio.StreamReader, __: asyncio.StreamWriter, ___: bytes) -> None:
    await asyncio.sleep(3600)


async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: bytes) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(0.02)


async def endless_headers(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: bytes) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(20_000):
        writer.write(b"X-%d: %s\r\n" % (number, b"y" * 100))
        await writer.drain()


async def break_off(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: bytes) -> None:
    writer.transport.abort()


def bomb(size: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join([*(packer.compress(bytes(MIB)) for _ in range(size // MIB)), packer.flush()])


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hostile]:
    ca = trustme.CA()
    context = ssl.create_default_context()
    ca.configure_trust(context)
    monkeypatch.setattr(door, "_tls_context", lambda: context)
    async with Hostile(ca) as hostile:
        yield hostile


async def fetch(server: Hostile, path: str, max_bytes: int = MIB, **changes: Any) -> WireResponse:
    transport = HttpTransport()
    request = {
        "source": "one",
        "method": "GET",
        "url": f"https://localhost:{server.port}{path}?key={SECRET}",
        "headers": {"X-Key": SECRET},
        "max_bytes": max_bytes,
        **changes,
    }
    try:
        return await transport.fetch(WireRequest(**request))
    finally:
        await transport.aclose()


async def failure(server: Hostile, behave: Behave, **changes: Any) -> SourceError:
    server.behaviours["/x"] = behave
    with pytest.raises(SourceError) as caught:
        await fetch(server, "/x", **changes)
    return caught.value


async def test_a_plain_answer(server: Hostile) -> None:
    server.behaviours["/x"] = reply(b"{}", "Content-Type: application/json", "X-Rate: 7")
    response = await fetch(server, "/x")
    assert (response.status, response.body, response.headers["x-rate"]) == (200, b"{}", "7")
    assert f"X-Key: {SECRET}".encode() in server.heads[0]


async def test_a_body_is_sent_as_it_is(server: Hostile) -> None:
    got: list[bytes] = []

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
        got.append(await reader.readexactly(5))
        await reply(b"ok")(reader, writer, head)

    server.behaviours["/x"] = behave
    await fetch(server, "/x", method="POST", body=b"a=b&c")
    assert got == [b"a=b&c"]
    assert b"Content-Length: 5" in server.heads[0]


async def test_paths_stay_as_they_are_quoted(server: Hostile) -> None:
    path = "/indicators/url/http%3A%2F%2Fevil.example%2Fa%3Fb%23c%25/general"
    server.behaviours[path] = reply(b"ok")
    await fetch(server, path)
    assert server.heads[0].split()[1].decode().startswith(path)


async def test_a_compressed_answer(server: Hostile) -> None:
    server.behaviours["/x"] = reply(gzip.compress(b"hello"), "Content-Encoding: gzip")
    assert (await fetch(server, "/x")).body == b"hello"


async def test_redirects_come_back_as_they_are(server: Hostile) -> None:
    server.behaviours["/x"] = reply(b"", "Location: https://localhost/y", status="302 Found")
    response = await fetch(server, "/x")
    assert (response.status, len(server.heads)) == (302, 1)


async def test_cookies_are_not_kept(server: Hostile) -> None:
    server.behaviours["/x"] = reply(b"ok", "Set-Cookie: track=me")
    transport = HttpTransport()
    for _ in range(2):
        url = f"https://localhost:{server.port}/x"
        await transport.fetch(WireRequest(source="one", method="GET", url=url, headers={}, max_bytes=10))
    await transport.aclose()
    assert b"track" not in b"".join(server.heads)
    assert server.connections == 1, "but the connection is"


@pytest.mark.parametrize(
    ("behave", "kind"),
    [
        (break_off, "unreachable"),
        (reply(b"short", length=1000, status="200 OK"), "unreachable"),
        (reply(b"x" * (2 * MIB)), "unexpected_answer"),
        (reply(bomb(200 * MIB), "Content-Encoding: gzip"), "unexpected_answer"),
        (reply(gzip.compress(bomb(100 * MIB)), "Content-Encoding: gzip, gzip"), "unexpected_answer"),
        (reply(b"not gzip", "Content-Encoding: gzip"), "unexpected_answer"),
        (endless_headers, "unreachable"),
    ],
    ids=["broken", "short", "large", "bomb", "bomb-in-bomb", "not-gzip", "endless-headers"],
)
async def test_what_a_server_does_wrong_has_a_name(server: Hostile, behave: Behave, kind: str) -> None:
    if behave.__qualname__.startswith("reply") and kind == "unreachable":
        inner = behave

        async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
            await inner(reader, writer, head)
            await writer.drain()
            writer.close()

    error = await failure(server, behave)
    assert error.kind == kind, error


@pytest.mark.parametrize("behave", [hang, drip], ids=["hang", "drip"])
async def test_a_deadline_cuts_it_off(server: Hostile, behave: Behave) -> None:
    server.behaviours["/x"] = behave
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await fetch(server, "/x")


async def test_silence_is_a_timeout(server: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "_SILENCE_SECONDS", 0.1)
    assert (await failure(server, hang)).kind == "timeout"


async def test_an_unknown_certificate_is_refused(server: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "_tls_context", ssl.create_default_context)
    error = await failure(server, reply(b"ok"))
    assert (error.kind, error.message) == ("unreachable", "no secure connection")
    assert not server.heads


async def test_a_closed_port_is_unreachable(server: Hostile) -> None:
    error = await failure(server, reply(b""), url="https://localhost:1/x")
    assert error.kind == "unreachable"


async def test_no_secret_in_errors_logs_or_tracebacks(server: Hostile, caplog: pytest.LogCaptureFixture) -> None:
    import traceback

    caplog.set_level(logging.INFO)
    server.behaviours["/ok"] = reply(b"ok")
    await fetch(server, "/ok")
    for behave in (break_off, reply(b"x" * (2 * MIB)), reply(b"no", "Content-Encoding: gzip")):
        error = await failure(server, behave)
        told = "".join(traceback.format_exception(error)) + repr(error) + str(error)
        assert SECRET not in told
        assert error.__cause__ is None
        assert error.__context__ is None
    error = await failure(server, reply(b""), url=f"https://localhost:1/{SECRET}", headers={"X-Key": f"{SECRET}\n"})
    assert SECRET not in "".join(traceback.format_exception(error))
    assert SECRET not in caplog.text
