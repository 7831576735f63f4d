"""Shodan: what answers on an address. https://developer.shodan.io/api (read 2026-11)

The hosts of the REST API are for members, InternetDB (https://internetdb.shodan.io/docs) is for everybody. Both
read what earlier scans found; nothing is sent to the address.

Verdict: an inventory is no reputation. Only Shodan's tags for malware make an address suspicious; vulnerabilities are
those of a possible victim.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from ioclib.errors import Forbidden, RateLimited, Rejected, SourceError, Unauthorized, UnexpectedAnswer
from ioclib.findings import Evidence, Finding, Relation, Verdict, related, when
from ioclib.indicators import CVE, Address, Domain, IPv4
from ioclib.source import Absent, Exposure, Key, Limit, Payload, Request, Source, url

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
    hostnames: list[str] = []
    org: str | None = None
    asn: str | None = None
    country_code: str | None = None
    last_update: str = ""


class Known(Payload):
    ports: list[int]
    tags: list[str] = []
    vulns: list[str] = []
    hostnames: list[str] = []


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
    number = re.fullmatch(r"AS(\d+)", host.asn or "")
    return replace(
        finding(host.ports, host.tags, host.vulns, host.hostnames, host.org or "", seen),
        last_seen=when(host.last_update),
        asn=int(number[1]) if number else None,
        country=host.country_code,
    )


def request_internetdb(ip: IPv4) -> Request:
    return Request.get("", ip)


def read_internetdb(known: Known) -> Finding:
    return finding(known.ports, known.tags, known.vulns, known.hostnames)


def finding(
    ports: Sequence[int], tags: Sequence[str], vulns: Collection[str], names: Sequence[str], *more: str
) -> Finding:
    cves = f"{len(vulns)} CVE{'s' * (len(vulns) != 1)} of its versions" if vulns else ""
    return Finding(
        verdict=Verdict.SUSPICIOUS if BAD_TAGS.intersection(tags) else Verdict.UNKNOWN,
        summary="; ".join(filter(None, (shown(ports), cves, *more))),
        tags=tuple(tags),
        related=(*related(Relation.RESOLVED_FROM, Domain, names), *related(Relation.RELATED_TO, CVE, vulns)),
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
    evidence=Evidence.LISTED,
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
    evidence=Evidence.LISTED,
    repeats=("shodan",),
    exposure=Exposure.VENDOR,
    absent=Absent.status(404, says=NOTHING_KNOWN),
    request=request_internetdb,
    payload=Known,
    read=read_internetdb,
    link=link,
)

SOURCES = (HOSTS, INTERNETDB)
