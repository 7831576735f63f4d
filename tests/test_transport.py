"""The only door, on each client library, against a real TLS server that does everything wrong that a server can do."""

import asyncio
import datetime as dt
import gzip
import logging
import socket
import sys
import traceback
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, cast, get_args

import pytest
import trustme

from ioclib.errors import SourceError, Unreachable
from ioclib.transport import Network, make_transport, on_aiohttp, on_httpx2
from ioclib.transport.body import Body, NotCompressed, TooLarge
from ioclib.wire import Library, Transport, Trust, WireRequest, WireResponse
from tests.servers import (
    MIB,
    Behave,
    Server,
    bomb,
    drip_body,
    drip_headers,
    endless_body,
    endless_headers,
    hang,
    hang_after_headers,
    head,
    raw,
    reply,
    reset,
    short,
)

SECRET = "a-recognisable-key-0123456789"
LIBRARIES = [one for one in get_args(Library) if one != "auto"]

Make = Callable[[], Transport]


@pytest.fixture(scope="session")
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(ca: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    ca.cert_pem.write_to_path(path)
    return path


@pytest.fixture
async def server(ca: trustme.CA) -> AsyncIterator[Server]:
    async with Server(ca.issue_cert("localhost", "127.0.0.1", "intel.example")) as server:
        yield server


@pytest.fixture(params=LIBRARIES)
async def transport(request: pytest.FixtureRequest, ca_file: Path) -> AsyncIterator[Transport]:
    transport = make_transport(request.param, Network(ca_file=ca_file))
    yield transport
    await transport.aclose()


def asked(url: str, max_bytes: int = MIB, **changes: Any) -> WireRequest:
    headers = {"X-Key": SECRET, "User-Agent": "ioclib/test"}
    parts: dict[str, Any] = {"source": "one", "method": "GET", "url": url, "headers": headers, "max_bytes": max_bytes}
    return WireRequest(**parts | changes)


async def fetch(transport: Transport, server: Server, behave: Behave, **changes: Any) -> WireResponse:
    server.behaviours["/x"] = behave
    return await transport.fetch(asked(f"{server.address}/x?key={SECRET}", **changes))


async def failure(transport: Transport, server: Server, behave: Behave, **changes: Any) -> tuple[str, str]:
    with pytest.raises(SourceError) as caught:
        await fetch(transport, server, behave, **changes)
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + str(caught.value)
    assert SECRET not in told
    assert "localhost" not in told
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return str(caught.value.kind), caught.value.message


async def test_a_plain_answer(transport: Transport, server: Server) -> None:
    response = await fetch(transport, server, reply(b"{}", "Content-Type: application/json", "X-Rate: 7"))
    assert response.status == 200
    assert response.body == b"{}"
    assert response.headers == {"content-length": "2", "content-type": "application/json", "x-rate": "7"}


async def test_what_is_sent_is_what_was_asked_for_and_no_more(transport: Transport, server: Server) -> None:
    await fetch(transport, server, reply(b"{}"))
    request, *lines = server.heads[0].decode().splitlines()
    assert request == f"GET /x?key={SECRET} HTTP/1.1"
    assert {line.lower() for line in lines if line} == {
        f"host: localhost:{server.port}",
        "accept-encoding: gzip, deflate",
        f"x-key: {SECRET}",
        "user-agent: ioclib/test",
    }


async def test_a_body_is_sent_as_it_is(transport: Transport, server: Server) -> None:
    got: list[bytes] = []

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: bytes) -> None:
        got.append(await reader.readexactly(5))
        await reply(b"ok")(reader, writer, sent)

    await fetch(transport, server, behave, method="POST", body=b"a=b&c")
    assert got == [b"a=b&c"]
    assert b"Content-Length: 5" in server.heads[0]
    assert b"Content-Type" not in server.heads[0]


