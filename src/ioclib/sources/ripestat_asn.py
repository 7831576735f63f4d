"""RIPEstat: who runs an autonomous system. https://stat.ripe.net/docs/ (read 2026-11)

Context only.
"""

from ioclib.errors import ServerFault, UnexpectedAnswer
from ioclib.findings import Finding, facts
from ioclib.indicators import ASN
from ioclib.source import Absent, Exposure, Keep, Limit, Payload, Reading, Request, Source, url

LIMITS = (Limit(1000, per="day"),)  # above that they want to be asked first


class System(Payload):
    holder: str | None = None
    announced: bool | None = None  # missing while the service is maintained


class SystemOverview(Payload):
    status: str
    data: System


def request(asn: ASN) -> Request:
    return Request.get("/as-overview/data.json", resource=asn, sourceapp="ioclib")


def read(overview: SystemOverview) -> Reading:
    if overview.status != "ok":
        return ServerFault(f"its status is {overview.status}")
    if overview.data.announced is None:
        return UnexpectedAnswer("not said whether it announces anything")
    if not overview.data.holder:
        return None
    return Finding(summary=facts(overview.data.holder, "" if overview.data.announced else "announces nothing"))


def link(ioc: ASN) -> str:
    return url("https://stat.ripe.net", ioc)


SOURCE: Source[ASN, SystemOverview] = Source(
    name="ripestat_asn",
    about="Who runs an autonomous system.",
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
    payload=SystemOverview,
    read=read,
    link=link,
)
