"""Team Cymru over DNS: networks and known malware. https://www.team-cymru.com/ip-asn-mapping (read 2026-11)

Networks are context; the country is the registry's, not the place. Verdict on a hash: malicious from 30 % of the
engines that their registry asked, suspicious below.
"""

from ioclib.errors import UnexpectedAnswer
from ioclib.findings import Finding, Relation, Verdict, facts, related, when
from ioclib.indicators import ASN, CIDR, IPv4, IPv6, Md5, Sha1
from ioclib.source import Absent, Exposure, Reading, Records, Request, Source, SteppedSource, Steps, ask, url

MALICIOUS = 30
"""Per cent of the engines."""


def columns(text: str) -> list[str]:
    return [part.strip() for part in text.split("|")]


def length(row: list[str]) -> int:
    return int(row[1].rpartition("/")[2])


def lookup(ip: IPv4 | IPv6) -> Steps:
    question = Request.dns(ip, below="origin" if isinstance(ip, IPv4) else "origin6", kind="TXT")
    answer = yield from ask(question, Records)
    rows = [row for row in map(columns, answer.data if answer else []) if len(row) >= 3 and "/" in row[1]]
    if not rows:
        return UnexpectedAnswer("the record has another shape than documented") if answer and answer.data else None
    numbers, block, country, *_ = max(rows, key=length)  # of nested blocks the narrowest
    systems = [f"AS{number}" for number in numbers.split()]
    named = yield from ask(Request.dns(systems[0], kind="TXT"), Records)
    name = columns(named.data[0])[-1] if named and named.data else ""
    return Finding(
        summary=facts(" and ".join(systems), name, block),
        asn=int(numbers.split()[0]),
        country=country,
        related=related(Relation.PART_OF, CIDR, [block]),
    )


def request_asn(asn: ASN) -> Request:
    return Request.dns(asn, kind="TXT")


def read_asn(records: Records) -> Reading:
    if not records.data:
        return None
    row = columns(records.data[0])
    if len(row) < 5:
        return UnexpectedAnswer("the record has another shape than documented")
    return Finding(summary=row[-1], country=row[1])


def request_mhr(digest: Md5 | Sha1) -> Request:
    return Request.dns(digest, kind="TXT")


def read_mhr(records: Records) -> Reading:
    if not records.data:
        return None
    seen, _, share = records.data[0].partition(" ")
    if not share.isdecimal():
        return UnexpectedAnswer("the record has another shape than documented")
    return Finding(
        verdict=Verdict.MALICIOUS if int(share) >= MALICIOUS else Verdict.SUSPICIOUS,
        summary=f"{share}% of the engines detect it",
        last_seen=when(seen),
    )


def link(_: IPv4 | IPv6 | ASN) -> str:
    return url("https://www.team-cymru.com/ip-asn-mapping")


def link_mhr(_: Md5 | Sha1) -> str:
    return url("https://hash.cymru.com/")


ORIGIN: SteppedSource[IPv4 | IPv6] = SteppedSource(
    name="team_cymru",
    about="The network that announces an address.",
    base="dns://asn.cymru.com",
    key=None,
    limits=(),
    exposure=Exposure.VENDOR,
    complete=True,
    requests=2,
    lookup=lookup,
    link=link,
)

NUMBERS: Source[ASN, Records] = Source(
    name="team_cymru_asn",
    about="Who runs an autonomous system.",
    base="dns://asn.cymru.com",
    key=None,
    limits=(),
    exposure=Exposure.VENDOR,
    complete=True,
    absent=Absent.never,
    request=request_asn,
    payload=Records,
    read=read_asn,
    link=link,
)

HASHES: Source[Md5 | Sha1, Records] = Source(
    name="team_cymru_mhr",
    about="Files that engines detect, from the Malware Hash Registry.",
    base="dns://malware.hash.cymru.com",
    key=None,
    limits=(),
    exposure=Exposure.VENDOR,
    absent=Absent.never,
    request=request_mhr,
    payload=Records,
    read=read_mhr,
    link=link_mhr,
)

SOURCES = (ORIGIN, NUMBERS, HASHES)
