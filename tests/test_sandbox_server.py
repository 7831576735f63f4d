"""The two doors to the twins: the transport inside the process, and the server on loopback."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from time import monotonic
from urllib.parse import urlsplit

import pytest

from ioclib.errors import ConfigurationError, UnexpectedAnswer, Unreachable
from ioclib.sandbox import Faults, SandboxTransport, keys, spent_keys, twins
from ioclib.sandbox.server import MAX_BODY, SandboxServer
from ioclib.sandbox.world import INSTALLER
from ioclib.wire import Transport, WireRequest

KNOWN = f"/lookup/sha1/{INSTALLER.sha1}"
BULK = json.dumps({"hashes": [INSTALLER.md5]}).encode()
JSON = {"Content-Type": "application/json"}


def request(url: str, max_bytes: int = 2**20, method: str = "GET", body: bytes = b"") -> WireRequest:
    return WireRequest(source="x", method=method, url=url, headers=JSON, body=body, max_bytes=max_bytes)


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with SandboxServer() as running:
        yield running


@pytest.fixture
def connection(server: SandboxServer) -> Iterator[HTTPConnection]:
    opened = HTTPConnection(urlsplit(server.address).netloc, timeout=10)
    yield opened
    opened.close()


# --- all twins -------------------------------------------------------------------------------------------------------


def test_every_name_and_every_host_is_there_once():
    names = [twin.name for twin in twins()]
    hosts = [host for twin in twins() for host in twin.hosts]
    assert {"urlscan", "triage", "doh"} <= set(names)
    assert names == sorted(set(names))
    assert len(hosts) == len(set(hosts))


def test_a_key_and_a_spent_key_go_together():
    assert keys().keys() == spent_keys().keys()
    assert all(keys()[name] != spent_keys()[name] for name in keys())


# --- the transport ---------------------------------------------------------------------------------------------------


async def test_a_request_goes_to_the_twin_of_its_host():
    transport: Transport = SandboxTransport()
    found = await transport.fetch(request(f"https://hashlookup.circl.lu{KNOWN}"))
    bulk = await transport.fetch(request("https://hashlookup.circl.lu/bulk/md5", method="POST", body=BULK))
    resolved = await transport.fetch(request("https://dns.google/resolve?name=update-heron.example&type=A"))
    await transport.aclose()
    assert json.loads(found.body)["SHA-1"] == json.loads(bulk.body)[0]["SHA-1"] == INSTALLER.sha1.upper()
    assert json.loads(resolved.body)["Answer"][0]["data"] == "203.0.113.66"
    assert resolved.headers["content-type"] == "application/json; charset=UTF-8"


@pytest.mark.parametrize("url", ["https://nobody.example/x", "https://urlscan.io.nobody.example/", "nonsense"])
async def test_there_is_nothing_else(url):
    with pytest.raises(Unreachable, match="no simulated service"):
        await SandboxTransport().fetch(request(url))


async def test_an_answer_that_is_too_large_is_no_answer():
    with pytest.raises(UnexpectedAnswer, match="larger than 20 bytes"):
        await SandboxTransport().fetch(request("https://check.torproject.org/torbulkexitlist", max_bytes=20))


@pytest.mark.parametrize("path", ["/lookup/md5/a b", "/lookup/md5/ä", "/lookup/md5/a\nb"])
async def test_an_address_that_is_not_quoted_is_refused(path):
    assert (await SandboxTransport().fetch(request(f"https://hashlookup.circl.lu{path}"))).status == 400


async def test_latency():
    began = monotonic()
    await SandboxTransport(Faults(latency=0.05)).fetch(request(f"https://hashlookup.circl.lu{KNOWN}"))
    assert monotonic() - began >= 0.05


# --- the server ------------------------------------------------------------------------------------------------------


def test_one_connection_serves_many_requests(server, connection):
    for method, path, body, status in (
        ("GET", f"/hashlookup{KNOWN}", None, 200),
        ("POST", "/hashlookup/bulk/md5", BULK, 200),
        ("GET", "/doh/resolve?name=nobody.example&type=A", None, 200),
        ("DELETE", "/robtex/ipquery/203.0.113.66", None, 405),
        ("GET", "/urlscan/api/v1/search", None, 301),
        ("GET", "/nobody/api", None, 404),
        ("GET", "/hashlookup", None, 404),
    ):
        connection.request(method, path, body, JSON)
        reply = connection.getresponse()
        assert (path, reply.status) == (path, status)
        assert len(reply.read()) == int(reply.headers["Content-Length"])


def test_the_index_names_every_twin(server, connection):
    connection.request("GET", "/")
    index = json.loads(connection.getresponse().read())
    assert {one["name"]: one["address"] for one in index["twins"]} == server.base_urls()
    assert server.base_urls()["triage"] == f"{server.address}/triage"
    assert next(one for one in index["twins"] if one["name"] == "triage")["hosts"] == ["api.tria.ge"]


def test_head_has_no_body(server, connection):
    connection.request("HEAD", f"/hashlookup{KNOWN}")
    reply = connection.getresponse()
    assert (reply.status, reply.read()) == (200, b"")
    assert int(reply.headers["Content-Length"]) > 100


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Length": str(MAX_BODY + 1)}, 413),
        ({"Content-Length": "-1"}, 411),
        ({"Content-Length": "many"}, 411),
        ({"Transfer-Encoding": "chunked"}, 411),
    ],
)
def test_a_body_must_say_its_size_and_be_small(server, connection, headers, status):
    connection.request("POST", "/hashlookup/bulk/md5", headers=headers)
    reply = connection.getresponse()
    assert (reply.status, reply.headers["Connection"]) == (status, "close")


def test_it_prints_nothing(server, connection, capfd):
    connection.request("GET", "/nobody")
    connection.getresponse().read()
    assert capfd.readouterr() == ("", "")


def test_a_port_that_is_taken(server):
    with pytest.raises(ConfigurationError, match=r"cannot listen on 127\.0\.0\.1"):
        SandboxServer(urlsplit(server.address).port or 0)
