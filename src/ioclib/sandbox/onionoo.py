"""Onionoo: the relays of the world's Tor network. https://metrics.torproject.org/onionoo.html (read 2026-11)"""

from typing import Any

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import HOSTS, Host

WHEN = "2026-11-24 09:00:00"


def answer(call: Call) -> Reply:
    if call.path != "/details" or call.method != "GET":
        return Reply.text("", 404)
    search = (call.param("search") or "").strip("[]")
    if "/" in search:
        return Reply.text("", 400)
    relays = [_relay(host) for host in HOSTS if host.tor_exit and host.ip.startswith(search)]  # the beginning of it
    frame = {"version": "8.0", "relays_published": WHEN, "bridges_published": WHEN, "bridges": list[Any]()}
    return Reply.json({**frame, "relays": relays})


def _relay(host: Host) -> dict[str, Any]:
    return {
        "nickname": "harbourExit",
        "fingerprint": "5A0DB0C5" * 5,
        "or_addresses": [f"{host.ip}:9001"],
        "exit_addresses": [host.ip],
        "first_seen": "2024-02-03 10:00:00",
        "last_seen": WHEN,
        "running": True,
        "flags": ["Exit", "Fast", "Running", "Valid"],
        "country": host.country.lower(),
        "as": f"AS{host.asn}",
        "as_name": host.organisation,
    }


TWIN = Twin(name="onionoo", hosts=("onionoo.torproject.org",), answer=answer)
