"""RDAP: IANA's bootstrap files, and one registry for all of the sandbox's world. RFC 9083, RFC 9224 (read 2026-11)

A name that nobody registered is a 404 with an error object; what no registry is known for is an empty 404.
"""

from ipaddress import ip_address, ip_network
from typing import Any

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import HOSTS, WORLD, Name

CONFORMANCE = ["rdap_level_0"]
REGISTRY = "https://rdap.org/"
FILES = {
    "dns": ["example"],
    "ipv4": ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"],
    "ipv6": ["2001:db8::/32"],
    "asn": ["64496-64511", "65536-65551"],
}
ABUSE: dict[str, Any] = {
    "objectClassName": "entity",
    "roles": ["abuse"],
    "vcardArray": ["vcard", [["version", {}, "text", "4.0"], ["email", {}, "text", "abuse@registrar.example"]]],
}
REGISTRAR: dict[str, Any] = {
    "objectClassName": "entity",
    "handle": "9999",
    "roles": ["registrar"],
    "vcardArray": ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Example Registrar"]]],
    "entities": [ABUSE],
}


def answer(call: Call) -> Reply:
    if call.method != "GET":
        return Reply.text("", 405)
    match call.segments:
        case ["domain", name]:
            return _domain(name)
        case ["ip", *address]:
            return _network("/".join(address))
        case ["autnum", number] if number.isdecimal():
            return _number(int(number))
        case _:
            return Reply.text("", 400)


def bootstrap(call: Call) -> Reply:
    match call.segments:
        case ["rdap", file] if entries := FILES.get(file.removesuffix(".json")):
            document = {"version": "1.0", "publication": "2026-11-01T00:00:00Z", "services": [[entries, [REGISTRY]]]}
            return Reply.json(document, ETag='"2026-11-01"')
        case _:
            return Reply.text("", 404)


def _domain(name: str) -> Reply:
    if not name.endswith(".example") or name != name.lower():
        return Reply.text("", 404)
    known = WORLD.names.get(name)
    return _error(404, "Not Found") if known is None else _object(_registered(known))


def _registered(name: Name) -> dict[str, object]:
    begun = name.registered
    return {
        "objectClassName": "domain",
        "ldhName": name.domain.upper(),
        "status": ["client transfer prohibited"],
        "events": [
            {"eventAction": "registration", "eventDate": f"{begun}T04:00:00Z"},
            {"eventAction": "expiration", "eventDate": f"{int(begun[:4]) + 2}{begun[4:]}T04:00:00Z"},
            {"eventAction": "last update of RDAP database", "eventDate": "2026-11-24T09:00:00Z"},
        ],
        "nameservers": [{"objectClassName": "nameserver", "ldhName": one.upper()} for one in name.ns],
        "entities": [REGISTRAR],
    }


def _network(asked: str) -> Reply:
    try:
        block = ip_network(asked)
    except ValueError:
        return _error(400, "Bad Request")
    host = next((one for one in HOSTS if ip_address(one.ip) in block), None)
    if host is None:
        return _error(404, "Not Found") if block.is_private else Reply.text("", 404)
    held = ip_network((host.ip, 24 if block.version == 4 else 48), strict=False)
    return _object(
        {
            "objectClassName": "ip network",
            "handle": f"NET-{host.asn}",
            "startAddress": str(held[0]),
            "endAddress": str(held[-1]),
            "ipVersion": f"v{held.version}",
            "name": host.organisation,
            "country": host.country,
            "entities": [ABUSE],
        }
    )


def _number(number: int) -> Reply:
    host = next((one for one in HOSTS if one.asn == number), None)
    if host is None:
        return _error(404, "Not Found")
    held: dict[str, Any] = {"startAutnum": number, "endAutnum": number, "name": host.organisation, "entities": [ABUSE]}
    return _object({"objectClassName": "autnum", "handle": f"AS{number}", **held})


def _object(found: dict[str, object]) -> Reply:
    return Reply.json({"rdapConformance": CONFORMANCE, **found}, content_type="application/rdap+json")


def _error(status: int, title: str) -> Reply:
    document = {"rdapConformance": CONFORMANCE, "errorCode": status, "title": title, "description": [f"{title}."]}
    return Reply.json(document, status, content_type="application/rdap+json")


TWINS = (
    Twin(name="rdap", hosts=("rdap.org",), answer=answer),
    Twin(name="rdap_bootstrap", hosts=("data.iana.org",), answer=bootstrap),
)
