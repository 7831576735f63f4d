"""DShield: addresses that scan firewalls and honeypots all over the world. https://isc.sans.edu/api/ (read 2026-11)

Verdict: an address that was reported is suspicious, and malicious if 10 targets reported it and either its risk is 7 or
two lists of attackers have it. A list alone is no opinion: resolvers and research scanners are in some. How old the
reports are stands in the finding, and is for the reader to weigh.
"""

from msgspec import field

from ioclib.errors import Rejected, UnexpectedAnswer
from ioclib.findings import Evidence, Finding, Relation, Verdict, facts, related, when
from ioclib.indicators import CIDR, Address
from ioclib.source import Absent, Exposure, Keep, Payload, Reading, Request, Source, url

TARGETS, RISK, LISTS = 10, 7, 2  # what makes it malicious
ATTACKERS = ("blocklistde", "ciarmy")  # how the names of lists of attackers begin
HALF_A_DAY = 12 * 3600


class Entry(Payload):
    number: str = ""
    error: str = ""
    count: int | None = None
    attacks: int | None = None
    mindate: str | None = None
    maxdate: str | None = None
    maxrisk: int | None = None
    asn: int | None = field(name="as", default=None)
    asname: str | None = None
    ascountry: str | None = None
    network: str | None = None
    threatfeeds: dict[str, object] | None = None


class Answer(Payload):
    ip: Entry = field(default_factory=Entry)
    error: str = ""


def request(ip: Address) -> Request:
    return Request.get("/ip", ip, json="")


def read(answer: Answer) -> Reading:
    entry = answer.ip
    if error := answer.error or entry.error:
        return Rejected(error)
    if not entry.number:
        return UnexpectedAnswer("neither an address nor an error")
    reports, targets, feeds = entry.count or 0, entry.attacks or 0, sorted(entry.threatfeeds or ())
    if not (reports or targets or feeds):
        return None
    return Finding(
        verdict=verdict(targets, entry.maxrisk or 0, feeds),
        summary=facts(
            f"{reports} report{'s' * (reports != 1)} by {targets} target{'s' * (targets != 1)}",
            f"the last of {entry.maxdate}" if entry.maxdate else "",
            f"risk {entry.maxrisk} of 10" if entry.maxrisk is not None else "",
            f"in {len(feeds)} list{'s' * (len(feeds) != 1)}" if feeds else "",
            entry.asname,
        ),
        tags=tuple(feeds),
        first_seen=when(entry.mindate),
        last_seen=when(entry.maxdate),
        asn=entry.asn,
        country=entry.ascountry,
        related=related(Relation.PART_OF, CIDR, [entry.network]),
    )


def verdict(targets: int, risk: int, feeds: list[str]) -> Verdict:
    lists = sum(name.startswith(ATTACKERS) for name in feeds)
    if targets >= TARGETS and (risk >= RISK or lists >= LISTS):
        return Verdict.MALICIOUS
    return Verdict.SUSPICIOUS if targets else Verdict.UNKNOWN


def link(ip: Address) -> str:
    return url("https://isc.sans.edu/ipinfo", ip)


SOURCE: Source[Address, Answer] = Source(
    name="dshield",
    about="Addresses that scan firewalls and honeypots, as their owners report.",
    base="https://isc.sans.edu/api",
    key=None,
    limits=(),
    concurrency=1,  # "be gentle"
    evidence=Evidence.LISTED,
    exposure=Exposure.VENDOR,
    keep=Keep(found=HALF_A_DAY, not_found=HALF_A_DAY),
    terms="CC BY-NC-SA: not to be resold",
    absent=Absent.never,
    request=request,
    payload=Answer,
    read=read,
    link=link,
)
