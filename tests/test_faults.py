"""What goes wrong in the sandbox on demand: inside the process, and over HTTP."""

import asyncio
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from ioclib import cli
from ioclib.sandbox import Faults, SandboxTransport, by_host
from ioclib.sandbox.faults import Trouble
from ioclib.sandbox.responder import answered
from ioclib.sandbox.server import SandboxServer
from ioclib.wire import WireRequest


def request(source: str = "tor") -> WireRequest:
    url = "https://check.torproject.org/torbulkexitlist"
    return WireRequest(source=source, method="GET", url=url, headers={}, body=b"", max_bytes=2**20)


async def statuses(faults: Faults, count: int) -> list[int]:
    transport = SandboxTransport(faults)
    return [(await transport.fetch(request())).status for _ in range(count)]


async def test_a_share_fails_and_the_same_one_each_time() -> None:
    good = (await SandboxTransport().fetch(request())).body
    transports = [SandboxTransport(Faults(fail=0.1)) for _ in range(2)]
    first, second = [[await one.fetch(request()) for _ in range(200)] for one in transports]
    assert first == second
    assert 8 <= sum(one.status != 200 or one.body != good for one in first) <= 35


async def test_each_service_has_so_many() -> None:
    assert await statuses(Faults(limit=2), 4) == [200, 200, 429, 429]


@pytest.mark.parametrize("hanging", ["tor", "another_source_of_it"])
async def test_one_hangs(hanging: str) -> None:
    transport = SandboxTransport(Faults(hang=[hanging]))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(transport.fetch(request(hanging)), 0.05)


async def test_the_others_do_not() -> None:
    assert await statuses(Faults(hang=["crtsh"]), 1) == [200]


@pytest.mark.parametrize(("faults", "status"), [(Faults(limit=0), 429), (Faults(), 200)])
def test_the_server_does_the_same(faults: Faults, status: int) -> None:
    with SandboxServer(faults=faults) as server:
        try:
            assert urlopen(f"{server.address}/tor/torbulkexitlist").status == status
        except HTTPError as error:
            error.close()
            assert error.code == status


def test_the_server_hangs() -> None:
    with SandboxServer(faults=Faults(hang=["tor"])) as server, pytest.raises(TimeoutError):
        urlopen(f"{server.address}/tor/torbulkexitlist", timeout=0.1)


@pytest.mark.parametrize("faults", [Faults(limit=0), Faults(fail=1)])
def test_the_name_server_has_one_word_for_all_of_it(faults: Faults) -> None:
    import dns.message
    import dns.rcode

    trouble, question = Trouble(faults), dns.message.make_query("2.0.0.127.zen.spamhaus.org", "A").to_wire()
    for _ in range(8):
        reply = answered(question, trouble)
        assert reply
        assert dns.message.from_wire(reply).rcode() == dns.rcode.SERVFAIL
    assert (good := answered(question))
    assert dns.message.from_wire(good).rcode() == dns.rcode.NOERROR


def test_the_name_server_hangs() -> None:
    import dns.message

    question = dns.message.make_query("2.0.0.127.zen.spamhaus.org", "A").to_wire()
    assert answered(question, Trouble(Faults(hang=[by_host()["zen.spamhaus.org"].name]))) is None


def test_the_options_are_checked() -> None:
    for wrong in (["--hang", "nobody"], ["--fail", "2"], ["--limit", "-1"], ["--latency", "-1"]):
        assert CliRunner().invoke(cli.main, ["sandbox", *wrong]).exit_code == 2
