"""DNS over HTTPS at Google: where a name points. https://developers.google.com/speed/public-dns/docs/doh (read 2026-11)

Context only. The question travels on to the name servers of the domain; the asker's network is withheld from them.
"""

from collections.abc import Iterator

from msgspec import field

from ioclib.errors import Rejected, ServerFault, SourceError
from ioclib.findings import Finding, Related, Relation, related
from ioclib.indicators import Domain, IPv4, IPv6
from ioclib.source import Exposure, Keep, Payload, Reading, Request, SteppedSource, Steps, ask_each, url

TYPES = {"A": 1, "AAAA": 28, "MX": 15, "NS": 2, "TXT": 16}

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


def lookup(domain: Domain) -> Steps:
    answers = yield from ask_each([question(str(domain), kind) for kind in TYPES], Answer)
    return read({kind: answer for kind, answer in zip(TYPES, answers, strict=True) if answer})


def read(answers: dict[str, Answer | SourceError]) -> Reading:
    """What the five questions came to: any record is a finding, which says what could not be asked."""
    failed = {kind: error for kind, answer in answers.items() if (error := failure(answer))}
    answered = {kind: answer for kind, answer in answers.items() if isinstance(answer, Answer)}
    found = {kind: data for kind, answer in answered.items() if (data := answer.data(TYPES[kind]))}
    if found:
        facts = [described(kind, data) for kind, data in found.items()]
        return Finding(
            summary=", ".join(facts) + (f"; no answer for {', '.join(failed)}" if failed else ""),
            related=tuple(targets(found)),
        )
    if any(answer.status == NXDOMAIN for answer in answered.values()):
        return None  # a name that does not exist has no records of any type
    return next(iter(failed.values()), None)


def targets(found: dict[str, list[str]]) -> Iterator[Related]:
    yield from related(Relation.RESOLVES_TO, IPv4, found.get("A", []))
    yield from related(Relation.RESOLVES_TO, IPv6, found.get("AAAA", []))
    for kind in ("MX", "NS"):  # of mail servers the last word is the name
        yield from related(Relation.RELATED_TO, Domain, [data.rpartition(" ")[2] for data in found.get(kind, [])])


def described(kind: str, data: list[str]) -> str:
    if kind not in {"A", "AAAA"}:
        return f"{len(data)} {kind}"
    return f"{kind} {data[0]}" + (f" and {len(data) - 1} more" if data[1:] else "")


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


def link(domain: Domain) -> str:
    return url("https://dns.google/query", name=domain)


SOURCE: SteppedSource[Domain] = SteppedSource(
    name="doh",
    about="Where a name points now: its addresses, mail and name servers, and texts.",
    base="https://dns.google/resolve",
    key=None,
    limits=(),
    exposure=Exposure.PUBLIC,
    accept="application/dns-json",
    keep=Keep(found=300, not_found=300),  # what most records may be kept for
    complete=True,
    lookup=lookup,
    requests=len(TYPES),
    link=link,
)
