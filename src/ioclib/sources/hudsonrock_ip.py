"""Hudson Rock: stealers on computers behind an address. https://www.hudsonrock.com/free-tools (read 2026-11)

Verdict: it tells of victims. A mailbox or an address whose passwords were stolen may be used by others: suspicious.
"""

from ioclib.findings import Finding, Verdict, facts, when
from ioclib.indicators import Address
from ioclib.source import Absent, Exposure, Limit, Payload, Request, Source, url

LIMITS = (Limit(5, per="second"),)


class Stealer(Payload):
    stealer_family: str | None = None
    date_compromised: str | None = None


class Victim(Payload):
    stealers: list[Stealer]


def request(ip: Address) -> Request:
    return Request.get("/search-by-ip", ip=ip)


def read(victim: Victim) -> Finding | None:
    if not victim.stealers:
        return None
    families = sorted({one.stealer_family for one in victim.stealers if one.stealer_family})
    dates = sorted(one.date_compromised for one in victim.stealers if one.date_compromised)
    return Finding(
        verdict=Verdict.SUSPICIOUS,
        summary=facts(
            f"{len(victim.stealers)} infection{'s' * (len(victim.stealers) != 1)} by stealers", ", ".join(families[:3])
        ),
        tags=("compromised",),
        family=families[0] if len(families) == 1 else None,
        first_seen=when(dates[0]) if dates else None,
        last_seen=when(dates[-1]) if dates else None,
    )


def link(_: Address) -> str:
    return url("https://www.hudsonrock.com/free-tools")


SOURCE: Source[Address, Victim] = Source(
    name="hudsonrock_ip",
    about="Stealers on computers behind an address.",
    base="https://cavalier.hudsonrock.com/api/json/v2/osint-tools",
    key=None,
    limits=LIMITS,
    exposure=Exposure.VENDOR,
    complete=True,
    absent=Absent.never,
    request=request,
    payload=Victim,
    read=read,
    link=link,
)
