"""The Tor Project's list of exits. https://check.torproject.org/torbulkexitlist (read 2026-11)

One address a line. Besides the world's exits it lists addresses from 198.18.0.0/15, the block for benchmarks, so that
it is as long as a list that a careful reader believes.
"""

import hashlib
from ipaddress import IPv4Address

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import HOSTS

EXITS = sorted(
    {
        *(IPv4Address(host.ip) for host in HOSTS if host.tor_exit),
        *(IPv4Address("198.18.0.0") + 997 * number for number in range(1, 131)),
    }
)


def answer(call: Call) -> Reply:
    match call.method, call.path:
        case "GET", "/torbulkexitlist":
            return Reply.text("".join(f"{address}\n" for address in EXITS), content_type="text/plain")
        case "GET", "/exit-addresses":
            return Reply.text("".join(map(_record, EXITS)), content_type="text/plain")
        case _, "/torbulkexitlist" | "/exit-addresses":
            return Reply.text("Method Not Allowed\n", 405)
        case _:
            return Reply.text("404 page not found\n", 404)


def _record(address: IPv4Address) -> str:
    fingerprint = hashlib.sha1(str(address).encode(), usedforsecurity=False).hexdigest().upper()
    return (
        f"ExitNode {fingerprint}\n"
        "Published 2026-11-23 18:11:11\n"
        "LastStatus 2026-11-24 03:00:00\n"
        f"ExitAddress {address} 2026-11-24 03:44:33\n"
    )


TWIN = Twin(name="tor", hosts=("check.torproject.org",), answer=answer)
