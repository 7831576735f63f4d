"""VirusTotal's API v3, simulated. https://docs.virustotal.com/reference/overview (read 2026-11)"""

import binascii
import hashlib
import re
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import urlsplit, urlunsplit

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import WORLD, File, Host, Link, Name

KEY = "5d1e" * 16
SPENT_KEY = "0dd5" * 16

HASH = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")
DOMAIN = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
SHA256 = re.compile(r"[0-9a-f]{64}")
UNPADDED = re.compile(r"[A-Za-z0-9_-]+")  # base64 in its URL-safe alphabet
COLLECTIONS = {"file": "files", "ip_address": "ip_addresses", "domain": "domains", "url": "urls"}
REPUTATION = {"malicious": -27, "suspicious": 0, "unremarkable": 0, "benign": 31}
RESULTS = {"malicious": "malware", "harmless": "clean"}

Thing = File | Host | Name | Link
Object = dict[str, object]


def answer(call: Call) -> Reply:
    match call.headers.get("x-apikey"):
        case None:
            return error(401, "AuthenticationRequiredError", "X-Apikey header is missing")
        case key if key == SPENT_KEY:
            return error(429, "QuotaExceededError", "Quota exceeded")
        case key if key != KEY:
            return error(401, "WrongCredentialsError", "Wrong API key")
        case _:
            pass
    if call.method != "GET":  # a POST submits or rescans, which no lookup may do; it is refused here
        return error(405, "BadRequestError", f"{call.method} is not for lookups")
    match call.segments:
        case ["api", "v3", collection, identifier]:
            return lookup(collection, identifier)
        case _:
            return error(404, "NotFoundError", "Resource not found.")


def error(status: int, code: str, message: str) -> Reply:
    return Reply.json({"error": {"code": code, "message": message}}, status)


def lookup(collection: str, identifier: str) -> Reply:
    """One object. An address that is in no report may have a record without opinions there; here it has none."""
    found: Thing | None
    match collection:
        case "files" if HASH.fullmatch(identifier):
            found, missing = WORLD.files.get(identifier.lower()), f'File "{identifier}" not found'
        case "ip_addresses" if is_address(identifier):
            found, missing = WORLD.hosts.get(str(ip_address(identifier))), "Resource not found."
        case "domains" if DOMAIN.fullmatch(identifier):
            found, missing = WORLD.names.get(identifier), f'Domain "{identifier}" not found'
        case "urls" if UNPADDED.fullmatch(identifier):
            found, missing = link(identifier), f'URL "{identifier}" not found'
        case "files" | "ip_addresses" | "domains" | "urls":
            return error(400, "InvalidArgumentError", f'"{identifier}" is not a valid pattern for {collection}')
        case _:
            found, missing = None, "Resource not found."
    return Reply.json({"data": document(found)}) if found else error(404, "NotFoundError", missing)


def is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def link(identifier: str) -> Link | None:
    """By either form of id: the SHA-256 of the canonical link, or any link in base64, which is made canonical here."""
    if SHA256.fullmatch(identifier):
        return next((one for one in WORLD.links.values() if url_sha256(one) == identifier), None)
    try:
        parts = urlsplit(urlsafe_b64decode(identifier + "=" * (-len(identifier) % 4)).decode())
    except (binascii.Error, ValueError):
        return None
    return WORLD.links.get(urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path or "/", parts.query, "")))


def url_sha256(one: Link) -> str:
    return hashlib.sha256(one.url.encode()).hexdigest()


def document(thing: Thing) -> Object:
    match thing:
        case File():
            kind, identifier, own = "file", thing.sha256, of_file(thing)
        case Host():
            kind, identifier, own = "ip_address", thing.ip, of_host(thing)
        case Name():
            kind, identifier, own = "domain", thing.domain, of_name(thing)
        case Link():
            kind, identifier, own = "url", url_sha256(thing), of_link(thing)
    links = {"self": f"https://www.virustotal.com/api/v3/{COLLECTIONS[kind]}/{identifier}"}
    return {"id": identifier, "type": kind, "links": links, "attributes": opinions(thing) | own}