@pytest.mark.parametrize(
    "target",
    [
        "/indicators/url/http%3A%2F%2Fevil.example%2Fa%3Fb%23c%25/general",
        "/%7euser/%2e%2E/%61",
        "/a/../b//c/./d",
        "/x?q=a+b%20c%2Bd&e=%C3%A9&empty=&q=2",
        "/x?q=|\"<>^`{}[]'\\;,:@!$*()~",
    ],
)
async def test_paths_stay_as_they_are_quoted(transport: Transport, server: Server, target: str) -> None:
    server.behaviours[target.partition("?")[0]] = reply(b"ok")
    await transport.fetch(asked(server.address + target))
    assert server.heads[0].split()[1].decode() == target


async def test_what_no_request_line_can_hold_is_quoted(transport: Transport, server: Server) -> None:
    server.behaviours["/a%20%0D%0Ab/%C3%A9"] = reply(b"ok")
    await transport.fetch(asked(f"{server.address}/a \r\nb/é#fragment"))
    assert server.heads[0].split()[1] == b"/a%20%0D%0Ab/%C3%A9"


@pytest.mark.parametrize(
    "url", ["ftp://localhost/x", "https://", "localhost/x", "https://localhost:port/x", "http://[x"]
)
async def test_an_address_that_is_none(transport: Transport, url: str) -> None:
    with pytest.raises(SourceError, match="the address cannot be asked"):
        await transport.fetch(asked(url))


async def test_a_header_cannot_hold_another(transport: Transport, server: Server) -> None:
    problem = await failure(transport, server, reply(b""), headers={"X-Key": f"{SECRET}\r\nX-Other: 1"})
    assert problem == ("unexpected_answer", "the address cannot be asked")
    assert not server.heads


async def test_redirects_come_back_as_they_are(transport: Transport, server: Server) -> None:
    endless = reply(b"", f"Location: {server.address}/x", status="302 Found")
    response = await fetch(transport, server, endless)
    assert (response.status, response.headers["location"]) == (302, f"{server.address}/x")
    assert len(server.heads) == 1


async def test_the_connection_is_kept_and_cookies_are_not(transport: Transport, server: Server) -> None:
    for _ in range(3):
        response = await fetch(transport, server, reply(b"ok", "Set-Cookie: track=me", "Set-Cookie: and=you"))
        assert response.headers["set-cookie"] == "track=me, and=you"
    assert b"track" not in b"".join(server.heads)
    assert server.connections == 1


async def test_each_source_has_its_own_connections(transport: Transport, server: Server) -> None:
    for source in ("one", "two"):
        await fetch(transport, server, reply(b"ok"), source=source)
    assert server.connections == 2


async def test_more_than_was_announced_is_cut_off(transport: Transport, server: Server) -> None:
    """And never ends up in another answer: the connection is given up, at the latest when it is used again."""
    with suppress(Unreachable):
        response = await fetch(transport, server, raw(head("Content-Length: 2") + b"ok, but there is more"))
        assert response.body == b"ok"
    with suppress(Unreachable):
        assert (await fetch(transport, server, reply(b"next"))).body == b"next"
    assert (await fetch(transport, server, reply(b"last"))).body == b"last"
    assert server.connections == 2


