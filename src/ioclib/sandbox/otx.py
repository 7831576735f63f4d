"""Open Threat Exchange, simulated. https://otx.alienvault.com/assets/static/external_api.html (read 2026-11)"""

import hashlib
import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import unquote

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import COUNTRIES, HOSTS, WORLD, File, Host, Link, Name, Nature

KEY = "07a5" * 16
SPENT_KEY = "0dd7" * 16

ROUTE = re.compile(r"/api/v1/indicators/([^/]+)/(.+)/([^/]+)")  # a link may stand there with its slashes
DOMAIN = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
URL = re.compile(r"(?:https?|ftp)://[^/?#\sA-Z]+(?:[/?]\S*)?")  # scheme and host in lower case
HASH = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}")
CVE = re.compile(r"CVE-\d{4}-\d{4,19}")
HASHES = {32: "MD5", 40: "SHA1", 64: "SHA256"}
SECTIONS = {
    "IPv4": "general geo reputation url_list passive_dns malware nids_list http_scans",
    "IPv6": "general geo reputation url_list passive_dns malware http_scans",
    "domain": "general geo url_list passive_dns malware whois http_scans",
    "hostname": "general geo url_list passive_dns malware http_scans",
    "url": "general url_list http_scans screenshot",
    "file": "general analysis",
    "cve": "general malware nids_list",
}


@dataclass(frozen=True)
class Vulnerability:
    """What the users of OTX write of a vulnerability."""

    tags: tuple[str, ...]
    nature: Nature = "suspicious"
    engines: tuple[int, int] = (0, 0)


VULNERABILITIES = {cve: Vulnerability(("log4shell",)) for host in HOSTS for cve in host.vulns}

Thing = File | Host | Name | Link | Vulnerability
Record = dict[str, object]


def answer(call: Call) -> Reply:
    match call.headers.get("x-otx-api-key"):
        case key if key == SPENT_KEY:
            return failure(429, "Request was throttled.")
        case key if key != KEY:
            return failure(403, "Authentication required")
        case _:
            pass
    if call.method != "GET":
        return failure(405, f'Method "{call.method}" not allowed.')
    if call.path == "/api/v1/users/me":
        return Reply.json({"username": "sandbox", "user_id": 1})
    route = ROUTE.fullmatch(call.path)
    if route is None or route[3] not in SECTIONS.get(route[1], "").split():
        return failure(404, "endpoint not found")
    kind, value, section = route[1], unquote(route[2]), route[3]
    if not valid(kind, value):
        return failure(400, "malformed indicator")
    return Reply.json(body(kind, value, section), cache_control="max-age=600")


def failure(status: int, detail: str) -> Reply:
    return Reply.json({"detail": detail}, status)


def valid(kind: str, value: str) -> bool:
    match kind:
        case "IPv4" | "IPv6":
            return is_address(IPv4Address if kind == "IPv4" else IPv6Address, value)
        case "url":
            return URL.fullmatch(value) is not None
        case "file":
            return HASH.fullmatch(value) is not None
        case "cve":
            return CVE.fullmatch(value) is not None
        case _:
            return DOMAIN.fullmatch(value) is not None


def is_address(version: type[IPv4Address | IPv6Address], value: str) -> bool:
    try:
        version(value)
    except ValueError:
        return False
    return True


def body(kind: str, value: str, section: str) -> Record:
    thing = find(kind, value)
    match section, thing:
        case "general", _:
            return general(kind, value, thing)
        case "geo", Host():
            return location(thing)
        case "passive_dns", Host():
            return {"passive_dns": [resolution(name, value) for name in thing.names], "count": len(thing.names)}
        case "passive_dns", Name():
            addresses = thing.a + thing.aaaa
            return {"passive_dns": [resolution(value, ip) for ip in addresses], "count": len(addresses)}
        case "url_list", Host() | Name() | Link():
            links = [thing] if isinstance(thing, Link) else WORLD.links_of(value)
            return {"url_list": [{"url": one.url, "date": naive(one.first_seen), "gsb": []} for one in links]}
        case "malware", Host() | Name():
            files = WORLD.files_that_contact(value)
            data = [{"hash": one.sha256, "date": naive(one.last_seen), "detections": {"avast": None}} for one in files]
            return {"data": data, "size": len(data), "count": len(data)}
        case "analysis", File():
            results = {
                "md5": thing.md5,
                "sha1": thing.sha1,
                "sha256": thing.sha256,
                "filesize": str(len(thing.content)),
            }
            return {"analysis": {"info": {"results": results}, "plugins": {}}, "malware": {}, "page_type": "PEXE"}
        case "analysis", _:
            return {"analysis": None, "malware": {}, "page_type": "generic"}
        case _:
            return {}


