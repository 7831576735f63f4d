"""Robtex: the blocks of a network. https://www.robtex.com/api/ (read 2026-11)

Context only: there is no verdict.
"""

from ioclib.errors import RateLimited, UnexpectedAnswer
from ioclib.findings import Finding, Relation, related
from ioclib.indicators import ASN, CIDR
from ioclib.source import Absent, Exposure, Limit, Payload, Reading, Request, Source, url

TOO_OFTEN = "ratelimited"


class Block(Payload):
    n: str
    inbgp: int = 0


class Networks(Payload):
    status: str
    nets: list[Block] = []


def request(asn: ASN) -> Request:
    return Request.get("/asquery", asn.value.removeprefix("AS"))


def read(networks: Networks) -> Reading:
    if networks.status == TOO_OFTEN:
        return RateLimited("asked too often")
    if networks.status != "ok":
        return UnexpectedAnswer(f"the answer's status is {networks.status!r}")
    if not networks.nets:
        return None
    announced = sum(1 for one in networks.nets if one.inbgp)
    return Finding(
        summary=f"{len(networks.nets)} block{'s' * (len(networks.nets) != 1)}, {announced} announced",
        related=related(Relation.CONTAINS, CIDR, [one.n for one in networks.nets]),
    )


def link(asn: ASN) -> str:
    return url("https://www.robtex.com/as", asn)


SOURCE: Source[ASN, Networks] = Source(
    name="robtex_asn",
    about="The blocks of a network.",
    base="https://freeapi.robtex.com",
    key=None,
    limits=(Limit(1, per="second"),),
    exposure=Exposure.VENDOR,
    complete=True,
    absent=Absent.never,
    request=request,
    payload=Networks,
    read=read,
    link=link,
)
