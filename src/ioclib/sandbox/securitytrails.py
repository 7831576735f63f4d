"""SecurityTrails' history of A records, simulated. https://docs.securitytrails.com/ (read 2026-11)"""

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import WORLD, Name

KEY = "SecurityTrailsSandboxKey00000001"
SPENT_KEY = "SecurityTrailsSandboxUsedUp00001"


def answer(call: Call) -> Reply:
    """The words of a refused key are the vendor's; those of a used up one are not documented."""
    match call.headers.get("apikey"):
        case key if key == SPENT_KEY:
            return Reply.json({"message": "You've exceeded the usage limits for your account."}, 429)
        case key if key != KEY:
            return Reply.text("Please check user credentials", 401)
        case _:
            pass
    match call.method, call.segments:
        case "GET", ["v1", "ping"]:
            return Reply.json({"success": True})
        case "GET", ["v1", "history", name, "dns", "a"]:
            return history(name, WORLD.names.get(name))
        case _:
            return Reply.json({"message": "Not Found"}, 404)


def history(name: str, known: Name | None) -> Reply:
    records = [record(known, ip) for ip in known.a] if known else []
    return Reply.json({"type": "a/ipv4", "records": records, "pages": 1, "endpoint": f"/v1/history/{name}/dns/a"})


def record(name: Name, ip: str) -> dict[str, object]:
    host = WORLD.hosts.get(ip)
    return {
        "values": [{"ip": ip, "ip_count": len(host.names) if host else 1}],
        "type": "a",
        "organizations": [host.organisation] if host else [],
        "first_seen": name.registered,
        "last_seen": "2026-11-02",
    }


TWIN = Twin(name="securitytrails", hosts=("api.securitytrails.com",), key=KEY, spent_key=SPENT_KEY, answer=answer)
