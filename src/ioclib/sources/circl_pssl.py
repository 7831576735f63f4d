"""CIRCL passive SSL: certificates of an address. https://www.circl.lu/services/passive-ssl/ (read 2026-11)

Context only.
"""

from ioclib.findings import Finding, Relation, related
from ioclib.indicators import CIDR, Address, Sha1
from ioclib.source import Absent, Exposure, Key, Payload, Request, Source, url

KEY = Key(
    "CIRCL_API_KEY", basic=True, free=False, get="https://www.circl.lu/services/passive-dns/"
)  # "user:password", given to partners


class Subjects(Payload):
    values: list[str] = []


class Shown(Payload):
    certificates: list[str] = []
    subjects: dict[str, Subjects] = {}


def request(ip: Address | CIDR) -> Request:
    return Request.get("/v2pssl/query", ip)


def read(shown: dict[str, Shown]) -> Finding | None:
    certificates = {one for each in shown.values() for one in each.certificates}
    if not certificates:
        return None
    subjects = sorted({text for each in shown.values() for one in each.subjects.values() for text in one.values})
    return Finding(
        summary=f"{len(certificates)} certificate{'s' * (len(certificates) != 1)}: {'; '.join(subjects[:3])}",
        related=related(Relation.RELATED_TO, Sha1, sorted(certificates)),
    )


def link(_: Address | CIDR) -> str:
    return url("https://www.circl.lu/services/passive-dns/")


SOURCE: Source[Address | CIDR, dict[str, Shown]] = Source(
    name="circl_pssl",
    about="The certificates that an address or a block showed; for partners.",
    base="https://www.circl.lu",
    key=KEY,
    limits=(),
    exposure=Exposure.VENDOR,
    complete=True,
    absent=Absent.status(404),
    request=request,
    payload=dict[str, Shown],
    read=read,
    link=link,
)
