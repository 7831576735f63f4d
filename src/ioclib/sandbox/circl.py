"""CIRCL's passive DNS and passive SSL, for those who have an account. https://www.circl.lu/services/ (read 2026-11)

Records come one a line, said to be HTML.
"""

import base64
import hashlib
import json
from ipaddress import ip_address, ip_network

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import HOSTS, NAMES, Host

KEY, SPENT_KEY = "partner:5a0db0c5c1rc1", "partner:5a0db0c5spent"
FIRST, LAST = 1_789_000_000, 1_795_000_000


def answer(call: Call) -> Reply:
    sent = call.headers.get("authorization", "").removeprefix("Basic ")
    if sent == _basic(SPENT_KEY):
        return Reply.json({"message": "Too many requests"}, 429, Retry_After="3600")
    if sent != _basic(KEY):
        return Reply.text("<html>401 Authorization Required</html>", 401, "text/html")
    match call.segments:
        case ["pdns", "query", value]:
            return Reply.text("".join(f"{json.dumps(one)}\n" for one in _records(value)), content_type="text/html")
        case ["v2pssl", "query", *value]:
            return _shown("/".join(value))
        case ["v2pssl", "cquery", fingerprint]:
            seen = [host.ip for host in HOSTS if _certificate(host) == fingerprint]
            return Reply.json({"seen": seen, "hits": len(seen), "certificate": fingerprint})
        case _:
            return Reply.text("", 404)


def _basic(pair: str) -> str:
    return base64.b64encode(pair.encode()).decode()


def _records(value: str) -> list[dict[str, object]]:
    times = {"time_first": FIRST, "time_last": LAST, "count": 12, "origin": "https://www.circl.lu/pdns/"}
    return [
        {"rrname": name.domain, "rrtype": "AAAA" if ":" in ip else "A", "rdata": ip, **times}
        for name in NAMES
        for ip in (*name.a, *name.aaaa)
        if value.lower() in {name.domain, ip}
    ]


def _shown(value: str) -> Reply:
    try:
        block = ip_network(value)
    except ValueError:
        return Reply.text("", 404)
    hosts = [host for host in HOSTS if 443 in host.ports and ip_address(host.ip) in block]
    return Reply.json(
        {
            host.ip: {
                "certificates": [_certificate(host)],
                "subjects": {_certificate(host): {"values": [f"CN={host.reverse or host.ip}"]}},
            }
            for host in hosts
        }
    )


def _certificate(host: Host) -> str:
    return hashlib.sha1(f"certificate of {host.asn}".encode(), usedforsecurity=False).hexdigest()


TWIN = Twin(name="circl_pdns", hosts=("www.circl.lu",), answer=answer, key=KEY, spent_key=SPENT_KEY)
