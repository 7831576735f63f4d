"""RIPEstat: who announces a block of addresses. https://stat.ripe.net/docs/ (read 2026-11)

Context only; what nobody announces is not known.
"""

from ioclib.errors import ServerFault, UnexpectedAnswer
from ioclib.findings import Finding, facts
from ioclib.indicators import CIDR
from ioclib.source import Absent, Exposure, Keep, Limit, Payload, Reading, Request, Source, url

LIMITS = (Limit(1000, per="day"),)  # above that they want to be asked first


class Holder(Payload):
    asn: int
    holder: str


class Prefix(Payload):
    announced: bool | None = None  # missing while the service is maintained
    asns: list[Holder] = []


class PrefixOverview(Payload):
    status: str
    data: Prefix


def request(block: CIDR) -> Request:
    return Request.get("/prefix-overview/data.json", resource=block, sourceapp="ioclib")


def read(overview: PrefixOverview) -> Reading:
    if overview.status != "ok":
        return ServerFault(f"its status is {overview.status}")
    if overview.data.announced is None:
        return UnexpectedAnswer("not said whether it is announced")
    if not overview.data.announced:
        return None
    holders = [f"AS{one.asn} {one.holder}" for one in overview.data.asns]
    return Finding(summary=facts("announced", *holders), asn=overview.data.asns[0].asn if overview.data.asns else None)


def link(ioc: CIDR) -> str:
    return url("https://stat.ripe.net", ioc)


SOURCE: Source[CIDR, PrefixOverview] = Source(
    name="ripestat_prefix",
    about="Which network announces a block of addresses.",
    base="https://stat.ripe.net/data",
    key=None,
    limits=LIMITS,
    exposure=Exposure.VENDOR,
    concurrency=2,  # eight at once from one address, for all of RIPEstat's sources
    timeout=30,
    keep=Keep(found=86_400),
    complete=True,
    absent=Absent.never,
    request=request,
    payload=PrefixOverview,
    read=read,
    link=link,
)
