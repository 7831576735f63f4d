"""Validin: where names pointed, and what pointed to addresses. https://app.validin.com/docs (read 2026-11)

Context only: passive DNS gives no verdict. A block is asked about like its addresses.
"""

from collections.abc import Iterator

from ioclib.errors import UnexpectedAnswer
from ioclib.findings import Finding, Related, Relation, facts, related, when
from ioclib.indicators import CIDR, Address, Domain, IPv4, IPv6
from ioclib.source import Absent, Exposure, Keep, Key, Payload, Reading, Request, Source, url

DAY = 24 * 3600
MANY = 50  # names of one address: what is said of it may be meant of any


class Row(Payload):
    value: str
    first_seen: int | None = None
    last_seen: int | None = None


class History(Payload):
    status: str
    records: dict[str, list[Row]]
    limited: bool = False
    error: str | None = None


def request(ioc: Address | CIDR | Domain) -> Request:
    match ioc:
        case Domain():
            return Request.get("/axon/domain/dns/history", ioc)
        case CIDR():
            return Request.get("/axon/ip/dns/history", *str(ioc).split("/"))
        case _:
            return Request.get("/axon/ip/dns/history", ioc)


def read(history: History) -> Reading:
    if history.status != "finished" or history.error:
        return UnexpectedAnswer(history.error or f"the answer's status is {history.status!r}")
    rows = [row for rows in history.records.values() for row in rows]
    if not rows:
        return None
    first = min((row.first_seen for row in rows if row.first_seen), default=None)
    last = max((row.last_seen for row in rows if row.last_seen), default=None)
    around = tuple(neighbours(history.records))
    names = {one.ioc for one in around if one.relation is Relation.RESOLVED_FROM}
    kinds = ", ".join(f"{len(rows)} {kind}" for kind, rows in history.records.items() if rows)
    times = [f"{word} {time:%Y-%m-%d}" for word, time in (("first", when(first)), ("last", when(last))) if time]
    return Finding(
        summary=facts(f"passive DNS: {'at least ' if history.limited else ''}{kinds}", *times),
        tags=("many-names",) if len(names) >= MANY else (),
        first_seen=None if history.limited else when(first),
        last_seen=when(last),
        related=around,
    )


def neighbours(records: dict[str, list[Row]]) -> Iterator[Related]:
    """Of a name its addresses, of an address its names; and the name servers."""
    for kind, rows in records.items():
        values = [row.value for row in rows]
        yield from related(Relation.RESOLVES_TO, IPv4, values)
        yield from related(Relation.RESOLVES_TO, IPv6, values)
        yield from related(Relation.RESOLVED_FROM if kind in {"A", "AAAA"} else Relation.RELATED_TO, Domain, values)


def link(ioc: Address | CIDR | Domain) -> str:
    return url("https://app.validin.com/detail", find=ioc)


SOURCE: Source[Address | CIDR | Domain, History] = Source(
    name="validin",
    about="Passive DNS: where names pointed, and what pointed to addresses.",
    base="https://app.validin.com/api",
    key=Key("VALIDIN_API_KEY", header="Authorization", prefix="BEARER ", get="https://app.validin.com/profile"),
    limits=(),
    exposure=Exposure.VENDOR,
    keep=Keep(found=DAY, not_found=DAY),
    absent=Absent.never,
    request=request,
    payload=History,
    read=read,
    link=link,
)
