"""Robtex's free API as its vendor serves it. https://www.robtex.com/api/ (read 2026-11)

Passive DNS and routing; there is no key and no verdict.
"""

import ipaddress
import json
from datetime import UTC, datetime
from typing import Any

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import COUNTRIES, HOSTS, WORLD, Host, Name

SEEN = int(datetime(2026, 11, 2, 18, 3, 55, tzinfo=UTC).timestamp())


def answer(call: Call) -> Reply:
    if call.method != "GET":
        return _error(405)
    match call.segments:
        case ["ipquery", ip] if _is_ipv4(ip):  # whether it takes IPv6 is not documented: here it does not
            return Reply.json(_about(WORLD.hosts.get(ip)))
        case ["asquery", number] if number.isdecimal():
            return Reply.json({"status": "ok", "nets": _networks(int(number))})
        case ["pdns", "reverse", ip] if _version(ip):
            return _lines([_record(name, ip) for name in _names(ip)])
        case ["pdns", "forward", name]:
            known = WORLD.names.get(name.lower())
            return _lines([_record(known.domain, data, kind) for kind, data in _data(known)] if known else [])
        case ["ipquery" | "asquery", _] | ["pdns", "reverse", _]:
            return _error(400)  # what is said of a wrong value is not documented
        case _:
            return _error(404)


def _version(text: str) -> int:
    try:
        return ipaddress.ip_address(text).version
    except ValueError:
        return 0


def _is_ipv4(text: str) -> bool:
    return _version(text) == 4


def _about(host: Host | None) -> dict[str, Any]:
    """Of an address that nobody uses only the empty lists are left."""
    routed = _routing(host) if host else {}
    names = [{"o": name, "t": SEEN} for name in host.names] if host else []
    reverse = [{"o": host.reverse, "t": SEEN - 86_400}] if host and host.reverse else []
    return {"status": "ok", **routed, "act": names, "acth": [], "pas": names + reverse, "pash": []}


def _routing(host: Host) -> dict[str, Any]:
    return {
        "city": "",
        "country": COUNTRIES.get(host.country, ""),
        "as": host.asn,
        "asname": f"{host.organisation.split()[0].upper()} {host.organisation}",
        "asdesc": host.organisation,
        "whoisdesc": f"{host.organisation} (EX-{host.asn})",
        "routedesc": host.organisation,
        "bgproute": _network(host),
    }


def _network(host: Host) -> str:
    return str(ipaddress.ip_network(f"{host.ip}/{24 if _is_ipv4(host.ip) else 48}", strict=False))


def _networks(number: int) -> list[dict[str, Any]]:
    networks = dict.fromkeys(_network(host) for host in HOSTS if host.asn == number)
    return [{"n": network, "inbgp": 1} for network in networks]


def _names(ip: str) -> list[str]:
    host = WORLD.hosts.get(str(ipaddress.ip_address(ip)))
    return [*host.names] if host else []


def _data(name: Name) -> list[tuple[str, str]]:
    columns = {"A": name.a, "AAAA": name.aaaa, "MX": name.mx, "NS": name.ns}
    return [(kind, value) for kind, values in columns.items() for value in values]


def _record(name: str, data: str, kind: str = "") -> dict[str, Any]:
    kind = kind or ("A" if _is_ipv4(data) else "AAAA")
    first = int(datetime(2026, 9, 10, 5, 0, tzinfo=UTC).timestamp())
    return {"rrname": name, "rrdata": data, "rrtype": kind, "time_first": first, "time_last": SEEN, "count": 18}


def _lines(records: list[dict[str, Any]]) -> Reply:
    """One document a line; nothing at all where nothing is known."""
    return Reply.text("".join(json.dumps(record) + "\r\n" for record in records), content_type="application/x-ndjson")


def _error(status: int) -> Reply:
    return Reply.json({"status": "error"}, status)


TWIN = Twin(name="robtex", hosts=("freeapi.robtex.com",), answer=answer)
