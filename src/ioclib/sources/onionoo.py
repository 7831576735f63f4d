"""Onionoo: the relays of the Tor network. https://metrics.torproject.org/onionoo.html (read 2026-11)

Verdict: an exit is suspicious where nobody should be anonymous, as is a relay that the network calls bad; other relays
send nothing of strangers. None is malicious by itself.
"""

from ioclib.findings import Evidence, Finding, Verdict, facts, when
from ioclib.indicators import Address
from ioclib.source import Exposure, Payload, Request, SteppedSource, Steps, ask, url

FIELDS = "nickname,fingerprint,or_addresses,exit_addresses,flags,running,first_seen,last_seen,as,as_name,country"
SUSPICIOUS = {"Exit", "BadExit"}


class Relay(Payload, rename={"network": "as"}):
    nickname: str
    or_addresses: list[str]
    last_seen: str
    first_seen: str
    running: bool
    flags: list[str]
    exit_addresses: list[str] = []
    country: str | None = None
    network: str | None = None
    as_name: str | None = None

    def is_at(self, ip: str) -> bool:
        """The search finds beginnings: 192.0.2.4 is also that of 192.0.2.40."""
        return ip in self.exit_addresses or any(one.rpartition(":")[0].strip("[]") == ip for one in self.or_addresses)


class Details(Payload):
    relays: list[Relay]


def lookup(ip: Address) -> Steps:
    found = yield from ask(Request.get("/details", search=ip, fields=FIELDS), Details)
    relays = [one for one in found.relays if one.is_at(ip.value)] if found else []
    return finding(relays) if relays else None


def finding(relays: list[Relay]) -> Finding:
    relay, flags = relays[0], {flag for one in relays for flag in one.flags}
    number = (relay.network or "").removeprefix("AS")
    role = "exit" if "Exit" in flags else "guard" if "Guard" in flags else "relay"
    return Finding(
        verdict=Verdict.SUSPICIOUS if SUSPICIOUS & flags else Verdict.UNKNOWN,
        summary=facts(
            f"Tor {role} {relay.nickname}",
            f"and {len(relays) - 1} more" if relays[1:] else "",
            "running" if relay.running else f"last seen {relay.last_seen[:10]}",
            relay.as_name,
        ),
        tags=("tor", f"tor-{role}", *(["bad-exit"] if "BadExit" in flags else [])),
        first_seen=when(min(one.first_seen for one in relays)),
        last_seen=when(max(one.last_seen for one in relays)),
        asn=int(number) if number.isdecimal() else None,
        country=relay.country,
    )


def link(ip: Address) -> str:
    return url("https://metrics.torproject.org/rs.html") + "#search" + url("", ip)


SOURCE: SteppedSource[Address] = SteppedSource(
    name="onionoo",
    about="Relays of the Tor network of the last week, also such that are no exits.",
    base="https://onionoo.torproject.org",
    key=None,
    limits=(),
    evidence=Evidence.LISTED,
    repeats=("tor",),
    exposure=Exposure.VENDOR,
    complete=True,
    concurrency=2,
    lookup=lookup,
    link=link,
)
