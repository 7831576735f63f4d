"""RIPEstat: who announces an address or a block, who a network is. https://stat.ripe.net/docs/ (read 2026-11)

Context only; what nobody announces is not known.
"""

from ioclib.errors import UnexpectedAnswer
from ioclib.findings import Finding, Relation, facts, related
from ioclib.indicators import ASN, CIDR, Address
from ioclib.source import Absent, Exposure, Keep, Limit, Payload, Reading, Request, Source, url

LIMITS = (Limit(1000, per="day"),)  # above that they want to be asked first


class Network(Payload):
    asns: list[int] = []
    prefix: str | None = None


class NetworkInfo(Payload):
    status: str
    data: Network


class Holder(Payload):
    asn: int
    holder: str


class Prefix(Payload):
    announced: bool = False
    asns: list[Holder] = []


class PrefixOverview(Payload):
    status: str
    data: Prefix


class System(Payload):
    holder: str | None = None
    announced: bool = False


class SystemOverview(Payload):
    status: str
    data: System


def request(ip: Address) -> Request:
    return Request.get("/network-info/data.json", resource=ip, sourceapp="ioclib")


def read(info: NetworkInfo) -> Reading:
    if info.status != "ok":
        return UnexpectedAnswer(f"the service is in {info.status}")
    if not info.data.asns or not info.data.prefix:
        return None
    numbers = " and ".join(f"AS{number}" for number in info.data.asns)
    return Finding(
        summary=f"announced by {numbers} as {info.data.prefix}",
        asn=info.data.asns[0],
        related=related(Relation.PART_OF, CIDR, [info.data.prefix]),
    )


def request_prefix(block: CIDR) -> Request:
    return Request.get("/prefix-overview/data.json", resource=block, sourceapp="ioclib")


def read_prefix(overview: PrefixOverview) -> Reading:
    if not overview.data.announced:
        return None
    holders = [f"AS{one.asn} {one.holder}" for one in overview.data.asns]
    return Finding(summary=facts("announced", *holders), asn=overview.data.asns[0].asn if overview.data.asns else None)


def request_asn(asn: ASN) -> Request:
    return Request.get("/as-overview/data.json", resource=asn, sourceapp="ioclib")


def read_asn(overview: SystemOverview) -> Reading:
    if not overview.data.holder:
        return None
    return Finding(summary=facts(overview.data.holder, "" if overview.data.announced else "announces nothing"))


def link(ioc: Address | CIDR | ASN) -> str:
    return url("https://stat.ripe.net", ioc)


ADDRESSES: Source[Address, NetworkInfo] = Source(
    name="ripestat",
    about="Which network announces an address, and as part of which block.",
    base="https://stat.ripe.net/data",
    key=None,
    limits=LIMITS,
    exposure=Exposure.VENDOR,
    concurrency=8,
    timeout=30,
    keep=Keep(found=86_400),
    complete=True,
    absent=Absent.never,
    request=request,
    payload=NetworkInfo,
    read=read,
    link=link,
)

BLOCKS: Source[CIDR, PrefixOverview] = Source(
    name="ripestat_prefix",
    about="Which network announces a block of addresses.",
    base="https://stat.ripe.net/data",
    key=None,
    limits=LIMITS,
    exposure=Exposure.VENDOR,
    concurrency=8,
    timeout=30,
    keep=Keep(found=86_400),
    complete=True,
    absent=Absent.never,
    request=request_prefix,
    payload=PrefixOverview,
    read=read_prefix,
    link=link,
)

SYSTEMS: Source[ASN, SystemOverview] = Source(
    name="ripestat_asn",
    about="Who runs an autonomous system.",
    base="https://stat.ripe.net/data",
    key=None,
    limits=LIMITS,
    exposure=Exposure.VENDOR,
    concurrency=8,
    timeout=30,
    keep=Keep(found=86_400),
    complete=True,
    absent=Absent.never,
    request=request_asn,
    payload=SystemOverview,
    read=read_asn,
    link=link,
)

SOURCES = (ADDRESSES, BLOCKS, SYSTEMS)
