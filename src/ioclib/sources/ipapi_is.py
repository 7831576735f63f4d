"""ipapi.is: addresses and autonomous systems: whose, where, what. https://ipapi.is/developers.html (read 2026-11)

Verdict: suspicious at most, where it calls the address an abuser. Without a key it says nothing of that, and what it
does not say is not known.
"""

from msgspec import UNSET, UnsetType, field

from ioclib.errors import Rejected, UnexpectedAnswer
from ioclib.findings import Evidence, Finding, Relation, Verdict, facts, related
from ioclib.indicators import ASN, CIDR, Address
from ioclib.source import Exposure, Keep, Key, Limit, Payload, Reading, Request, SteppedSource, Steps, ask, url

FLAGS = ("is_mobile", "is_datacenter", "is_tor", "is_proxy", "is_vpn", "is_abuser")


class Network(Payload):
    asn: int
    org: str | None = None


class Place(Payload):
    country: str | None = None
    country_code: str | None = None
    city: str | None = None


class Answer(Payload):
    error: str = ""
    ip: str = ""
    is_bogon: bool = False
    asn: Network | str | None = None  # a text where no key was sent
    country: str | None = None
    location: Place = field(default_factory=Place)
    is_mobile: bool | UnsetType = UNSET
    is_datacenter: bool | UnsetType = UNSET
    is_tor: bool | UnsetType = UNSET
    is_proxy: bool | UnsetType = UNSET
    is_vpn: bool | UnsetType = UNSET
    is_abuser: bool | UnsetType = UNSET

    @property
    def network(self) -> tuple[int | None, str]:
        if isinstance(self.asn, Network):
            return self.asn.asn, f"AS{self.asn.asn} {self.asn.org or ''}".strip()
        number = (self.asn or "").partition(" ")[0].removeprefix("AS")
        return int(number) if number.isdecimal() else None, self.asn or ""


class System(Payload):
    error: str = ""
    asn: int | None = None
    org: str | None = None
    descr: str | None = None
    type: str | None = None
    country: str | None = None
    abuser_score: str | None = None
    active: bool = False
    prefixes: list[str] = []


def lookup(ioc: Address | ASN) -> Steps:
    request = Request.get("/", q=ioc)
    if isinstance(ioc, ASN):
        system = yield from ask(request, System)
        return read_system(system) if system else None
    answer = yield from ask(request, Answer)
    return read(answer) if answer else None


def read(answer: Answer) -> Reading:
    if answer.error:
        return Rejected(answer.error)
    if not answer.ip:
        return UnexpectedAnswer("neither an address nor an error")
    if answer.is_bogon:
        return None
    number, network = answer.network
    return Finding(
        verdict=Verdict.SUSPICIOUS if answer.is_abuser is True else Verdict.UNKNOWN,
        summary=facts(network, answer.location.city, answer.location.country or answer.country),
        tags=tuple(flag.removeprefix("is_") for flag in FLAGS if getattr(answer, flag) is True),
        asn=number,
        country=answer.location.country_code,
    )


def read_system(system: System) -> Reading:
    if system.error:
        return Rejected(system.error)
    if system.asn is None:
        return UnexpectedAnswer("neither a number nor an error")
    if not (system.org or system.descr):
        return None
    return Finding(
        summary=facts(
            system.org or system.descr,
            system.type,
            f"IPv4 blocks: {len(system.prefixes)}" if system.active else "announces nothing",
            f"share of abusers {system.abuser_score}" if system.abuser_score else "",
        ),
        tags=(system.type or "",),
        country=system.country,
        related=related(Relation.CONTAINS, CIDR, system.prefixes),
    )


def link(ioc: Address | ASN) -> str:
    return url("https://ipapi.is/", q=ioc)


SOURCE: SteppedSource[Address | ASN] = SteppedSource(
    name="ipapi_is",
    about="The network, the place and the kind of an address, more with a key; and whose an autonomous system is.",
    base="https://api.ipapi.is",
    key=Key(
        "IPAPI_IS_API_KEY", aliases=("IPAPI_IS_KEY",), query="key", optional=True, get="https://ipapi.is/app/signup"
    ),
    limits=(Limit(1000, per="day"),),
    evidence=Evidence.LISTED,
    exposure=Exposure.VENDOR,
    keep=Keep(found=86_400),
    lookup=lookup,
    link=link,
)
