"""AbuseIPDB's API v2, simulated. https://docs.abuseipdb.com (read 2026-11)

Every address has an answer: one that nobody reported has a score of 0. Quotas are those of a key that costs nothing,
counted for each route by itself.
"""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ioclib.errors import InvalidIndicator
from ioclib.indicators import CIDR, IPv4, IPv6, Reach
from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import WORLD, Host

KEY = "ab5e" * 20
SPENT_KEY = "5be0" * 20

NOW = datetime(2026, 11, 24, 9, 12, 40, tzinfo=UTC)
DAILY = {"check": 1000, "check-block": 100, "blacklist": 5}
LARGEST = 24
"""The shortest prefix that a key that costs nothing may ask about."""

Record = dict[str, object]


@dataclass(frozen=True)
class Abuse:
    """What users have said of an address."""

    score: int
    reports: int
    users: int
    days_ago: int
    whitelisted: bool = False

    @property
    def last(self) -> str:
        """When it was reported last."""
        return (NOW - timedelta(days=self.days_ago)).isoformat()


ABUSE = {
    "203.0.113.66": Abuse(100, 412, 97, 0),
    "203.0.113.67": Abuse(82, 9, 5, 3),
    "198.51.100.23": Abuse(100, 1311, 240, 0),
    "198.51.100.77": Abuse(38, 61, 17, 41),
    "198.51.100.140": Abuse(4, 2, 1, 9),
    "192.0.2.53": Abuse(25, 24, 8, 1, whitelisted=True),
    "2001:db8:66::66": Abuse(76, 11, 6, 2),
}

USAGE = {64501: "Data Center/Web Hosting/Transit", 64502: "Fixed Line ISP", 64507: "Content Delivery Network"}


def answer(call: Call) -> Reply:
    route = call.path.removeprefix("/api/v2/")
    daily = DAILY.get(route)
    key = call.headers.get("key") or call.param("key")
    if key not in {KEY, SPENT_KEY}:
        revoked = "Your API key is either missing, incorrect, or revoked."
        return refusal(401, f"Authentication failed. {revoked} Note: The APIv2 key differs from the APIv1 key.")
    if daily is None:
        return refusal(404, "The requested resource was not found.")
    if call.method != "GET":
        return refusal(405, f"The {call.method} method is not supported for this route.")
    if key == SPENT_KEY:
        return used_up(call, daily)
    reply = ROUTES[route](call)
    return Reply(reply.status, reply.body, {**reply.headers, **left(daily, daily - 1)})


def refusal(status: int, detail: str, parameter: str = "", **headers: str) -> Reply:
    source = {"source": {"parameter": parameter}} if parameter else {}
    return Reply.json({"errors": [{"detail": detail, "status": status, **source}]}, status, **headers)


def left(daily: int, remaining: int) -> dict[str, str]:
    return {"X-RateLimit-Limit": str(daily), "X-RateLimit-Remaining": str(remaining)}


def used_up(call: Call, daily: int) -> Reply:
    midnight = NOW.replace(hour=0, minute=0, second=0) + timedelta(days=1)
    ends = {
        **left(daily, 0),
        "Retry-After": str(int((midnight - NOW).total_seconds())),
        "X-RateLimit-Reset": str(int(midnight.timestamp())),
    }
    if "json" not in call.headers.get("accept", ""):
        return Reply(429, b"<!DOCTYPE html><title>Too Many Requests</title>", {"content-type": "text/html", **ends})
    detail = f"Daily rate limit of {daily} requests exceeded for this endpoint. See headers for additional details."
    return refusal(429, detail, **ends)


