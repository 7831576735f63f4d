"""CIRCL's passive DNS and passive SSL, for partners. https://www.circl.lu/services/passive-dns/ (read 2026-11)

Context only: where a name pointed, which certificates an address showed.
"""

from ioclib.findings import Finding, Relation, related, when
from ioclib.indicators import CIDR, Address, Domain, IPv4, IPv6, Sha1
from ioclib.source import Absent, Exposure, Key, Lines, Payload, Request, Source, url

PARTNERS = Key(
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


class Subjects(Payload):
    values: list[str] = []


class Shown(Payload):
    certificates: list[str] = []
    subjects: dict[str, Subjects] = {}


class Seen(Payload):
    seen: list[str]
    hits: int


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


def request_pssl(ip: Address | CIDR) -> Request:
    return Request.get("/v2pssl/query", ip)


def read_pssl(shown: dict[str, Shown]) -> Finding | None:
    certificates = {one for each in shown.values() for one in each.certificates}
    if not certificates:
        return None
    subjects = sorted({text for each in shown.values() for one in each.subjects.values() for text in one.values})
    return Finding(
        summary=f"{len(certificates)} certificate{'s' * (len(certificates) != 1)}: {'; '.join(subjects[:3])}",
        related=related(Relation.RELATED_TO, Sha1, sorted(certificates)),
    )


def request_certificate(fingerprint: Sha1) -> Request:
    return Request.get("/v2pssl/cquery", fingerprint)


def read_certificate(seen: Seen) -> Finding | None:
    if not seen.seen:
        return None
    return Finding(
        summary=f"a certificate that {seen.hits} address{'es' * (seen.hits != 1)} showed",
        related=related(Relation.HOSTED_ON, IPv4, seen.seen) + related(Relation.HOSTED_ON, IPv6, seen.seen),
    )


def link(_: Domain | Address | CIDR | Sha1) -> str:
    return url("https://www.circl.lu/services/passive-dns/")


PASSIVE_DNS: Source[Domain | Address, Lines[Record]] = Source(
    name="circl_pdns",
    about="Where a name pointed, and which names pointed to an address; for partners.",
    base="https://www.circl.lu",
    key=PARTNERS,
    limits=(),
    exposure=Exposure.VENDOR,
    complete=True,
    absent=Absent.never,
    request=request,
    payload=Lines[Record],
    read=read,
    link=link,
)

PASSIVE_SSL: Source[Address | CIDR, dict[str, Shown]] = Source(
    name="circl_pssl",
    about="The certificates that an address or a block showed; for partners.",
    base="https://www.circl.lu",
    key=PARTNERS,
    limits=(),
    exposure=Exposure.VENDOR,
    complete=True,
    absent=Absent.status(404),
    request=request_pssl,
    payload=dict[str, Shown],
    read=read_pssl,
    link=link,
)

CERTIFICATES: Source[Sha1, Seen] = Source(
    name="circl_pssl_certificate",
    about="The addresses that showed a certificate, by its SHA-1 fingerprint; for partners.",
    base="https://www.circl.lu",
    key=PARTNERS,
    limits=(),
    exposure=Exposure.VENDOR,
    complete=True,
    absent=Absent.status(404),
    request=request_certificate,
    payload=Seen,
    read=read_certificate,
    link=link,
)

SOURCES = (PASSIVE_DNS, PASSIVE_SSL, CERTIFICATES)
