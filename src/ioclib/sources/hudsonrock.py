"""Hudson Rock: computers that stealers were on. https://www.hudsonrock.com/free-tools (read 2026-11)

Verdict: it tells of victims. An address or a mailbox whose passwords were stolen may be used by others, which is
suspicious; of a site it is exposure.
"""

from ioclib.findings import Finding, Verdict, facts, when
from ioclib.indicators import Address, Domain, Email
from ioclib.source import Absent, Exposure, Limit, Payload, Request, Source, url

LIMITS = (Limit(5, per="second"),)


class Stealer(Payload):
    stealer_family: str | None = None
    date_compromised: str | None = None


class Victim(Payload):
    stealers: list[Stealer]


class Site(Payload):
    employees: int
    users: int
    third_parties: int = 0
    last_employee_compromised: str | None = None
    last_user_compromised: str | None = None


def request(domain: Domain) -> Request:
    return Request.get("/search-by-domain", domain=domain)


def read(site: Site) -> Finding | None:
    if not (site.employees or site.users or site.third_parties):
        return None
    last = max(filter(None, (site.last_employee_compromised, site.last_user_compromised)), default=None)
    return Finding(
        summary=facts(
            f"passwords stolen from {site.employees} employee{'s' * (site.employees != 1)}",
            f"{site.users} user{'s' * (site.users != 1)}",
        ),
        tags=("stolen-credentials",),
        last_seen=when(last),
    )


def request_email(email: Email) -> Request:
    return Request.get("/search-by-email", email=email)


def request_ip(ip: Address) -> Request:
    return Request.get("/search-by-ip", ip=ip)


def read_victim(victim: Victim) -> Finding | None:
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


def link(domain: Domain) -> str:
    return url("https://www.hudsonrock.com/search/domain", domain)


def link_victim(_: Email | Address) -> str:
    return url("https://www.hudsonrock.com/free-tools")


SITES: Source[Domain, Site] = Source(
    name="hudsonrock",
    about="How many employees and users of a site had their passwords stolen.",
    base="https://cavalier.hudsonrock.com/api/json/v2/osint-tools",
    key=None,
    limits=LIMITS,
    exposure=Exposure.VENDOR,
    complete=True,
    absent=Absent.never,
    request=request,
    payload=Site,
    read=read,
    link=link,
)

MAILBOXES: Source[Email, Victim] = Source(
    name="hudsonrock_email",
    about="Stealers that took the passwords of a mailbox.",
    base="https://cavalier.hudsonrock.com/api/json/v2/osint-tools",
    key=None,
    limits=LIMITS,
    exposure=Exposure.VENDOR,
    personal=True,
    complete=True,
    absent=Absent.never,
    request=request_email,
    payload=Victim,
    read=read_victim,
    link=link_victim,
)

ADDRESSES: Source[Address, Victim] = Source(
    name="hudsonrock_ip",
    about="Stealers on computers behind an address.",
    base="https://cavalier.hudsonrock.com/api/json/v2/osint-tools",
    key=None,
    limits=LIMITS,
    exposure=Exposure.VENDOR,
    complete=True,
    absent=Absent.never,
    request=request_ip,
    payload=Victim,
    read=read_victim,
    link=link_victim,
)

SOURCES = (SITES, MAILBOXES, ADDRESSES)
