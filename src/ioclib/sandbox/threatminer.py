"""ThreatMiner's API (v2) as it was while it lived. https://www.threatminer.org/api.php (read 2026-11)

There is no key. HTTP says 200 for everything; ``status_code`` in the body, a string, says whether there are results.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import WORLD, File, Host, Name

Results = list[Any]
Reports = dict[str, Callable[[Any], Results]]

FIRST, LAST = "2026-09-14 07:42:11", "2026-11-02 18:03:55"
ENGINES = ("Anchor", "Beacon", "Compass", "Davit", "Ensign", "Fathom", "Galley", "Halyard")


def answer(call: Call) -> Reply:
    query, kind = call.param("q"), call.param("rt")
    script = call.path.removeprefix("/v2/")
    if call.method != "GET" or not call.path.startswith("/v2/") or script not in {*REPORTS, *EMPTY}:
        return _page("404 Not Found", 404)
    if not query or kind is None or not kind.isdecimal():
        return _page("500 Internal Server Error", 500)  # what it says of a wrong question is not documented
    thing = _find(script, query)
    report = REPORTS.get(script, {}).get(kind)
    results = report(thing) if thing and report else []
    found = ("200", "Results found.") if results else ("404", "No results found.")
    return Reply.json({"status_code": found[0], "status_message": found[1], "results": results})


def _find(script: str, query: str) -> Name | Host | File | None:
    match script:
        case "domain.php":
            return WORLD.names.get(query.lower())
        case "host.php":  # IPv4 only
            return WORLD.hosts.get(query) if ":" not in query else None
        case "sample.php" if re.fullmatch(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}", query):
            return WORLD.files.get(query.lower())
        case _:
            return None


def _whois_of_name(name: Name) -> Results:
    nobody = dict.fromkeys(("admin", "tech", "registrant", "billing"), "")
    registrant = {"Organization": " Registrar Example", "Street": "", "City": " Harbour", "Country": " XX"}
    return [
        {
            "domain": name.domain,
            "is_subdomain": name.domain.count(".") > 1,
            "root_domain": ".".join(name.domain.split(".")[-2:]) if name.domain.count(".") > 1 else "",
            "last_updated": FIRST,
            "whois": {
                "creation_date": f"{name.registered} 05:00:00",
                "updated_date": f"{name.registered} 05:00:00",
                "expiration_date": "2027-09-10 05:00:00",
                "date_checked": LAST,
                "registrar": "registrar example, inc.",
                "whois_server": "whois.registrar.example",
                "nameservers": list(name.ns),
                "emails": nobody,
                "email_hashes": nobody,
                "registrant_info": registrant,
            },
        }
    ]


def _whois_of_host(host: Host) -> Results:
    about = {"cc": host.country, "asn": str(host.asn), "asn_name": host.organisation, "org_name": host.organisation}
    prefix = host.ip.rpartition(".")[0] + ".0/24"
    return [{"reverse_name": host.reverse or "", "bgp_prefix": prefix, **about, "register": "example"}]


def _addresses(name: Name) -> Results:
    return [{"ip": ip, "first_seen": FIRST, "last_seen": LAST} for ip in name.a]


def _names(host: Host) -> Results:
    return [{"domain": name, "first_seen": FIRST, "last_seen": ""} for name in host.names]  # not every date is known


def _uris_of_name(name: Name) -> Results:
    return [{"domain": name.domain, "ip": "", "uri": one.url, "last_seen": LAST} for one in WORLD.links_of(name.domain)]


def _uris_of_host(host: Host) -> Results:
    links = [one for name in (*host.names, host.ip) for one in WORLD.links_of(name)]
    return [{"domain": urlsplit(one.url).hostname, "ip": host.ip, "uri": one.url, "last_seen": LAST} for one in links]


def _subdomains(name: Name) -> Results:
    return sorted(one for one in WORLD.names if one.endswith("." + name.domain))


def _reports(thing: Name | Host | File) -> Results:
    """The papers of other people that name it."""
    if thing.nature != "malicious":
        return []
    address = "https://www.threatminer.org/report.php?q=gilded_heron.pdf&y=2026"
    return [{"filename": "gilded_heron.pdf", "year": "2026", "URL": address}]


def _metadata(file: File) -> Results:
    return [
        {
            "md5": file.md5,
            "sha1": file.sha1,
            "sha256": file.sha256,
            "file_type": f"PE32 executable ({file.type.upper()}) Intel 80386, for MS Windows",
            "architecture": "32 Bit",
            "file_name": file.name,
            "file_size": f"{len(file.content)} bytes",
            "date_analysed": file.first_seen,
        }
    ]


def _traffic(file: File) -> Results:
    links = [WORLD.links[one] for one in file.contacts if one in WORLD.links]
    rows = [{"domain": urlsplit(one.url).hostname, "url": one.url, "method": "GET", "port": "80"} for one in links]
    return [{"http_traffic": rows}] if rows else []


def _contacts(file: File) -> Results:
    hosts = [one for one in file.contacts if "://" not in one]
    domains = [{"ip": next(iter(WORLD.names[one].a), ""), "domain": one} for one in hosts if one in WORLD.names]
    return [{"domains": domains, "hosts": [one for one in hosts if one in WORLD.hosts]}] if hosts else []


def _detections(file: File) -> Results:
    name = f"Trojan.{file.family}" if file.family else "PUA.Generic"
    rows = [{"av": engine, "detection": f"{name}.{engine[0]}"} for engine in ENGINES[: file.engines[0]]]
    return [{"av_detections": rows}] if rows else []


def _samples(of: str) -> Callable[[Any], Results]:
    return lambda thing: [file.sha256 for file in WORLD.files_that_contact(getattr(thing, of))]


REPORTS: dict[str, Reports] = {
    "domain.php": {
        "1": _whois_of_name,
        "2": _addresses,
        "3": _uris_of_name,
        "4": _samples("domain"),
        "5": _subdomains,
        "6": _reports,
    },
    "host.php": {"1": _whois_of_host, "2": _names, "3": _uris_of_host, "4": _samples("ip"), "6": _reports},
    "sample.php": {"1": _metadata, "2": _traffic, "3": _contacts, "6": _detections, "7": _reports},
}
EMPTY = ("imphash.php", "ssdeep.php", "ssl.php", "email.php", "av.php", "report.php", "reports.php")
"""Scripts that exist, about things that are not in the world."""


def _page(text: str, status: int) -> Reply:
    page = f"<!DOCTYPE html>\n<html><head><title>{text}</title></head><body>{text}</body></html>"
    return Reply.text(page, status, "text/html; charset=utf-8")


TWIN = Twin(name="threatminer", hosts=("api.threatminer.org",), answer=answer)
