"""DShield's API and its block list, simulated. https://isc.sans.edu/api/ (read 2026-11)

The format of an answer is a flag without a value; without one it is XML. Every address has an answer, full of nulls if
nobody reported it. What sends the name of a programming library is turned away.
"""

import ipaddress
from dataclasses import dataclass

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import WORLD

LIBRARIES = ("python-", "curl/", "java/", "go-http-client", "wget/")

Record = dict[str, object]


@dataclass(frozen=True)
class Scans:
    """What was reported of an address."""

    count: int
    attacks: int
    risk: int | None
    last: str = "2026-11-23"


SCANS = {
    "203.0.113.66": Scans(1520, 310, 7),
    "203.0.113.67": Scans(4, 3, 9),
    "198.51.100.23": Scans(20411, 1806, 5),
    "198.51.100.77": Scans(12, 11, 2),
    "198.51.100.140": Scans(90112, 4100, 3),
    "2001:db8:66::66": Scans(2, 1, None),
}
FEEDS = {
    "203.0.113.66": ("blocklistde22",),
    "198.51.100.23": ("blocklistde22", "blocklistde25", "ciarmy"),
    "198.51.100.77": ("torexit",),
    "192.0.2.53": ("openresolver", "rosti"),
}
BLOCKS = ("198.51.100.0", *(f"198.18.{number}.0" for number in range(19)))


def answer(call: Call) -> Reply:
    agent = call.headers.get("user-agent", "").lower()
    if not agent or agent.startswith(LIBRARIES):
        return page(403, "Forbidden")
    match call.method, call.segments:
        case "GET", ["api", "ip" | "ipdetails", ip]:
            return about(ip, call)
        case "GET", ["block.txt"]:
            return Reply.text(block_list(), content_type="text/plain")
        case _:
            return page(404, "Not Found")


def page(status: int, title: str) -> Reply:
    return Reply.text(f"<html><body><h1>{title}</h1></body></html>", status, "text/html")


def about(ip: str, call: Call) -> Reply:
    if call.param("json") is None:
        return Reply.text('<?xml version="1.0" encoding="UTF-8"?>\n<ip></ip>\n', content_type="text/xml")
    try:
        return Reply.json({"ip": record(str(ipaddress.ip_address(ip)))})
    except ValueError:
        return Reply.json({"ip": {"error": "bad IP address"}})


def record(ip: str) -> Record:
    host, scans = WORLD.hosts.get(ip), SCANS.get(ip)
    network = ipaddress.ip_network(f"{ip}/{48 if ':' in ip else 24}", strict=False)
    feeds = {name: {"lastseen": "2026-11-23", "firstseen": "2026-09-14"} for name in FEEDS.get(ip, ())}
    return {
        "number": ip,
        "count": scans.count if scans else None,
        "attacks": scans.attacks if scans else None,
        "maxdate": scans.last if scans else None,
        "mindate": "2026-09-14" if scans else None,
        "updated": f"{scans.last} 03:12:11" if scans else None,
        "comment": None,
        "maxrisk": scans.risk if scans else None,
        "asabusecontact": "abuse@registrar.example",
        "as": host.asn if host else 64500,
        "asname": host.organisation.upper().replace(" ", "-") if host else "EXAMPLE",
        "ascountry": host.country if host else "NL",
        "assize": network.num_addresses if network.version == 4 else 0,
        "network": str(network),
        **({"threatfeeds": feeds} if feeds else {}),
    }


def block_list() -> str:
    comment = "#\n#   The blocks that scanned most targets in the last three days\n#\n"
    rows = [
        f"{first}\t{first[:-1]}255\t24\t{9000 - 300 * rank}\tEXAMPLE-{rank}\tNL\tabuse@registrar.example\n"
        for rank, first in enumerate(BLOCKS)
    ]
    return comment + "Start\tEnd\tNetmask\tAttacks\tName\tCountry\temail\n" + "".join(rows)


TWIN = Twin(name="dshield", hosts=("isc.sans.edu", "www.dshield.org", "feeds.dshield.org"), answer=answer)
