"""ThreatFox: indicators of malware that its users share. https://threatfox.abuse.ch/api/ (read 2026-11)

An inexact search, which addresses need, finds parts of words too: only what is the indicator itself counts. What is
older than six months is not found any more.

Verdict: a confidence of 50 of 100 is malicious, less is suspicious, and so is a good site that was broken into. A hash
that nobody shared, but whose sample talks to shared indicators, is judged by these.
"""

from collections.abc import Iterator

from ioclib.errors import RateLimited, Rejected, SourceError, Unauthorized, UnexpectedAnswer
from ioclib.findings import Evidence, Finding, Related, Relation, Verdict, facts, related, when
from ioclib.indicators import URL, Address, Domain, Hash, Indicator, IPv4, IPv6, Md5, Sha256
from ioclib.source import Exposure, Key, Payload, Refusal, Request, SteppedSource, Steps, ask_all, url

MALICIOUS = 50  # of 100: what a submitter gives who does not say how sure he is

ABSENT = {"no_result", "hash_not_found"}
ERRORS: dict[str, type[SourceError]] = {  # all of them with status 200
    "illegal_search_term": Rejected,
    "illegl_hash": Rejected,
    "illegal_hash": Rejected,
    "no_json": Rejected,
    "unknown_auth_key": Unauthorized,
    "rate_limited": RateLimited,
}
KINDS: dict[str, type[Indicator]] = {"ip:port": IPv4, "domain": Domain, "url": URL}
TO_SAMPLE = {"botnet_cc": Relation.CONTACTED_BY, "payload_delivery": Relation.SERVES}
FROM_SAMPLE = {"botnet_cc": Relation.CONTACTS, "payload_delivery": Relation.SERVED_BY}


class Sample(Payload):
    sha256_hash: str | None = None


class Row(Payload):
    id: str
    ioc: str
    ioc_type: str
    threat_type: str
    malware: str
    confidence_level: int
    first_seen: str | None
    malware_printable: str | None = None
    malware_malpedia: str | None = None
    last_seen: str | None = None
    reference: str | None = None
    is_compromised: bool | None = None
    tags: list[str] | None = None
    malware_samples: list[Sample] | None = None

    @property
    def host(self) -> str:
        """Without the port that an address has, and without the brackets of version 6."""
        return self.ioc.rpartition(":")[0].strip("[]") if self.ioc_type == "ip:port" else self.ioc


class Answer(Payload):
    query_status: str
    data: list[Row] | str | None = None  # a text where there are no rows


def lookup(ioc: Hash | Address | Domain | URL) -> Steps:
    answers = yield from ask_all(requests(ioc), Answer)
    rows: list[Row] = []
    for answer in filter(None, answers):
        if answer.query_status == "ok" and isinstance(answer.data, list):
            rows += answer.data
        elif answer.query_status not in ABSENT:
            return ERRORS.get(answer.query_status, UnexpectedAnswer)(f"query_status {answer.query_status}")
    itself = [row for row in rows if is_about(row, ioc)]
    linked = [row for row in rows if row not in itself] if isinstance(ioc, Md5 | Sha256) else []
    return finding(ioc, itself, linked) if itself or linked else None


def requests(ioc: Hash | Address | Domain | URL) -> list[Request]:
    text, exact = str(ioc), not isinstance(ioc, IPv4 | IPv6)  # addresses are held with a port
    terms = [text, text.removesuffix("/")] if isinstance(ioc, URL) and text.count("/") == 3 else [text]
    searches: list[dict[str, object]] = [
        {"query": "search_ioc", "search_term": term, "exact_match": exact} for term in dict.fromkeys(terms)
    ]
    if isinstance(ioc, Md5 | Sha256):
        searches.append({"query": "search_hash", "hash": text})
    return [Request.post("/", json=search) for search in searches]


def is_about(row: Row, ioc: Indicator) -> bool:
    if isinstance(ioc, URL):
        return row.ioc.removesuffix("/") == str(ioc).removesuffix("/")
    return row.host.lower() == str(ioc)


def finding(ioc: Indicator, itself: list[Row], linked: list[Row]) -> Finding:
    rows = itself or linked
    best = max(rows, key=lambda row: row.confidence_level)
    hacked = any(row.is_compromised for row in itself)
    return Finding(
        verdict=Verdict.SUSPICIOUS if hacked else Verdict.of(best.confidence_level, suspicious=0, malicious=MALICIOUS),
        summary=facts(
            best.malware_printable or best.malware,
            best.threat_type,
            f"confidence {best.confidence_level} of 100",
            f"{len(rows)} entries" if len(rows) > 1 else "",
            "" if itself else "of what its sample talks to",
            "a good site that was broken into" if hacked else "",
        ),
        tags=tuple(tag for row in rows for tag in row.tags or ()),
        family=best.malware_printable if best.malware != "unknown" else None,
        first_seen=when(min(row.first_seen or "" for row in rows)),
        last_seen=when(max(row.last_seen or "" for row in rows)),
        confidence=best.confidence_level,
        related=tuple(one for one in relations(itself, linked) if one.ioc != ioc),
        references=tuple(page for row in rows for page in (row.reference, row.malware_malpedia) if page),
        link=url("https://threatfox.abuse.ch/ioc", best.id, ""),
    )


def relations(itself: list[Row], linked: list[Row]) -> Iterator[Related]:
    """The samples that its rows name, and what its own sample talks to."""
    for row in itself:
        relation = TO_SAMPLE.get(row.threat_type, Relation.RELATED_TO)
        yield from related(relation, Sha256, (one.sha256_hash for one in row.malware_samples or ()))
    for row in linked:
        relation = FROM_SAMPLE.get(row.threat_type, Relation.RELATED_TO)
        yield from related(relation, KINDS.get(row.ioc_type, Sha256), [row.host])


def link(ioc: Hash | Address | Domain | URL) -> str:
    return url("https://threatfox.abuse.ch/browse.php", search=f"ioc:{ioc}")


SOURCE: SteppedSource[Hash | Address | Domain | URL] = SteppedSource(
    name="threatfox",
    about="Control servers, links and files of malware that its users share.",
    base="https://threatfox-api.abuse.ch/api/v1",
    key=Key(
        "THREATFOX_API_KEY",
        aliases=("ABUSECH_API_KEY", "ABUSECH_AUTH_KEY"),
        header="Auth-Key",
        get="https://auth.abuse.ch/",
    ),
    limits=(),
    concurrency=5,
    evidence=Evidence.CURATED,
    exposure=Exposure.VENDOR,
    refusals=(Refusal(403, Unauthorized, says="unknown_auth_key"),),
    requests=2,
    terms="fair use; commercial users go through Spamhaus",
    complete=True,
    lookup=lookup,
    link=link,
)
