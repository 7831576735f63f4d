"""Google Public DNS over HTTPS. https://developers.google.com/speed/public-dns/docs/doh/json (read 2026-11)

Knows the names of the world, the reverse names of its addresses, and nothing else.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import HOSTS, NAMES

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28, "CAA": 257}
NOERROR, NXDOMAIN = 0, 3
LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE)


def _records() -> Iterator[tuple[str, str, str]]:
    """Owner, type and data of every record, without final dots."""
    for name in NAMES:
        columns = {"A": name.a, "AAAA": name.aaaa, "NS": name.ns, "TXT": name.txt}
        yield from ((name.domain, kind, data) for kind, values in columns.items() for data in values)
        yield from ((name.domain, "MX", f"{10 * place} {host}") for place, host in enumerate(name.mx, 1))
    for host in HOSTS:
        address = ip_address(host.ip)
        kind = "A" if address.version == 4 else "AAAA"
        yield from ((name, kind, host.ip) for name in host.names)
        if host.reverse:
            yield address.reverse_pointer, "PTR", host.reverse
            yield host.reverse, kind, host.ip


def _zone() -> dict[str, dict[str, list[str]]]:
    """The records by owner; a name that only has names below it exists too, without records."""
    zone: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for owner, kind, data in dict.fromkeys(_records()):
        zone[owner].setdefault(kind, []).append(data)
        parts = owner.split(".")
        for start in range(1, len(parts)):
            zone[".".join(parts[start:])].setdefault("A", [])
    return dict(zone)


ZONE = _zone()


def answer(call: Call) -> Reply:
    if call.path != "/resolve":
        return _page("Error 404 (Not Found)", 404)
    if call.method != "GET":
        return _page("Error 405 (Method Not Allowed)", 405)
    name = (call.param("name") or "").removesuffix(".")
    number = _number(call.param("type") or "A")
    if not _valid(name) or number is None:
        return _page("Error 400 (Bad Request)", 400)
    resolved = _resolved(call, name, number)
    return Reply.json(resolved, content_type="application/json; charset=UTF-8", cache_control="private, max-age=300")


def _number(kind: str) -> int | None:
    """The number of a type, which may be given by its name."""
    if kind.isdecimal():
        return int(kind) if 1 <= int(kind) <= 65_535 else None
    return TYPES.get(kind.upper())


def _valid(name: str) -> bool:
    """Names are to be sent in punycode."""
    return 0 < len(name) <= 253 and all(LABEL.fullmatch(label) for label in name.split("."))


def _resolved(call: Call, name: str, number: int) -> dict[str, Any]:
    kind = next((one for one, its_number in TYPES.items() if its_number == number), "")
    records = ZONE.get(name.lower())
    answers = [_row(name, number, _data(kind, data)) for data in (records or {}).get(kind, [])]
    found = {"Answer": answers} if answers else {"Authority": [_soa(name)]}
    subnet = call.param("edns_client_subnet")
    return {
        "Status": NXDOMAIN if records is None else NOERROR,
        "TC": False,
        "RD": True,
        "RA": True,
        "AD": False,
        "CD": call.param("cd") in {"1", "true"},
        "Question": [{"name": f"{name}.", "type": number}],
        **found,
        **({"edns_client_subnet": subnet} if subnet else {}),
        "Comment": "Response from 192.0.2.53.",
    }


def _data(kind: str, data: str) -> str:
    """Names end in a dot; texts come without quotes."""
    return f"{data}." if kind in {"NS", "MX", "PTR"} else data


def _row(name: str, number: int, data: str) -> dict[str, Any]:
    return {"name": f"{name}.", "type": number, "TTL": 300, "data": data}


def _soa(name: str) -> dict[str, Any]:
    zone = name.rpartition(".")[2]
    return _row(zone, TYPES["SOA"], f"ns1.{zone}. hostmaster.{zone}. 2026112400 1800 900 604800 86400")


def _page(text: str, status: int) -> Reply:
    return Reply.text(f"<!DOCTYPE html>\n<html lang=en><title>{text}</title>", status, "text/html; charset=UTF-8")


TWIN = Twin(name="doh", hosts=("dns.google",), answer=answer)
