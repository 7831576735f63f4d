"""Censys: what answers on an address. https://docs.censys.com/docs/platform-host-dataset (read 2026-11)

Context only: an inventory is no reputation. It is looked up, not searched for, which free accounts may do.
"""

from msgspec import field

from ioclib.findings import Finding, facts
from ioclib.indicators import Address
from ioclib.source import Absent, Exposure, Key, Payload, Request, Source, url

SHOWN_PORTS = 5


class Service(Payload):
    port: int


class Network(Payload):
    asn: int | None = None
    name: str | None = None


class Location(Payload):
    country_code: str | None = None


class Host(Payload):
    services: list[Service] | None = None
    autonomous_system: Network = field(default_factory=Network)
    location: Location = field(default_factory=Location)


class Result(Payload):
    resource: Host


class Answer(Payload):
    result: Result


def request(ip: Address) -> Request:
    return Request.get("/v3/global/asset/host", ip)


def read(answer: Answer) -> Finding:
    host = answer.result.resource
    ports = sorted({service.port for service in host.services or ()})
    shown = f"port{'s' * (len(ports) != 1)} {', '.join(map(str, ports[:SHOWN_PORTS]))}" if ports else "no open port"
    more = f" and {len(ports) - SHOWN_PORTS} more" if len(ports) > SHOWN_PORTS else ""
    return Finding(
        summary=facts(shown + more, host.autonomous_system.name),
        asn=host.autonomous_system.asn,
        country=host.location.country_code,
    )


def link(ip: Address) -> str:
    return url("https://platform.censys.io/hosts", ip)


SOURCE: Source[Address, Answer] = Source(
    name="censys",
    about="Open ports and the network of an address, from Censys' scans.",
    base="https://api.platform.censys.io",
    key=Key(
        "CENSYS_API_KEY",
        aliases=("CENSYS_PAT", "CENSYS_PERSONAL_ACCESS_TOKEN"),
        header="Authorization",
        prefix="Bearer ",
        get="https://accounts.censys.io/settings/personal-access-tokens",
    ),
    limits=(),
    exposure=Exposure.VENDOR,
    unproven=True,
    absent=Absent.status(404),
    request=request,
    payload=Answer,
    read=read,
    link=link,
)
