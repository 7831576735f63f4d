"""Netlas: who an address is registered to. https://docs.netlas.io/api-reference/ (read 2026-11)

Context only: WHOIS and routing give no verdict.
"""

from msgspec import field

from ioclib.findings import Finding, Relation, facts, related
from ioclib.indicators import CIDR, IPv4
from ioclib.source import Absent, Exposure, Key, Limit, Payload, Request, Source, url


class Network(Payload):
    name: str | None = None
    organization: str | None = None
    country: str | None = None
    cidr: list[str] | None = None


class Routing(Payload):
    number: list[int] | None = None
    name: str | None = None
    cidr: str | None = None


class Whois(Payload):
    net: Network
    asn: Routing = field(default_factory=Routing)
    related_nets: list[Network] | None = None


class Item(Payload):
    data: Whois


class Answer(Payload):
    items: list[Item]


def request(ip: IPv4) -> Request:
    return Request.get("/whois_ip/", q=f"ip:{ip}")


def read(answer: Answer) -> Finding | None:
    if not answer.items:
        return None
    whois = answer.items[0].data
    number = whois.asn.number[0] if whois.asn.number else None
    nets = [*(whois.related_nets or ()), whois.net]  # those inside of it first
    return Finding(
        summary=facts(
            f"AS{number} {whois.asn.name or ''}".strip() if number else "",
            nets[0].name,
            nets[0].organization,
            f"part of {whois.net.name}" if nets[1:] and whois.net.name else "",
        ),
        asn=number,
        country=nets[0].country,
        related=related(Relation.PART_OF, CIDR, [whois.asn.cidr, *(block for net in nets for block in net.cidr or ())]),
    )


def link(ip: IPv4) -> str:
    return url("https://app.netlas.io/host", ip, "")


SOURCE: Source[IPv4, Answer] = Source(
    name="netlas",
    about="Who an address is registered to, and who routes it.",
    base="https://app.netlas.io/api",
    key=Key("NETLAS_API_KEY", header="Authorization", prefix="Bearer ", get="https://app.netlas.io/profile/"),
    limits=(Limit(50, per="day"),),  # of a free account
    exposure=Exposure.VENDOR,
    absent=Absent.never,
    request=request,
    payload=Answer,
    read=read,
    link=link,
)
