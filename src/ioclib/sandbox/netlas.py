"""Netlas' WHOIS of addresses, simulated. https://docs.netlas.io/api-reference/ (read 2026-11)"""

import re
from ipaddress import ip_network

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import WORLD, Host

KEY = "NetlasSandboxKey0000000000000001"
SPENT_KEY = "NetlasSandboxUsedUp0000000000001"

QUERY = re.compile(r'ip:"?(\d{1,3}(?:\.\d{1,3}){3})"?')

Record = dict[str, object]


def answer(call: Call) -> Reply:
    """The words of refusals are not documented; the statuses are."""
    scheme, _, key = call.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or key not in {KEY, SPENT_KEY}:
        return Reply.json({"detail": "Invalid token."}, 401)
    if key == SPENT_KEY:
        return Reply.json({"detail": "Daily request limit is exceeded."}, 429, retry_after="3600")
    if call.method != "GET" or call.path != "/api/whois_ip/":
        return Reply.json({"detail": "Not found."}, 404)
    query = QUERY.fullmatch(call.param("q") or "")
    if query is None:
        return Reply.json({"detail": "Bad query."}, 400)
    host = WORLD.hosts.get(query[1])
    return Reply.json({"items": [{"data": whois(host)}] if host else [], "took": 8, "timestamp": 1793642635})


def whois(host: Host) -> Record:
    block = ip_network(f"{host.ip}/24", strict=False)
    registered: Record = {
        "country": host.country,
        "created": "2014-03-14",
        "updated": "2018-04-23",
        "description": host.organisation,
        "organization": f"{host.organisation} (EX-{host.asn})",
    }
    return {
        "@timestamp": "2026-11-02T14:53:32",
        "ip": {"gte": str(block[0]), "lte": str(block[-1])},
        "related_nets": [
            registered | {"name": f"EXAMPLE-{host.asn}", "cidr": [str(block)], "handle": f"NET-{host.asn}"}
        ],
        "net": registered | {"name": "EXAMPLE-DOCUMENTATION", "cidr": [str(block.supernet(new_prefix=16))]},
        "asn": {
            "number": [str(host.asn)],
            "registry": "ripencc",
            "country": host.country,
            "name": host.organisation.upper(),
            "cidr": str(block),
            "updated": "1992-12-01",
        },
    }


TWIN = Twin(name="netlas", hosts=("app.netlas.io",), key=KEY, spent_key=SPENT_KEY, answer=answer)
