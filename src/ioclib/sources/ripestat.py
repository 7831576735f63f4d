"""RIPEstat: who announces an address. https://stat.ripe.net/docs/ (read 2026-11)

Context only; what nobody announces is not known.
"""

from ioclib.errors import ServerFault, UnexpectedAnswer
from ioclib.findings import Finding, Relation, related
from ioclib.indicators import CIDR, Address
from ioclib.source import Absent, Exposure, Keep, Limit, Payload, Reading, Request, Source, url

LIMITS = (Limit(1000, per="day"),)  # above that they want to be asked first


class Network(Payload):
    asns: list[int] | None = None  # missing while the service is maintained
    prefix: str | None = None


class NetworkInfo(Payload):
    status: str
    data: Network


def request(ip: Address) -> Request:
    return Request.get("/network-info/data.json", resource=ip, sourceapp="ioclib")


def read(info: NetworkInfo) -> Reading:
    if info.status != "ok":
        return ServerFault(f"its status is {info.status}")
    if info.data.asns is None:
        return UnexpectedAnswer("no list of the networks that announce it")
    if not info.data.asns or not info.data.prefix:
        return None
    numbers = " and ".join(f"AS{number}" for number in info.data.asns)
    return Finding(
        summary=f"announced by {numbers} as {info.data.prefix}",
        asn=info.data.asns[0],
        related=related(Relation.PART_OF, CIDR, [info.data.prefix]),
    )


def link(ioc: Address) -> str:
    return url("https://stat.ripe.net", ioc)


SOURCE: Source[Address, NetworkInfo] = Source(
    name="ripestat",
    about="Which network announces an address, and as part of which block.",
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
    payload=NetworkInfo,
    read=read,
    link=link,
)
