"""GreyNoise's API v3 and its community endpoint, simulated. https://docs.greynoise.io (read 2026-11)"""

from uuid import NAMESPACE_URL, uuid5

from ioclib.errors import InvalidIndicator
from ioclib.indicators import IPv4, Reach
from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import COUNTRIES, WORLD, Host

KEY = "GreyNoiseSandbox" * 4
SPENT_KEY = "GreyNoiseUsedUp0" * 4

DAY, MOMENT = "2026-11-02", "2026-11-02 18:03:55"
UNROUTABLE = "Request is not a valid routable IPv4 address"
USED_UP = {
    "plan": "community",
    "rate-limit": "100-lookups/day",
    "plan_url": "https://greynoise.io/pricing",
    "message": "You have hit your daily rate limit of 100 requests per day. Please upgrade your plan at "
    "https://greynoise.io/pricing.",
}

Record = dict[str, object]


def answer(call: Call) -> Reply:
    key = call.headers.get("key")
    if key == SPENT_KEY:
        return Reply.json(USED_UP, 429)
    match call.method, call.segments:
        case "GET", ["v3", "community", ip] if key in {None, KEY}:  # answers without a key too
            return community(ip)
        case _ if key != KEY:
            return Reply.json({"message": "forbidden"}, 401)
        case "GET", ["v3", "ip", ip]:
            return single(ip, quick=call.param("quick") == "true")
        case "POST", ["v3", "ip"]:
            return several(call, quick=call.param("quick") == "true")
        case "GET", ["ping"]:
            return Reply.json({"message": "pong"})
        case _:
            return Reply.json({"message": "Not Found"}, 404)


def routable(ip: str) -> bool:
    """Whether it is an IPv4 address on the Internet, which in this world are those for documentation."""
    try:
        address = IPv4(ip)
    except InvalidIndicator:
        return False
    return str(address) == ip and address.reach in {Reach.PUBLIC, Reach.DOCUMENTATION}


def seen(ip: str) -> Host | None:
    """A host that scans, or that is a business service; nothing else is anything to GreyNoise."""
    host = WORLD.hosts.get(ip)
    return host if host and (host.scanner or host.service) else None


def community(ip: str) -> Reply:
    if not routable(ip):
        return Reply.json({"ip": ip, "noise": False, "riot": False, "message": UNROUTABLE}, 400)
    host = seen(ip)
    if host is None:
        message = "IP not observed scanning the internet."
        return Reply.json({"ip": ip, "noise": False, "riot": False, "message": message}, 404)
    # Whether business services are still in this answer is doubtful: one was missing in 2026.
    return Reply.json(
        {
            "ip": ip,
            "noise": host.scanner is not None,
            "riot": host.service is not None,
            "classification": host.scanner or "benign",
            "name": host.service or (host.organisation if host.scanner == "benign" else "unknown"),
            "link": f"https://viz.greynoise.io/ip/{ip}",
            "last_seen": DAY,
            "message": "Success",
        }
    )


def single(ip: str, *, quick: bool) -> Reply:
    if not routable(ip):
        return Reply.json({"message": UNROUTABLE}, 400)
    host = seen(ip)
    if host is None:
        unknown = {"found": False}
        return Reply.json(
            {"ip": ip, "internet_scanner_intelligence": unknown, "business_service_intelligence": unknown}, 404
        )
    return Reply.json(summary(host) if quick else record(host))


def several(call: Call, *, quick: bool) -> Reply:
    match call.json():
        case {"ips": [*ips]} if 0 < len(ips) <= 10_000 and all(isinstance(ip, str) and routable(ip) for ip in ips):
            hosts = {str(ip): seen(str(ip)) for ip in ips}
        case _:
            return Reply.json({"message": UNROUTABLE}, 400)
    missing = [ip for ip, host in hosts.items() if host is None]
    return Reply.json(
        {
            "data": [summary(host) if quick else record(host) for host in hosts.values() if host],
            "request_metadata": {"restricted_fields": [], "message": "", "ips_not_found": missing},
        }
    )


def summary(host: Host) -> Record:
    return {
        "ip": host.ip,
        "internet_scanner_intelligence": {"found": host.scanner is not None, "classification": host.scanner or ""},
        "business_service_intelligence": {
            "found": host.service is not None,
            "trust_level": "1" if host.service else "",
        },
    }


def record(host: Host) -> Record:
    return {
        "ip": host.ip,
        "internet_scanner_intelligence": scanner(host),
        "business_service_intelligence": business(host),
        "request_metadata": {},
    }


def scanner(host: Host) -> Record:
    """What it was seen doing; every field is there, empty, if it was not."""
    found = host.scanner is not None
    actor = host.organisation if host.scanner == "benign" else "unknown"
    return {
        "found": found,
        "classification": host.scanner or "",
        "actor": actor if found else "",
        "tags": [tag(name, host) for name in host.tags] if found else [],
        "last_seen": DAY if found else "",
        "last_seen_timestamp": MOMENT if found else "",
        "bot": False,
        "vpn": False,
        "vpn_service": "",
        "tor": host.tor_exit,
        "spoofable": False,
        "metadata": {
            "asn": f"AS{host.asn}" if found else "",
            "organization": host.organisation if found else "",
            "category": "hosting" if found else "",
            "source_country": COUNTRIES.get(host.country, "") if found else "",
            "source_country_code": host.country if found else "",
            "source_city": "",
            "rdns": (host.reverse or "") if found else "",
            "mobile": False,
            "destination_country_codes": ["US"] if found else [],
        },
    }


def tag(name: str, host: Host) -> Record:
    return {
        "id": str(uuid5(NAMESPACE_URL, name)),
        "slug": name,
        "name": name.title(),
        "description": "",
        "category": "activity",
        "intention": host.scanner,
        "references": [],
        "cves": list(host.vulns),
        "recommend_block": host.scanner == "malicious",
        "created": "2021-08-26",
        "updated_at": f"{DAY}T21:35:56.342633Z",
    }


def business(host: Host) -> Record:
    found = host.service is not None
    return {
        "found": found,
        "category": "public_dns" if found else "",
        "name": host.service or "",
        "description": f"{host.organisation}: a resolver for everybody." if found else "",
        "explanation": "",
        "last_updated": f"{DAY}T13:10:55Z" if found else "",
        "reference": "",
        "trust_level": "1" if found else "",
    }


TWIN = Twin(name="greynoise", hosts=("api.greynoise.io",), key=KEY, spent_key=SPENT_KEY, answer=answer)
