"""The Wayback Machine: when a page was last archived. https://archive.org/help/wayback_api.php (read 2026-11)

Context. Nothing is ever submitted, and nothing fetches the page.
"""

from ioclib.findings import Finding, when
from ioclib.indicators import URL, Domain
from ioclib.source import Absent, Exposure, Keep, Limit, Payload, Request, Source, url

LIMITS = (Limit(15, per="minute"),)


class Snapshot(Payload):
    timestamp: str
    url: str


class Snapshots(Payload):
    closest: Snapshot | None = None


class Available(Payload):
    archived_snapshots: Snapshots


def moment(stamp: str) -> str:
    """``20130919044612`` as ``2013-09-19T04:46:12``."""
    return f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}T{stamp[8:10]}:{stamp[10:12]}:{stamp[12:14]}"


def request(page: URL | Domain) -> Request:
    return Request.get("/wayback/available", url=page)


def read(available: Available) -> Finding | None:
    newest = available.archived_snapshots.closest
    if newest is None:
        return None
    seen = when(moment(newest.timestamp))
    return Finding(summary=f"archived, last on {moment(newest.timestamp)[:10]}", last_seen=seen)


def link(page: URL | Domain) -> str:
    return url("https://web.archive.org/web/*", page)


SOURCE: Source[URL | Domain, Available] = Source(
    name="wayback",
    about="When a page was last archived.",
    base="https://archive.org",
    key=None,
    limits=LIMITS,
    exposure=Exposure.VENDOR,
    keep=Keep(found=86_400, not_found=600),  # under load it says of archived pages that they are not
    complete=True,
    absent=Absent.never,
    request=request,
    payload=Available,
    read=read,
    link=link,
)
