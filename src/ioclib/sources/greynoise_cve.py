"""GreyNoise: whether a vulnerability is being tried on the Internet. https://docs.greynoise.io (read 2026-11)

Unproven: the documentation at hand names the address, and not the answer. Verdict: always unknown, since a
vulnerability is not bad itself; the summary says who exploits it.
"""

from ioclib.errors import QuotaExhausted
from ioclib.findings import Finding, facts
from ioclib.indicators import CVE
from ioclib.source import Absent, Exposure, Keep, Key, Payload, Refusal, Request, Source, url

DAY = 24 * 3600


class Details(Payload):
    vulnerability_name: str = ""
    cve_cvss_score: float | None = None


class Exploitation(Payload):
    exploitation_registered_in_kev: bool = False
    epss_score: float | None = None


class Stats(Payload):
    number_of_available_exploits: int = 0
    number_of_botnets_exploiting_vulnerability: int = 0


class Activity(Payload):
    activity_seen: bool
    threat_ip_count_30d: int = 0


class Vulnerability(Payload):
    """Statistics and activity are left out where the plan does not include them."""

    id: str
    details: Details
    exploitation_details: Exploitation | None = None
    exploitation_stats: Stats | None = None
    exploitation_activity: Activity | None = None


def request(cve: CVE) -> Request:
    return Request.get("/v1/cve", cve)


def read(found: Vulnerability) -> Finding:
    known, score = found.exploitation_details or Exploitation(), found.details.cve_cvss_score
    stats = found.exploitation_stats or Stats()
    return Finding(
        summary=facts(
            activity(found.exploitation_activity),
            f"exploits: {stats.number_of_available_exploits}" if stats.number_of_available_exploits else "",
            f"botnets: {stats.number_of_botnets_exploiting_vulnerability}"
            if stats.number_of_botnets_exploiting_vulnerability
            else "",
            "in CISA's KEV" if known.exploitation_registered_in_kev else "",
            f"EPSS {known.epss_score:.2f}" if known.epss_score is not None else "",
            f"CVSS {score:g}" if score else "",
            found.details.vulnerability_name,
        )
    )


def activity(seen: Activity | None) -> str:
    if seen is None:
        return ""
    tried_from = seen.threat_ip_count_30d
    return (
        f"tried from {tried_from} address{'es' * (tried_from != 1)} in 30 days" if seen.activity_seen else "not tried"
    )


def link(cve: CVE) -> str:
    return url("https://viz.greynoise.io/cves", cve)


SOURCE: Source[CVE, Vulnerability] = Source(
    name="greynoise_cve",
    about="Whether a vulnerability is being tried on the Internet; for customers.",
    base="https://api.greynoise.io",
    key=Key("GREYNOISE_API_KEY", header="key", free=False, get="https://viz.greynoise.io/account"),
    limits=(),
    exposure=Exposure.VENDOR,
    unproven=True,
    keep=Keep(found=DAY, not_found=DAY),
    absent=Absent.status(404, says='"message"'),
    refusals=(Refusal(429, QuotaExhausted),),
    request=request,
    payload=Vulnerability,
    read=read,
    link=link,
)
