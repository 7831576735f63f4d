"""ANY.RUN TI Lookup: what its sandbox saw in 180 days. https://any.run/api-documentation/ (read 2026-11)

Verdict: the vendor's level of threat, where 2 is malicious and 1 suspicious; 0 says that it has no information.
"""

import msgspec

from ioclib.findings import Evidence, Finding, Relation, Verdict, facts, related, when
from ioclib.indicators import URL, Domain, Hash, Indicator, IPv4, Md5, Sha1, Sha256
from ioclib.source import Exposure, Key, Payload, Request, SteppedSource, Steps, ask, quoted

SUSPICIOUS, MALICIOUS = 1, 2
DAYS = 180  # that it looks back where nothing is said


class Summary(Payload):
    threatLevel: int | None
    lastSeen: str | None
    tags: list[str] | None


class Seen(Payload):
    threatName: list[str] | None = None
    isMalconf: bool | None = None  # it stands in the configuration of malware
    destinationIP: str | None = None


class Hashes(Payload):
    sha256: str | None = None


class File(Payload):
    hashes: Hashes | None = None


class Task(Payload):
    related: str | None = None


class Answer(Payload):
    summary: Summary
    destinationIP: list[Seen] = []
    destinationIPgeo: list[str] = []
    relatedDNS: list[Seen] = []
    relatedURLs: list[Seen] = []
    relatedFiles: list[File] = []
    sourceTasks: list[Task] = []

    @property
    def seen(self) -> list[Seen]:
        return [*self.destinationIP, *self.relatedDNS, *self.relatedURLs]


def lookup(ioc: Hash | IPv4 | Domain | URL) -> Steps:
    answer = yield from ask(Request.post("/intelligence/api/search", json={"query": query(ioc)}), Answer)
    return read(ioc, answer) if answer else None


def query(ioc: Hash | IPv4 | Domain | URL) -> str:
    match ioc:
        case IPv4():
            field = "destinationIP"
        case Domain():
            field = "domainName"
        case URL() | Md5() | Sha1() | Sha256():
            field = ioc.kind
    value = str(ioc).replace("\\", "\\\\").replace('"', '\\"')
    return f'{field}:"{value}"'


def read(ioc: Indicator, answer: Answer) -> Finding | None:
    level = answer.summary.threatLevel or 0
    if not (level or answer.seen or answer.relatedFiles or answer.sourceTasks):
        return None
    names = list(dict.fromkeys(name for one in answer.seen for name in one.threatName or ()))
    configured = [one for one in answer.seen if one.isMalconf]
    tasks = len(answer.sourceTasks)
    addresses = related(Relation.RELATED_TO, IPv4, (one.destinationIP for one in answer.destinationIP))
    files = related(Relation.RELATED_TO, Sha256, (one.hashes.sha256 for one in answer.relatedFiles if one.hashes))
    return Finding(
        verdict=Verdict.of(level, suspicious=SUSPICIOUS, malicious=MALICIOUS),
        summary=facts(
            f"threat level {level} of 2",
            *names[:3],
            "in a configuration of malware" if configured else "",
            f"{tasks} task{'s' * (tasks != 1)}" if tasks else "",
        ),
        tags=(*names, *(answer.summary.tags or ())),
        family=next((name for one in configured for name in one.threatName or ()), None),
        last_seen=when(answer.summary.lastSeen),
        country=next(iter(answer.destinationIPgeo), None) if isinstance(ioc, IPv4) else None,
        related=tuple(one for one in (*addresses, *files) if one.ioc != ioc),
        references=tuple(task.related for task in answer.sourceTasks if task.related),
    )


def link(ioc: Hash | IPv4 | Domain | URL) -> str:
    asked = msgspec.json.encode({"query": str(ioc), "dateRange": DAYS}).decode()
    return "https://intelligence.any.run/analysis/lookup#" + quoted(asked)


SOURCE: SteppedSource[Hash | IPv4 | Domain | URL] = SteppedSource(
    name="anyrun",
    about="What ANY.RUN's sandbox saw of a file, an address, a name or a link, in 180 days.",
    base="https://api.any.run/v1",
    key=Key(
        "ANYRUN_API_KEY", header="Authorization", prefix="API-KEY ", free=False, get="https://intelligence.any.run/"
    ),
    limits=(),
    evidence=Evidence.ANALYSIS,
    exposure=Exposure.VENDOR,
    lookup=lookup,
    link=link,
)
