"""Shodan: what answers on an address. https://developer.shodan.io/api (read 2026-11)

Two sources: the hosts of the REST API, for members, and InternetDB (https://internetdb.shodan.io/docs), for everybody.
Both read what earlier scans found; nothing is sent to the address.

Verdict: an inventory is no reputation. Only Shodan's tags for malware make an address suspicious; vulnerabilities are
those of a possible victim.
"""

from collections.abc import Collection, Sequence
from typing import Any

from ioclib.errors import Forbidden, RateLimited, Rejected, SourceError, Unauthorized, UnexpectedAnswer
from ioclib.indicators import Address, IPv4
from ioclib.source import Absent, Exposure, Finding, Key, Limit, Payload, Request, Source, Verdict, url

BAD_TAGS = {"malware", "c2", "compromised"}
SHOWN_PORTS = 5

NOTHING_KNOWN = "No information available"
ERRORS: tuple[tuple[str, type[SourceError]], ...] = (  # words of an error that comes with status 200
    ("rate limit", RateLimited),
    ("membership", Forbidden),
    ("API key", Unauthorized),
)


class Host(Payload):
    error: str = ""
    ports: list[int] | None = None
    tags: list[str] = []
    vulns: list[str] | dict[str, Any] = []
    org: str | None = None
    last_update: str = ""


class Known(Payload):
    ports: list[int]
    tags: list[str] = []
    vulns: list[str] = []


def request(ip: Address) -> Request:
    return Request.get("/shodan/host", ip, history=False, minify=True)


def read(host: Host) -> Finding | SourceError | None:
    if NOTHING_KNOWN in host.error:
        return None
    if host.error:
        kind = next((kind for words, kind in ERRORS if words in host.error), Rejected)
        return kind(host.error)
    if host.ports is None:
        return UnexpectedAnswer("neither ports nor an error")
    seen = f"seen {host.last_update[:10]}" if host.last_update else ""
    return finding(host.ports, host.tags, host.vulns, host.org or "", seen)


def request_internetdb(ip: IPv4) -> Request:
    return Request.get("", ip)


def read_internetdb(known: Known) -> Finding:
    return finding(known.ports, known.tags, known.vulns)


def finding(ports: Sequence[int], tags: Sequence[str], vulns: Collection[str], *more: str) -> Finding:
    cves = f"{len(vulns)} CVE{'s' * (len(vulns) != 1)} of its versions" if vulns else ""
    return Finding(
        verdict=Verdict.SUSPICIOUS if BAD_TAGS.intersection(tags) else Verdict.UNKNOWN,
        summary="; ".join(filter(None, (shown(ports), cves, *more))),
        tags=tuple(tags),
    )


def shown(ports: Sequence[int]) -> str:
    if not ports:
        return "no open port"
    rest = f" and {len(ports) - SHOWN_PORTS} more" if len(ports) > SHOWN_PORTS else ""
    return f"port{'s' * (len(ports) != 1)} {', '.join(map(str, sorted(ports)[:SHOWN_PORTS]))}{rest}"


def link(ip: Address) -> str:
    return url("https://www.shodan.io/host", ip)


HOSTS: Source[Address, Host] = Source(
    name="shodan",
    about="Open ports, products and vulnerabilities of an address, from Shodan's scans; for members.",
    base="https://api.shodan.io",
    key=Key("SHODAN_API_KEY", query="key", get="https://account.shodan.io/"),
    limits=(Limit(1, per="second"),),
    exposure=Exposure.VENDOR,
    absent=Absent.status(404, says=NOTHING_KNOWN),
    request=request,
    payload=Host,
    read=read,
    link=link,
)

INTERNETDB: Source[IPv4, Known] = Source(
    name="shodan_internetdb",
    about="Open ports and vulnerabilities of an address, renewed every week; without a key.",
    base="https://internetdb.shodan.io",
    key=None,
    limits=(),
    concurrency=2,
    exposure=Exposure.VENDOR,
    absent=Absent.status(404, says=NOTHING_KNOWN),
    request=request_internetdb,
    payload=Known,
    read=read_internetdb,
    link=link,
)

SOURCES = (HOSTS, INTERNETDB)
