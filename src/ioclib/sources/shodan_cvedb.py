"""Shodan CVEDB: how urgent a vulnerability is; without a key. https://cvedb.shodan.io/docs (read 2026-11)

A vulnerability is not malicious: there is no verdict.
"""

from ioclib.findings import Finding, facts, when
from ioclib.indicators import CVE
from ioclib.source import Absent, Exposure, Payload, Request, Source, url

NOTHING_KNOWN = "No information available"


class Vulnerability(Payload):
    cve_id: str
    summary: str
    cvss: float | None = None
    epss: float | None = None
    kev: bool = False
    ransomware_campaign: str | None = None
    published_time: str | None = None
    references: list[str] = []


def request(cve: CVE) -> Request:
    return Request.get("/cve", cve)


def read(one: Vulnerability) -> Finding:
    return Finding(
        summary=facts(
            f"CVSS {one.cvss:g}" if one.cvss is not None else "",
            f"{one.epss:.1%} likely to be exploited" if one.epss is not None else "",
            "exploited in the wild" if one.kev else "",
            one.summary[:120],
        ),
        tags=tuple(
            tag for tag, holds in (("exploited-in-the-wild", one.kev), ("ransomware", one.ransomware_campaign)) if holds
        ),
        first_seen=when(one.published_time),
        references=tuple(one.references),
    )


def link(cve: CVE) -> str:
    return url("https://cvedb.shodan.io/cve", cve)


SOURCE: Source[CVE, Vulnerability] = Source(
    name="shodan_cvedb",
    about="Score, exploitation and description of a vulnerability; without a key.",
    base="https://cvedb.shodan.io",
    key=None,
    limits=(),
    concurrency=2,
    exposure=Exposure.VENDOR,
    terms="non-commercial use only",
    complete=True,
    absent=Absent.status(404, says=NOTHING_KNOWN),
    request=request,
    payload=Vulnerability,
    read=read,
    link=link,
)
