"""OPSWAT MetaDefender Cloud, simulated. https://docs.opswat.com/mdcloud/ (read 2026-11)

Version 4: what engines say of a file, and what lists say of an address, a name or a link. The stealer was scanned in
private, so nothing is told of it; of the toolbar only the sandbox has an opinion.
"""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import STEALER, TOOLBAR, WORLD, File, Nature

KEY = "5a7d0c9e31b84f26a0de47c1f8b9326d"
SPENT_KEY = "5a7d0c9e31b84f26a0de47c1f8b9326e"

HASH = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")
ADDRESS = re.compile(r"[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")
NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+")
LISTS = ("reputation.example", "blocklist.example", "passive-dns.example", "phish-watch.example")

Record = dict[str, object]


def answer(call: Call) -> Reply:
    match call.headers.get("apikey"):
        case None | "":
            return error(401, 401001, "Apikey not found")
        case key if key == SPENT_KEY:
            return error(429, 429000, "API key limit exceeded")
        case key if key != KEY:
            return error(401, 401000, "Invalid apikey")
        case _:
            pass
    match call.method, call.segments:
        case "GET", ["v4", ("hash" | "ip" | "domain" | "url") as section, value]:
            return ROUTES[section](value)
        case _:  # a link that is not quoted has other segments
            return error(404, 404000, "Endpoint not found")


def error(status: int, code: int, message: str) -> Reply:
    return Reply.json({"error": {"code": code, "messages": [message]}}, status)


def of_hash(value: str) -> Reply:
    if not HASH.fullmatch(value):
        return error(400, 400131, "The hash value is not valid")
    file = WORLD.files.get(value.lower())
    if file is None:
        return error(404, 404003, "The hash was not found")
    if file is STEALER:
        return error(404, 404011, "The hash was scanned as a private file and we do not store the file")
    return Reply.json(in_sandbox(file) if file is TOOLBAR else scanned(file))


def info(file: File) -> Record:
    return {
        "display_name": file.name,
        "file_size": len(file.content),
        "file_type_category": "E",
        "md5": file.md5.upper(),
        "sha1": file.sha1.upper(),
        "sha256": file.sha256.upper(),
        "upload_timestamp": f"{file.first_seen.replace(' ', 'T')}.000Z",
    }


def scanned(file: File) -> Record:
    detected, engines = file.engines
    bad = bool(detected)
    result = {"scan_result_i": int(bad), "def_time": "2026-11-23T09:00:00.000Z", "scan_time": 12}
    return {
        "data_id": file.md5,
        "file_id": file.sha1,
        "file_info": info(file),
        "scan_results": {
            "scan_details": {"Lighthouse AV": result | {"threat_found": f"Trojan.{file.family}" if bad else ""}},
            "rescan_available": True,
            "scan_all_result_a": "Infected" if bad else "No Threat Detected",
            "scan_all_result_i": int(bad),
            "start_time": f"{file.last_seen.replace(' ', 'T')}.000Z",
            "total_avs": engines,
            "total_detected_avs": detected,
            "total_time": 2210,
            "progress_percentage": 100,
        },
        "process_info": {"result": "Infected" if bad else "Allowed", "profile": "File scan"},
        **({"malware_family": file.family, "malware_type": list(file.tags), "threat_name": file.family} if bad else {}),
    }


def in_sandbox(file: File) -> Record:
    opinion = {
        "scan_result_i": 2,
        "verdict": "SUSPICIOUS",
        "origin": "INPUT_FILE",
        "first_seen": f"{file.first_seen.replace(' ', 'T')}.000Z",
        "last_seen": f"{file.last_seen.replace(' ', 'T')}.000Z",
        "scan_count": 2,
        "tags": ["pua"],
    }
    return {
        "file_info": {"sha256": file.sha256.upper()},
        "scan_results": {
            "scan_details": {"MetaDefender Sandbox": opinion},
            "scan_all_result_i": 2,
            "scan_all_result_a": "Suspicious",
            "total_avs": 1,
            "total_detected_avs": 1,
        },
    }


def of_address(value: str) -> Reply:
    if not ADDRESS.fullmatch(value):
        return error(400, 400141, "The IP address is not valid")
    host = WORLD.hosts.get(value.lower())
    country = host.country if host else None
    place = {"country": {"code": country, "name": country}, "city": None} if country not in {None, "XX"} else None
    return reputation(value, host.nature if host else None, geo_info=place)


def of_name(value: str) -> Reply:
    if not NAME.fullmatch(value):
        return error(400, 400145, "The domain is not valid")
    name = WORLD.names.get(value.lower())
    return reputation(value, name.nature if name else None)


def of_link(value: str) -> Reply:
    if not urlsplit(value).netloc:
        return error(400, 400142, "The URL is not valid")
    link = WORLD.links.get(value)
    return reputation(value, link.nature if link else None)


def reputation(value: str, nature: Nature | None, **more: object) -> Reply:
    """Whatever is asked for is answered; a list that does not know it has status 5."""
    bad = {"malicious": 3, "suspicious": 1}.get(nature or "", 0)
    trusted = int(nature == "benign")
    sources = [
        opinion(name, 1 if number < bad else 0 if number < bad + trusted else 5) for number, name in enumerate(LISTS)
    ]
    looked_up = {"start_time": "2026-11-24T04:00:00.000Z", "detected_by": bad, "sources": sources}
    return Reply.json({"address": value, "lookup_results": looked_up, **more})


def opinion(provider: str, status: int) -> Record:
    return {
        "provider": provider,
        "assessment": {0: "trustworthy", 1: "high risk"}.get(status, ""),
        "category": "Malware" if status == 1 else "",
        "detect_time": "2026-11-02T18:03:55.000Z" if status == 1 else "",
        "update_time": "2026-11-24T03:00:00.000Z",
        "status": status,
    }


ROUTES: dict[str, Callable[[str], Reply]] = {"hash": of_hash, "ip": of_address, "domain": of_name, "url": of_link}

TWIN = Twin(name="metadefender", hosts=("api.metadefender.com",), key=KEY, spent_key=SPENT_KEY, answer=answer)
