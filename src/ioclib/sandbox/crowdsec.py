"""CrowdSec's threat intelligence API, simulated. https://docs.crowdsec.net/u/cti_api/intro (read 2026-11)

It knows who attacked its users, and who looks as if but is harmless. It stands behind Amazon's gateway, whose words a
bad key, a wrong route and a used-up month are answered in.
"""

import ipaddress
from dataclasses import dataclass

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import WORLD, Host

KEY = "CrowdSecSandbox0" * 2
SPENT_KEY = "CrowdSecUsedUp00" * 2

Record = dict[str, object]


@dataclass(frozen=True)
class Seen:
    """What it thinks of an address."""

    reputation: str
    confidence: str
    noise: int
    behaviors: tuple[str, ...] = ()
    false_positives: tuple[str, ...] = ()
    cves: tuple[str, ...] = ()


SEEN = {
    "203.0.113.66": Seen("malicious", "high", 7, ("http:scan", "ssh:bruteforce")),
    "198.51.100.23": Seen("malicious", "high", 10, ("telnet:bruteforce", "http:exploit"), cves=("CVE-2021-44228",)),
    "198.51.100.77": Seen("suspicious", "medium", 4, ("http:bruteforce",)),
    "198.51.100.140": Seen("benign", "high", 9, ("tcp:scan",), ("internet_scanner",)),
    "192.0.2.53": Seen("safe", "high", 0, (), ("public_dns_resolver",)),
    "192.0.2.200": Seen("known", "low", 1, ("http:crawl",)),
    "2001:db8:66::66": Seen("malicious", "low", 2, ("http:scan",)),
}

LABELS = {
    "internet_scanner": "Legitimate scanner",
    "public_dns_resolver": "Public DNS resolver",
    "community-blocklist": "CrowdSec Community Blocklist",
}


def answer(call: Call) -> Reply:
    key = call.headers.get("x-api-key")
    if key not in {KEY, SPENT_KEY}:
        return message(403, "Forbidden")
    if key == SPENT_KEY:
        return message(429, "Limit Exceeded")
    match call.method, call.segments:
        case "GET", ["v2", "smoke", ip] if ip != "search":
            return smoke(ip)
        case "GET", ["v2", "smoke"] | ["v2", "smoke", "search"]:  # not for keys that cost nothing
            return message(403, "Forbidden")
        case _:
            return message(403, "Missing Authentication Token")


def message(status: int, text: str) -> Reply:
    return Reply.json({"message": text}, status)


def smoke(ip: str) -> Reply:
    try:
        address = str(ipaddress.ip_address(ip))
    except ValueError:
        return message(400, "Invalid IP address")
    if address not in SEEN:
        return message(404, "IP address information not found")
    return Reply.json(record(WORLD.hosts[address], SEEN[address]))


def record(host: Host, seen: Seen) -> Record:
    address = ipaddress.ip_address(host.ip)
    range_24 = ipaddress.ip_network(f"{host.ip}/24", strict=False) if address.version == 4 else None
    whole = ipaddress.ip_network(f"{host.ip}/{25 if address.version == 4 else 48}", strict=False)
    scores = {"aggressiveness": seen.noise // 2, "threat": 2, "trust": 4, "anomaly": 0, "total": seen.noise // 2}
    return {
        "ip": host.ip,
        "reputation": seen.reputation,
        "confidence": seen.confidence,
        "background_noise": "high" if seen.noise >= 7 else "low",
        "background_noise_score": seen.noise,
        "ip_range": str(whole),
        "ip_range_score": 5 if seen.reputation == "malicious" else 0,
        "ip_range_24": str(range_24) if range_24 else None,
        "ip_range_24_reputation": "suspicious" if range_24 else None,
        "ip_range_24_score": 3 if range_24 else None,
        "as_name": host.organisation,
        "as_num": host.asn,
        "location": {
            "country": host.country if host.country != "XX" else None,
            "city": None,
            "latitude": 0.0,
            "longitude": 0.0,
        },
        "reverse_dns": host.reverse,
        "behaviors": [label(one) for one in seen.behaviors],
        "attack_details": [label(f"crowdsecurity/{one.replace(':', '-')}") for one in seen.behaviors],
        "classifications": {
            "false_positives": [label(one) for one in seen.false_positives],
            "classifications": [label("community-blocklist")] if seen.reputation == "malicious" else [],
        },
        "mitre_techniques": [label("T1595")] if seen.behaviors else [],
        "cves": list(seen.cves),
        "history": {
            "first_seen": "2026-09-15T06:00:00+00:00",
            "last_seen": "2026-11-23T21:45:00+00:00",
            "full_age": 70,
            "days_age": 69,
        },
        "target_countries": {"DE": 79, "NL": 21},
        "scores": dict.fromkeys(("overall", "last_day", "last_week", "last_month"), scores),
        "references": [],
    }


def label(name: str) -> Record:
    words = LABELS.get(name, name.rpartition("/")[2].replace(":", " ").replace("-", " ").title())
    return {"name": name, "label": words, "description": f"{words}.", "references": []}


TWIN = Twin(name="crowdsec", hosts=("cti.api.crowdsec.net",), key=KEY, spent_key=SPENT_KEY, answer=answer)
