"""Intelligence X: pastes, leaks and dark web pages that an indicator stands in.

https://github.com/IntelligenceX/SDK, "Intelligence X API" version 5 (read 2026-11). A search is started, then asked for
its results until there are some. The host depends on the key: free ones work at free.intelx.io, paid ones at
2.intelx.io, which is then set as the base address in the config. Hashes cannot be searched for. E-mail addresses are a
source of their own, since they belong to people.

Verdict: always unknown. To be written about is exposure, not malice.
"""

from collections import Counter
from collections.abc import Sequence

from ioclib.errors import RateLimited, Rejected, Timeout, UnexpectedAnswer
from ioclib.findings import Finding, when
from ioclib.indicators import CIDR, MAC, URL, Address, Btc, Domain, Email
from ioclib.source import Exposure, Key, Limit, Payload, Request, SteppedSource, Steps, ask, url

AT_MOST = 100  # records: of a bucket, and of an answer
SEARCH_SECONDS = 5  # then a search ends by itself, and need not be terminated
WAITS = (0.4, 1.0, 1.0, 1.0, 1.0, 1.0)  # seconds, each time before results are asked for
NEWEST_FIRST = 4

Term = Address | CIDR | Domain | URL | MAC | Btc


class Search(Payload):
    id: str
    status: int
    softselectorwarning: bool = False


class Record(Payload):
    systemid: str = ""
    bucket: str = ""
    date: str = ""


class Result(Payload):
    status: int
    records: list[Record] | None


def lookup(ioc: Term) -> Steps:
    return (yield from search(ioc))


def lookup_email(ioc: Email) -> Steps:
    return (yield from search(ioc))


def search(ioc: Term | Email) -> Steps:
    match (yield from ask(start(ioc), Search)):
        case Search(status=0, softselectorwarning=False, id=identifier):
            pass
        case Search(status=2):
            return RateLimited("too many searches at the same time")
        case _:
            return Rejected("this is not among the terms that can be searched for")
    for wait in WAITS:
        match (yield from ask(results(identifier, wait), Result)):
            case Result(status=2):
                return UnexpectedAnswer("the search that was just started is not known")
            case Result(status=status, records=[_, *_] as records):
                return finding(records, complete=status == 1 and len(records) < AT_MOST)
            case Result(status=1):
                return None
            case _:  # nothing yet
                continue
    return Timeout("the search did not end in time")


def start(ioc: Term | Email) -> Request:
    asked: dict[str, object] = {
        "term": ioc,
        "buckets": [],
        "lookuplevel": 0,
        "maxresults": AT_MOST,
        "timeout": SEARCH_SECONDS,
        "datefrom": "",
        "dateto": "",
        "sort": NEWEST_FIRST,
        "media": 0,
        "terminate": [],
    }
    return Request.post("/intelligent/search", json=asked)


def results(identifier: str, wait: float) -> Request:
    return Request.get("/intelligent/search/result", wait=wait, id=identifier, limit=AT_MOST)


def finding(records: Sequence[Record], *, complete: bool) -> Finding:
    buckets = Counter(record.bucket for record in records if record.bucket)
    oldest, newest = min(record.date for record in records), max(record.date for record in records)
    count = f"{'' if complete else 'at least '}{len(records)} record{'s' * (len(records) != 1)}"
    where = ", ".join(f"{number} in {bucket}" for bucket, number in buckets.most_common(3))
    return Finding(
        summary="; ".join(filter(None, (count, where, f"the newest of {newest[:10]}" if newest else ""))),
        tags=tuple(bucket for bucket, _ in buckets.most_common(10)),
        first_seen=when(oldest) if complete else None,
        last_seen=when(newest),
        references=tuple(url("https://intelx.io/", did=record.systemid) for record in records if record.systemid),
    )


def link(ioc: Term | Email) -> str:
    return url("https://intelx.io/", s=ioc)


BASE = "https://free.intelx.io"
KEY = Key("INTELX_API_KEY", aliases=("INTELX_KEY",), header="x-key", get="https://intelx.io/account?tab=developer")
LIMITS = (Limit(1, per="second"),)

MENTIONS: SteppedSource[Term] = SteppedSource(
    name="intelx",
    about="Pastes, leaks and dark web pages that mention an indicator.",
    base=BASE,
    key=KEY,
    limits=LIMITS,
    exposure=Exposure.VENDOR,
    requests=1 + len(WAITS),
    complete=True,
    lookup=lookup,
    link=link,
)

PEOPLE: SteppedSource[Email] = SteppedSource(
    name="intelx_email",
    about="Pastes, leaks and dark web pages that mention an e-mail address.",
    base=BASE,
    key=KEY,
    limits=LIMITS,
    exposure=Exposure.VENDOR,
    personal=True,
    requests=1 + len(WAITS),
    complete=True,
    lookup=lookup_email,
    link=link,
)

SOURCES = (MENTIONS, PEOPLE)
