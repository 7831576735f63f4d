"""CIRCL passive DNS: where a name pointed; for partners. https://www.circl.lu/services/passive-dns/ (read 2026-11)

Context only. Records come one a line.
"""

from ioclib.findings import Finding, Relation, related, when
from ioclib.indicators import Address, Domain, IPv4, IPv6
from ioclib.source import Absent, Exposure, Key, Lines, Payload, Request, Source, url

KEY = Key(
    "CIRCL_API_KEY", basic=True, free=False, get="https://www.circl.lu/services/passive-dns/"
)  # "user:password", given to partners

ADDRESSES = {"A", "AAAA"}


class Record(Payload):
    rrname: str
    rrtype: str
    rdata: str | list[str]
    time_first: int
    time_last: int

    @property
    def values(self) -> list[str]:
        return [self.rdata] if isinstance(self.rdata, str) else self.rdata


def request(ioc: Domain | Address) -> Request:
    return Request.get("/pdns/query", ioc)


def read(records: Lines[Record]) -> Finding | None:
    if not records.rows:
        return None
    addresses = [one for row in records.rows if row.rrtype in ADDRESSES for one in row.values]
    kinds = sorted({row.rrtype for row in records.rows})
    return Finding(
        summary=f"{len(records.rows)} record{'s' * (len(records.rows) != 1)} of {', '.join(kinds)}",
        first_seen=when(min(row.time_first for row in records.rows)),
        last_seen=when(max(row.time_last for row in records.rows)),
        related=(*related(Relation.RESOLVES_TO, IPv4, addresses), *related(Relation.RESOLVES_TO, IPv6, addresses)),
    )


def link(_: Domain | Address) -> str:
    return url("https://www.circl.lu/services/passive-dns/")


SOURCE: Source[Domain | Address, Lines[Record]] = Source(
    name="circl_pdns",
    about="Where a name pointed, and which names pointed to an address; for partners.",
    base="https://www.circl.lu",
    key=KEY,
    limits=(),
    exposure=Exposure.VENDOR,
    complete=True,
    absent=Absent.never,
    request=request,
    payload=Lines[Record],
    read=read,
    link=link,
)
