"""Validin's passive DNS, simulated. https://app.validin.com/docs (read 2026-11)"""

from collections.abc import Iterable
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import HOSTS, WORLD, Name

KEY = "5a4db0c55a4db0c55a4db0c55a4db0c5"
SPENT_KEY = "5be47e005be47e005be47e005be47e00"

LAST = int(datetime(2026, 11, 2, 18, tzinfo=UTC).timestamp())

Row = dict[str, object]


def answer(call: Call) -> Reply:
    """What is said to those whose key is wrong or used up is not documented; the statuses are."""
    if call.path == "/api/ping":
        return Reply.json({"status": "ok"})
    scheme, _, key = call.headers.get("authorization", "").partition(" ")
    if scheme.upper() != "BEARER" or key not in {KEY, SPENT_KEY}:
        return Reply.json({"error": "Unauthorized"}, 401)
    if key == SPENT_KEY:
        return Reply.json({"error": "Daily quota exceeded"}, 429)
    match call.segments:
        case _ if call.method != "GET":
            return Reply.json({"error": "Method Not Allowed"}, 405)
        case ["api", "axon", "domain", "dns", "history", name]:
            return history(name, "dom", of_name(WORLD.names.get(name.lower())))
        case ["api", "axon", "domain", "dns", "history", name, kind]:
            return history(name, "dom", {kind: of_name(WORLD.names.get(name.lower())).get(kind, [])})
        case ["api", "axon", "ip", "dns", "history", ip]:
            return history(ip, "ip", of_block(ip))
        case ["api", "axon", "ip", "dns", "history", ip, length]:
            return history(f"{ip}/{length}", "ip", of_block(f"{ip}/{length}"))
        case _:
            return Reply.json({"error": "Not Found"}, 404)


def history(key: str, kind: str, records: dict[str, list[Row]] | None) -> Reply:
    if records is None:
        return Reply.json({"key": key, "status": "error", "error": "not an address", "records": {}}, 400)
    found = {name: rows for name, rows in records.items() if rows}
    return Reply.json(
        {
            "key": key,
            "effective_opts": {"type": kind, "limit": 1000, "wildcard": False, "parent": False},
            "status": "finished",
            "query_key": key,
            "records": found,
            "records_returned": sum(map(len, found.values())),
            "limited": False,
            "error": None,
        }
    )


def of_name(name: Name | None) -> dict[str, list[Row]]:
    if name is None:
        return {}
    first = int(datetime.fromisoformat(name.registered).replace(tzinfo=UTC).timestamp())
    columns = {"A": (name.a, "IP4"), "AAAA": (name.aaaa, "IP6"), "NS": (name.ns, "DOM")}
    return {kind: rows(name.domain, values, sort, first) for kind, (values, sort) in columns.items()}


def of_block(text: str) -> dict[str, list[Row]] | None:
    try:
        block = ip_network(text, strict=False)
    except ValueError:
        return None
    inside = [host for host in HOSTS if ip_address(host.ip) in block]
    found = [row for host in inside for row in rows(host.ip, host.names, "DOM", LAST - 86_400 * 53)]
    return {"A" if block.version == 4 else "AAAA": found}


def rows(key: str, values: Iterable[str], sort: str, first: int) -> list[Row]:
    return [
        {"key": key, "value": value, "value_type": sort, "first_seen": first, "last_seen": LAST} for value in values
    ]


TWIN = Twin(name="validin", hosts=("app.validin.com",), key=KEY, spent_key=SPENT_KEY, answer=answer)
