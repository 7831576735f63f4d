"""AbuseIPDB: the reported addresses of a block. https://docs.abuseipdb.com/#check-block-endpoint (read 2026-11)

A key that costs nothing takes blocks of 256. Verdict: suspicious if an address in it has a score of 25; neighbours are
not guilty of each other.
"""

from ioclib.errors import Forbidden
from ioclib.findings import Finding, Relation, Verdict, facts, related, when
from ioclib.indicators import CIDR, IPv4, IPv6
from ioclib.source import Absent, Exposure, Key, Limit, Payload, Refusal, Request, Source, url

DAYS, SUSPICIOUS = 90, 25  # how old reports may be, and a score of 100


class Reported(Payload):
    ipAddress: str
    numReports: int
    mostRecentReport: str
    abuseConfidenceScore: int


class Block(Payload):
    numPossibleHosts: int
    reportedAddress: list[Reported]


class CheckBlock(Payload):
    data: Block


def request(block: CIDR) -> Request:
    return Request.get("/check-block", network=block, maxAgeInDays=DAYS)


def read(check: CheckBlock) -> Finding | None:
    worst_first = sorted(check.data.reportedAddress, key=lambda one: -one.abuseConfidenceScore)
    if not worst_first:
        return None
    worst, addresses = worst_first[0], [one.ipAddress for one in worst_first]
    return Finding(
        verdict=Verdict.SUSPICIOUS if worst.abuseConfidenceScore >= SUSPICIOUS else Verdict.UNKNOWN,
        summary=facts(
            f"{len(addresses)} of {check.data.numPossibleHosts} addresses reported in {DAYS} days",
            f"{sum(one.numReports for one in worst_first)} reports in all",
            f"the worst is {worst.ipAddress} with score {worst.abuseConfidenceScore} of 100",
        ),
        last_seen=max(filter(None, (when(one.mostRecentReport) for one in worst_first)), default=None),
        related=related(Relation.CONTAINS, IPv4, addresses) + related(Relation.CONTAINS, IPv6, addresses),
    )


def link(block: CIDR) -> str:
    return url("https://www.abuseipdb.com/check-block", block)


SOURCE: Source[CIDR, CheckBlock] = Source(
    name="abuseipdb_block",
    about="The addresses of a block that users of AbuseIPDB report for abuse.",
    base="https://api.abuseipdb.com/api/v2",
    key=Key("ABUSEIPDB_API_KEY", aliases=("ABUSEIPDB_KEY",), header="Key", get="https://www.abuseipdb.com/account/api"),
    limits=(Limit(100, per="day", zone="Etc/UTC"),),  # UTC by another name: apart from the limit of single addresses
    exposure=Exposure.VENDOR,
    complete=True,
    refusals=(Refusal(402, Forbidden),),
    absent=Absent.never,
    request=request,
    payload=CheckBlock,
    read=read,
    link=link,
)
