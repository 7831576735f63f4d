"""RIPEstat: who runs an autonomous system. https://stat.ripe.net/docs/ (read 2026-11)

Context only.
"""

from ioclib.findings import Finding, facts
from ioclib.indicators import ASN
from ioclib.source import Absent, Exposure, Keep, Limit, Payload, Reading, Request, Source, url

LIMITS = (Limit(1000, per="day"),)  # above that they want to be asked first


class System(Payload):
    holder: str | None = None
    announced: bool = False


class SystemOverview(Payload):
    status: str
    data: System


def request(asn: ASN) -> Request:
    return Request.get("/as-overview/data.json", resource=asn, sourceapp="ioclib")


def read(overview: SystemOverview) -> Reading:
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
    concurrency=8,
    timeout=30,
    keep=Keep(found=86_400),
    complete=True,
    absent=Absent.never,
    request=request,
    payload=SystemOverview,
    read=read,
    link=link,
)
