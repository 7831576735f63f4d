"""Robtex: an address's names, and a name's records, over the years. https://www.robtex.com/api/ (read 2026-11)

Context only: there is no verdict.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import field

from ioclib.errors import RateLimited, UnexpectedAnswer
from ioclib.findings import Finding, Related, Relation, facts, related
from ioclib.indicators import CIDR, Domain, IPv4, IPv6
from ioclib.source import Absent, Exposure, Limit, Lines, Payload, Reading, Request, Source, url

TOO_OFTEN = "ratelimited"  # with HTTP 200
ASKED_TOO_OFTEN = "the service says that it is asked too often"


class Name(Payload):
    o: str


class Route(Payload):
    status: str
    asn: int | None = field(name="as", default=None)
    asname: str | None = None
    bgproute: str | None = None
    country: str | None = None
    act: list[Name] = []
    acth: list[Name] = []
    pas: list[Name] = []
    pash: list[Name] = []


class Record(Payload):
    status: str = ""
    rrtype: str = ""
    rrdata: str = ""
    time_first: datetime | None = None
    time_last: datetime | None = None


def route_request(ip: IPv4) -> Request:
    return Request.get("/ipquery", ip)


def read_route(route: Route) -> Reading:
    if route.status == TOO_OFTEN:
        return RateLimited(ASKED_TOO_OFTEN)
    if route.status != "ok":
        return UnexpectedAnswer(f"the answer's status is {route.status!r}")
    now = {name.o for name in route.act + route.pas}
    before = {name.o for name in route.acth + route.pash} - now
    if not now and not before:
        return None
    return Finding(
        summary=facts(
            f"names: {len(now)}",
            f"former names: {len(before)}" if before else "",
            f"AS{route.asn} {route.asname or ''}".strip() if route.asn else "",
            route.bgproute,
            route.country,
        ),
        asn=route.asn,
        related=(
            *related(Relation.PART_OF, CIDR, [route.bgproute]),
            *related(Relation.RESOLVED_FROM, Domain, [*sorted(now), *sorted(before)]),
        ),
    )


def route_link(ip: IPv4) -> str:
    return url("https://www.robtex.com/ip-lookup", ip)


def records_request(domain: Domain) -> Request:
    return Request.get("/pdns/forward", domain)


def read_records(lines: Lines[Record]) -> Reading:
    if not lines.rows:
        return None
    if any(row.status == TOO_OFTEN for row in lines.rows):
        return RateLimited(ASKED_TOO_OFTEN)
    if not all(row.rrtype for row in lines.rows):
        return UnexpectedAnswer("a line of the answer is no DNS record")
    kinds = ", ".join(f"{count} {kind}" for kind, count in Counter(row.rrtype for row in lines.rows).most_common(6))
    first = min((row.time_first for row in lines.rows if row.time_first), default=None)
    last = max((row.time_last for row in lines.rows if row.time_last), default=None)
    times = [f"{word} {time:%Y-%m-%d}" for word, time in (("first", first), ("last", last)) if time]
    return Finding(
        summary=facts(f"passive DNS: {kinds}", *times),
        first_seen=first,
        last_seen=last,
        related=tuple(targets(lines.rows)),
    )


def targets(rows: Sequence[Record]) -> Iterator[Related]:
    for kind, record in ((IPv4, "A"), (IPv6, "AAAA"), (Domain, "CNAME")):
        yield from related(Relation.RESOLVES_TO, kind, [row.rrdata for row in rows if row.rrtype == record])
    for record in ("NS", "MX"):
        yield from related(Relation.RELATED_TO, Domain, [row.rrdata for row in rows if row.rrtype == record])


def records_link(domain: Domain) -> str:
    return url("https://www.robtex.com/dns-lookup", domain)


ROUTE: Source[IPv4, Route] = Source(
    name="robtex",
    about="The names and the network of an address.",
    base="https://freeapi.robtex.com",
    key=None,
    limits=(Limit(1, per="second"),),  # a guess: the free service has a small allowance, which it does not publish
    exposure=Exposure.VENDOR,
    concurrency=2,
    absent=Absent.never,
    request=route_request,
    payload=Route,
    read=read_route,
    link=route_link,
)

RECORDS: Source[Domain, Lines[Record]] = Source(
    name="robtex_pdns",
    about="The DNS records that a name has had.",
    base="https://freeapi.robtex.com",
    key=None,
    limits=(Limit(1, per="second"),),
    exposure=Exposure.VENDOR,
    concurrency=2,
    absent=Absent.never,
    request=records_request,
    payload=Lines[Record],
    read=read_records,
    link=records_link,
)

SOURCES = (ROUTE, RECORDS)
