"""DNS questions: asked of a real resolver on loopback, and what it says that it cannot answer."""

import json
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import pytest

from ioclib.config import load
from ioclib.errors import ConfigurationError, Forbidden, Rejected, ServerFault, SourceError, Timeout
from ioclib.indicators import Domain, IPv4, IPv6
from ioclib.sandbox import responder
from ioclib.sandbox.responder import SandboxResponder, answered
from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.source import Request
from ioclib.transport import Network, make_transport, on_dns, public_resolver
from ioclib.wire import WireRequest

LISTED = {"2.0.0.127": ["127.0.0.2", "127.0.0.4"], "txt": ["a | b", 'with "quotes" \\ and more']}


def list_answers(call: Call) -> Reply:
    if call.path == "/broken":
        return Reply.text("", 503)
    return Reply.dns(*LISTED.get(call.path.removeprefix("/"), []))


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    twin = Twin(name="list", hosts=("list.example",), answer=list_answers)
    monkeypatch.setattr(responder, "by_host", lambda: {"list.example": twin})
    with SandboxResponder() as running:
        yield running.address


async def ask(resolver: str | None, request: Request, zone: str = "list.example") -> list[str]:
    transport = make_transport("httpx2", Network(resolver=resolver))
    url = request.url(f"dns://{zone}")
    answer = await transport.fetch(WireRequest(source="x", method="GET", url=url, headers={}, max_bytes=1000))
    await transport.aclose()
    data: list[str] = json.loads(answer.body)["data"]
    return data


def test_an_address_is_turned_round() -> None:
    assert Request.dns(IPv4("192.0.2.1")).path == "/1.2.0.192"
    assert Request.dns(IPv4("192.0.2.1"), below="origin").path == "/1.2.0.192.origin"
    assert Request.dns(Domain("evil.example"), kind="TXT").params == (("type", "TXT"),)
    assert Request.dns(IPv6("2001:db8::1")).path == "/" + ".".join(reversed("20010db8" + 23 * "0" + "1"))


async def test_the_records_come_back(resolver: str) -> None:
    assert sorted(await ask(resolver, Request.dns(IPv4("127.0.0.2")))) == ["127.0.0.2", "127.0.0.4"]
    assert sorted(await ask(resolver, Request.dns("txt", kind="TXT"))) == sorted(LISTED["txt"])


async def test_a_name_that_is_not_there_has_none(resolver: str) -> None:
    assert await ask(resolver, Request.dns(IPv4("192.0.2.1"))) == []


@pytest.mark.parametrize(
    ("name", "zone", "error"),
    [
        ("broken", "list.example", ServerFault),
        ("x", "other.example", Forbidden),
        (70 * "x", "list.example", Rejected),
        (130 * "x.", "list.example", Rejected),
    ],
)
async def test_what_is_no_answer_is_a_failure(resolver: str, name: str, zone: str, error: type[SourceError]) -> None:
    with pytest.raises(error):
        await ask(resolver, Request.dns(name), zone)


async def test_a_silent_resolver_is_a_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_dns, "_LIFETIME", 0.1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        with pytest.raises(Timeout):
            await ask(f"127.0.0.1:{silent.getsockname()[1]}", Request.dns("x"))


@contextmanager
def answering(packet_of: Any) -> Iterator[str]:
    """A name server that answers one question over UDP with anything at all."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)

        def serve() -> None:
            packet, sender = server.recvfrom(4096)
            server.sendto(packet_of(packet), sender)

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        thread.join(5)


async def test_garbage_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_dns, "_LIFETIME", 0.3)
    with answering(lambda packet: packet[:2] + b"\xff" * 40) as address, pytest.raises(SourceError):
        await ask(address, Request.dns("x"))


async def test_the_answer_to_another_question_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who guesses the port, but not the number of the question."""
    monkeypatch.setattr(on_dns, "_LIFETIME", 0.3)

    def forged(packet: bytes) -> bytes:
        reply = dns.message.make_response(dns.message.from_wire(packet))
        return struct.pack("!H", reply.id ^ 1) + reply.to_wire()[2:]

    with answering(forged) as address, pytest.raises(SourceError):
        await ask(address, Request.dns("x"))


# The responder ----------------------------------------------------------------------------------------------------


def test_it_answers_dnspython_over_udp_and_tcp(resolver: str) -> None:
    host, _, port = resolver.partition(":")
    question = dns.message.make_query("2.0.0.127.LIST.example", "A")
    for send in (dns.query.udp, dns.query.tcp):
        reply = send(question, host, port=int(port), timeout=5)
        assert reply.rcode() == dns.rcode.NOERROR
        assert {str(one) for one in reply.answer[0]} == {"127.0.0.2", "127.0.0.4"}


def test_it_is_silent_to_what_is_no_question() -> None:
    assert answered(b"") is None
    assert answered(b"\x00" * 11) is None


# Whose resolver ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1:53", "[2606:4700:4700::1111]:53", "2620:fe::9"])
def test_everybodys_resolver_is_told(address: str) -> None:
    assert (public_resolver(address) or "none") in address


@pytest.mark.parametrize("address", ["127.0.0.1:5353", "10.0.0.53", "[fd00::53]:53", "192.0.2.53"])
def test_ones_own_is_not(address: str) -> None:
    assert public_resolver(address) is None


@pytest.mark.parametrize("value", ["dns.google", "1.1.1.1/24", "1.1.1.1:0", "1.1.1.1:99999", "user@1.1.1.1"])
def test_a_resolver_is_an_address(value: str) -> None:
    with pytest.raises(ConfigurationError, match="IOCLIB_RESOLVER is no address"):
        load(set(), {"IOCLIB_RESOLVER": value, "IOCLIB_CONFIG": "/nowhere"})


def test_a_resolver_may_have_a_port() -> None:
    for value in ("192.0.2.53", "192.0.2.53:5353", "2001:db8::53", "[2001:db8::53]:5353"):
        assert load(set(), {"IOCLIB_RESOLVER": value, "IOCLIB_CONFIG": "/nowhere"}).resolver == value
