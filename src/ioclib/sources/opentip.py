"""Kaspersky OpenTIP: a zone for files, addresses, names and links. https://opentip.kaspersky.com/Help/ (read 2026-11)

Verdict: the red and the orange zone are malicious, yellow is suspicious, green is clean, and grey is unknown.
"""

from ioclib.errors import QuotaExhausted
from ioclib.findings import Finding, Verdict
from ioclib.indicators import URL, Domain, Hash, IPv4, Md5, Sha1, Sha256
from ioclib.source import Absent, Exposure, Key, Limit, Payload, Refusal, Request, Source, url

VERDICTS = {
    "Red": Verdict.MALICIOUS,
    "Orange": Verdict.MALICIOUS,
    "Yellow": Verdict.SUSPICIOUS,
    "Green": Verdict.BENIGN,
}

Asked = Hash | IPv4 | Domain | URL


class Answer(Payload):
    Zone: str


def request(ioc: Asked) -> Request:
    return Request.get("/search", section(ioc), request=ioc)


def section(ioc: Asked) -> str:
    match ioc:
        case Md5() | Sha1() | Sha256():
            return "hash"
        case IPv4():
            return "ip"
        case Domain():
            return "domain"
        case URL():
            return "url"


def read(answer: Answer) -> Finding:
    return Finding(verdict=VERDICTS.get(answer.Zone, Verdict.UNKNOWN), summary=f"{answer.Zone.lower()} zone")


def link(ioc: Asked) -> str:
    return url("https://opentip.kaspersky.com", ioc, "results")


SOURCE: Source[Asked, Answer] = Source(
    name="opentip",
    about="Kaspersky's opinion of files, addresses, names and links.",
    base="https://opentip.kaspersky.com/api/v1",
    key=Key(
        "OPENTIP_API_KEY",
        aliases=("KASPERSKY_OPENTIP_API_KEY", "KASPERSKY_API_KEY"),
        header="x-api-key",
        get="https://opentip.kaspersky.com/token",
    ),
    limits=(Limit(2000, per="day"),),
    exposure=Exposure.VENDOR,
    unproven=True,
    absent=Absent.status(404),
    refusals=(Refusal(403, QuotaExhausted),),
    request=request,
    payload=Answer,
    read=read,
    link=link,
)
