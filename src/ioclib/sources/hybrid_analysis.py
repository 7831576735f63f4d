"""Hybrid Analysis: a sandbox's reports. https://www.hybrid-analysis.com/docs/api/v2 (read 2026-11)

A hash takes two requests, since only SHA-256 have an overview. Everything else is searched for in reports, of which
fifty are told; a link is also found as a part of longer ones.

Verdict of a file: the vendor's, and where it has none the worst of the reports that did not fail; "no specific threat"
proves nothing. Malware talks to harmless sites all day: all else is suspicious at most.
"""

from collections.abc import Iterable

from ioclib.errors import Unauthorized
from ioclib.findings import Evidence, Finding, Relation, Verdict, facts, related, when
from ioclib.indicators import URL, Address, Authentihash, Domain, Hash, Imphash, IPv4, IPv6, Md5, Sha1, Sha256, Ssdeep
from ioclib.source import Absent, Exposure, Key, Limit, Payload, Refusal, Request, SteppedSource, Steps, ask, url

Term = Domain | Address | URL | Imphash | Authentihash | Ssdeep

FOUND = 50  # reports that a search answers with, at most
SAYS = {"whitelisted": Verdict.BENIGN, "suspicious": Verdict.SUSPICIOUS, "malicious": Verdict.MALICIOUS}
WORST = (Verdict.MALICIOUS, Verdict.SUSPICIOUS, Verdict.BENIGN)


class Report(Payload):
    state: str
    verdict: str | None = None


class Known(Payload):
    sha256s: list[str]
    reports: list[Report]


class Overview(Payload):
    verdict: str | None
    threat_score: int | None = None
    multiscan_result: int | None = None
    whitelisted: bool | None = None
    vx_family: str | None = None
    tags: list[str] | None = None
    analysis_start_time: str | None = None


class Row(Payload):
    verdict: str | None
    sha256: str
    analysis_start_time: str
    vx_family: str | None = None


class Rows(Payload):
    count: int
    result: list[Row]


def lookup(ioc: Hash | Term) -> Steps:
    match ioc:
        case Md5() | Sha1() | Sha256():
            absent = Absent.status(404, says="Requested hash not found")
            known = yield from ask(Request.get("/search/hash", hash=ioc), Known, absent)
            if known is None or not known.sha256s:
                return None
            sha256 = known.sha256s[0]
            overview = yield from ask(Request.get("/overview", sha256), Overview, Absent.status(404, says='"message"'))
            return file(ioc, sha256, known.reports, overview or Overview(None))
        case _:
            rows = yield from ask(Request.post("/search/terms", form={term(ioc): ioc}), Rows)
            return mentions(ioc, rows) if rows and rows.result else None


def term(ioc: Term) -> str:
    return "host" if isinstance(ioc, IPv4 | IPv6) else ioc.kind


def file(ioc: Hash, sha256: str, reports: list[Report], overview: Overview) -> Finding:
    done = [report.verdict for report in reports if report.state == "SUCCESS"]
    own = "whitelisted" if overview.whitelisted else overview.verdict
    return Finding(
        verdict=SAYS.get(own, Verdict.UNKNOWN) if own and own != "no verdict" else worst(done),
        summary=facts(
            own or "no verdict of its own",
            f"threat score {overview.threat_score} of 100" if overview.threat_score is not None else "",
            f"{overview.multiscan_result}% of engines" if overview.multiscan_result is not None else "",
            overview.vx_family,
            f"{len(done)} report{'s' * (len(done) != 1)}",
        ),
        tags=tuple(overview.tags or ()),
        family=overview.vx_family,
        last_seen=when(overview.analysis_start_time),
        related=() if isinstance(ioc, Sha256) else related(Relation.SAME_AS, Sha256, [sha256]),
        link=url("https://www.hybrid-analysis.com/sample", sha256),
    )


def worst(verdicts: Iterable[str | None]) -> Verdict:
    said = {SAYS.get(verdict or "") for verdict in verdicts}
    return next((verdict for verdict in WORST if verdict in said), Verdict.UNKNOWN)


def mentions(ioc: Term, rows: Rows) -> Finding:
    bad = [row for row in rows.result if row.verdict in {"malicious", "suspicious"}]
    newest = max(row.analysis_start_time for row in rows.result)
    contacted = isinstance(ioc, Domain | IPv4 | IPv6 | URL)
    return Finding(
        verdict=Verdict.SUSPICIOUS if bad else Verdict.UNKNOWN,
        summary=facts(
            f"in {rows.count}{' or more' * (rows.count >= FOUND)} report{'s' * (rows.count != 1)}",
            f"{len(bad)} of {len(rows.result)} of bad files",
            f"the latest of {newest[:10]}",
        ),
        tags=tuple(row.vx_family or "" for row in bad),
        last_seen=when(newest),
        related=related(
            Relation.CONTACTED_BY if contacted else Relation.RELATED_TO, Sha256, (row.sha256 for row in bad)
        ),
    )


def link(ioc: Hash | Term) -> str:
    return url("https://www.hybrid-analysis.com/search", query=ioc)


SOURCE: SteppedSource[Hash | Term] = SteppedSource(
    name="hybrid_analysis",
    about="A sandbox's reports of files, and of the names, addresses and links that they talked to.",
    base="https://hybrid-analysis.com/api/v2",
    key=Key(
        "HYBRID_ANALYSIS_API_KEY",
        aliases=("HA_API_KEY",),
        header="api-key",
        get="https://www.hybrid-analysis.com/my-account?tab=%23api-key-tab",
    ),
    limits=(Limit(200, per="minute"), Limit(2000, per="hour")),
    evidence=Evidence.ANALYSIS,
    exposure=Exposure.VENDOR,
    refusals=(Refusal(403, Unauthorized, says="API key"),),
    requests=2,
    agent="Falcon Sandbox",  # others are refused
    complete=True,
    lookup=lookup,
    link=link,
)
