"""ip-api.com: place, provider and kind of an address. https://ip-api.com/docs/api:json (read 2026-11)

Context only. Its free service answers without encryption, so that anybody on the way reads the indicator: ioclib asks
the paid one.
"""

from collections.abc import Mapping, Sequence

from msgspec import field

from ioclib.errors import Rejected, Unauthorized
from ioclib.findings import Finding, facts
from ioclib.indicators import Address
from ioclib.source import Absent, Batch, Exposure, Keep, Key, Payload, Reading, Refusal, Request, Source, quoted

FIELDS = "status,message,country,countryCode,city,isp,org,as,asname,mobile,proxy,hosting,query"
NOT_PUBLIC = {"private range", "reserved range"}


class Place(Payload):
    status: str
    query: str
    message: str = ""
    country: str = ""
    countryCode: str = ""
    city: str = ""
    isp: str = ""
    network: str = field(name="as", default="")  # "AS64500 Example Hosting"
    mobile: bool = False
    proxy: bool = False
    hosting: bool = False


def request(ip: Address) -> Request:
    return Request.get("/json", ip, fields=FIELDS)


def read(place: Place) -> Reading:
    if place.status != "success":
        return None if place.message in NOT_PUBLIC else Rejected(place.message)
    number = place.network.partition(" ")[0].removeprefix("AS")
    return Finding(
        summary=facts(place.network or place.isp, place.city, place.country),
        tags=tuple(tag for tag in ("mobile", "proxy", "hosting") if getattr(place, tag)),
        asn=int(number) if number.isdecimal() else None,
        country=place.countryCode,
    )


def request_many(ips: Sequence[Address]) -> Request:
    return Request.post("/batch", json=[{"query": ip, "fields": FIELDS} for ip in ips])


def apart(places: list[Place]) -> Mapping[str, object]:
    return {place.query: place for place in places}


def link(ip: Address) -> str:
    return "https://ip-api.com/#" + quoted(ip)


SOURCE: Source[Address, Place] = Source(
    name="ip_api",
    about="The place, the provider and the kind of an address.",
    base="https://pro.ip-api.com",
    key=Key("IP_API_API_KEY", query="key", free=False, get="https://members.ip-api.com/"),
    limits=(),
    exposure=Exposure.VENDOR,
    refusals=(Refusal(403, Unauthorized),),
    keep=Keep(found=86_400),
    complete=True,
    absent=Absent.never,
    request=request,
    payload=Place,
    read=read,
    batches=(Batch(size=100, request=request_many, payload=list[Place], apart=apart),),
    link=link,
)
