"""ANY.RUN TI Lookup, simulated. https://any.run/api-documentation/ (read 2026-11)

Queries of one term, field and quoted value. Its tasks ran the world's malware, so it knows these files, what they
talked to, and what stood in their configurations.
"""

import re
from typing import Any, cast

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import FILES, WORLD, File

KEY = "Qf7sandbox2Kx9LpV4tYbN8cRd3WmZ6hJg1TaEoUiS5"
SPENT_KEY = "Qf7sandbox2Kx9LpV4tYbN8cRd3WmZ6hJg1TaEoUiS6"

FIELDS = {"destinationIP", "domainName", "url", "sha256", "sha1", "md5"}
QUERY = re.compile(r'(\w+):"((?:[^"\\]|\\.)*)"')
LEVELS = {"malicious": 2, "suspicious": 1}

Record = dict[str, object]


def answer(call: Call) -> Reply:
    match call.headers.get("authorization", ""):
        case said if said == f"API-KEY {SPENT_KEY}":
            return error(429, "The quota of your licence is used up for this month")
        case said if said != f"API-KEY {KEY}":
            return error(401, "Invalid API key")
        case _:
            pass
    match call.method, call.path:
        case "GET", "/v1/intelligence/keycheck":
            return Reply.json({"description": "OK"})
        case "POST", "/v1/intelligence/api/search":
            return search(call.json())
        case _:
            return error(404, "Not found")


def error(status: int, text: str) -> Reply:
    return Reply.json({"message": text}, status)


def search(sent: Any) -> Reply:
    query = cast("dict[str, object]", sent).get("query") if isinstance(sent, dict) else None
    parts = QUERY.fullmatch(query) if isinstance(query, str) else None
    if parts is None or parts[1] not in FIELDS:
        return error(400, "Invalid query")
    field, value = parts[1], re.sub(r"\\(.)", r"\1", parts[2])
    if field in {"sha256", "sha1", "md5"}:
        file = WORLD.files.get(value.lower())
        return found([file] if file else [], value)
    return found([one for one in FILES if is_contact(one, value)], value)


def is_contact(file: File, value: str) -> bool:
    return value.lower() in map(str.lower, file.contacts)


def found(files: list[File], value: str) -> Reply:
    level = max((LEVELS.get(file.nature, 0) for file in files), default=0)
    contacts = [(file, one) for file in files for one in file.contacts if value in {one, *hashes(file).values()}]
    addresses = [(file, one) for file, one in contacts if one in WORLD.hosts]
    links = [(file, one) for file, one in contacts if "://" in one]
    names = [(file, one) for file, one in contacts if one in WORLD.names]
    hosts = [WORLD.hosts[one] for _, one in addresses]
    return Reply.json(
        {
            "summary": {
                "threatLevel": level,
                "lastSeen": moment(files[0]) if files else None,
                "tags": sorted({tag for file in files for tag in file.tags}),
            },
            "destinationPort": [port for host in hosts for port in host.ports],
            "destinationIPgeo": [host.country.lower() for host in hosts if host.country != "XX"],
            "destinationIpAsn": [{"asn": host.organisation, "date": moment(files[0])} for host in hosts],
            "relatedFiles": [
                {"fileName": file.name, "fileExtension": file.type, "hashes": hashes(file)} for file in files
            ],
            "industries": [],
            "destinationIP": [{"destinationIP": one, **seen(file, one)} for file, one in addresses],
            "relatedDNS": [{"domainName": one, **seen(file, one)} for file, one in names],
            "relatedURLs": [{"url": one, **seen(file, one)} for file, one in links],
            "sourceTasks": [{"related": task(file)} for file in files],
        }
    )


def seen(file: File, contact: str) -> Record:
    return {
        "date": moment(file),
        "threatLevel": LEVELS.get(file.nature, 0),
        "threatName": [file.family.lower()] if file.family else [],
        "isMalconf": contact in {server.partition(":")[0] for server in file.c2},
    }


def moment(file: File) -> str:
    return f"{file.last_seen.replace(' ', 'T')}.000Z"


def hashes(file: File) -> dict[str, str]:
    return {"md5": file.md5, "sha1": file.sha1, "sha256": file.sha256}


def task(file: File) -> str:
    return f"https://app.any.run/tasks/{file.md5[:8]}-0000-4000-8000-{file.md5[8:20]}"


TWIN = Twin(name="anyrun", hosts=("api.any.run",), key=KEY, spent_key=SPENT_KEY, answer=answer)
