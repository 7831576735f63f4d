"""ONYPHE: what is known of addresses and names, in how many records. https://www.onyphe.io/docs (read 2026-11)

Context only: an inventory gives no verdict.
"""

from ioclib.findings import Finding
from ioclib.indicators import Address, Domain
from ioclib.source import Absent, Exposure, Key, Payload, Request, Source, url


class Record(Payload):
    """Of any category."""


class Summary(Payload):
    results: list[Record]


def request(ioc: Address | Domain) -> Request:
    return Request.get("/summary", section(ioc), ioc)


def section(ioc: Address | Domain) -> str:
    if isinstance(ioc, Domain):
        return "domain" if str(ioc) == ioc.registrable else "hostname"
    return "ip"


def read(summary: Summary) -> Finding | None:
    count = len(summary.results)
    return Finding(summary=f"{count} record{'s' * (count != 1)}") if count else None


def link(ioc: Address | Domain) -> str:
    return url("https://www.onyphe.io/summary", section(ioc), ioc)


SOURCE: Source[Address | Domain, Summary] = Source(
    name="onyphe",
    about="How much is known of an address or a name: scans, passive DNS, leaks.",
    base="https://www.onyphe.io/api/v2",
    key=Key("ONYPHE_API_KEY", header="Authorization", prefix="bearer ", get="https://www.onyphe.io/auth/register"),
    limits=(),
    exposure=Exposure.VENDOR,
    unproven=True,
    absent=Absent.never,
    request=request,
    payload=Summary,
    read=read,
    link=link,
)
