"""crt.sh: certificates that were issued for a name. https://github.com/crtsh/certwatch_db (read 2026-11)

Context only: a certificate says since when a name is used and by whom it was signed, not what it is for.
"""

import re

from ioclib.findings import Finding, Relation, related, when
from ioclib.indicators import Domain
from ioclib.source import Absent, Exposure, Keep, Limit, Payload, Request, Source, url

AT_MOST = 10_000  # identities that the service reads, silently
ORGANISATION = re.compile(r'\bO="?([^",]+)')


class Certificate(Payload):
    name_value: str
    serial_number: str
    not_before: str
    issuer_name: str = ""
    common_name: str | None = None
    entry_timestamp: str | None = None
    result_count: int = 1


def request(domain: Domain) -> Request:
    return Request.get("/json", q=domain)


def read(rows: list[Certificate]) -> Finding | None:
    if not rows:
        return None
    newest = max(rows, key=lambda row: row.not_before)
    oldest = min(rows, key=lambda row: row.not_before)
    certificates = {row.serial_number for row in rows}  # there are two rows for each: it, and its announcement
    names = {name.lower() for row in rows for name in row.name_value.splitlines()}
    subjects = {row.common_name.lower() for row in rows if row.common_name}
    issuer = ORGANISATION.search(newest.issuer_name)
    at_least = "at least " if sum(row.result_count for row in rows) >= AT_MOST else ""
    logged = sorted(row.entry_timestamp for row in rows if row.entry_timestamp)
    return Finding(
        summary=f"certificates: {at_least}{len(certificates)}, names: {len(names)}, first {oldest.not_before[:10]}, "
        f"newest {newest.not_before[:10]}" + (f" by {issuer[1].strip()}" if issuer else ""),
        first_seen=when(logged[0]) if logged and not at_least else None,
        last_seen=when(logged[-1]) if logged else None,
        related=related(Relation.SHARES_CERTIFICATE_WITH, Domain, sorted(names | subjects)),
    )


def link(domain: Domain) -> str:
    return url("https://crt.sh/", q=domain)


SOURCE: Source[Domain, list[Certificate]] = Source(
    name="crtsh",
    about="The certificates that were issued for a name, from the public logs.",
    base="https://crt.sh",
    key=None,
    limits=(Limit(60, per="minute"),),  # what tools observe; the service itself names none
    exposure=Exposure.VENDOR,
    timeout=30,
    concurrency=3,
    keep=Keep(found=24 * 3600, not_found=24 * 3600),
    complete=True,
    absent=Absent.never,
    request=request,
    payload=list[Certificate],
    read=read,
    link=link,
)
