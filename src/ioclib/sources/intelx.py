"""Intelligence X: pastes, leaks and dark web pages that an indicator stands in.

https://github.com/IntelligenceX/SDK, "Intelligence X API" version 5 (read 2026-11). A search is started, then asked for
its results until there are some. The host depends on the key: free ones work at free.intelx.io, paid ones at
2.intelx.io, which is then set as the base address in the config.

Verdict: always unknown. To be written about is exposure, not malice.
"""

from collections import Counter
from collections.abc import Sequence

from ioclib.errors import RateLimited, Rejected, Timeout, UnexpectedAnswer
from ioclib.indicators import URL, Address, Domain
from ioclib.source import Exposure, Finding, Key, Limit, Payload, Request, SteppedSource, Steps, ask, url

AT_MOST = 100  # records: of a bucket, and of an answer
SEARCH_SECONDS = 5  # then a search ends by itself, and need not be terminated
WAITS = (0.4, 1.0, 1.0, 1.0, 1.0, 1.0)  # seconds, each time before results are asked for
NEWEST_FIRST = 4


class Search(Payload):
    id: str
    status: int
    softselectorwarning: bool = False


class Record(Payload):
    bucket: str = ""
    date: str = ""


class Result(Payload):
    status: int
    records: list[Record] | None


def lookup(ioc: Address | Domain | URL) -> Steps:
    match (yield from ask(start(ioc), Search)):
        case Search(status=0, softselectorwarning=False, id=search):
            pass
        case Search(status=2):
            return RateLimited("too many searches at the same time")
        case _:
            return Rejected("this is not among the terms that can be searched for")
    for wait in WAITS:
        match (yield from ask(results(search, wait), Result)):
            case Result(status=2):
                return UnexpectedAnswer("the search that was just started is not known")
            case Result(status=status, records=[_, *_] as records):
                return finding(records, complete=status == 1 and len(records) < AT_MOST)
            case Result(status=1):
                return None
            case _:  # nothing yet
                continue
    return Timeout("the search did not end in time")


def start(ioc: Address | Domain | URL) -> Request:
    search: dict[str, object] = {
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
    return Request.post("/intelligent/search", json=search)


def results(search: str, wait: float) -> Request:
    return Request.get("/intelligent/search/result", wait=wait, id=search, limit=AT_MOST)


def finding(records: Sequence[Record], *, complete: bool) -> Finding:
    buckets = Counter(record.bucket for record in records if record.bucket)
    newest = max(record.date[:10] for record in records)
    count = f"{'' if complete else 'at least '}{len(records)} record{'s' * (len(records) != 1)}"
    where = ", ".join(f"{number} in {bucket}" for bucket, number in buckets.most_common(3))
    return Finding(
        summary="; ".join(filter(None, (count, where, f"the newest of {newest}" if newest else ""))),
        tags=tuple(bucket for bucket, _ in buckets.most_common(10)),
    )


def link(ioc: Address | Domain | URL) -> str:
    return url("https://intelx.io/", s=ioc)


SOURCE: SteppedSource[Address | Domain | URL] = SteppedSource(
    name="intelx",
    about="Pastes, leaks and dark web pages that mention an indicator.",
    base="https://free.intelx.io",
    key=Key(
        "INTELX_API_KEY",
        aliases=("INTELX_KEY",),
        header="x-key",
        get="https://intelx.io/account?tab=developer",
    ),
    limits=(Limit(1, per="second"),),
    exposure=Exposure.VENDOR,
    requests=1 + len(WAITS),
    lookup=lookup,
    link=link,
)