def find(kind: str, value: str) -> Thing | None:
    """What is known under this type; a name below a registered one is a hostname, and unknown as a domain."""
    match kind:
        case "IPv4" | "IPv6":
            return WORLD.hosts.get(value)
        case "url":
            return WORLD.links.get(value)
        case "file":
            return WORLD.files.get(value)
        case "cve":
            return VULNERABILITIES.get(value)
        case _:
            return WORLD.names.get(value) if (value.count(".") > 1) is (kind == "hostname") else None


def general(kind: str, value: str, thing: Thing | None) -> Record:
    """Not knowing an indicator is an ordinary answer: no pulses, and an empty base indicator."""
    pulses = pulses_of(value, thing) if thing else []
    title = f"FileHash-{HASHES[len(value)]}" if kind == "file" else kind
    document: Record = {
        "indicator": value,
        "type": HASHES[len(value)].lower() if kind == "file" else kind,
        "type_title": title,
        "sections": SECTIONS[kind].split(),
        "base_indicator": base_indicator(title, value, thing) if thing else {},
        "pulse_info": {
            "count": len(pulses),
            "pulses": pulses[:2],  # shorter than the count
            "references": [],
            "related": {"alienvault": related([]), "other": related(pulses)},
        },
        "validation": validation(value, thing),
        "false_positive": [],
    }
    match thing:
        case Host():
            return document | {"reputation": 0, "whois": f"http://whois.example/{value}"} | location(thing)
        case Name():
            return document | {"whois": f"http://whois.example/{value}", "alexa": ""}
        case _:
            return document


def base_indicator(title: str, value: str, thing: Thing) -> Record:
    """The record behind the page: for a file, that of another of its hashes."""
    shown: Record = {"type": "FileHash-SHA1", "indicator": thing.sha1} if isinstance(thing, File) else {}
    number = int(hashlib.sha256(value.encode()).hexdigest()[:7], 16)
    return {"id": number, "indicator": value, "type": title, "title": "", "description": "", "content": ""} | shown


def validation(value: str, thing: Thing | None) -> list[Record]:
    if thing is None or thing.nature != "benign" or isinstance(thing, File):
        return []
    message = f"Whitelisted {value}"
    return [
        {"source": source, "name": "Whitelisted indicator", "message": message} for source in ("whitelist", "akamai")
    ]


def pulses_of(value: str, thing: Thing) -> list[Record]:
    """Users' collections. Anybody can publish one, about well-known services too."""
    campaign = "gildedheron" in thing.tags or WORLD.files_that_contact(value) != []
    match thing.nature:
        case "malicious":
            return [pulse(number, thing, adversary="Gilded Heron" if campaign else "") for number in range(6)]
        case "suspicious":
            return [pulse(0, thing)]
        case "benign" if thing.engines[0]:
            return [pulse(0, thing)]
        case _:
            return []


def pulse(number: int, thing: Thing, adversary: str = "") -> Record:
    family = thing.family if isinstance(thing, File) else None
    return {
        "id": hashlib.sha256(f"{number} {adversary}".encode()).hexdigest()[:24],
        "name": f"{adversary or 'Seen in honeypots'}, part {number + 1}",
        "description": "",
        "created": "2026-09-20T08:11:02.120000",
        "modified": "2026-11-02T09:00:41.563000",
        "tags": list(thing.tags),
        "references": [],
        "public": 1,
        "adversary": adversary,
        "targeted_countries": [],
        "malware_families": [{"id": family, "display_name": family, "target": None}] if family else [],
        "attack_ids": [],
        "industries": [],
        "TLP": "white" if number % 2 else "green",
        "cloned_from": None,
        "author": {"username": "sandbox", "id": "1"},
        "indicator_count": 12,
        "subscriber_count": 253,
        "related_indicator_is_active": 1,
    }


def related(pulses: list[Record]) -> Record:
    adversaries = sorted({str(one["adversary"]) for one in pulses} - {""})
    return {"adversary": adversaries, "malware_families": [], "industries": []}


def location(host: Host) -> Record:
    return {
        "asn": f"AS{host.asn} {host.organisation}",
        "city": None,
        "latitude": None,
        "longitude": None,
        "country_code": host.country,
        "country_name": COUNTRIES.get(host.country),
    }


def resolution(name: str, ip: str) -> Record:
    seen: Record = {"first": "2026-09-12T05:32:29", "last": "2026-11-02T18:16:07"}
    return seen | {"address": ip, "hostname": name, "record_type": "AAAA" if ":" in ip else "A", "asn": "ASNone "}


def naive(moment: str) -> str:
    return moment.replace(" ", "T")


TWIN = Twin(name="otx", hosts=("otx.alienvault.com",), key=KEY, spent_key=SPENT_KEY, answer=answer)
