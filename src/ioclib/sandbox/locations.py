"""Where the world's addresses are: ipinfo.io, ip-api.com, ipapi.is, ipquery.io, RIPEstat, BGPView. (read 2026-11)

https://ipinfo.io/developers/lite-api, https://ip-api.com/docs, https://ipapi.is/developers.html,
https://ipquery.gitbook.io/, https://stat.ripe.net/docs/
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import COUNTRIES, HOSTS, WORLD, Host

IPINFO_KEY, IPINFO_SPENT_KEY = "5a0db0c5c0de00", "5a0db0c5c0deff"
IP_API_KEY, IP_API_SPENT_KEY = "SandboxKey00001", "SandboxKeySpent"
IPAPI_KEY, IPAPI_SPENT_KEY = "5a0db0c5c0de0001", "5a0db0c5c0dessss"

BATCH = 100

ELSEWHERE = Host(ip="192.0.2.1", nature="unremarkable", asn=64508, organisation="Example Access", country="US")
"""What an address is about that is nobody's in particular: every address is somewhere."""

DOCUMENTED = tuple(map(ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")))


def host_of(text: str) -> Host | None:
    """The world's host at an address; None if the text is none, or the address is not on the Internet."""
    if (address := parsed(text)) is None:
        return None
    ours = any(address in block for block in DOCUMENTED)
    return WORLD.hosts.get(str(address), ELSEWHERE) if ours or address.is_global else None


def parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def ipinfo(call: Call) -> Reply:
    token = call.headers.get("authorization", "").removeprefix("Bearer ") or call.param("token")
    if token == IPINFO_SPENT_KEY:
        return Reply.json({"status": 429, "error": {"title": "Rate limit exceeded", "message": "Upgrade."}}, 429)
    if token != IPINFO_KEY:
        return Reply.json({"status": 403, "error": {"title": "Unknown token", "message": "Please check it."}}, 403)
    match call.segments:
        case ["lite", text] if parsed(text) is None:
            return Reply.json({"status": 404, "error": {"title": "Wrong ip", "message": "Please provide one."}}, 404)
        case ["lite", text]:
            host = host_of(text)
            return Reply.json({"ip": text, "bogon": True} if host is None else {"ip": text, **_lite(host)})
        case _:
            return Reply.text("Not Found", 404)


def _lite(host: Host) -> dict[str, Any]:
    place = {"country_code": host.country, "country": COUNTRIES.get(host.country, "")}
    return {"asn": f"AS{host.asn}", "as_name": host.organisation, "as_domain": "network.example", **place}


def ip_api(call: Call) -> Reply:
    if call.param("key") == IP_API_SPENT_KEY:
        return Reply.text("", 429, X_Rl="0", X_Ttl="37")
    if call.param("key") != IP_API_KEY:
        return Reply.json({"status": "fail", "message": "invalid/expired key"}, 403)
    match call.method, call.segments:
        case "GET", ["json", text]:
            return Reply.json(_located(text))
        case "POST", ["batch"]:
            return _several(call.json())
        case _:
            return Reply.text("", 404)


def _several(asked: Any) -> Reply:
    is_batch = hasattr(asked, "append") and len(asked) <= BATCH
    return Reply.json([_located(_address(one)) for one in asked]) if is_batch else Reply.text("", 422)


def _address(one: Any) -> str:
    return str(one.get("query")) if hasattr(one, "get") else str(one)


def _located(text: str) -> dict[str, Any]:
    host = host_of(text)
    if host is None:
        why = "private range" if parsed(text) else "invalid query"
        return {"status": "fail", "message": why, "query": text}
    return {
        "status": "success",
        "query": text,
        "country": COUNTRIES.get(host.country, ""),
        "countryCode": host.country,
        "city": "Harbour Town",
        "isp": host.organisation,
        "org": host.organisation,
        "as": f"AS{host.asn} {host.organisation}",
        "mobile": False,
        "proxy": host.tor_exit,
        "hosting": bool(host.ports),
    }


def ipapi_is(call: Call) -> Reply:
    key, text = call.param("key"), call.param("q") or ""
    if key == IPAPI_SPENT_KEY:
        return Reply.json({"error": "You have exceeded your daily quota"}, 429)
    if key not in {None, IPAPI_KEY}:
        return Reply.json({"error": "Invalid API key"}, 401)
    if text.upper().startswith("AS") and text[2:].isdecimal():
        return Reply.json(_system(int(text[2:])))
    if parsed(text) is None:
        return Reply.json({"error": f"Invalid IP Address or AS Number: {text}"})
    host = host_of(text)
    if host is None:
        return Reply.json({"ip": text, "is_bogon": True})
    country = COUNTRIES.get(host.country, "")
    if key is None:
        network = {"company": host.organisation, "asn": f"AS{host.asn} {host.organisation}"}
        return Reply.json({"ip": text, "is_bogon": False, **network, "country": country})
    flags = dict.fromkeys(("is_mobile", "is_proxy", "is_vpn"), False)
    return Reply.json(
        {
            "ip": text,
            "is_bogon": False,
            **flags,
            "is_datacenter": bool(host.ports),
            "is_tor": host.tor_exit,
            "is_abuser": host.nature == "malicious",
            "asn": {"asn": host.asn, "org": host.organisation},
            "location": {"country": country, "country_code": host.country, "city": "Harbour Town"},
        }
    )


def _system(number: int) -> dict[str, Any]:
    hosts = [one for one in HOSTS if one.asn == number]
    if not hosts:  # one that announces nothing has little to tell
        return {"asn": number, "active": False, "elapsed_ms": 0.1}
    return {
        "asn": number,
        "abuser_score": "0.0311 (Elevated)" if any(one.nature == "malicious" for one in hosts) else "0.0004 (Low)",
        "descr": hosts[0].organisation,
        "country": hosts[0].country.lower(),
        "active": True,
        "org": hosts[0].organisation,
        "type": "hosting",
        "prefixes": sorted({_block(one.ip) for one in hosts if ":" not in one.ip}),
        "prefixesIPv6": sorted({_block(one.ip) for one in hosts if ":" in one.ip}),
        "elapsed_ms": 0.5,
    }


def _block(ip: str) -> str:
    return str(ip_network((ip, 48 if ":" in ip else 24), strict=False))


def ipquery(call: Call) -> Reply:
    host = host_of(text := call.segments[0])
    if parsed(text) is None:
        return Reply.json({}, 400)
    if host is None:
        return Reply.json({"ip": text, "isp": None, "location": None, "risk": None})
    risk = {"malicious": 90, "suspicious": 50}.get(host.nature, 0)
    flags = {"is_mobile": False, "is_vpn": False, "is_tor": host.tor_exit, "is_proxy": False}
    return Reply.json(
        {
            "ip": text,
            "isp": {"asn": f"AS{host.asn}", "org": host.organisation, "isp": host.organisation},
            "location": {"country": COUNTRIES.get(host.country), "country_code": host.country, "city": "Harbour Town"},
            "risk": {**flags, "is_datacenter": bool(host.ports), "risk_score": risk},
        }
    )


def ripestat(call: Call) -> Reply:
    resource = call.param("resource") or ""
    match call.segments:
        case ["data", "network-info", "data.json"] if parsed(resource):
            host = WORLD.hosts.get(resource)
            return _said({"asns": [str(host.asn)], "prefix": _block(host.ip)} if host else {"asns": [], "prefix": None})
        case ["data", "abuse-contact-finder", "data.json"] if parsed(resource):
            host = WORLD.hosts.get(resource)
            contacts = [f"abuse@{host.organisation.lower().replace(' ', '-')}.example"] if host else []
            return _said({"abuse_contacts": contacts, "authoritative_rir": "ripe"})
        case ["data", "prefix-overview", "data.json"] if "/" in resource:
            within = {one.asn: one.organisation for one in HOSTS if parsed(one.ip) in ip_network(resource)}
            return _said({"announced": bool(within), "asns": [{"asn": n, "holder": who} for n, who in within.items()]})
        case ["data", "as-overview", "data.json"] if resource.upper().removeprefix("AS").isdecimal():
            number = int(resource.upper().removeprefix("AS"))
            holder = next((one.organisation for one in HOSTS if one.asn == number), None)
            return _said({"holder": holder, "announced": holder is not None})
        case ["data", _, "data.json"]:
            wrong = f"Value '{resource}' for parameter 'resource' is not valid."
            return Reply.json({"messages": [["error", wrong]], "data": {}, "status": "error", "status_code": 400}, 400)
        case _:
            return Reply.text("<html>Not Found</html>", 404, "text/html")


def _said(data: dict[str, Any]) -> Reply:
    frame: dict[str, Any] = {
        "messages": [],
        "data_call_status": "supported",
        "cached": False,
        "status": "ok",
        "status_code": 200,
    }
    return Reply.json({**frame, "data": data, "time": "2026-11-24T09:00:00"})


def bgpview(_: Call) -> Reply:
    return Reply.text("<html>521: Web server is down</html>", 521, "text/html")


TWINS = (
    Twin(name="ipinfo", hosts=("api.ipinfo.io",), answer=ipinfo, key=IPINFO_KEY, spent_key=IPINFO_SPENT_KEY),
    Twin(name="ip_api", hosts=("pro.ip-api.com",), answer=ip_api, key=IP_API_KEY, spent_key=IP_API_SPENT_KEY),
    Twin(name="ipapi_is", hosts=("api.ipapi.is",), answer=ipapi_is, key=IPAPI_KEY, spent_key=IPAPI_SPENT_KEY),
    Twin(name="ipquery", hosts=("api.ipquery.io",), answer=ipquery),
    Twin(name="ripestat", hosts=("stat.ripe.net",), answer=ripestat),
    Twin(name="bgpview", hosts=("api.bgpview.io",), answer=bgpview),
)
