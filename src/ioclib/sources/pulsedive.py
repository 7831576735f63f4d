"""Pulsedive: the risk of addresses, names and links. https://pulsedive.com/api/ (read 2026-11)

Verdict: malicious from a high risk on, suspicious at medium. A low risk is benign only where an analyst set it;
threats and feeds that an indicator is linked to never raise it.
"""

from typing import Any

from ioclib.findings import Finding, Verdict, facts, when
from ioclib.indicators import URL, Address, Domain
from ioclib.source import Absent, Exposure, Key, Limit, Payload, Request, Source, url

VERDICTS = {"critical": Verdict.MALICIOUS, "high": Verdict.MALICIOUS, "medium": Verdict.SUSPICIOUS}
HARMLESS = {"none", "low"}

Ioc = Address | Domain | URL


class Threat(Payload):
    name: str


class Place(Payload):
    countrycode: str | None = None


class Properties(Payload):
    geo: Place | list[Any] | None = None


class Indicator(Payload):
    iid: int
    risk: str
    manualrisk: int = 0
    retired: str | None = None
    stamp_added: str | None = None
    stamp_seen: str | None = None
    threats: list[Threat | str] = []
    feeds: list[Threat | str] = []
    properties: Properties | list[Any] | None = None  # empty ones are lists


def request(ioc: Ioc) -> Request:
    return Request.get("/indicator.php", indicator=ioc)


def read(found: Indicator) -> Finding:
    harmless = Verdict.BENIGN if found.manualrisk and found.risk in HARMLESS else Verdict.UNKNOWN
    threats, feeds = names(found.threats), names(found.feeds)
    geo = found.properties.geo if isinstance(found.properties, Properties) else None
    return Finding(
        verdict=VERDICTS.get(found.risk, harmless),
        summary=facts(
            f"risk {found.risk}" + (", set by an analyst" if found.manualrisk else ""),
            f"retired: {found.retired}" if found.retired else "",
            f"threats: {', '.join(threats[:3])}" if threats else "",
            f"{len(feeds)} feed{'s' * (len(feeds) != 1)}" if feeds else "",
        ),
        tags=tuple(threats),
        first_seen=when(found.stamp_added),
        last_seen=when(found.stamp_seen),
        country=geo.countrycode if isinstance(geo, Place) else None,
        link=url("https://pulsedive.com/indicator/", iid=found.iid),
    )


def names(threats: list[Threat | str]) -> list[str]:
    return [one if isinstance(one, str) else one.name for one in threats]


def link(ioc: Ioc) -> str:
    return url("https://pulsedive.com/explore/", q=ioc)


SOURCE: Source[Ioc, Indicator] = Source(
    name="pulsedive",
    about="The risk of addresses, names and links, and the threats that they are linked to.",
    base="https://pulsedive.com/api",
    key=Key("PULSEDIVE_API_KEY", query="key", optional=True, get="https://pulsedive.com/account/"),
    limits=(Limit(1, per="second"), Limit(10, per="day"), Limit(250, per="month")),
    exposure=Exposure.VENDOR,
    complete=True,
    absent=Absent.status(404, says="Indicator not found"),
    request=request,
    payload=Indicator,
    read=read,
    link=link,
)
