"""SecurityTrails: the addresses that a name has had. https://docs.securitytrails.com/ (read 2026-11)

Context only: a history of DNS gives no verdict. Only the first page is read.
"""

from ioclib.findings import Finding, Relation, facts, related, when
from ioclib.indicators import Domain, IPv4
from ioclib.source import Absent, Exposure, Keep, Key, Payload, Request, Source, url

DAY = 24 * 3600


class Value(Payload):
    ip: str = ""


class Record(Payload):
    values: list[Value]
    first_seen: str
    last_seen: str
    organizations: list[str] = []


class History(Payload):
    records: list[Record]
    pages: int = 1


def request(domain: Domain) -> Request:
    return Request.get("/history", domain, "dns", "a")


def read(history: History) -> Finding | None:
    if not history.records:
        return None
    newest = max(history.records, key=lambda record: record.last_seen)
    first = min(record.first_seen for record in history.records)
    addresses = list(dict.fromkeys(value.ip for record in history.records for value in record.values if value.ip))
    at_least = "at least " if history.pages > 1 else ""
    return Finding(
        summary=facts(
            f"has had {at_least}{len(addresses)} address{'es' * (len(addresses) != 1)}",
            f"last {newest.last_seen}",
            *newest.organizations[:2],
        ),
        first_seen=None if at_least else when(first),
        last_seen=when(newest.last_seen),
        related=related(Relation.RESOLVES_TO, IPv4, addresses),
    )


def link(domain: Domain) -> str:
    return url("https://securitytrails.com/domain", domain, "history", "a")


SOURCE: Source[Domain, History] = Source(
    name="securitytrails",
    about="The addresses that a name has had.",
    base="https://api.securitytrails.com/v1",
    key=Key("SECURITYTRAILS_API_KEY", header="APIKEY", free=False, get="https://securitytrails.com/app/account"),
    limits=(),
    exposure=Exposure.VENDOR,
    keep=Keep(found=DAY, not_found=DAY),
    absent=Absent.status(404, says='"message"'),
    request=request,
    payload=History,
    read=read,
    link=link,
)
