"""What NVD, FIRST's EPSS, CISA's KEV and Shodan's CVEDB say of the world's vulnerabilities. (read 2026-11)

https://nvd.nist.gov/developers/vulnerabilities, https://www.first.org/epss/api, https://cvedb.shodan.io/docs
"""

import re
from dataclasses import dataclass

from ioclib.sandbox.twin import Call, Reply, Twin

NVD_KEY = "5a0db0c5-0000-4000-8000-00000000c0de"
NVD_SPENT_KEY = "5a0db0c5-0000-4000-8000-0000000000ff"
CVE = re.compile(r"CVE-\d{4}-\d{4,19}")


@dataclass(frozen=True)
class Vulnerability:
    """One that the world knows of."""

    id: str
    text: str
    score: float | None
    severity: str
    epss: float
    percentile: float
    published: str
    exploited: str | None = None
    ransomware: bool = False


KNOWN = {
    one.id: one
    for one in (
        Vulnerability(
            "CVE-2021-44228", "A logging library looks up what it is told to log.", 10.0, "CRITICAL", 0.97, 0.999,
            "2021-12-10T10:15:09.143", "2021-12-10", ransomware=True,
        ),
        Vulnerability(
            "CVE-2014-100001", "A form of an old web page trusts its fields.", 4.3, "MEDIUM", 0.002, 0.41,
            "2015-01-13T11:59:01.117",
        ),
        Vulnerability("CVE-2026-10001", "Not analysed yet.", None, "", 0.01, 0.6, "2026-11-20T08:00:00.000"),
    )
}  # fmt: skip


def nvd(call: Call) -> Reply:
    asked = call.param("cveId") or ""
    match call.headers.get("apikey"):
        case key if key == NVD_SPENT_KEY:
            return Reply.text("Request forbidden by administrative rules.", 403, "text/html")
        case key if key not in {None, NVD_KEY}:
            return Reply.text("", 404, message="Invalid apiKey.")
        case _ if call.path != "/rest/json/cves/2.0" or not CVE.fullmatch(asked):
            return Reply.text("", 404, message="Invalid cveId parameter.")
        case _:
            found = [{"cve": _record(one)} for one in (KNOWN.get(asked),) if one]
    count = {"resultsPerPage": len(found), "startIndex": 0, "totalResults": len(found)}
    return Reply.json({**count, "format": "NVD_CVE", "version": "2.0", "vulnerabilities": found})


def _record(one: Vulnerability) -> dict[str, object]:
    score = {"version": "3.1", "baseScore": one.score, "baseSeverity": one.severity}
    metric = {"source": "nvd@nist.gov", "type": "Primary", "cvssData": score}
    return {
        "id": one.id,
        "published": one.published,
        "vulnStatus": "Analyzed" if one.score else "Awaiting Analysis",
        "descriptions": [{"lang": "en", "value": one.text}],
        "metrics": {"cvssMetricV31": [metric]} if one.score else {},
        "references": [{"url": f"https://advisories.example/{one.id}"}],
        **({"cisaExploitAdd": one.exploited} if one.exploited else {}),
    }


def epss(call: Call) -> Reply:
    if call.path != "/data/v1/epss" or call.method != "GET":
        return Reply.json({"status": "error", "status-code": 404}, 404)
    asked = [one for one in (call.param("cve") or "").split(",") if one]
    rows = [
        {"cve": one.id, "epss": f"{one.epss:.9f}", "percentile": f"{one.percentile:.9f}", "date": "2026-11-24"}
        for name in asked
        if (one := KNOWN.get(name))
    ]
    frame = {"status": "OK", "status-code": 200, "version": "1.0", "access": "public", "offset": 0, "limit": 100}
    return Reply.json({**frame, "total": len(rows), "data": rows})


def kev(call: Call) -> Reply:
    if call.path != "/cisagov/kev-data/main/known_exploited_vulnerabilities.json":
        return Reply.text("404: Not Found", 404)
    listed = [
        {
            "cveID": one.id,
            "vendorProject": "Example",
            "product": "Library",
            "vulnerabilityName": f"Example Library: {one.text}",
            "dateAdded": one.exploited,
            "dueDate": "2021-12-24",
            "knownRansomwareCampaignUse": "Known" if one.ransomware else "Unknown",
            "notes": f"https://advisories.example/{one.id}",
            "cwes": ["CWE-20"],
        }
        for one in KNOWN.values()
        if one.exploited
    ]
    catalogue = {"title": "Known Exploited Vulnerabilities", "catalogVersion": "2026.11.24", "count": len(listed)}
    return Reply.json({**catalogue, "vulnerabilities": listed}, ETag='"2026.11.24"')


def cvedb(call: Call) -> Reply:
    match call.segments:
        case ["cve", name] if one := KNOWN.get(name):
            return Reply.json(
                {
                    "cve_id": one.id,
                    "summary": one.text,
                    "cvss": one.score,
                    "epss": one.epss,
                    "ranking_epss": one.percentile,
                    "kev": bool(one.exploited),
                    "ransomware_campaign": "Known" if one.ransomware else None,
                    "references": [f"https://advisories.example/{one.id}"],
                    "published_time": one.published[:19],
                    "cpes": [],
                }
            )
        case _:
            return Reply.json({"detail": "No information available"}, 404)


TWINS = (
    Twin(name="nvd", hosts=("services.nvd.nist.gov",), answer=nvd, key=NVD_KEY, spent_key=NVD_SPENT_KEY),
    Twin(name="epss", hosts=("api.first.org",), answer=epss),
    Twin(name="shodan_cvedb", hosts=("cvedb.shodan.io",), answer=cvedb),
)
