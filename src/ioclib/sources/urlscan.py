"""urlscan.io: what others saw when they opened a page. https://docs.urlscan.io/ (read 2026-11)

Only scans that exist are searched; nothing is submitted. That a scan exists is no evidence. Verdict: a malicious scan
of the very link makes it malicious, half of a domain's own scans make that malicious, a tenth suspicious. Addresses
and files are shared by many pages, so half of their scans make them suspicious, never more. A scan that was redirected
from elsewhere says nothing of where it ended: phishing pages send visitors they do not want to well-known sites.
"""

import re
from collections.abc import Iterable, Iterator
from math import inf

from msgspec import field

from ioclib.errors import Unauthorized
from ioclib.findings import Finding, Related, Relation, Verdict, related, when
from ioclib.indicators import URL, Address, Domain, Hash, IPv4, IPv6, Md5, Sha1, Sha256
from ioclib.source import Exposure, Key, Limit, Payload, Refusal, Request, SteppedSource, Steps, ask, quoted, url

SUSPICIOUS, MALICIOUS = 0.1, 0.5  # share of the scans that are malicious

Scanned = Domain | Address | URL | Hash


class Verdicts(Payload):
    malicious: bool = False


class Task(Payload):
    url: str = ""
    domain: str = ""
    apexDomain: str = ""
    time: str = ""
    tags: list[str] | None = None


class Page(Payload):
    """The page after all redirects; a page that did not load has hardly any field."""

    url: str = ""
    domain: str = ""
    apexDomain: str = ""
    ip: str = ""
    asn: str = ""
    country: str | None = None


class Scan(Payload):
    id: str = field(name="_id")
    task: Task
    page: Page = field(default_factory=Page)
    verdicts: Verdicts = field(default_factory=Verdicts)


class Answer(Payload):
    results: list[Scan]
    total: int = 0


def lookup(ioc: Scanned) -> Steps:
    answer = yield from ask(Request.get("/api/v1/search/", q=query(ioc), size=100), Answer)
    return read(ioc, answer) if answer and answer.results else None


def query(ioc: Scanned) -> str:
    match ioc:
        case Domain():
            return f"page.domain:{phrase(ioc)} OR task.domain:{phrase(ioc)}"
        case IPv4() | IPv6():
            return f"page.ip:{phrase(ioc)}"
        case URL():
            return f"page.url:{phrase(ioc)} OR task.url:{phrase(ioc)}"
        case Sha256():  # of what was shown, or of what was downloaded
            return f"hash:{phrase(ioc)} OR files.sha256:{phrase(ioc)}"
        case Md5() | Sha1():
            return f"files.{ioc.kind}:{phrase(ioc)}"


def phrase(ioc: Scanned) -> str:
    """A value in double quotes, inside which Elasticsearch knows only two special characters."""
    return '"' + str(ioc).replace("\\", r"\\").replace('"', r"\"") + '"'


def read(ioc: Scanned, answer: Answer) -> Finding:
    newest = answer.results[0]  # that is the order of a search
    own = [scan for scan in answer.results if is_of(ioc, scan)]
    flagged = sum(scan.verdicts.malicious for scan in own)
    passing = sum(scan.verdicts.malicious for scan in answer.results) - flagged
    page = own[0].page if own and not isinstance(ioc, Hash) else Page()
    number = re.fullmatch(r"AS(\d+)", page.asn)
    return Finding(
        verdict=verdict(ioc, flagged / len(own) if own else 0),
        summary=f"{flagged} of {len(own)} own scans malicious"
        + (f", {answer.total} in all" if answer.total > len(answer.results) else "")
        + (f", {passing} malicious of other pages" if passing else "")
        + (f", newest {newest.task.time[:10]}" if newest.task.time else "")
        + f"; screenshot {url('https://urlscan.io/screenshots', newest.id + '.png')}",
        tags=tuple(tag for scan in own for tag in scan.task.tags or ()),
        first_seen=when(answer.results[-1].task.time) if 0 < answer.total <= len(answer.results) else None,
        last_seen=when(newest.task.time),
        asn=int(number[1]) if number else None,
        country=page.country,
        related=tuple(neighbours(ioc, own)),
        link=url("https://urlscan.io/result", newest.id, ""),
    )


def is_of(ioc: Scanned, scan: Scan) -> bool:
    """Whether a scan is one of the indicator itself, not of another page that only led there."""
    stayed = scan.task.apexDomain == scan.page.apexDomain
    match ioc:
        case URL():
            return scan.task.url == str(ioc) or (stayed and scan.page.url == str(ioc))
        case Domain():
            return stayed or scan.task.domain == str(ioc)
        case IPv4() | IPv6():
            return stayed
        case _:
            return True


def neighbours(ioc: Scanned, own: Iterable[Scan]) -> Iterator[Related]:
    for scan in own:
        match ioc:
            case Domain() if scan.page.domain == str(ioc):
                yield from related(Relation.RESOLVES_TO, IPv6 if ":" in scan.page.ip else IPv4, [scan.page.ip])
            case URL():
                yield from related(Relation.HOSTED_ON, IPv6 if ":" in scan.page.ip else IPv4, [scan.page.ip])
            case IPv4() | IPv6():
                yield from related(Relation.HOSTS, Domain, [scan.page.domain])
            case Md5() | Sha1() | Sha256():
                yield from related(Relation.SERVED_BY, URL, [scan.page.url])
            case _:
                pass


def verdict(ioc: Scanned, share: float) -> Verdict:
    match ioc:
        case URL():
            return Verdict.MALICIOUS if share else Verdict.UNKNOWN
        case Domain():
            return Verdict.of(share, suspicious=SUSPICIOUS, malicious=MALICIOUS)
        case _:
            return Verdict.of(share, suspicious=MALICIOUS, malicious=inf)


def link(ioc: Scanned) -> str:
    match ioc:
        case Domain():
            return url("https://urlscan.io/domain", ioc)
        case IPv4() | IPv6():
            return url("https://urlscan.io/ip", ioc)
        case URL() | Md5() | Sha1() | Sha256():
            return "https://urlscan.io/search/#" + quoted(query(ioc))


SOURCE: SteppedSource[Scanned] = SteppedSource(
    name="urlscan",
    about="What others saw when they opened pages: scans of links, domains, addresses and files.",
    base="https://urlscan.io",
    key=Key(
        "URLSCAN_API_KEY",
        aliases=("URLSCANIO_API_KEY",),
        header="API-Key",
        optional=True,
        get="https://urlscan.io/user/profile/",
    ),
    limits=(Limit(30, per="minute"), Limit(500, per="day")),  # without a key; an account has more
    exposure=Exposure.VENDOR,
    refusals=(Refusal(400, Unauthorized, says="Invalid API key format"),),
    version=2,
    complete=True,
    lookup=lookup,
    link=link,
)
