"""Hudson Rock: passwords stolen from a site's people. https://www.hudsonrock.com/free-tools (read 2026-11)

Context: it tells of victims.
"""

from collections import Counter

from ioclib.findings import Finding, facts, when
from ioclib.indicators import Domain
from ioclib.source import Absent, Exposure, Limit, Payload, Request, Source, url

LIMITS = (Limit(5, per="second"),)


class Site(Payload):
    employees: int
    users: int
    third_parties: int = 0
    stealerFamilies: dict[str, int] = {}
    last_employee_compromised: str | None = None
    last_user_compromised: str | None = None


def request(domain: Domain) -> Request:
    return Request.get("/search-by-domain", domain=domain)


def read(site: Site) -> Finding | None:
    if not (site.employees or site.users or site.third_parties):
        return None
    families = Counter(site.stealerFamilies)
    del families["total"]
    last = max(filter(None, (site.last_employee_compromised, site.last_user_compromised)), default=None)
    return Finding(
        summary=facts(
            f"passwords stolen from {site.employees} employee{'s' * (site.employees != 1)}",
            f"{site.users} user{'s' * (site.users != 1)}",
            f"{site.third_parties} of other sites" if site.third_parties else "",
            *(f"{family} {count}" for family, count in families.most_common(3)),
        ),
        tags=("stolen-credentials",),
        last_seen=when(last),
    )


def link(domain: Domain) -> str:
    return url("https://www.hudsonrock.com/search/domain", domain)


SOURCE: Source[Domain, Site] = Source(
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
