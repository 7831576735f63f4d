"""ransomware.live: victims that ransomware groups name. https://www.ransomware.live/api (read 2026-11)

Unproven: how it answers was not at hand, so it is only told whether it knows any. No verdict: they are victims.
"""

from msgspec import Raw

from ioclib.findings import Finding
from ioclib.indicators import Domain
from ioclib.source import Absent, Exposure, Limit, Request, Source, url


def request(domain: Domain) -> Request:
    return Request.get("/searchvictims", domain)


def read(victims: list[Raw]) -> Finding | None:
    count = len(victims)
    return Finding(summary=f"{count} victim{'s' * (count != 1)} named by ransomware groups") if count else None


def link(domain: Domain) -> str:
    return url("https://www.ransomware.live/search", q=domain)


SOURCE: Source[Domain, list[Raw]] = Source(
    name="ransomware_live",
    about="Victims that ransomware groups name.",
    base="https://api.ransomware.live/v2",
    key=None,
    limits=(Limit(1, per="minute"),),
    exposure=Exposure.VENDOR,
    unproven=True,
    absent=Absent.status(404),
    request=request,
    payload=list[Raw],
    read=read,
    link=link,
)
