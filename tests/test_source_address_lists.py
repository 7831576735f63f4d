"""Plain lists of addresses that nothing was recorded of: what is an entry, and what is no list at all.

The public addresses are those that RFC 7534, 7535 and 7450 keep for everybody, since documentation's count as reserved.
"""

from typing import Any

import pytest

from ioclib.indicators import CIDR, IPv4
from ioclib.source import Verdict
from ioclib.sources import blocklist_de, emerging_threats, firehol, ipsum

LISTS: list[Any] = [blocklist_de, emerging_threats, firehol, ipsum]


@pytest.mark.parametrize("one", LISTS)
@pytest.mark.parametrize(
    "text", ["", "\n", "# a comment\n", "<html>Sorry, 192.175.48.1</html>\n", "192.175.48.256\t9\n"]
)
def test_something_else_is_no_list(one: Any, text: str) -> None:
    assert one.entries(text) is None


def test_what_is_private_or_reserved_is_not_listed_by_firehol() -> None:
    reserved = ["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"]
    reserved += ["192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3", "255.255.255.255"]
    text = "\n".join(("# bogons", *reserved, "192.175.48.0/24", "192.52.193.1"))
    assert firehol.entries(text) == {"192.175.48.0/24": "192.175.48.0/24", "192.52.193.1": "192.52.193.1"}
    assert firehol.listed(IPv4("192.175.48.6"), "192.175.48.0/24").related[0].ioc == CIDR("192.175.48.0/24")


@pytest.mark.parametrize(("count", "verdict"), [(1, "unknown"), (2, "unknown"), (3, "suspicious"), (5, "malicious")])
def test_few_lists_are_no_opinion_of_ipsum(count: int, verdict: str) -> None:
    entries = ipsum.entries(f"# IPsum\n192.175.48.1\t{count}\n")
    assert entries == {"192.175.48.1": str(count)}
    assert ipsum.listed(IPv4("192.175.48.1"), entries["192.175.48.1"]).verdict is Verdict(verdict)


def test_addresses_are_canonical_however_they_are_written() -> None:
    assert blocklist_de.entries("192.175.48.1\n2620:4F:8000:0::1\n") == {
        "192.175.48.1": "192.175.48.1",
        "2620:4f:8000::1": "2620:4f:8000::1",
    }