def check(call: Call) -> Reply:
    address = parsed(call.param("ipAddress"))
    if address is None:
        example = "(e.g. 8.8.8.8 or 2001:4860:4860::8888)"
        return refusal(422, f"The ip address must be a valid IPv4 or IPv6 address {example}.", "ipAddress")
    days = age(call)
    if days is None:
        return refusal(422, "The max age in days must be between 1 and 365.", "maxAgeInDays")
    ip = str(address)
    host = WORLD.hosts.get(ip)
    abuse = ABUSE.get(ip, Abuse(0, 0, 0, 0))
    counts = abuse.reports and abuse.days_ago <= days
    data: Record = {
        "ipAddress": ip,
        "isPublic": address.reach in {Reach.PUBLIC, Reach.DOCUMENTATION},
        "ipVersion": 6 if isinstance(address, IPv6) else 4,
        "isWhitelisted": abuse.whitelisted if abuse.reports else None,
        "abuseConfidenceScore": abuse.score,
        "countryCode": country(host),
        **owner(host),
        "isTor": bool(host and host.tor_exit),
        "totalReports": abuse.reports if counts else 0,
        "numDistinctUsers": abuse.users if counts else 0,
        "lastReportedAt": abuse.last if counts else None,
    }
    if call.param("verbose") is not None:
        data |= {"countryName": None, "reports": reports(abuse) if counts else []}
    return Reply.json({"data": data})


def parsed(text: str | None) -> IPv4 | IPv6 | None:
    try:
        return IPv6(text or "") if ":" in (text or "") else IPv4(text or "")
    except InvalidIndicator:
        return None


def age(call: Call) -> int | None:
    """How many days count; None for a number that is refused."""
    days = call.param("maxAgeInDays") or "30"
    return int(days) if days.isdecimal() and 1 <= int(days) <= 365 else None


def country(host: Host | None) -> str | None:
    return host.country if host and host.country != "XX" else None


def owner(host: Host | None) -> Record:
    if host is None:
        return {"usageType": "Reserved", "isp": "Nobody", "domain": None, "hostnames": []}
    domain = ".".join(host.reverse.split(".")[-2:]) if host.reverse else None
    return {
        "usageType": USAGE.get(host.asn),
        "isp": host.organisation,
        "domain": domain,
        "hostnames": [host.reverse] if host.reverse else [],
    }


def reports(abuse: Abuse) -> list[Record]:
    return [
        {
            "reportedAt": abuse.last,
            "comment": "Invalid user oracle",
            "categories": [18, 22],
            "reporterId": 1,
            "reporterCountryCode": "NL",
            "reporterCountryName": "Netherlands",
        }
    ]


def check_block(call: Call) -> Reply:
    try:
        block = ipaddress.ip_network(CIDR(call.param("network") or "").value)
    except InvalidIndicator:
        return refusal(422, "The network must be a valid CIDR notation.", "network")
    days = age(call)
    if days is None:
        return refusal(422, "The max age in days must be between 1 and 365.", "maxAgeInDays")
    if block.version == 4 and block.prefixlen < LARGEST:
        return refusal(402, f"Your plan allows blocks of /{LARGEST} and smaller ones.", "network")
    known = [
        {
            "ipAddress": ip,
            "numReports": abuse.reports,
            "mostRecentReport": abuse.last,
            "abuseConfidenceScore": abuse.score,
            "countryCode": country(WORLD.hosts.get(ip)),
        }
        for ip, abuse in ABUSE.items()
        if abuse.days_ago <= days and ipaddress.ip_address(ip) in block
    ]
    edge = int(block.num_addresses > 2)  # neither the network's own address nor the broadcast one
    data = {
        "networkAddress": str(block.network_address),
        "netmask": str(block.netmask),
        "minAddress": str(block[edge]),
        "maxAddress": str(block[-1 - edge]),
        "numPossibleHosts": block.num_addresses - 2 * edge,
        "addressSpaceDesc": "Internet",
        "reportedAddress": known,
    }
    return Reply.json({"data": data})


def blacklist(_: Call) -> Reply:
    listed = [
        {"ipAddress": ip, "abuseConfidenceScore": abuse.score, "lastReportedAt": abuse.last}
        for ip, abuse in ABUSE.items()
        if abuse.score == 100
    ]
    return Reply.json({"meta": {"generatedAt": NOW.isoformat()}, "data": listed})


ROUTES = {"check": check, "check-block": check_block, "blacklist": blacklist}

TWIN = Twin(name="abuseipdb", hosts=("api.abuseipdb.com",), key=KEY, spent_key=SPENT_KEY, answer=answer)
