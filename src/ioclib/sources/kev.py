"""CISA KEV: exploited vulnerabilities. https://www.cisa.gov/known-exploited-vulnerabilities-catalog (read 2026-11)

The catalogue is looked up on this machine; it comes from the mirror, since the site refuses programs. Being exploited
is a matter of priority, and no verdict.
"""

from collections.abc import Mapping

from msgspec import json

from ioclib.findings import Finding, Relation, facts, related, when
from ioclib.indicators import CVE, CWE
from ioclib.source import Exposure, ListSource, Payload, Request, url

HIGHEST = "exploited by ransomware"


class Entry(Payload):
    cveID: str
    vulnerabilityName: str
    dateAdded: str
    knownRansomwareCampaignUse: str = "Unknown"
    notes: str = ""  # pages with semicolons between, and words
    cwes: list[str] = []


class Catalogue(Payload):
    vulnerabilities: list[Entry]


def entries(catalogue: Catalogue) -> Mapping[str, str] | None:
    return {one.cveID: json.encode(one).decode() for one in catalogue.vulnerabilities} or None


def listed(_: CVE, line: str) -> Finding:
    one = json.decode(line, type=Entry)
    ransomware = one.knownRansomwareCampaignUse == "Known"
    return Finding(
        summary=facts(
            f"exploited in the wild: {one.vulnerabilityName}",
            f"known since {one.dateAdded}",
            HIGHEST if ransomware else "",
        ),
        tags=("exploited-in-the-wild", *(["ransomware"] if ransomware else [])),
        first_seen=when(one.dateAdded),
        related=related(Relation.RELATED_TO, CWE, one.cwes),
        references=tuple(one.notes.replace(";", " ").split()),
    )


def link(cve: CVE) -> str:
    return url("https://www.cisa.gov/known-exploited-vulnerabilities-catalog", search_api_fulltext=cve)


SOURCE: ListSource[CVE, Catalogue] = ListSource(
    name="kev",
    about="Vulnerabilities that are known to be exploited.",
    base="https://raw.githubusercontent.com/cisagov/kev-data/main",
    key=None,
    limits=(),
    exposure=Exposure.NONE,
    complete=True,
    download=Request.get("/known_exploited_vulnerabilities.json"),
    payload=Catalogue,
    entries=entries,
    listed=listed,
    max_age=6 * 3600,
    link=link,
)
