"""Criminal IP: how risky an address is. https://www.criminalip.io/developer/api (read 2026-11)

Verdict: malicious only if it is critical both as one who comes and as one who is visited; critical or dangerous in one
way is suspicious. To be safe says nothing: that is what is said of addresses of which nothing is known.
"""

from msgspec import field

from ioclib.errors import Forbidden, Rejected, ServerFault, SourceError, UnexpectedAnswer
from ioclib.findings import Evidence, Finding, Verdict
from ioclib.indicators import IPv4
from ioclib.source import Absent, Exposure, Key, Payload, Reading, Request, Source, url

CRITICAL = "Critical"
RISKY = {"Dangerous", CRITICAL}

ERRORS: dict[int, type[SourceError]] = {400: Rejected, 403: Forbidden, 500: ServerFault}  # inside of a 200


class Score(Payload):
    inbound: str | int | None = None
    outbound: str | int | None = None


class Report(Payload):
    status: int
    score: Score = field(default_factory=Score)


def request(ip: IPv4) -> Request:
    return Request.get("/v1/asset/ip/report", ip=ip)


def read(report: Report) -> Reading:
    if report.status != 200:
        return ERRORS.get(report.status, UnexpectedAnswer)(f"status {report.status}")
    inbound, outbound = str(report.score.inbound), str(report.score.outbound)
    return Finding(verdict=verdict(inbound, outbound), summary=f"inbound {inbound}, outbound {outbound}".lower())


def verdict(inbound: str, outbound: str) -> Verdict:
    if inbound == outbound == CRITICAL:
        return Verdict.MALICIOUS
    return Verdict.SUSPICIOUS if RISKY & {inbound, outbound} else Verdict.UNKNOWN


def link(ip: IPv4) -> str:
    return url("https://www.criminalip.io/asset/report", ip)


SOURCE: Source[IPv4, Report] = Source(
    name="criminal_ip",
    about="How risky an address is, as one who comes and as one who is visited.",
    base="https://api.criminalip.io",
    key=Key(
        "CRIMINAL_IP_API_KEY",
        aliases=("CRIMINALIP_API_KEY",),
        header="x-api-key",
        get="https://www.criminalip.io/mypage/information",
    ),
    limits=(),
    evidence=Evidence.LISTED,
    exposure=Exposure.VENDOR,
    unproven=True,
    absent=Absent.never,
    request=request,
    payload=Report,
    read=read,
    link=link,
)
