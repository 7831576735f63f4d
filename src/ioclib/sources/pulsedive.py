"""Pulsedive: the risk of addresses, names and links. https://pulsedive.com/api/ (read 2026-11)

Verdict: malicious from a high risk on, suspicious at medium. A low risk is benign only where an analyst set it;
threats and feeds that an indicator is linked to never raise it.
"""

import re
from base64 import b64encode
from typing import Any

from ioclib.findings import Finding, Relation, Verdict, facts, related, when
from ioclib.indicators import URL, Address, Domain, IPv4, IPv6
from ioclib.source import Absent, Exposure, Key, Limit, Payload, Request, Source, url

VERDICTS = {"critical": Verdict.MALICIOUS, "high": Verdict.MALICIOUS, "medium": Verdict.SUSPICIOUS}
HARMLESS = {"none", "low"}

Ioc = Address | Domain | URL


class Threat(Payload):
    name: str


Said = str | list[str] | None  # a list where several things were seen


class Place(Payload):
    countrycode: Said = None
    asn: Said = None


class Dns(Payload):
    A: Said = None
    AAAA: Said = None
    PTR: Said = None


class Properties(Payload):  # empty ones are lists
    geo: Place | list[Any] = []
    dns: Dns | list[Any] = []


class Indicator(Payload):
    iid: int
    risk: str
    manualrisk: int = 0
    retired: str | None = None
    stamp_added: str | None = None
    stamp_seen: str | None = None
    threats: list[Threat | str] = []
    feeds: list[Threat | str] = []
    properties: Properties | list[Any] = []


def request(ioc: Ioc) -> Request:
    return Request.get("/indicator.php", indicator=ioc)


def read(found: Indicator) -> Finding:
    harmless = Verdict.BENIGN if found.manualrisk and found.risk in HARMLESS else Verdict.UNKNOWN
    threats, feeds = names(found.threats), names(found.feeds)
    known = found.properties if isinstance(found.properties, Properties) else Properties()
    geo = known.geo if isinstance(known.geo, Place) else Place()
    dns = known.dns if isinstance(known.dns, Dns) else Dns()
    number = re.match(r"AS(\d+)", next(iter(several(geo.asn)), ""))
    return Finding(
        verdict=VERDICTS.get(found.risk, harmless),
        summary=facts(
            f"risk {found.risk}" + (", set by an analyst" if found.manualrisk else ""),
            f"retired: {found.retired}" if found.retired else "",
            f"threats: {', '.join(threats[:3])}" if threats else "",
            f"{len(feeds)} feed{'s' * (len(feeds) != 1)}: {', '.join(feeds[:3])}" if feeds else "",
        ),
        tags=tuple(threats),
        first_seen=when(found.stamp_added),
        last_seen=when(found.stamp_seen),
        asn=int(number[1]) if number else None,
        country=next(iter(several(geo.countrycode)), None),
        related=(
            *related(Relation.RESOLVES_TO, IPv4, several(dns.A)),
            *related(Relation.RESOLVES_TO, IPv6, several(dns.AAAA)),
            *related(Relation.RESOLVED_FROM, Domain, several(dns.PTR)),
        ),
        link=url("https://pulsedive.com/indicator/", iid=found.iid),
    )


def names(threats: list[Threat | str]) -> list[str]:
    return [one if isinstance(one, str) else one.name for one in threats]


def several(said: Said) -> list[str]:
    return [said] if isinstance(said, str) else said or []


def link(ioc: Ioc) -> str:
    return url("https://pulsedive.com/indicator/", ioc=b64encode(str(ioc).encode()).decode())


SOURCE: Source[Ioc, Indicator] = Source(
    name="pulsedive",
    about="The risk of addresses, names and links, and the threats that they are linked to.",
    base="https://pulsedive.com/api",
    key=Key("PULSEDIVE_API_KEY", query="key", optional=True, get="https://pulsedive.com/account/"),
    limits=(Limit(1, per="second"), Limit(10, per="day"), Limit(250, per="month")),
    repeats=("feodo", "threatfox", "urlhaus", "openphish"),
    exposure=Exposure.VENDOR,
    complete=True,
    absent=Absent.status(404, says="Indicator not found"),
    request=request,
    payload=Indicator,
    read=read,
    link=link,
)
