"""Maltiverse: one classification of addresses, names, links and files. https://app.swaggerhub.com/apis-docs/maltiverse/api
(read 2026-11)

Verdict: its classification; "neutral" is unknown, and a whitelist is benign.
"""

from hashlib import sha256

from ioclib.findings import Evidence, Finding, Verdict
from ioclib.indicators import URL, Domain, IPv4, Sha256
from ioclib.source import Absent, Exposure, Key, Payload, Request, Source, url

VERDICTS = {"malicious": Verdict.MALICIOUS, "suspicious": Verdict.SUSPICIOUS, "whitelist": Verdict.BENIGN}

Asked = IPv4 | Domain | URL | Sha256


class Answer(Payload):
    classification: str


def place(ioc: Asked) -> tuple[str, str]:
    """The collection that an indicator is in, and its name there."""
    match ioc:
        case IPv4():
            return "ip", str(ioc)
        case Domain():
            return "hostname", str(ioc)
        case URL():
            return "url", sha256(str(ioc).encode()).hexdigest()
        case Sha256():
            return "sample", str(ioc)


def request(ioc: Asked) -> Request:
    return Request.get("", *place(ioc))


def read(answer: Answer) -> Finding:
    return Finding(
        verdict=VERDICTS.get(answer.classification, Verdict.UNKNOWN), summary=f"classified as {answer.classification}"
    )


def link(ioc: Asked) -> str:
    return url("https://maltiverse.com", *place(ioc))


SOURCE: Source[Asked, Answer] = Source(
    name="maltiverse",
    about="One classification of addresses, names, links and files, from many feeds.",
    base="https://api.maltiverse.com",
    key=Key(
        "MALTIVERSE_API_KEY",
        header="Authorization",
        prefix="Bearer ",
        optional=True,
        get="https://maltiverse.com/profile",
    ),
    limits=(),
    evidence=Evidence.LISTED,
    repeats=("feodo", "threatfox", "urlhaus", "openphish", "malwarebazaar"),
    exposure=Exposure.VENDOR,
    unproven=True,
    absent=Absent.status(404),
    request=request,
    payload=Answer,
    read=read,
    link=link,
)
