"""DNS over HTTPS at Google: an address's name. https://developers.google.com/speed/public-dns/docs/doh (read 2026-11)

Context only. The question travels on to the name servers of the address block; the asker's network is withheld.
"""

from ipaddress import ip_address

from msgspec import field

from ioclib.errors import Rejected, ServerFault, SourceError
from ioclib.findings import Finding, Relation, related
from ioclib.indicators import Address, Domain
from ioclib.source import Absent, Exposure, Keep, Payload, Reading, Request, Source, url

PTR = 12

NXDOMAIN = 3


class Record(Payload):
    type: int
    data: str


class Answer(Payload):
    status: int = field(name="Status")
    records: list[Record] | None = field(name="Answer", default=None)

    def data(self, number: int) -> list[str]:
        """The values of one type: a chain of aliases may come before them."""
        return [record.data for record in self.records or () if record.type == number]


def question(name: str, kind: str) -> Request:
    return Request.get("", name=name, type=kind, edns_client_subnet="0.0.0.0/0")


def failure(answer: Answer | SourceError) -> SourceError | None:
    match answer:
        case Answer(status=(0 | 3)):
            return None
        case Answer(status=2):
            return ServerFault("SERVFAIL: the name servers of the domain do not answer, or answer wrongly")
        case Answer(status=status):
            return Rejected(f"the resolver refuses with DNS status {status}")
        case _:
            return answer


def request(ip: Address) -> Request:
    return question(ip_address(str(ip)).reverse_pointer, "PTR")


def read(answer: Answer) -> Reading:
    if error := failure(answer):
        return error
    if not (names := answer.data(PTR)):
        return None
    more = f" and {len(names) - 1} more" if names[1:] else ""
    return Finding(
        summary=f"its owner calls it {names[0].removesuffix('.')}{more}",
        related=related(Relation.RELATED_TO, Domain, names),
    )


def link(ip: Address) -> str:
    return url("https://dns.google/query", name=ip)


SOURCE: Source[Address, Answer] = Source(
    name="doh_reverse",
    about="What the owner of an address calls it.",
    base="https://dns.google/resolve",
    key=None,
    limits=(),
    exposure=Exposure.PUBLIC,
    accept="application/dns-json",
    keep=Keep(found=300, not_found=300),  # what most records may be kept for
    complete=True,
    absent=Absent.never,
    request=request,
    payload=Answer,
    read=read,
    link=link,
)
