"""GreyNoise: who scans the whole Internet, and who is a well-known service. https://docs.greynoise.io (read 2026-11)

Two sources: the full record, for customers, and the community endpoint, which answers without a key as well.
`greynoise_cve` asks about vulnerabilities.

Verdict: GreyNoise's own classification; without one, a business service that it trusts is benign. A benign scanner is
still a scanner. Not having been seen says nothing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import field

from ioclib.errors import QuotaExhausted
from ioclib.findings import Finding, Relation, Verdict, related, when
from ioclib.indicators import CVE, Domain, IPv4
from ioclib.source import Absent, Batch, Exposure, Keep, Key, Limit, Payload, Refusal, Request, Source, url

VERDICTS = {"malicious": Verdict.MALICIOUS, "suspicious": Verdict.SUSPICIOUS, "benign": Verdict.BENIGN}
AT_ONCE = 500  # addresses in one request; it takes 10,000
TRUSTED = {"1", "2"}  # may be ignored; somewhat trusted. 3 is a label only

ACCOUNT = "https://viz.greynoise.io/account"
DAY = 24 * 3600
USED_UP = Refusal(429, QuotaExhausted)  # allowances are per day or week: a pause of seconds is of no use


class Tag(Payload):
    name: str
    intention: str = ""
    cves: list[str] = []
    references: list[str] = []


class Metadata(Payload):
    asn: str = ""
    source_country_code: str = ""
    rdns: str = ""


class Scanner(Payload):
    found: bool
    classification: str = ""
    actor: str = ""
    first_seen: str | None = None
    last_seen: str = ""
    last_seen_timestamp: str = ""
    spoofable: bool | str = False
    tags: list[Tag] = []
    metadata: Metadata = field(default_factory=Metadata)


class Business(Payload):
    found: bool
    name: str = ""
    category: str = ""
    trust_level: str = ""


class Record(Payload):
    scanner: Scanner = field(name="internet_scanner_intelligence")
    business: Business = field(name="business_service_intelligence")


class Several(Payload):
    data: list[dict[str, Any]]


class Community(Payload):
    noise: bool
    riot: bool
    classification: str = ""
    name: str = ""
    last_seen: str = ""


def request(ip: IPv4) -> Request:
    return Request.get("/v3/ip", ip)


def request_several(ips: Sequence[IPv4]) -> Request:
    return Request.post("/v3/ip", json={"ips": list(ips)})


def apart(answer: Several) -> Mapping[str, object]:
    return {str(record.get("ip")): record for record in answer.data}


def read(record: Record) -> Finding | None:
    scanner, business = record.scanner, record.business
    facts = [*scanner_facts(scanner), *business_facts(business)]
    if not facts:
        return None
    opinion = verdict(scanner.classification, trusted=business.found and business.trust_level in TRUSTED)
    number = re.fullmatch(r"AS(\d+)", scanner.metadata.asn)
    return Finding(
        verdict=opinion,
        summary=", ".join(facts),
        tags=(*known_for(opinion, scans=scanner.found), *(tag.name for tag in scanner.tags)),
        actor=scanner.actor if opinion is Verdict.MALICIOUS and scanner.actor != "unknown" else None,
        first_seen=when(scanner.first_seen),
        last_seen=when(scanner.last_seen_timestamp or scanner.last_seen),
        asn=int(number[1]) if number else None,
        country=scanner.metadata.source_country_code,
        related=(
            *related(Relation.EXPLOITS, CVE, exploited(scanner)),
            *related(Relation.RELATED_TO, Domain, [scanner.metadata.rdns]),
        ),
        references=tuple(page for tag in scanner.tags for page in tag.references),
    )


def exploited(scanner: Scanner) -> list[str]:
    """The vulnerabilities of what it was seen trying with bad intentions."""
    return [cve for tag in scanner.tags if tag.intention == "malicious" for cve in tag.cves]


def verdict(classification: str, *, trusted: bool) -> Verdict:
    return VERDICTS.get(classification, Verdict.BENIGN if trusted else Verdict.UNKNOWN)


def known_for(opinion: Verdict, *, scans: bool) -> tuple[str, ...]:
    """What it does for everybody, and is often reported for."""
    return (("known-scanner",) if scans else ("well-known",)) if opinion is Verdict.BENIGN else ()


def scanner_facts(scanner: Scanner) -> Iterator[str]:
    if not scanner.found:
        return
    yield f"{scanner.classification or 'unclassified'} scanner"
    if scanner.actor not in {"", "unknown"}:
        yield f"run by {scanner.actor}"
    if scanner.last_seen:
        yield f"last seen {scanner.last_seen}"
    if scanner.spoofable in {True, "true"}:
        yield "address may be forged"


def business_facts(business: Business) -> Iterator[str]:
    if not business.found:
        return
    yield f"business service {business.name}".rstrip()
    if business.trust_level:
        yield f"trust level {business.trust_level} of 3"


def request_community(ip: IPv4) -> Request:
    return Request.get("/v3/community", ip)


def read_community(record: Community) -> Finding | None:
    if not (record.noise or record.riot):
        return None
    facts = [f"{record.classification or 'unclassified'} scanner"] if record.noise else []
    if record.riot:
        facts.append("business service")
    if record.name not in {"", "unknown"}:
        facts.append(record.name)
    if record.last_seen:
        facts.append(f"last seen {record.last_seen}")
    opinion = verdict(record.classification, trusted=record.riot)
    return Finding(
        verdict=opinion,
        summary=", ".join(facts),
        tags=known_for(opinion, scans=record.noise),
        last_seen=when(record.last_seen),
    )


def link(ip: IPv4) -> str:
    return url("https://viz.greynoise.io/ip", ip)


SEVERAL: Batch[IPv4, Several] = Batch(
    size=AT_ONCE,
    request=request_several,
    payload=Several,
    apart=apart,
    missing={"internet_scanner_intelligence": {"found": False}, "business_service_intelligence": {"found": False}},
)

FULL: Source[IPv4, Record] = Source(
    name="greynoise",
    about="Internet-wide scanners and well-known business services; for customers.",
    base="https://api.greynoise.io",
    key=Key("GREYNOISE_API_KEY", header="key", get=ACCOUNT),
    limits=(),
    exposure=Exposure.VENDOR,
    keep=Keep(found=DAY, not_found=DAY),  # a look-up costs a fiftieth of a week
    absent=Absent.status(404, says='"internet_scanner_intelligence"'),
    refusals=(USED_UP,),
    request=request,
    payload=Record,
    read=read,
    batches=(SEVERAL,),
    complete=True,
    link=link,
)

COMMUNITY: Source[IPv4, Community] = Source(
    name="greynoise_community",
    about="Internet-wide scanners and well-known business services, in short; some look-ups without a key.",
    base="https://api.greynoise.io",
    key=Key("GREYNOISE_API_KEY", header="key", optional=True, get=ACCOUNT),
    limits=(Limit(50, per="week"),),
    repeats=("greynoise",),
    exposure=Exposure.VENDOR,
    keep=Keep(found=DAY, not_found=DAY),  # a look-up costs a fiftieth of a week
    absent=Absent.status(404, says="not observed scanning"),
    refusals=(USED_UP,),
    request=request_community,
    payload=Community,
    read=read_community,
    complete=True,
    link=link,
)

SOURCES = (FULL, COMMUNITY)
