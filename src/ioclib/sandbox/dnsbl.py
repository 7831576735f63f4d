"""DNS block lists as they answer: Spamhaus ZEN and DBL, SURBL, URIBL. RFC 5782; rspamd's table of codes (read 2026-11)

Whoever asks is a resolver of one's own here, so that nothing is refused but what is no question for the list.
"""

from collections.abc import Callable
from ipaddress import IPv6Address

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import LINKS, WORLD, Name

TEST_ADDRESS = "2.0.0.127"
TEST_NAME = "dbltest.com"
SIX = 32
"""The labels of an IPv6 address that is turned round."""


def zen(asked: str) -> Reply:
    if asked == TEST_ADDRESS:
        return Reply.dns("127.0.0.2", "127.0.0.4", "127.0.0.10")
    host = WORLD.hosts.get(_turned(asked))
    if host is None or host.nature != "malicious":
        return Reply.dns()
    return Reply.dns("127.0.0.4" if "compromised" in host.tags else "127.0.0.2")


def _turned(asked: str) -> str:
    labels = asked.split(".")[::-1]
    if len(labels) != SIX:
        return ".".join(labels)
    groups = ["".join(labels[at : at + 4]) for at in range(0, SIX, 4)]
    return next((ip for ip in WORLD.hosts if ":" in ip and _groups(ip) == groups), "")


def _groups(ip: str) -> list[str]:
    return IPv6Address(ip).exploded.split(":")


def dbl(asked: str) -> Reply:
    if asked == TEST_NAME:
        return Reply.dns("127.0.1.2")
    if asked.replace(".", "").isdecimal():
        return Reply.dns("127.0.1.255")
    name = _listed(asked)
    return Reply.dns("127.0.1.4" if _is_phishing(name) else "127.0.1.6") if name else Reply.dns()


def surbl(asked: str) -> Reply:
    if asked == "surbl-org-permanent-test-point.com":
        return Reply.dns("127.0.0.254")
    name = _listed(asked)
    return Reply.dns("127.0.0.8" if _is_phishing(name) else "127.0.0.16") if name else Reply.dns()


def uribl(asked: str) -> Reply:
    if asked == "test.uribl.com":
        return Reply.dns("127.0.0.14")
    return Reply.dns("127.0.0.2") if _listed(asked) else Reply.dns()


def _listed(asked: str) -> Name | None:
    known = WORLD.names.get(asked)
    return known if known and known.nature == "malicious" else None


def _is_phishing(name: Name) -> bool:
    return any(name.domain in link.url and link.threat == "phishing" for link in LINKS)


def _twin(name: str, zone: str, listed: Callable[[str], Reply]) -> Twin:
    def answer(call: Call) -> Reply:
        return listed(call.segments[0].lower()) if call.param("type") == "A" else Reply.dns()

    return Twin(name=name, hosts=(zone,), answer=answer)


TWINS = (
    _twin("dnsbl_zen", "zen.spamhaus.org", zen),
    _twin("dnsbl_dbl", "dbl.spamhaus.org", dbl),
    _twin("dnsbl_surbl", "multi.surbl.org", surbl),
    _twin("dnsbl_uribl", "multi.uribl.com", uribl),
)
