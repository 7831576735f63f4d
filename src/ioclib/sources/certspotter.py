"""Cert Spotter: the certificates of a name. https://sslmate.com/help/reference/ct_search_api_v1 (read 2026-11)

Context only. It reads the same public logs as crt.sh, and answers when that does not.
"""

from ioclib.findings import Finding, Relation, related, when
from ioclib.indicators import Domain
from ioclib.source import Absent, Exposure, Key, Limit, Payload, Request, Source, url


class Issuance(Payload):
    id: str
    dns_names: list[str]
    not_before: str
    not_after: str


def request(domain: Domain) -> Request:
    return Request.get("/issuances", domain=domain, include_subdomains=True, expand="dns_names")


def read(issuances: list[Issuance]) -> Finding | None:
    if not issuances:
        return None
    names = sorted({name for one in issuances for name in one.dns_names if not name.startswith("*.")})
    begun = sorted(one.not_before for one in issuances)
    return Finding(
        summary=f"{len(issuances)} certificate{'s' * (len(issuances) != 1)}, the newest of {begun[-1][:10]}",
        first_seen=when(begun[0]),
        last_seen=when(begun[-1]),
        related=related(Relation.SHARES_CERTIFICATE_WITH, Domain, names),
    )


def link(domain: Domain) -> str:
    return url("https://sslmate.com/ct_search_api/", domain=domain)


SOURCE: Source[Domain, list[Issuance]] = Source(
    name="certspotter",
    about="The certificates that were issued for a name and the names below it.",
    base="https://api.certspotter.com/v1",
    key=Key(
        "CERTSPOTTER_API_KEY",
        header="Authorization",
        prefix="Bearer ",
        optional=True,
        get="https://sslmate.com/account/api_credentials",
    ),
    limits=(Limit(10, per="hour"),),  # without a key
    exposure=Exposure.VENDOR,
    complete=True,
    absent=Absent.never,
    request=request,
    payload=list[Issuance],
    read=read,
    link=link,
)
