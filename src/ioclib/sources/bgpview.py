"""BGPView: networks and their prefixes; closed for good in November 2025. https://bgpview.io (read 2026-11)

Context only. RIPEstat and RDAP answer the same questions.
"""

from datetime import date

from ioclib.findings import Finding, Relation, related
from ioclib.indicators import CIDR, Address
from ioclib.source import Absent, Exposure, Payload, Request, Retired, Source, url


class Network(Payload):
    asn: int
    name: str
    country_code: str | None = None


class Prefix(Payload):
    prefix: str
    asn: Network


class Prefixes(Payload):
    prefixes: list[Prefix]


class Answer(Payload):
    status: str
    data: Prefixes


def request(ip: Address) -> Request:
    return Request.get("/ip", ip)


def read(answer: Answer) -> Finding | None:
    for one in answer.data.prefixes:
        return Finding(
            summary=f"AS{one.asn.asn} {one.asn.name}, {one.prefix}",
            asn=one.asn.asn,
            country=one.asn.country_code,
            related=related(Relation.PART_OF, CIDR, [one.prefix]),
        )
    return None


def link(ip: Address) -> str:
    return url("https://bgpview.io/ip", ip)


SOURCE: Source[Address, Answer] = Source(
    name="bgpview",
    about="The network and the prefix of an address.",
    base="https://api.bgpview.io",
    key=None,
    limits=(),
    exposure=Exposure.VENDOR,
    retired=Retired(date(2025, 11, 26), "it shut down permanently; its name no longer resolves"),
    absent=Absent.never,
    request=request,
    payload=Answer,
    read=read,
    link=link,
)
