"""Robtex: an address's network, and its names over the years. https://www.robtex.com/api/ (read 2026-11)

Context only: there is no verdict.
"""

from msgspec import field

from ioclib.errors import RateLimited, UnexpectedAnswer
from ioclib.findings import Finding, Relation, facts, related
from ioclib.indicators import CIDR, Domain, IPv4
from ioclib.source import Absent, Exposure, Limit, Payload, Reading, Request, Source, url

TOO_OFTEN = "ratelimited"  # with HTTP 200
MANY = 50  # names of one address: what is said of it may be meant of any

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


def request(ip: IPv4) -> Request:
    return Request.get("/ipquery", ip)


def read(route: Route) -> Reading:
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
        tags=("many-names",) if len(now) >= MANY else (),
        asn=route.asn,
        related=(
            *related(Relation.PART_OF, CIDR, [route.bgproute]),
            *related(Relation.RESOLVED_FROM, Domain, [*sorted(now), *sorted(before)]),
        ),
    )


def link(ip: IPv4) -> str:
    return url("https://www.robtex.com/ip-lookup", ip)


SOURCE: Source[IPv4, Route] = Source(
    name="robtex",
    about="The names and the network of an address.",
    base="https://freeapi.robtex.com",
    key=None,
    limits=(Limit(1, per="second"),),  # a guess: the free service has a small allowance, which it does not publish
    exposure=Exposure.VENDOR,
    concurrency=2,
    absent=Absent.never,
    request=request,
    payload=Route,
    read=read,
    link=link,
)
