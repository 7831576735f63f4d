"""Feodo Tracker: control servers of botnets, of 30 days. https://feodotracker.abuse.ch/blocklist/ (read 2026-11)

The list is looked up on this machine. Since the police took these botnets down it may be empty, which says nothing of
anybody.

Verdict: an address is malicious while one of its servers is online; later somebody else may have it: suspicious.
"""

from collections import defaultdict
from collections.abc import Mapping

import msgspec

from ioclib.findings import Evidence, Finding, Relation, Verdict, facts, related, when
from ioclib.indicators import Domain, IPv4
from ioclib.source import Exposure, Key, ListSource, Payload, Request, url


class Server(Payload):
    ip_address: str
    port: int
    status: str
    malware: str
    hostname: str | None = None
    as_number: int | None = None
    country: str | None = None
    first_seen: str | None = None
    last_online: str | None = None


def entries(servers: list[Server]) -> Mapping[str, str]:
    """All servers of an address: it has one for each port."""
    by_address: defaultdict[str, list[Server]] = defaultdict(list)
    for server in servers:
        by_address[server.ip_address].append(server)
    return {address: msgspec.json.encode(its).decode() for address, its in by_address.items()}


def listed(_: IPv4, entry: str) -> Finding:
    servers = msgspec.json.decode(entry, type=list[Server])
    newest = max(servers, key=lambda server: (server.status == "online", server.last_online or ""))
    return Finding(
        verdict=Verdict.MALICIOUS if newest.status == "online" else Verdict.SUSPICIOUS,
        summary=facts(
            f"control server of {newest.malware}",
            f"port{'s' * (len(servers) > 1)} {', '.join(str(server.port) for server in servers)}",
            newest.status,
            f"last online {newest.last_online}" if newest.last_online else "",
        ),
        tags=("c2", *(server.malware for server in servers)),
        family=newest.malware,
        first_seen=when(min((server.first_seen for server in servers if server.first_seen), default=None)),
        last_seen=when(newest.last_online),
        asn=newest.as_number,
        country=newest.country,
        related=related(Relation.RESOLVES_TO, Domain, (server.hostname for server in servers)),
    )


def link(ip: IPv4) -> str:
    return url("https://feodotracker.abuse.ch/browse/host", ip, "")


SOURCE: ListSource[IPv4, list[Server]] = ListSource(
    name="feodo",
    about="Control servers of the botnets that Feodo Tracker follows.",
    base="https://feodotracker.abuse.ch",
    key=Key(
        "FEODO_API_KEY",
        aliases=("ABUSECH_API_KEY", "ABUSECH_AUTH_KEY"),
        header="Auth-Key",
        optional=True,
        get="https://auth.abuse.ch/",
    ),
    limits=(),
    evidence=Evidence.CURATED,
    exposure=Exposure.NONE,
    complete=True,
    download=Request.get("/downloads/ipblocklist.json"),
    payload=list[Server],
    entries=entries,
    listed=listed,
    max_age=3600,  # it is made anew every 5 minutes
    link=link,
)
