"""Team Cymru over DNS: the network of an address. https://www.team-cymru.com/ip-asn-mapping (read 2026-11)

Context only; the country is the registry's, not the place.
"""

from ioclib.errors import UnexpectedAnswer
from ioclib.findings import Finding, Relation, facts, related
from ioclib.indicators import CIDR, IPv4, IPv6
from ioclib.source import Exposure, Records, Request, SteppedSource, Steps, ask, url


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


def link(_: IPv4 | IPv6) -> str:
    return url("https://www.team-cymru.com/ip-asn-mapping")


SOURCE: SteppedSource[IPv4 | IPv6] = SteppedSource(
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
