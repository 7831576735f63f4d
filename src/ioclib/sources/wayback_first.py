"""The Wayback Machine: when a page was first archived. https://archive.org/help/wayback_api.php (read 2026-11)

Context: it hints at an age. Nothing is ever submitted, and nothing fetches the page.
"""

from ioclib.errors import UnexpectedAnswer
from ioclib.findings import Finding, when
from ioclib.indicators import URL, Domain
from ioclib.source import Absent, Exposure, Keep, Limit, Reading, Request, Source, url

LIMITS = (Limit(15, per="minute"),)


def moment(stamp: str) -> str:
    """``20130919044612`` as ``2013-09-19T04:46:12``."""
    return f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}T{stamp[8:10]}:{stamp[10:12]}:{stamp[12:14]}"


def request(page: URL | Domain) -> Request:
    return Request.get("/cdx/search/cdx", url=page, output="json", limit=1, fl="timestamp,original,statuscode")


def read(rows: list[list[str]]) -> Reading:
    if len(rows) < 2:
        return None  # the first row names the columns
    stamp = dict(zip(rows[0], rows[1], strict=False)).get("timestamp", "")
    if not (seen := when(moment(stamp))):
        return UnexpectedAnswer("no timestamp")
    return Finding(summary=f"first archived on {seen:%Y-%m-%d}", first_seen=seen)


def link(page: URL | Domain) -> str:
    return url("https://web.archive.org/web/*", page)


SOURCE: Source[URL | Domain, list[list[str]]] = Source(
    name="wayback_first",
    about="When a page was first archived, which hints at its age.",
    base="https://web.archive.org",
    key=None,
    limits=LIMITS,
    exposure=Exposure.VENDOR,
    timeout=30,
    keep=Keep(found=7 * 86_400),
    complete=True,
    absent=Absent.never,
    request=request,
    payload=list[list[str]],
    read=read,
    link=link,
)