def opinions(thing: Thing) -> Object:
    detected, engines = thing.engines
    clean = engines - detected
    # only engines for the network say "harmless", and nobody says it of what nobody has looked at
    harmless = 0 if isinstance(thing, File) or thing.nature == "unremarkable" else clean * 3 // 4
    stats = {
        "malicious": detected,
        "suspicious": 0,
        "harmless": harmless,
        "undetected": clean - harmless,
        "timeout": 1,
    }
    if isinstance(thing, File):
        stats |= {"confirmed-timeout": 0, "failure": 1, "type-unsupported": 4}
    return {
        "last_analysis_stats": stats,
        "last_analysis_results": results(stats),
        "last_analysis_date": seconds("2026-11-02 18:10:00"),
        "last_modification_date": seconds("2026-11-02 18:10:04"),
        "reputation": REPUTATION[thing.nature],
        "total_votes": {"malicious": 4 * (thing.nature == "malicious"), "harmless": 1},
        "tags": list(thing.tags),
    }


def results(stats: dict[str, int]) -> Object:
    categories = [category for category, count in stats.items() for _ in range(count)]
    engines = {f"Engine {number:02}": category for number, category in enumerate(categories, 1)}
    return {
        name: {"category": category, "engine_name": name, "method": "blacklist", "result": RESULTS.get(category)}
        for name, category in engines.items()
    }


def of_file(file: File) -> Object:
    attributes: Object = {
        "md5": file.md5,
        "sha1": file.sha1,
        "sha256": file.sha256,
        "size": len(file.content),
        "names": [file.name],
        "meaningful_name": file.name,
        "type_description": f"Win32 {file.type.upper()}",
        "type_tag": f"pe{file.type}",
        "times_submitted": 7,
        "unique_sources": 5,
        "first_submission_date": seconds(file.first_seen),
        "last_submission_date": seconds(file.last_seen),
    }
    if file.family:
        family, detected = file.family.lower(), file.engines[0]
        attributes["popular_threat_classification"] = {
            "suggested_threat_label": f"trojan.{family}",
            "popular_threat_category": [{"value": "trojan", "count": detected // 2}],
            "popular_threat_name": [{"value": family, "count": detected // 3}],
        }
    return attributes


def of_host(host: Host) -> Object:
    network = f"{host.ip.rpartition('.')[0]}.0/24" if "." in host.ip else f"{host.ip.partition('::')[0]}::/48"
    return {"asn": host.asn, "as_owner": host.organisation, "country": host.country, "network": network}


def of_name(name: Name) -> Object:
    records = {"A": name.a, "AAAA": name.aaaa, "MX": name.mx, "NS": name.ns, "TXT": name.txt}
    return {
        "registrar": "Example Registrar",
        "creation_date": seconds(name.registered),
        "last_dns_records": [
            {"type": kind, "value": value, "ttl": 300} for kind, values in records.items() for value in values
        ],
        "categories": {"Example Categories": name.tags[0]} if name.tags else {},
        "popularity_ranks": {},
        "whois": f"Domain Name: {name.domain.upper()}\nRegistrar: Example Registrar",
    }


def of_link(one: Link) -> Object:
    return {
        "url": one.url,
        "last_final_url": one.url,
        "last_http_response_code": 200 if one.online else 404,
        "threat_names": [],
        "categories": {"Example Categories": one.threat} if one.threat else {},
        "times_submitted": 3,
        "first_submission_date": seconds(one.first_seen),
        "last_submission_date": seconds(one.first_seen),
    }


def seconds(moment: str) -> int:
    """Unix seconds of a date, or of a date and time, in UTC."""
    return int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp())


TWIN = Twin(name="virustotal", hosts=("www.virustotal.com",), key=KEY, spent_key=SPENT_KEY, answer=answer)
