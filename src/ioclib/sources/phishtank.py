"""PhishTank: links that its members call phishing. https://phishtank.org/api_info.php (read 2026-11)

Verdict: malicious if members confirmed it, suspicious while they have not; benign where they voted that it is none.
"""

from ioclib.errors import RateLimited
from ioclib.findings import Finding, Verdict, facts, when
from ioclib.indicators import URL
from ioclib.source import Absent, Exposure, Key, Payload, Refusal, Request, Source, url


class Result(Payload):
    in_database: bool
    phish_id: str | int | None = None
    phish_detail_page: str | None = None
    verified: bool = False
    verified_at: str | None = None
    valid: bool = False


class Check(Payload):
    results: Result


def request(link: URL) -> Request:
    return Request.post("/checkurl/", form={"url": link, "format": "json"})


def read(check: Check) -> Finding | None:
    found = check.results
    if not found.in_database:
        return None
    open_vote = Verdict.SUSPICIOUS if not found.verified else Verdict.BENIGN
    said = "confirmed by members" if found.valid else "voted to be none" if found.verified else "not yet confirmed"
    return Finding(
        verdict=Verdict.MALICIOUS if found.verified and found.valid else open_vote,
        summary=facts("reported as phishing", said, f"{found.verified_at[:10]}" if found.verified_at else ""),
        tags=("phishing",) if found.valid else (),
        last_seen=when(found.verified_at),
        link=url("https://phishtank.org/phish_detail.php", phish_id=found.phish_id) if found.phish_id else None,
    )


def link(_: URL) -> str:
    return url("https://phishtank.org/")


SOURCE: Source[URL, Check] = Source(
    name="phishtank",
    about="Links that its members call phishing.",
    base="https://checkurl.phishtank.com",
    key=Key("PHISHTANK_API_KEY", form="app_key", optional=True, get="https://phishtank.org/api_register.php"),
    limits=(),
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
