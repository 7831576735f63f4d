"""Team Cymru over DNS: who runs a network. https://www.team-cymru.com/ip-asn-mapping (read 2026-11)

Context only; the country is the registry's.
"""

from ioclib.errors import UnexpectedAnswer
from ioclib.findings import Finding
from ioclib.indicators import ASN
from ioclib.source import Absent, Exposure, Reading, Records, Request, Source, url


def columns(text: str) -> list[str]:
    return [part.strip() for part in text.split("|")]


def request(asn: ASN) -> Request:
    return Request.dns(asn, kind="TXT")


def read(records: Records) -> Reading:
    if not records.data:
        return None
    row = columns(records.data[0])
    if len(row) < 5:
        return UnexpectedAnswer("the record has another shape than documented")
    return Finding(summary=row[-1], country=row[1])


def link(_: ASN) -> str:
    return url("https://www.team-cymru.com/ip-asn-mapping")


SOURCE: Source[ASN, Records] = Source(
    name="team_cymru_asn",
    about="Who runs an autonomous system.",
    base="dns://asn.cymru.com",
    key=None,
    limits=(),
    exposure=Exposure.VENDOR,
    complete=True,
    absent=Absent.never,
    request=request,
    payload=Records,
    read=read,
    link=link,
)
