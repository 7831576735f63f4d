"""Who is to be asked, where that depends on the indicator: a source's directory."""

import asyncio
from typing import Any

import pytest

from ioclib import Client
from ioclib.answers import Found
from ioclib.cache import MemoryOfLists, NoAnswers
from ioclib.engine import Blotter, Door, Flights, Freshness, Gate, Memory
from ioclib.engine.listing import covering
from ioclib.indicators import ASN, CIDR, Domain, IPv4
from ioclib.quota import SqliteLedger
from ioclib.sources import rdap
from ioclib.sources.rdap import Bootstrap, of_names, of_networks, of_numbers
from ioclib.wire import WireRequest, WireResponse
from tests.doubles import OneLane, Scripted, json_response, source

IP = IPv4("198.51.100.7")


def asked_at(directory: WireResponse, *, overridden: bool = False) -> list[str]:
    """The addresses that a lookup asks, one after the other."""

    def answer(sent: WireRequest) -> WireResponse:
        return directory if sent.url.startswith("https://data.iana.org") else json_response(b'{"score": 1}')

    return [sent.url for sent in lookup(answer, overridden=overridden).sent]


def lookup(answer: Any, *, overridden: bool) -> Scripted:
    directory = rdap.IPV4.directory
    assert directory
    one = source(key=None, directory=directory)
    transport = Scripted(answer)
    beside = None if overridden else Door(directory, "https://data.iana.org", None, transport)
    door = Door(one, one.base, None, transport, (), beside)

    async def run() -> None:
        lane = OneLane(
            door,
            Gate(SqliteLedger(None), "x", (), "x"),
            Memory(door, NoAnswers(), Freshness()),
            Flights(object()),
            timeout=5,
            concurrency=1,
            lists=MemoryOfLists(),
            blotter=Blotter([]),
        )
        for _ in range(2):
            assert isinstance(await lane.lookup(IP), Found)

    asyncio.run(run())
    return transport


def file(base: str, entry: str = "198.51.100.0/24") -> WireResponse:
    return json_response(b'{"services": [[["%s"], ["%s"]]]}' % (entry.encode(), base.encode()))


def test_the_directory_says_who_is_asked_and_is_read_once() -> None:
    assert asked_at(file("https://registry.net/rdap/")) == [
        "https://data.iana.org/rdap/ipv4.json",
        "https://registry.net/rdap/check/198.51.100.7",
        "https://registry.net/rdap/check/198.51.100.7",
    ]


@pytest.mark.parametrize(
    "directory",
    [
        file("https://registry.net/", "192.0.2.0/24"),
        file("https://127.0.0.1/"),
        file("https://registry.internal/"),
        file("http://registry.net/"),
        file("https://user@registry.net/"),
        json_response(b"<html>"),
        json_response(b"", 404),
    ],
)
def test_what_it_does_not_know_is_asked_as_usual(directory: WireResponse) -> None:
    assert asked_at(directory)[-1] == "https://opinions.example/api/check/198.51.100.7"


def test_a_base_address_of_ones_own_needs_no_directory() -> None:
    assert asked_at(file("https://registry.net/"), overridden=True) == 2 * [
        "https://opinions.example/api/check/198.51.100.7"
    ]


FILE = Bootstrap(
    services=[
        (["com", "xn--p1ai"], ["http://old.net/", "https://registry.net/"]),
        (["1-3", "64512-64600"], ["https://numbers.net/"]),
        (["198.51.100.0/24"], ["http://only.net/"]),
    ]
)


def test_names_are_below_their_suffix() -> None:
    found = of_names(FILE)
    assert next(found[key] for key in covering(Domain("a.evil.com")) if key in found) == "https://registry.net/"


@pytest.mark.parametrize(("number", "known"), [(1, True), (3, True), (4, False), (64600, True), (64601, False)])
def test_numbers_are_in_their_range(number: int, known: bool) -> None:
    numbers = Bootstrap(services=[FILE.services[1]])
    assert bool(of_numbers(numbers).keys() & set(covering(ASN(f"AS{number}")))) == known


def test_plain_http_is_nobody_to_ask() -> None:
    assert of_networks(Bootstrap(services=[FILE.services[2]])) == {}


def test_a_block_is_in_wider_ones() -> None:
    assert "198.51.0.0/16" in covering(CIDR("198.51.100.0/24"))
    assert "198.51.100.0/25" not in covering(CIDR("198.51.100.0/24"))


async def test_the_sandbox_has_a_directory_too() -> None:
    async with Client(sandbox=True, sources=["rdap"]) as client:
        (answer,) = (await client.lookup("update-heron.example")).answers
        assert answer.outcome == "found"
