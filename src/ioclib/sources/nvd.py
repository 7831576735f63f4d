"""NVD: the National Vulnerability Database. https://nvd.nist.gov/developers/vulnerabilities (read 2026-11)

Severity is no verdict: a vulnerability is not malicious. One that is not yet scored is not low.
"""

from msgspec import field

from ioclib.errors import RateLimited, Unauthorized
from ioclib.findings import Finding, facts, when
from ioclib.indicators import CVE
from ioclib.source import Absent, Exposure, Keep, Key, Limit, Payload, Refusal, Request, Source, url


class Cvss(Payload):
    baseScore: float
    baseSeverity: str = ""  # in version 2 it stands beside


class Metric(Payload):
    type: str
    cvssData: Cvss
    baseSeverity: str = ""


class Metrics(Payload):
    cvssMetricV40: list[Metric] = []
    cvssMetricV31: list[Metric] = []
    cvssMetricV30: list[Metric] = []
    cvssMetricV2: list[Metric] = []

    def best(self) -> str:
        """The newest version's score, and of these the primary one."""
        for version, metrics in (("4.0", self.cvssMetricV40), ("3.1", self.cvssMetricV31), ("3.0", self.cvssMetricV30),
                                 ("2.0", self.cvssMetricV2)):  # fmt: skip
            for one in sorted(metrics, key=lambda metric: metric.type != "Primary"):
                severity = one.cvssData.baseSeverity or one.baseSeverity
                return f"CVSS {version} {one.cvssData.baseScore:g} {severity.lower()}".strip()
        return ""


class Text(Payload):
    lang: str
    value: str


class Reference(Payload):
    url: str


class Cve(Payload):
    published: str
    vulnStatus: str
    descriptions: list[Text] = []
    metrics: Metrics = field(default_factory=Metrics)
    references: list[Reference] = []
    cisaExploitAdd: str | None = None


class Entry(Payload):
    cve: Cve


class Answer(Payload):
    vulnerabilities: list[Entry]


def request(cve: CVE) -> Request:
    return Request.get("", cveId=cve)


def read(answer: Answer) -> Finding | None:
    for entry in answer.vulnerabilities:
        cve = entry.cve
        text = next((one.value for one in cve.descriptions if one.lang == "en"), "")
        rejected = "rejected: it counts no more" if cve.vulnStatus == "Rejected" else ""
        exploited = f"exploited since {cve.cisaExploitAdd}" if cve.cisaExploitAdd else ""
        return Finding(
            summary=facts(rejected or cve.metrics.best() or f"not scored ({cve.vulnStatus})", exploited, text[:120]),
            tags=("exploited-in-the-wild",) if cve.cisaExploitAdd else (),
            first_seen=when(cve.published),
            references=tuple(one.url for one in cve.references),
        )
    return None


def link(cve: CVE) -> str:
    return url("https://nvd.nist.gov/vuln/detail", cve)


SOURCE: Source[CVE, Answer] = Source(
    name="nvd",
    about="The score and the description of a vulnerability.",
    base="https://services.nvd.nist.gov/rest/json/cves/2.0",
    key=Key("NVD_API_KEY", header="apiKey", optional=True, get="https://nvd.nist.gov/developers/request-an-api-key"),
    limits=(Limit(5, per="minute"),),  # five in 30 seconds are allowed, with a pause of six between
    exposure=Exposure.VENDOR,
    refusals=(Refusal(403, RateLimited), Refusal(404, Unauthorized)),  # a 404 is a bad key: our ids are well formed
    keep=Keep(found=86_400, not_found=3600),
    timeout=30,
    complete=True,
    absent=Absent.never,
    request=request,
    payload=Answer,
    read=read,
    link=link,
)
