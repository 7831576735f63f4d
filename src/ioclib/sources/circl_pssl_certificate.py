"""CIRCL passive SSL: who showed a certificate; for partners. https://www.circl.lu/services/passive-ssl/ (read 2026-11)

Context only. The SHA-1 is the fingerprint of a certificate, and not that of a file.
"""

from ioclib.findings import Finding, Relation, related
from ioclib.indicators import IPv4, IPv6, Sha1
from ioclib.source import Absent, Exposure, Key, Payload, Request, Source, url

KEY = Key(
    "CIRCL_API_KEY", basic=True, free=False, get="https://www.circl.lu/services/passive-dns/"
)  # "user:password", given to partners


class Seen(Payload):
    seen: list[str]
    hits: int


def request(fingerprint: Sha1) -> Request:
    return Request.get("/v2pssl/cquery", fingerprint)


def read(seen: Seen) -> Finding | None:
    if not seen.seen:
        return None
    return Finding(
        summary=f"a certificate that {seen.hits} address{'es' * (seen.hits != 1)} showed",
        related=related(Relation.HOSTED_ON, IPv4, seen.seen) + related(Relation.HOSTED_ON, IPv6, seen.seen),
    )


def link(_: Sha1) -> str:
    return url("https://www.circl.lu/services/passive-dns/")


SOURCE: Source[Sha1, Seen] = Source(
    name="circl_pssl_certificate",
    about="The addresses that showed a certificate, by its SHA-1 fingerprint; for partners.",
    base="https://www.circl.lu",
    key=KEY,
    limits=(),
    exposure=Exposure.VENDOR,
    complete=True,
    absent=Absent.status(404),
    request=request,
    payload=Seen,
    read=read,
    link=link,
)
