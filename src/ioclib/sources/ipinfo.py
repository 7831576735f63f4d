"""IPinfo Lite: the country and the network of an address. https://ipinfo.io/developers/lite-api (read 2026-11)

Context only. An address that is not on the Internet is answered as ``bogon``.
"""

from ioclib.errors import Rejected, Unauthorized, UnexpectedAnswer
from ioclib.findings import Finding, facts
from ioclib.indicators import Address
from ioclib.source import Absent, Exposure, Keep, Key, Payload, Reading, Refusal, Request, Source, url


class Place(Payload):
    bogon: bool = False
    asn: str | None = None
    as_name: str | None = None
    country_code: str | None = None
    country: str | None = None


def request(ip: Address) -> Request:
    return Request.get("", ip)


def read(place: Place) -> Reading:
    if place.bogon:
        return None
    if not (place.asn or place.country_code):
        return UnexpectedAnswer("neither a network nor a country")
    number = (place.asn or "").removeprefix("AS")
    return Finding(
        summary=facts(place.asn, place.as_name, place.country),
        asn=int(number) if number.isdecimal() else None,
        country=place.country_code,
    )


def link(ip: Address) -> str:
    return url("https://ipinfo.io", ip)


SOURCE: Source[Address, Place] = Source(
    name="ipinfo",
    about="The country and the network of an address.",
    base="https://api.ipinfo.io/lite",
    key=Key(
        "IPINFO_API_KEY",
        aliases=("IPINFO_TOKEN",),
        header="Authorization",
        prefix="Bearer ",
        get="https://ipinfo.io/account/token",
    ),
    limits=(),
    exposure=Exposure.VENDOR,
    refusals=(Refusal(403, Unauthorized), Refusal(404, Rejected, says="Wrong ip")),
    keep=Keep(found=86_400),
    complete=True,
    absent=Absent.never,
    request=request,
    payload=Place,
    read=read,
    link=link,
)
