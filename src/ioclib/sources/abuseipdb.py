"""AbuseIPDB: addresses that are reported for abuse. https://docs.abuseipdb.com/#check-endpoint (read 2026-11)

Verdict: what AbuseIPDB whitelists is benign, however often somebody reports it. Else a score of 75 is malicious, one of
25 suspicious, and a lower one suspicious only if 3 users reported the address. No report is no praise: not found.
"""

from ioclib.findings import Finding, Relation, Verdict, facts, related, when
from ioclib.indicators import Address, Domain
from ioclib.source import Absent, Exposure, Key, Limit, Payload, Request, Source, url

DAYS = 90  # older reports are not counted
SUSPICIOUS, MALICIOUS = 25, 75  # of 100
SEVERAL_USERS = 3


class Reported(Payload):
    abuseConfidenceScore: int
    totalReports: int
    numDistinctUsers: int
    lastReportedAt: str | None
    isWhitelisted: bool | None
    countryCode: str | None
    usageType: str | None
    isp: str | None
    hostnames: list[str] = []
    isTor: bool = False


class Check(Payload):
    data: Reported


def request(ip: Address) -> Request:
    return Request.get("/check", ipAddress=ip, maxAgeInDays=DAYS)


def read(check: Check) -> Finding | None:
    data = check.data
    score, reports, users = data.abuseConfidenceScore, data.totalReports, data.numDistinctUsers
    if not (score or reports or data.isWhitelisted):
        return None
    return Finding(
        verdict=verdict(data),
        summary=facts(
            f"{reports} report{'s' * (reports != 1)} by {users} user{'s' * (users != 1)} in {DAYS} days",
            f"score {score} of 100",
            "whitelisted" if data.isWhitelisted else "",
            data.isp,
        ),
        tags=(data.usageType or "", "tor" if data.isTor else ""),
        last_seen=when(data.lastReportedAt),
        country=data.countryCode,
        confidence=None if data.isWhitelisted else score,
        related=related(Relation.RELATED_TO, Domain, data.hostnames),
    )


def verdict(data: Reported) -> Verdict:
    if data.isWhitelisted:
        return Verdict.BENIGN
    several = data.numDistinctUsers >= SEVERAL_USERS
    return Verdict.of(data.abuseConfidenceScore, suspicious=1 if several else SUSPICIOUS, malicious=MALICIOUS)


def link(ip: Address) -> str:
    return url("https://www.abuseipdb.com/check", ip)


SOURCE: Source[Address, Check] = Source(
    name="abuseipdb",
    about="Addresses that its users report for abuse.",
    base="https://api.abuseipdb.com/api/v2",
    key=Key("ABUSEIPDB_API_KEY", aliases=("ABUSEIPDB_KEY",), header="Key", get="https://www.abuseipdb.com/account/api"),
    limits=(Limit(1000, per="day"),),
    exposure=Exposure.VENDOR,
    complete=True,
    absent=Absent.never,
    request=request,
    payload=Check,
    read=read,
    link=link,
)
