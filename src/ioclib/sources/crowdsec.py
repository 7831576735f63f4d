"""CrowdSec: addresses that attacked those who use it. https://docs.crowdsec.net/u/cti_api/intro (read 2026-11)

Verdict: the reputation that CrowdSec gives. What it calls safe or benign, or lists as a false positive, is benign,
whatever was reported; "known" and "unknown" are no opinion.
"""

from typing import Literal

from ioclib.errors import QuotaExhausted, Unauthorized
from ioclib.findings import Finding, Relation, Verdict, facts, related, when
from ioclib.indicators import CIDR, CVE, Address, Attack, Domain
from ioclib.source import Absent, Exposure, Keep, Key, Limit, Payload, Refusal, Request, Source, url

VERDICTS = {"safe": Verdict.BENIGN, "known": Verdict.UNKNOWN}  # the other reputations are called as ours
DAY = 24 * 3600


class Label(Payload):
    name: str


class Location(Payload):
    country: str | None


class Classifications(Payload):
    false_positives: list[Label]
    classifications: list[Label]


class History(Payload):
    first_seen: str | None
    last_seen: str | None


class Item(Payload):
    reputation: Literal["malicious", "suspicious", "known", "safe", "benign", "unknown"]
    classifications: Classifications
    behaviors: list[Label]
    history: History
    location: Location
    ip_range: str | None
    as_num: int | None
    as_name: str | None
    reverse_dns: str | None
    background_noise_score: int | None
    confidence: str = ""
    cves: list[str] = []
    mitre_techniques: list[Label] = []


def request(ip: Address) -> Request:
    return Request.get("/smoke", ip)


def read(item: Item) -> Finding:
    false_positives, noise = names(item.classifications.false_positives), item.background_noise_score
    return Finding(
        verdict=Verdict.BENIGN if false_positives else VERDICTS.get(item.reputation) or Verdict(item.reputation),
        summary=facts(
            f"reputation {item.reputation}",
            f"false positive ({', '.join(false_positives)})" if false_positives else "",
            f"confidence {item.confidence}" if item.confidence else "",
            f"background noise {noise} of 10" if noise is not None else "",
            item.as_name,
        ),
        tags=(*names(item.behaviors), *false_positives, *names(item.classifications.classifications)),
        first_seen=when(item.history.first_seen),
        last_seen=when(item.history.last_seen),
        asn=item.as_num or None,
        country=item.location.country,
        related=(
            *related(Relation.PART_OF, CIDR, [item.ip_range]),
            *related(Relation.RELATED_TO, Domain, [item.reverse_dns]),
            *related(Relation.EXPLOITS, CVE, item.cves),
            *related(Relation.RELATED_TO, Attack, names(item.mitre_techniques)),
        ),
    )


def names(labels: list[Label]) -> list[str]:
    return [label.name for label in labels]


def link(ip: Address) -> str:
    return url("https://app.crowdsec.net/cti", ip)


SOURCE: Source[Address, Item] = Source(
    name="crowdsec",
    about="Addresses that attacked the users of CrowdSec.",
    base="https://cti.api.crowdsec.net/v2",
    key=Key("CROWDSEC_API_KEY", aliases=("CROWDSEC_KEY",), header="x-api-key", get="https://app.crowdsec.net/settings"),
    limits=(Limit(120, per="month"),),
    exposure=Exposure.VENDOR,
    keep=Keep(found=DAY, not_found=DAY),
    absent=Absent.status(404, says="IP address information not found"),
    refusals=(Refusal(403, Unauthorized), Refusal(429, QuotaExhausted, says="Limit Exceeded")),
    request=request,
    payload=Item,
    read=read,
    link=link,
)
