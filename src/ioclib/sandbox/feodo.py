"""abuse.ch Feodo Tracker, simulated. https://feodotracker.abuse.ch/blocklist/ (read 2026-11)

Its lists, of the control servers that the world's malware has by address: one is online, the others are gone. The
downloads ask nobody for a key.
"""

from collections.abc import Iterator

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import FILES, WORLD

DOWNLOADS = "/downloads/"
ONLINE = {"203.0.113.66"}

Record = dict[str, object]


def answer(call: Call) -> Reply:
    if call.method != "GET":
        return page(405, "Method Not Allowed")
    match call.path.removeprefix(DOWNLOADS):
        case "ipblocklist.json":
            return Reply.json(SERVERS)
        case "ipblocklist_recommended.json":
            return Reply.json([one for one in SERVERS if one["status"] == "online"])
        case "ipblocklist.txt" | "ipblocklist_aggressive.txt":
            addresses = "".join(f"{one['ip_address']}\r\n" for one in SERVERS)
            return Reply.text(f"# Feodo Tracker, simulated\r\n{addresses}# END\r\n", content_type="text/plain")
        case _:
            return page(404, "Not Found")


def page(status: int, title: str) -> Reply:
    return Reply.text(f"<html><body><h1>{status} {title}</h1></body></html>", status, "text/html")


def servers() -> Iterator[Record]:
    """One row for each address and port."""
    for file in FILES:
        for server in file.c2:
            ip, _, port = server.partition(":")
            if host := WORLD.hosts.get(ip):
                yield {
                    "ip_address": ip,
                    "port": int(port or host.ports[-1]),
                    "status": "online" if ip in ONLINE else "offline",
                    "hostname": host.reverse,
                    "as_number": host.asn,
                    "as_name": host.organisation,
                    "country": host.country,
                    "first_seen": file.first_seen,
                    "last_online": file.last_seen.split()[0],
                    "malware": file.family,
                }


SERVERS = tuple(servers())

TWIN = Twin(name="feodo", hosts=("feodotracker.abuse.ch",), answer=answer)
