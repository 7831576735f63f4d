"""ipquery.io: network, place and risk of an address. https://ipquery.gitbook.io/ (read 2026-11)

Verdict: suspicious at most, from a risk score of 75 on. A score of 0 is not benign.
"""

from ioclib.findings import Evidence, Finding, Verdict, facts
from ioclib.indicators import Address
from ioclib.source import Absent, Exposure, Keep, Payload, Reading, Request, Source, url

RISKY = 75
FLAGS = ("is_mobile", "is_vpn", "is_tor", "is_proxy", "is_datacenter")


class Network(Payload):
    asn: str | None = None
    org: str | None = None


class Place(Payload):
    country: str | None = None
    country_code: str | None = None
    city: str | None = None


class Risk(Payload):
    is_mobile: bool = False
    is_vpn: bool = False
    is_tor: bool = False
    is_proxy: bool = False
    is_datacenter: bool = False
    risk_score: int = 0


class Answer(Payload):
    ip: str
    isp: Network | None = None
    location: Place | None = None
    risk: Risk | None = None


def request(ip: Address) -> Request:
    return Request.get("", ip, format="json")


def read(answer: Answer) -> Reading:
    network, place, risk = answer.isp or Network(), answer.location or Place(), answer.risk
    if not (network.asn or place.country_code or risk):
        return None
    score = risk.risk_score if risk else 0
    number = (network.asn or "").removeprefix("AS")
    return Finding(
        verdict=Verdict.SUSPICIOUS if score >= RISKY else Verdict.UNKNOWN,
        summary=facts(network.asn, network.org, place.city, place.country, f"risk {score} of 100" if risk else ""),
        tags=tuple(flag.removeprefix("is_") for flag in FLAGS if risk and getattr(risk, flag)),
        asn=int(number) if number.isdecimal() else None,
        country=place.country_code,
    )


def link(ip: Address) -> str:
    return url("https://api.ipquery.io", ip)


SOURCE: Source[Address, Answer] = Source(
    name="ipquery",
    about="The network, the place and the risk of an address.",
    base="https://api.ipquery.io",
    key=None,
    limits=(),
    evidence=Evidence.LISTED,
    exposure=Exposure.VENDOR,
    keep=Keep(found=86_400),
    concurrency=2,
    absent=Absent.never,
    request=request,
    payload=Answer,
    read=read,
    link=link,
)
