"""Shodan's REST API and its keyless InternetDB, simulated. https://developer.shodan.io/api (read 2026-11)"""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import COUNTRIES, HOSTS, NAMES, WORLD, Host

KEY = "ShodanSandboxKey" * 2
SPENT_KEY = "ShodanSandboxOut" * 2
FREE_KEY = "ShodanSandboxOss" * 2  # good for DNS, not for hosts

NAME = re.compile(r"(?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]*[a-z0-9]")
SEEN = "2026-11-02T18:03:55.120934"
TOO_FAST = (
    "Request rate limit reached (1 request/ second). Please wait a second before trying again and slow down your API "
    "calls."
)
MODULES = {22: "ssh", 23: "telnet", 53: "dns-udp", 80: "http", 443: "https", 853: "dns-over-tls", 9001: "tor-versions"}

Record = dict[str, object]


def answer(call: Call) -> Reply:
    match call.param("key"):  # a header is not looked at
        case key if key == SPENT_KEY:  # what a key without credits gets is not documented, this is
            return failure(429, TOO_FAST)
        case key if key not in {KEY, FREE_KEY}:
            return Reply.text("<html><body><h1>401 Unauthorized</h1></body></html>", 401, "text/html")
        case key:
            free = key == FREE_KEY
    if call.method != "GET":  # POST /shodan/scan sends packets to its target
        return failure(405, "Method Not Allowed")
    match call.segments:
        case ["shodan", "host", _] | ["dns", "domain", _] if free:
            return failure(403, "Requires membership or higher to access")
        case ["shodan", "host", ip]:
            return host(ip, minify=(call.param("minify") or "").lower() == "true")
        case ["dns", "domain", name]:
            return domain(name, call.param("type"), call.param("page") or "1")
        case ["dns", "resolve"] if names := call.param("hostnames"):
            return Reply.json({name: resolved(name) for name in names.split(",")})
        case ["dns", "reverse"] if ips := call.param("ips"):
            return Reply.json({ip: hostnames(one) if (one := WORLD.hosts.get(ip)) else None for ip in ips.split(",")})
        case ["labs", "honeyscore", ip] if ip in WORLD.hosts:
            return Reply.json(0.0)
        case ["api-info"]:
            return Reply.json(account(free=free))
        case _:
            return failure(404, "Not Found")


def failure(status: int, message: str) -> Reply:
    return Reply.json({"error": message}, status)


def parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def host(ip: str, *, minify: bool) -> Reply:
    address = parsed(ip)
    if address is None:
        return failure(400, "Invalid IP")
    one = WORLD.hosts.get(str(address))
    if one is None or not one.ports:
        return failure(404, "No information available for that IP.")
    names = hostnames(one)
    record: Record = {
        "ip_str": one.ip,
        "ip": int(address) if address.version == 4 else None,
        "ports": list(one.ports),
        "hostnames": names,
        "domains": sorted({".".join(name.split(".")[-2:]) for name in names}),
        "tags": list(one.tags),
        "org": one.organisation,
        "isp": one.organisation,
        "asn": f"AS{one.asn}",
        "os": None,
        "country_code": one.country,
        "country_name": COUNTRIES.get(one.country),
        "city": None,
        "latitude": None,
        "longitude": None,
        "last_update": SEEN,
    }
    if one.vulns:
        record["vulns"] = list(one.vulns)
    if not minify:
        record["data"] = [banner(one, port) for port in one.ports]
    return Reply.json(record)


def hostnames(one: Host) -> list[str]:
    return sorted({*one.names, *([one.reverse] if one.reverse else [])})


def banner(one: Host, port: int) -> Record:
    """One open port. ``vulns`` is a mapping here, and its numbers are strings."""
    found: Record = {
        "port": port,
        "transport": "tcp",
        "product": None,
        "timestamp": SEEN,
        "data": "",
        "_shodan": {"module": MODULES.get(port, "auto"), "id": f"{one.ip}-{port}", "crawler": "sandbox"},
        "location": {"country_code": one.country},
    }
    if one.vulns and port == one.ports[-1]:
        found["vulns"] = {cve: {"verified": False, "cvss": "9.3", "summary": "", "references": []} for cve in one.vulns}
    return found


def domain(name: str, kind: str | None, page: str) -> Reply:
    """The DNS records of a name and of what is below it, by the labels in front of it."""
    if not NAME.fullmatch(name):
        return failure(400, "Invalid domain")
    data = [
        {"subdomain": owner.removesuffix(name).removesuffix("."), "type": type_, "value": value, "last_seen": SEEN}
        for owner, type_, value in records()
        if f".{owner}".endswith(f".{name}") and kind in {None, type_}
    ]
    if not data:
        return failure(404, "No information available for that domain.")
    below = sorted({one["subdomain"] for one in data} - {""})
    return Reply.json(
        {"domain": name, "tags": [], "data": data if page == "1" else [], "subdomains": below, "more": False}
    )


def records() -> Iterator[tuple[str, str, str]]:
    for one in NAMES:
        types = {"A": one.a, "AAAA": one.aaaa, "MX": one.mx, "NS": one.ns, "TXT": one.txt}
        yield from ((one.domain, kind, value) for kind, values in types.items() for value in values)
    for server in HOSTS:
        kind = "AAAA" if ":" in server.ip else "A"
        yield from ((name, kind, server.ip) for name in server.names if name not in WORLD.names)


def resolved(name: str) -> str | None:
    return next((value for owner, kind, value in records() if owner == name and kind == "A"), None)


def account(*, free: bool) -> Record:
    left = 0 if free else 100
    return {
        "plan": "oss" if free else "dev",
        "query_credits": left,
        "scan_credits": left,
        "usage_limits": {"query_credits": 100, "scan_credits": 100, "monitored_ips": 16},
        "monitored_ips": 0,
        "unlocked": not free,
        "unlocked_left": left,
        "https": False,
        "telnet": False,
    }


def internetdb(call: Call) -> Reply:
    """https://internetdb.shodan.io/docs: no key, renewed every week, IPv4 only: it knows no IPv6 address."""
    if call.method != "GET":
        return Reply.json({"detail": "Method Not Allowed"}, 405)
    match call.segments:
        case [ip] if ip and not parsed(ip):
            message = "value is not a valid IPv4 or IPv6 address"
            problem = {"loc": ["path", "ip"], "msg": message, "type": "value_error.ipvanyaddress"}
            return Reply.json({"detail": [problem]}, 422)
        case [ip] if ":" not in ip and (one := WORLD.hosts.get(ip)) and one.ports:
            known: Record = {
                "cpes": [],
                "hostnames": hostnames(one),
                "ip": one.ip,
                "ports": list(one.ports),
                "tags": list(one.tags),
                "vulns": list(one.vulns),
            }
            return Reply.json(known, cache_control="public, max-age=432000")
        case [ip] if ip:
            return Reply.json({"detail": "No information available"}, 404)
        case _:
            return Reply.json({"detail": "Not Found"}, 404)


TWINS = (
    Twin(name="shodan", hosts=("api.shodan.io",), key=KEY, spent_key=SPENT_KEY, answer=answer),
    Twin(name="shodan_internetdb", hosts=("internetdb.shodan.io",), answer=internetdb),
)
