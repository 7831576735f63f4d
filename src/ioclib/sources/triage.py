"""Triage (tria.ge), a sandbox: what files did and what they talked to. https://tria.ge/docs/ (read 2026-11)

Verdict of a file: a named family or a score of 8 is malicious, 6 suspicious; less proves nothing. A name, address or
link is malicious only if a sample's configuration names it as its control server; that a bad sample talked to it is
suspicious, since malware talks to harmless sites all day.
"""

import re
from collections.abc import Iterator
from math import inf

from ioclib.findings import Evidence, Finding, Related, Relation, Verdict, related, when
from ioclib.indicators import URL, Address, Domain, Hash, IPv4, IPv6, Md5, Sha1, Sha256, Sha512
from ioclib.source import Absent, Exposure, Key, Payload, Request, SteppedSource, Steps, ask, ask_all, url

SUSPICIOUS, MALICIOUS = 6, 8  # of 10
REPORTS = 3  # of the newest samples

File = Hash | Sha512
Network = Domain | Address | URL


class Row(Payload):
    id: str
    status: str
    kind: str = ""
    submitted: str = ""


class Page(Payload):
    data: list[Row] | None
    next: str | int | None = None


class Analysis(Payload):
    score: int = 0  # left out where it is 0
    family: list[str] | None = None
    tags: list[str] | None = None


class Config(Payload):
    c2: list[str] | None = None


class Extract(Payload):
    config: Config | None = None


class Sample(Payload):
    id: str
    md5: str = ""  # of files
    sha1: str = ""
    sha256: str = ""


class Overview(Payload):
    sample: Sample
    analysis: Analysis
    extracted: list[Extract | None] | None = None

    @property
    def servers(self) -> list[str]:
        """The control servers that its configurations name."""
        configs = [one.config for one in self.extracted or () if one and one.config]
        return [server for config in configs for server in config.c2 or ()]


def lookup(ioc: File | Network) -> Steps:
    page = yield from ask(Request.get("/v0/search", query=query(ioc), limit=20), Page)
    if page is None or not page.data:
        return None
    reported = [row for row in page.data if row.status == "reported"]
    newest = sorted(reported, key=lambda row: (row.kind == "file", row.submitted), reverse=True)  # files have servers
    if not newest:
        return Finding(summary=f"samples: {len(page.data)}, none with a report yet")
    answers = yield from ask_all(
        [Request.get("/v1/samples", row.id, "overview.json") for row in newest[:REPORTS]],
        Overview,
        Absent.status(404, says="NOT_FOUND"),
    )
    reports = [report for report in answers if report]
    first = None if page.next else min(row.submitted for row in page.data)
    return read(ioc, reports, first, last=newest[0].submitted) if reports else None


def query(ioc: File | Network) -> str:
    match ioc:
        case IPv4():
            return f"ip:{ioc}"
        case IPv6():
            return f'ip:"{ioc}"'
        case URL():
            return 'url:"' + str(ioc).replace('"', "%22") + '"'  # how to escape a quote is not documented
        case Md5() | Sha1() | Sha256() | Sha512() | Domain():
            return f"{ioc.kind}:{ioc}"


def read(ioc: File | Network, reports: list[Overview], first: str | None, last: str) -> Finding:
    worst = max(reports, key=lambda report: report.analysis.score)
    families = list(dict.fromkeys(name for report in reports for name in report.analysis.family or () if name))
    facts = [f"score {worst.analysis.score} of 10 (highest of {len(reports)})", *families[:2]]
    match ioc:
        case Md5() | Sha1() | Sha256() | Sha512():
            verdict = Verdict.MALICIOUS if families else judged(worst.analysis.score, malicious=MALICIOUS)
        case _:
            controlling = [one for one in reports if any(is_server(server, ioc) for server in one.servers)]
            worst = controlling[0] if controlling else worst
            verdict = Verdict.MALICIOUS if controlling else judged(worst.analysis.score)
            facts.append("named as control server" if controlling else "contacted")
    return Finding(
        verdict=verdict,
        summary=", ".join([*facts, f"last {last[:10]}"] if last else facts),
        tags=tuple(tag for report in reports for tag in report.analysis.tags or ()),
        family=families[0] if families else None,
        first_seen=when(first),
        last_seen=when(last),
        related=tuple(one for report in reports for one in neighbours(ioc, report)),
        link=url("https://tria.ge", worst.sample.id),
    )


def neighbours(ioc: File | Network, report: Overview) -> Iterator[Related]:
    """Of a file its other hashes and its control servers; of anything else the files that talked to it."""
    if not isinstance(ioc, File):
        yield from related(Relation.CONTACTED_BY, Sha256, [report.sample.sha256])
        return
    yield from related(Relation.SAME_AS, Sha256, [report.sample.sha256])
    yield from related(Relation.SAME_AS, Sha1, [report.sample.sha1])
    yield from related(Relation.SAME_AS, Md5, [report.sample.md5])
    for server in report.servers:
        kinds = (URL,) if "://" in server else (IPv4, IPv6, Domain)
        for kind in kinds:
            yield from related(Relation.CONTACTS, kind, [server])


def judged(score: int, malicious: float = inf) -> Verdict:
    return Verdict.of(score, suspicious=SUSPICIOUS, malicious=malicious)


def is_server(server: str, ioc: Network) -> bool:
    """Whether a control server, written as host, host:port or link, is this indicator."""
    value, written = without_scheme(str(ioc)), without_scheme(server)
    match ioc:
        case URL():
            return written == value
        case Domain():  # not of a link with a path: configurations also name profiles on well-known sites
            host = written.lower()
        case _:
            host = written.lower().partition("/")[0]
    before_port = rf"\[{re.escape(value)}\]" if isinstance(ioc, IPv6) else re.escape(value)
    return host == value or re.fullmatch(rf"{before_port}(:\d+)?", host) is not None


def without_scheme(text: str) -> str:
    return re.sub(r"^\w+://", "", text).removesuffix("/")


def link(ioc: File | Network) -> str:
    return url("https://tria.ge/s", q=query(ioc))


SOURCE: SteppedSource[File | Network] = SteppedSource(
    name="triage",
    about="A sandbox's reports of files, and of the names, addresses and links that they talked to.",
    base="https://api.tria.ge",
    key=Key("TRIAGE_API_KEY", header="Authorization", prefix="Bearer ", get="https://tria.ge/account"),
    limits=(),
    evidence=Evidence.ANALYSIS,
    exposure=Exposure.VENDOR,
    requests=1 + REPORTS,
    complete=True,
    lookup=lookup,
    link=link,
)
