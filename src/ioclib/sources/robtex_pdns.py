"""Robtex: a name's records over the years. https://www.robtex.com/api/ (read 2026-11)

Context only: there is no verdict.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from ioclib.errors import RateLimited, UnexpectedAnswer
from ioclib.findings import Finding, Related, Relation, facts, related
from ioclib.indicators import Domain, IPv4, IPv6
from ioclib.source import Absent, Exposure, Limit, Lines, Payload, Reading, Request, Source, url

TOO_OFTEN = "ratelimited"  # with HTTP 200

ASKED_TOO_OFTEN = "the service says that it is asked too often"


class Record(Payload):
    status: str = ""
    rrtype: str = ""
    rrdata: str = ""
    time_first: datetime | None = None
    time_last: datetime | None = None


def request(domain: Domain) -> Request:
    return Request.get("/pdns/forward", domain)


def read(lines: Lines[Record]) -> Reading:
    if not lines.rows:
        return None
    if any(row.status == TOO_OFTEN for row in lines.rows):
        return RateLimited(ASKED_TOO_OFTEN)
    if not all(row.rrtype for row in lines.rows):
        return UnexpectedAnswer("a line of the answer is no DNS record")
    kinds = ", ".join(f"{count} {kind}" for kind, count in Counter(row.rrtype for row in lines.rows).most_common(6))
    first = min((row.time_first for row in lines.rows if row.time_first), default=None)
    last = max((row.time_last for row in lines.rows if row.time_last), default=None)
    times = [f"{word} {time:%Y-%m-%d}" for word, time in (("first", first), ("last", last)) if time]
    return Finding(
        summary=facts(f"passive DNS: {kinds}", *times),
        first_seen=first,
        last_seen=last,
        related=tuple(targets(lines.rows)),
    )


def targets(rows: Sequence[Record]) -> Iterator[Related]:
    for kind, record in ((IPv4, "A"), (IPv6, "AAAA"), (Domain, "CNAME")):
        yield from related(Relation.RESOLVES_TO, kind, [row.rrdata for row in rows if row.rrtype == record])
    for record in ("NS", "MX"):
        yield from related(Relation.RELATED_TO, Domain, [row.rrdata for row in rows if row.rrtype == record])


def link(domain: Domain) -> str:
    return url("https://www.robtex.com/dns-lookup", domain)


SOURCE: Source[Domain, Lines[Record]] = Source(
    name="robtex_pdns",
    about="The DNS records that a name has had.",
    base="https://freeapi.robtex.com",
    key=None,
    limits=(Limit(1, per="second"),),
    exposure=Exposure.VENDOR,
    concurrency=2,
    absent=Absent.never,
    request=request,
    payload=Lines[Record],
    read=read,
    link=link,
)
