"""RDAP: who registered a name, a block of addresses, an autonomous system. https://about.rdap.org/ (read 2026-11)

IANA's files say who is to be asked (RFC 9224); what they do not know is asked at rdap.org, which redirects. The
registry learns what was asked, and so may the registrar of a name, whoever that is.

Verdict: registration is context. Only a name that was registered less than 30 days before the registry's data were
brought up to date is suspicious.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from ipaddress import IPv4Address, summarize_address_range
from typing import Any

from ioclib.errors import Rejected, SourceError
from ioclib.findings import Evidence, Finding, Relation, Verdict, facts, related, when
from ioclib.indicators import ASN, CIDR, Domain, IPv4, IPv6
from ioclib.source import Absent, Exposure, Keep, Limit, ListSource, Payload, Refusal, Request, Source, url

YOUNG = timedelta(days=30)
GONE = {"client hold", "server hold", "pending delete", "redemption period"}

V4 = IPv4 | CIDR


class Event(Payload):
    eventAction: str
    eventDate: str = ""


class Entity(Payload):
    roles: list[str] = []
    vcardArray: list[Any] = []
    entities: list["Entity"] = []

    def with_role(self, role: str) -> "Iterator[Entity]":
        if role in self.roles:
            yield self
        for one in self.entities:
            yield from one.with_role(role)

    def said(self, name: str) -> str:
        """A value of its jCard (RFC 7095)."""
        properties: list[Any] = self.vcardArray[1] if len(self.vcardArray) > 1 else []
        return next((str(one[3]) for one in properties if one[0] == name and one[3]), "")


class Server(Payload):
    ldhName: str = ""


class Registration(Payload):
    rdapConformance: list[str]
    name: str = ""
    country: str | None = None
    startAddress: str = ""
    endAddress: str = ""
    ldhName: str = ""
    status: list[str] = []
    events: list[Event] = []
    entities: list[Entity] = []
    nameservers: list[Server] = []

    def at(self, *actions: str) -> datetime | None:
        return next((when(one.eventDate) for one in self.events if one.eventAction in actions), None)

    def who(self, role: str, name: str) -> str:
        holders = (found for one in self.entities for found in one.with_role(role))
        return next((said for holder in holders if (said := holder.said(name))), "")


def request_domain(domain: Domain) -> Request:
    return Request.get("/domain", domain.registrable)


def read_domain(found: Registration) -> Finding | SourceError:
    if not found.ldhName:
        return Rejected("the registry answered about something else than a name")
    begun, known = found.at("registration"), found.at("last update of RDAP database")
    young = bool(begun and known and known - begun < YOUNG)
    ends = found.at("expiration")
    return Finding(
        verdict=Verdict.SUSPICIOUS if young else Verdict.UNKNOWN,
        summary=facts(
            f"registered {begun:%Y-%m-%d}" if begun else "registered",
            f"at {registrar}" if (registrar := found.who("registrar", "fn")) else "",
            f"until {ends:%Y-%m-%d}" if ends else "",
            f"abuse to {abuse}" if (abuse := found.who("abuse", "email")) else "",
        ),
        tags=(*(["newly-registered"] if young else []), *sorted(GONE.intersection(found.status))),
        related=related(Relation.SERVED_BY, Domain, [one.ldhName for one in found.nameservers]),
    )


def request_v4(network: V4) -> Request:
    return Request.get("/ip", *network.value.split("/"))


def request_v6(ip: IPv6) -> Request:
    return Request.get("/ip", ip)


def request_asn(asn: ASN) -> Request:
    return Request.get("/autnum", asn.value.removeprefix("AS"))


def read_network(found: Registration) -> Finding:
    reach = f"{found.startAddress} to {found.endAddress}" if found.endAddress else ""
    abuse = found.who("abuse", "email")
    return Finding(
        summary=facts(found.name or "registered", reach, found.country, f"abuse to {abuse}" if abuse else ""),
        country=found.country,
    )


def link_domain(domain: Domain) -> str:
    return url("https://client.rdap.org/", type="domain", object=domain)


def link_v4(network: V4) -> str:
    return url("https://client.rdap.org/", type="ip", object=network)


def link_v6(ip: IPv6) -> str:
    return url("https://client.rdap.org/", type="ip", object=ip)


def link_asn(asn: ASN) -> str:
    return url("https://client.rdap.org/", type="autnum", object=asn)


# Who is to be asked: IANA's files ----------------------------------------------------------------------------------


class Bootstrap(Payload):
    services: list[tuple[list[str], list[str]]]

    def bases(self) -> Iterator[tuple[str, str]]:
        """Each entry with the base address of its registry."""
        for entries, bases in self.services:
            base = next((one for one in bases if one.startswith("https:")), "")
            yield from ((entry.lower(), base) for entry in entries if base)


def of_names(file: Bootstrap) -> Mapping[str, str]:
    return {f".{entry}": base for entry, base in file.bases()}


def of_networks(file: Bootstrap) -> Mapping[str, str]:
    return dict(file.bases())


def of_numbers(file: Bootstrap) -> Mapping[str, str]:
    """A range of numbers as blocks that share their first bits, which is what addresses have and numbers have not."""
    found: dict[str, str] = {}
    for entry, base in file.bases():
        first, _, last = entry.partition("-")
        for block in summarize_address_range(IPv4Address(int(first)), IPv4Address(int(last or first))):
            found[f"AS{int(block.network_address)}/{block.prefixlen}"] = base
    return found


def listed(_: Any, line: str) -> Finding:
    return Finding(summary=f"registered at {line}")


def directory(
    name: str, file: Request, entries: Callable[[Bootstrap], Mapping[str, str]], link: Callable[[Any], str]
) -> ListSource[Any, Bootstrap]:
    return ListSource(
        name=name,
        about="Which registry is to be asked.",
        base="https://data.iana.org",
        key=None,
        limits=(),
        exposure=Exposure.NONE,
        download=file,
        payload=Bootstrap,
        entries=entries,
        listed=listed,
        max_age=86_400,
        link=link,
    )


# The sources -------------------------------------------------------------------------------------------------------


ABSENT = Absent.status(404, says="errorCode")
REFUSALS = (Refusal(404, Rejected),)
"""An empty 404 is from rdap.org: no registry that answers is known for this name or block."""
LIMITS = (Limit(60, per="minute"),)
KEEP = Keep(found=86_400, not_found=3600)

DOMAINS: Source[Domain, Registration] = Source(
    name="rdap",
    about="When and where a name was registered, until when, and to whom abuse is reported.",
    base="https://rdap.org",
    key=None,
    limits=LIMITS,
    evidence=Evidence.CONTEXT,
    exposure=Exposure.VENDOR,
    accept="application/rdap+json, application/json",
    redirects=True,
    absent=ABSENT,
    refusals=REFUSALS,
    keep=KEEP,
    complete=True,
    directory=directory("rdap_names", Request.get("/rdap/dns.json"), of_names, link_domain),
    request=request_domain,
    payload=Registration,
    read=read_domain,
    link=link_domain,
)

IPV4: Source[V4, Registration] = Source(
    name="rdap_ipv4",
    about="Who was given an IPv4 address or a block, in which country, and to whom abuse is reported.",
    base="https://rdap.org",
    key=None,
    limits=LIMITS,
    evidence=Evidence.CONTEXT,
    exposure=Exposure.VENDOR,
    accept="application/rdap+json, application/json",
    redirects=True,
    absent=ABSENT,
    refusals=REFUSALS,
    keep=KEEP,
    complete=True,
    directory=directory("rdap_blocks4", Request.get("/rdap/ipv4.json"), of_networks, link_v4),
    request=request_v4,
    payload=Registration,
    read=read_network,
    link=link_v4,
)

IPV6: Source[IPv6, Registration] = Source(
    name="rdap_ipv6",
    about="Who was given an IPv6 address, in which country, and to whom abuse is reported.",
    base="https://rdap.org",
    key=None,
    limits=LIMITS,
    evidence=Evidence.CONTEXT,
    exposure=Exposure.VENDOR,
    accept="application/rdap+json, application/json",
    redirects=True,
    absent=ABSENT,
    refusals=REFUSALS,
    keep=KEEP,
    complete=True,
    directory=directory("rdap_blocks6", Request.get("/rdap/ipv6.json"), of_networks, link_v6),
    request=request_v6,
    payload=Registration,
    read=read_network,
    link=link_v6,
)

NUMBERS: Source[ASN, Registration] = Source(
    name="rdap_asn",
    about="Who runs an autonomous system, in which country, and to whom abuse is reported.",
    base="https://rdap.org",
    key=None,
    limits=LIMITS,
    evidence=Evidence.CONTEXT,
    exposure=Exposure.VENDOR,
    accept="application/rdap+json, application/json",
    redirects=True,
    absent=ABSENT,
    refusals=REFUSALS,
    keep=KEEP,
    complete=True,
    directory=directory("rdap_numbers", Request.get("/rdap/asn.json"), of_numbers, link_asn),
    request=request_asn,
    payload=Registration,
    read=read_network,
    link=link_asn,
)

SOURCES = (DOMAINS, IPV4, IPV6, NUMBERS)
