"""Have I Been Pwned: breaches that a site has had. https://haveibeenpwned.com/API/v3 (read 2026-11)

Context: a site that was broken into is a victim.
"""

from ioclib.findings import Evidence, Finding, when
from ioclib.indicators import Domain
from ioclib.source import Absent, Exposure, Keep, Payload, Request, Source, url


class Breach(Payload):
    Name: str
    BreachDate: str | None = None


def request(domain: Domain) -> Request:
    return Request.get("/breaches", domain=domain)


def read(breaches: list[Breach]) -> Finding | None:
    if not breaches:
        return None
    dates = sorted(one.BreachDate for one in breaches if one.BreachDate)
    names = ", ".join(one.Name for one in breaches[:3]) + (f" and {len(breaches) - 3} more" if breaches[3:] else "")
    return Finding(
        summary=f"{len(breaches)} breach{'es' * (len(breaches) != 1)}: {names}",
        tags=("breached",),
        first_seen=when(dates[0]) if dates else None,
        last_seen=when(dates[-1]) if dates else None,
    )


def link(domain: Domain) -> str:
    return url("https://haveibeenpwned.com/api/v3/breaches", domain=domain)


SOURCE: Source[Domain, list[Breach]] = Source(
    name="hibp_site",
    about="Breaches that a site has had.",
    base="https://haveibeenpwned.com/api/v3",
    key=None,
    limits=(),
    evidence=Evidence.CONTEXT,
    exposure=Exposure.VENDOR,
    keep=Keep(found=86_400, not_found=86_400),
    absent=Absent.never,
    request=request,
    payload=list[Breach],
    read=read,
    link=link,
)
