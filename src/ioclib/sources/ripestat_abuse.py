"""RIPEstat: who takes complaints about an address. https://stat.ripe.net/docs/ (read 2026-11)

Context only. The mailbox is that of the network's owner, and no indicator.
"""

from ioclib.errors import ServerFault, UnexpectedAnswer
from ioclib.findings import Finding
from ioclib.indicators import Address
from ioclib.source import Absent, Exposure, Keep, Limit, Payload, Reading, Request, Source, url

LIMITS = (Limit(1000, per="day"),)  # above that they want to be asked first


class Contacts(Payload):
    abuse_contacts: list[str] | None = None  # missing while the service is maintained
    authoritative_rir: str | None = None


class AbuseContacts(Payload):
    status: str
    data: Contacts


def request(ip: Address) -> Request:
    return Request.get("/abuse-contact-finder/data.json", resource=ip, sourceapp="ioclib")


def read(found: AbuseContacts) -> Reading:
    if found.status != "ok":
        return ServerFault(f"its status is {found.status}")
    if found.data.abuse_contacts is None:
        return UnexpectedAnswer("no list of contacts")
    if not found.data.abuse_contacts:
        return None
    registry = f" ({found.data.authoritative_rir})" if found.data.authoritative_rir else ""
    return Finding(summary=f"complaints go to {', '.join(found.data.abuse_contacts)}{registry}")


def link(ip: Address) -> str:
    return url("https://stat.ripe.net", ip)


SOURCE: Source[Address, AbuseContacts] = Source(
    name="ripestat_abuse",
    about="Where complaints about an address are taken.",
    base="https://stat.ripe.net/data",
    key=None,
    limits=LIMITS,
    exposure=Exposure.VENDOR,
    concurrency=2,  # eight at once from one address, for all of RIPEstat's sources
    timeout=30,
    keep=Keep(found=7 * 86_400),
    complete=True,
    absent=Absent.never,
    request=request,
    payload=AbuseContacts,
    read=read,
    link=link,
)