@pytest.mark.parametrize(
    ("behave", "kind", "message"),
    [
        (reset, "unreachable", "the connection broke"),
        (raw(end=True), "unreachable", "the connection broke"),
        (short(b"short"), "unreachable", "the connection broke"),
        (raw(head("Transfer-Encoding: chunked") + b"5\r\nhel", end=True), "unreachable", "the connection broke"),
        (raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n", end=True), "unreachable", "the connection broke"),
        (endless_headers, "unreachable", "the connection broke"),
        (reply(b"", f"X-Huge: {'y' * 200_000}"), "unreachable", "the connection broke"),
        (reply(bytes(MIB + 1)), "unexpected_answer", "the answer is larger than 1048576 bytes"),
        (endless_body, "unexpected_answer", "the answer is larger than 1048576 bytes"),
        (
            reply(bomb(1024 * MIB), "Content-Encoding: gzip"),
            "unexpected_answer",
            "the answer is larger than 1048576 bytes",
        ),
        (
            reply(gzip.compress(bomb(1024 * MIB)), "Content-Encoding: gzip, gzip"),
            "unexpected_answer",
            "the answer is larger than 1048576 bytes",
        ),
        (reply(b"not gzip", "Content-Encoding: gzip"), "unexpected_answer", "the answer cannot be decompressed"),
        (
            reply(gzip.compress(b"hello")[:-9], "Content-Encoding: gzip"),
            "unexpected_answer",
            "the answer cannot be decompressed",
        ),
        (
            reply(zlib.compress(b"hello")[:-5], "Content-Encoding: deflate"),
            "unexpected_answer",
            "the answer cannot be decompressed",
        ),
    ],
    ids=lambda value: "" if callable(value) else None,
)
async def test_what_a_server_does_wrong_has_a_name(
    transport: Transport, server: Server, behave: Behave, kind: str, message: str
) -> None:
    assert await failure(transport, server, behave) == (kind, message)
    assert len(server.heads) == 1, "a broken request is not sent again: only the engine may"
    assert (await fetch(transport, server, reply(b"ok"))).body == b"ok"


async def test_a_kept_connection_that_breaks_is_not_tried_again(transport: Transport, server: Server) -> None:
    await fetch(transport, server, reply(b"ok"))
    assert await failure(transport, server, raw(end=True)) == ("unreachable", "the connection broke")
    assert len(server.heads) == 2


@pytest.mark.parametrize("behave", [hang, hang_after_headers, drip_body, drip_headers], ids=lambda one: one.__name__)
async def test_a_deadline_cuts_it_off(transport: Transport, server: Server, behave: Behave) -> None:
    loop = asyncio.get_running_loop()
    await fetch(transport, server, reply(b"ok"))
    began = loop.time()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await fetch(transport, server, behave)
    assert loop.time() - began < 0.5
    await server.closed()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (on_aiohttp, on_httpx2):
        monkeypatch.setattr(module, "_SILENCE_SECONDS", 0.1)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("behave", [hang, hang_after_headers], ids=["at-once", "after-headers"])
async def test_silence_is_a_timeout(transport: Transport, server: Server, behave: Behave) -> None:
    assert await failure(transport, server, behave) == ("timeout", "the service stopped answering")


@pytest.mark.usefixtures("impatient")
async def test_a_handshake_that_never_ends(transport: Transport) -> None:
    async with Server() as silent:
        with pytest.raises(SourceError, match="no connection in time"):
            await transport.fetch(asked(f"https://127.0.0.1:{silent.port}/x"))


async def test_a_closed_port(transport: Transport) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"https://localhost:{unused.getsockname()[1]}/{SECRET}"
        with pytest.raises(SourceError, match=r"^no connection$") as caught:
            await transport.fetch(asked(url))
    assert caught.value.kind == "unreachable"
    assert SECRET not in "".join(traceback.format_exception(caught.value))


async def test_a_host_that_does_not_exist(transport: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, f"who is {SECRET}?")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(SourceError, match=r"^no connection$"):
        await transport.fetch(asked("https://does-not-exist.invalid/x"))


@pytest.mark.parametrize("trouble", ["expired", "another name", "another authority"])
async def test_certificates_that_are_refused(transport: Transport, ca: trustme.CA, trouble: str) -> None:
    past = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    issue: dict[str, Callable[[], trustme.LeafCert]] = {
        "expired": lambda: ca.issue_cert("localhost", not_before=past - dt.timedelta(days=9), not_after=past),
        "another name": lambda: ca.issue_cert("elsewhere.example"),
        "another authority": lambda: trustme.CA().issue_cert("localhost"),
    }
    async with Server(issue[trouble]()) as server:
        assert await failure(transport, server, reply(b"ok")) == ("unreachable", "no secure connection")
        assert not server.heads


async def test_plain_http_where_tls_should_be(transport: Transport) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(head("Content-Length: 0", status="400 This is HTTP"))
        writer.close()

    plain = await asyncio.start_server(refuse, "127.0.0.1", 0)
    with pytest.raises(SourceError, match="no secure connection"):
        await transport.fetch(asked(f"https://localhost:{plain.sockets[0].getsockname()[1]}/x"))
    plain.close()


async def test_a_certificate_of_our_own_is_accepted_only_when_it_is_set(server: Server, ca_file: Path) -> None:
    for library in cast("list[Library]", LIBRARIES):
        for trust in get_args(Trust):
            for file, good in ((None, False), (ca_file, True)):
                transport = make_transport(library, Network(ca_file=file, trust=trust))
                if good:
                    assert (await fetch(transport, server, reply(b"ok"))).body == b"ok"
                else:
                    assert (await failure(transport, server, reply(b"ok")))[1] == "no secure connection"
                await transport.aclose()


async def test_certificates_that_cannot_be_read(server: Server, tmp_path: Path) -> None:
    for library in cast("list[Library]", LIBRARIES):
        transport = make_transport(library, Network(ca_file=tmp_path / "gone.pem"))
        problem = await failure(transport, server, reply(b"ok"))
        assert problem == ("unreachable", "the certificates to trust cannot be read")
        await transport.aclose()


@pytest.mark.slow
async def test_a_thousand_cancelled_requests_leave_nothing_behind(transport: Transport, server: Server) -> None:
    for behave in (hang, drip_body):
        server.behaviours["/x"] = behave
        url = f"{server.address}/x"
        for number in range(10):
            tasks = [asyncio.create_task(transport.fetch(asked(url))) for _ in range(50)]
            await asyncio.sleep(0.02 * number)  # before, during and after the handshake
            for task in tasks:
                task.cancel()
            assert all(isinstance(one, BaseException) for one in await asyncio.gather(*tasks, return_exceptions=True))
    assert server.connections > 100
    assert (await fetch(transport, server, reply(b"ok"))).body == b"ok"
    await transport.aclose()
    await server.closed()


async def test_no_secret_in_any_log(transport: Transport, server: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await fetch(transport, server, reply(b"ok"))
    for behave in (reset, reply(bytes(MIB + 1)), reply(b"no", "Content-Encoding: gzip")):
        await failure(transport, server, behave)
    assert SECRET not in caplog.text


_PEAK = """
import asyncio, resource, sys
from contextlib import suppress
from pathlib import Path
from ioclib.errors import SourceError, Unreachable
from ioclib.transport import Network, make_transport
from ioclib.wire import WireRequest

async def main(library, ca, address):
    transport = make_transport(library, Network(ca_file=Path(ca)))
    for path in ("/small", "/bomb"):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        request = WireRequest(source="x", method="GET", url=address + path, headers={}, max_bytes=2**20)
        try:
            await transport.fetch(request)
        except SourceError as error:
            print(error, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
    await transport.aclose()

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="it measures in another unit")
@pytest.mark.parametrize("library", LIBRARIES)
async def test_ten_gigabytes_in_ten_megabytes_cost_a_few(server: Server, ca_file: Path, library: str) -> None:
    packed = bomb(64 * MIB)
    server.behaviours["/small"] = reply(b"{}")
    server.behaviours["/bomb"] = raw(head("Content-Encoding: gzip"), packed[:-10] * 160, end=True)
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PEAK, library, str(ca_file), server.address, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await child.communicate()
    *message, megabytes = out.decode().split()
    assert " ".join(message) == "the answer is larger than 1048576 bytes"
    assert int(megabytes) <= 8


ANSWERS: dict[str, Behave] = {
    "json": reply(b'{"a": 1}', "Content-Type: application/json", "ETag: abc"),
    "no content": raw(head(status="204 No Content")),
    "not modified": raw(head("ETag: abc", status="304 Not Modified")),
    "not found": reply(b"no", status="404 Nowhere"),
    "no reason": raw(b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok"),
    "1.0": raw(b"HTTP/1.0 200 OK\r\n\r\nuntil the end", end=True),
    "interim": raw(head(status="103 Early Hints") + head("Content-Length: 2") + b"ok"),
    "chunked": raw(head("Transfer-Encoding: chunked") + b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n"),
    "headers": reply(b"", "X-A: 1", "x-a: 2", "X-Empty:", "X-Latin: caf\xe9", "X-Long: " + "y" * 20_000),
    "gzip": reply(gzip.compress(b"hello"), "Content-Encoding: gzip"),
    "x-gzip": reply(gzip.compress(b"hello"), "Content-Encoding: x-GZIP"),
    "deflate": reply(zlib.compress(b"hello"), "Content-Encoding: deflate"),
    "raw deflate": reply(zlib.compress(b"hello")[2:-4], "Content-Encoding: deflate"),
    "twice": reply(zlib.compress(gzip.compress(b"hello")), "Content-Encoding: gzip, deflate"),
    "members": reply(gzip.compress(b"hello") + gzip.compress(b" you") + bytes(9), "Content-Encoding: gzip"),
    "empty gzip": reply(b"", "Content-Encoding: gzip"),
    "unknown coding": reply(b"\x00\xff", "Content-Encoding: br"),
    "large": reply(bytes(range(256)) * 4096),
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_both_give_the_same(server: Server, ca_file: Path, name: str) -> None:
    responses: list[WireResponse] = []
    for library in cast("list[Library]", LIBRARIES):
        transport = make_transport(library, Network(ca_file=ca_file))
        responses.append(await fetch(transport, server, ANSWERS[name]))
        await transport.aclose()
    assert responses[0] == responses[1]
    if "gzip" in name or "deflate" in name or name == "twice":
        assert responses[0].body == (b"" if name == "empty gzip" else b"hello")
    if name == "members":
        assert responses[0].body == b"hello you"
    if name == "headers":
        assert responses[0].headers["x-a"] == "1, 2"
        assert responses[0].headers["x-latin"] == "café"


def collected(data: bytes, codings: str, max_bytes: int = 100, step: int = 1) -> bytes:
    body = Body(codings, max_bytes)
    for start in range(0, len(data), step):
        body.feed(data[start : start + step])
    return body.end()


@pytest.mark.parametrize("step", [1, 2, 7, 1000])
def test_a_body_may_come_in_any_pieces(step: int) -> None:
    text = bytes(range(100))
    packed = gzip.compress(text[:50]) + gzip.compress(text[50:])
    assert collected(packed, "gzip", step=step) == text
    assert collected(zlib.compress(text), "deflate", step=step) == text
    assert collected(text, "identity", step=step) == text
    with pytest.raises(TooLarge):
        collected(packed, "gzip", max_bytes=99, step=step)
    with pytest.raises(TooLarge):
        collected(text, "", max_bytes=99, step=step)


def test_what_expands_to_nothing_does_not_go_on_for_ever() -> None:
    with pytest.raises(TooLarge):
        collected(gzip.compress(b"") * 1000, "gzip", step=1000)
    with pytest.raises(NotCompressed):
        collected(gzip.compress(b"") * 1001, "gzip", max_bytes=MIB, step=64 * 1024)
    with pytest.raises(TooLarge):
        collected(gzip.compress(gzip.compress(b"") * 90_000), "gzip, gzip", max_bytes=1000, step=64 * 1024)


def test_a_chain_of_codings_is_bounded_at_each_link() -> None:
    packed = bomb(MIB)
    for _ in range(3):
        packed = gzip.compress(packed)
    with pytest.raises(TooLarge):
        collected(packed, "gzip, gzip, gzip, gzip", max_bytes=1000, step=64 * 1024)
