"""PhishTank: links that its members call phishing. https://phishtank.org/api_info.php (read 2026-11)

It answers those who have an old key; all others get a page for people. Of a name, its home page is asked about.

Verdict: malicious if members confirmed it, suspicious while they have not; benign where they voted that it is none.
"""

from typing import Literal

from ioclib.errors import RateLimited
from ioclib.findings import Evidence, Finding, Verdict, facts, when
from ioclib.indicators import URL, Domain
from ioclib.source import Absent, Exposure, Key, Payload, Refusal, Request, Source, url

Flag = bool | Literal["y", "n"]  # older answers have letters


class Result(Payload):
    in_database: Flag
    phish_id: str | int | None = None
    phish_detail_page: str | None = None
    verified: Flag = False
    verified_at: str | None = None
    valid: Flag = False


class Check(Payload):
    results: Result


def request(ioc: URL | Domain) -> Request:
    return Request.post("/checkurl/", form={"url": URL(str(ioc)), "format": "json"})


def read(check: Check) -> Finding | None:
    found = check.results
    if not holds(found.in_database):
        return None
    verdict, said = Verdict.SUSPICIOUS, "not yet confirmed"
    if holds(found.verified):
        confirmed = Verdict.MALICIOUS, "confirmed by members"
        verdict, said = confirmed if holds(found.valid) else (Verdict.BENIGN, "voted to be none")
    return Finding(
        verdict=verdict,
        summary=facts("reported as phishing", said, (found.verified_at or "")[:10]),
        tags=("phishing",) if verdict is Verdict.MALICIOUS else (),
        last_seen=when(found.verified_at),
        link=url("https://phishtank.org/phish_detail.php", phish_id=found.phish_id) if found.phish_id else None,
    )


def holds(flag: Flag) -> bool:
    return flag in {True, "y"}


def link(_: URL | Domain) -> str:
    return url("https://phishtank.org/")


SOURCE: Source[URL | Domain, Check] = Source(
    name="phishtank",
    about="Links that its members call phishing.",
    base="https://checkurl.phishtank.com",
    key=Key("PHISHTANK_API_KEY", form="app_key", get="https://phishtank.org/api_register.php"),
    limits=(),
    evidence=Evidence.CURATED,  # confirmed by votes
    exposure=Exposure.VENDOR,
    agent="phishtank/ioclib",
    concurrency=2,
    refusals=(Refusal(509, RateLimited),),
    complete=True,
    absent=Absent.never,
    request=request,
    payload=Check,
    read=read,
    link=link,
)
