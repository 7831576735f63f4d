"""VirusTotal: some 90 engines' opinion. https://docs.virustotal.com/reference/overview (read 2026-11)

Verdict: 5 detections, or 3 that the community or a threat label confirms, are malicious; fewer are suspicious, since
single engines are wrong about well-known services every day.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterator

from msgspec import field

from ioclib.errors import QuotaExhausted, RateLimited, ServerFault
from ioclib.findings import Evidence, Finding, Related, Relation, Verdict, related, when
from ioclib.indicators import CIDR, URL, Address, Domain, Hash, IPv4, IPv6, Md5, Sha1, Sha256
from ioclib.source import Absent, Exposure, Key, Limit, Payload, Refusal, Request, Source, url

MALICIOUS, CONFIRMED = 5, 3  # detections
ENOUGH_FOR_A_FILE = 40  # engines that found nothing


class Stats(Payload):
    malicious: int = 0
    suspicious: int = 0
    harmless: int = 0
    undetected: int = 0


class Counted(Payload):
    value: str
    count: int = 0


class Threat(Payload):
    suggested_threat_label: str = ""
    popular_threat_name: list[Counted] = []


class Record(Payload):
    type: str
    value: str


class Attributes(Payload):
    stats: Stats | None = field(name="last_analysis_stats", default=None)
    reputation: int = 0
    tags: list[str] = []
    threat: Threat | None = field(name="popular_threat_classification", default=None)
    first_submission_date: int | None = None  # of files and links
    last_submission_date: int | None = None
    md5: str = ""
    sha1: str = ""
    sha256: str = ""
    asn: int | None = None
    country: str | None = None
    network: str | None = None
    records: list[Record] = field(name="last_dns_records", default_factory=list[Record])
    last_final_url: str = ""


class Object(Payload):
    id: str
    type: str
    attributes: Attributes


class Answer(Payload):
    data: Object


def request(ioc: Hash | Address | Domain | URL) -> Request:
    match ioc:
        case Md5() | Sha1() | Sha256():
            return Request.get("/files", ioc)
        case IPv4() | IPv6():
            return Request.get("/ip_addresses", ioc)
        case Domain():
            return Request.get("/domains", ioc)
        case URL():
            return Request.get("/urls", url_id(ioc))


def read(answer: Answer) -> Finding:
    found = answer.data.attributes
    stats = found.stats or Stats()
    return Finding(
        verdict=verdict(
            stats, is_file=answer.data.type == "file", confirmed=found.reputation < 0 or found.threat is not None
        ),
        summary=summary(stats, found.threat.suggested_threat_label if found.threat else ""),
        tags=tuple(found.tags),
        family=family(found.threat.popular_threat_name) if found.threat else None,
        first_seen=when(found.first_submission_date),
        last_seen=when(found.last_submission_date),
        asn=found.asn,
        country=found.country,
        related=tuple(neighbours(found)),
        link=url("https://www.virustotal.com/gui/url", answer.data.id) if answer.data.type == "url" else None,
    )


def summary(stats: Stats, label: str) -> str:
    engines = stats.malicious + stats.suspicious + stats.harmless + stats.undetected
    if not engines:
        return "known, but not analysed"
    doubtful = f", {stats.suspicious} more find it suspicious" if stats.suspicious else ""
    return f"{stats.malicious} of {engines} engines{doubtful}" + (f": {label}" if label else "")


def verdict(stats: Stats, *, is_file: bool, confirmed: bool) -> Verdict:
    if stats.malicious >= (CONFIRMED if confirmed else MALICIOUS):
        return Verdict.MALICIOUS
    if stats.malicious or stats.suspicious:
        return Verdict.SUSPICIOUS
    clean = stats.undetected >= ENOUGH_FOR_A_FILE if is_file else stats.harmless > 0
    return Verdict.BENIGN if clean else Verdict.UNKNOWN


def family(names: list[Counted]) -> str | None:
    """The name that most engines use."""
    return max(names, key=lambda name: name.count).value if names else None


def neighbours(found: Attributes) -> Iterator[Related]:
    yield from related(Relation.SAME_AS, Sha256, [found.sha256])
    yield from related(Relation.SAME_AS, Sha1, [found.sha1])
    yield from related(Relation.SAME_AS, Md5, [found.md5])
    for kind, record in ((IPv4, "A"), (IPv6, "AAAA"), (Domain, "CNAME")):
        yield from related(Relation.RESOLVES_TO, kind, [one.value for one in found.records if one.type == record])
    yield from related(Relation.PART_OF, CIDR, [found.network])
    yield from related(Relation.RELATED_TO, URL, [found.last_final_url])


def url_id(link: URL) -> str:
    return urlsafe_b64encode(str(link).encode()).decode().rstrip("=")


def link(ioc: Hash | Address | Domain | URL) -> str:
    match ioc:
        case Md5() | Sha1() | Sha256():
            return url("https://www.virustotal.com/gui/file", ioc)
        case IPv4() | IPv6():
            return url("https://www.virustotal.com/gui/ip-address", ioc)
        case Domain():
            return url("https://www.virustotal.com/gui/domain", ioc)
        case URL():
            return url("https://www.virustotal.com/gui/url", url_id(ioc))


SOURCE: Source[Hash | Address | Domain | URL, Answer] = Source(
    name="virustotal",
    about="Some 90 engines' opinion of files, addresses, domains and links.",
    base="https://www.virustotal.com/api/v3",
    key=Key(
        "VIRUSTOTAL_API_KEY",
        aliases=("VT_API_KEY", "VTCLI_APIKEY"),
        header="x-apikey",
        get="https://www.virustotal.com/gui/my-apikey",
    ),
    limits=(Limit(4, per="minute"), Limit(500, per="day"), Limit(15_500, per="month")),
    evidence=Evidence.SCAN,
    exposure=Exposure.VENDOR,
    absent=Absent.status(404, says="NotFoundError"),
    refusals=(
        Refusal(429, RateLimited, says="TooManyRequestsError"),
        Refusal(429, QuotaExhausted, says="QuotaExceededError"),
        Refusal(424, ServerFault),
    ),
    complete=True,
    request=request,
    payload=Answer,
    read=read,
    link=link,
)
