"""ipapi.is: network, place and kind of an address. https://ipapi.is/developers.html (read 2026-11)

Verdict: suspicious at most, where it calls the address an abuser. Without a key it says nothing of that, and what it
does not say is not known.
"""

from msgspec import UNSET, UnsetType, field

from ioclib.errors import Rejected
from ioclib.findings import Finding, Verdict, facts
from ioclib.indicators import Address
from ioclib.source import Absent, Exposure, Keep, Key, Limit, Payload, Reading, Request, Source, url

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


def request(ip: Address) -> Request:
    return Request.get("/", q=ip)


def read(answer: Answer) -> Reading:
    if answer.error:
        return Rejected(answer.error)
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


def link(ip: Address) -> str:
    return url("https://ipapi.is/", q=ip)


SOURCE: Source[Address, Answer] = Source(
    name="ipapi_is",
    about="The network, the place and the kind of an address; more with a key.",
    base="https://api.ipapi.is",
    key=Key(
        "IPAPI_IS_API_KEY", aliases=("IPAPI_IS_KEY",), query="key", optional=True, get="https://ipapi.is/app/signup"
    ),
    limits=(Limit(1000, per="day"),),
    exposure=Exposure.VENDOR,
    keep=Keep(found=86_400),
    absent=Absent.never,
    request=request,
    payload=Answer,
    read=read,
    link=link,
)
