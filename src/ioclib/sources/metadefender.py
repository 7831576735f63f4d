"""MetaDefender Cloud: what scanners and lists say. https://docs.opswat.com/mdcloud/ (read 2026-11)

Verdict of a file: 3 engines are malicious, and so are 2 that are a tenth of them; fewer are suspicious. No engine of
10 is benign; where fewer than 2 scanned it, the sandbox's verdict counts. Of the rest: 3 lists are malicious, fewer are
suspicious, one that trusts it is benign where no other objects. A file that was scanned in private is not told.

Nothing is asked in bulk: of files that brings neither the number of engines nor the other hashes, and a free key may do
it 9 times an hour, after which the pause would hold up the single questions too, of which it has thousands a day.
"""

from ioclib.errors import QuotaExhausted, UnexpectedAnswer
from ioclib.findings import Evidence, Finding, Relation, Verdict, facts, related, when
from ioclib.indicators import URL, Address, Domain, Hash, Indicator, IPv4, IPv6, Md5, Sha1, Sha256
from ioclib.source import Absent, Exposure, Key, Payload, Reading, Refusal, Request, SteppedSource, Steps, ask, url

MANY, FEW = 3, 2  # engines or lists
ENOUGH = 10  # engines that say something together
SANDBOX = "MetaDefender Sandbox"
SAYS = {"MALICIOUS": Verdict.MALICIOUS, "SUSPICIOUS": Verdict.SUSPICIOUS}
TRUSTED, BAD = 0, 1  # a list's status; 5 is that it knows nothing
CLEAN, INFECTED, SUSPECTED = 0, 1, 2  # a scan's result; the others are that it did not end


class Scan(Payload):
    verdict: str | None = None
    first_seen: str | None = None
    tags: list[str] = []


class Scans(Payload):
    scan_all_result_i: int
    total_avs: int
    total_detected_avs: int
    start_time: str | None = None
    scan_details: dict[str, Scan] = {}


class File(Payload):
    md5: str | None = None
    sha1: str | None = None
    sha256: str | None = None


class List(Payload):
    provider: str
    status: int
    category: str | None = None
    first_seen: str | None = None
    last_seen: str | None = None
    detect_time: str | None = None
    tags: list[str] = []


class Lists(Payload):
    sources: list[List]


class Country(Payload):
    code: str | None = None


class Geography(Payload):
    country: Country | None = None


class Answer(Payload):
    scan_results: Scans | None = None
    file_info: File | None = None
    malware_family: str | None = None
    malware_type: list[str] | None = None
    threat_name: str | None = None
    lookup_results: Lists | None = None
    geo_info: Geography | None = None


def lookup(ioc: Hash | Address | Domain | URL) -> Steps:
    # "The hash was not found", "The hash was scanned as a private file"
    answer = yield from ask(Request.get("", section(ioc), ioc), Answer, Absent.status(404, says="The hash was "))
    return read(ioc, answer) if answer else None


def section(ioc: Hash | Address | Domain | URL) -> str:
    match ioc:
        case Md5() | Sha1() | Sha256():
            return "hash"
        case IPv4() | IPv6():
            return "ip"
        case Domain() | URL():
            return ioc.kind


def read(ioc: Indicator, answer: Answer) -> Reading:
    if answer.scan_results:
        return file(ioc, answer, answer.scan_results)
    if answer.lookup_results:
        return listed(answer, answer.lookup_results.sources)
    return UnexpectedAnswer("neither the scans of a file nor the opinions of lists")


def file(ioc: Indicator, answer: Answer, scans: Scans) -> Finding:
    info, sandbox = answer.file_info or File(), scans.scan_details.get(SANDBOX) or Scan()
    hashes = ((Md5, info.md5), (Sha1, info.sha1), (Sha256, info.sha256))
    same = (one for kind, value in hashes for one in related(Relation.SAME_AS, kind, [value]))
    return Finding(
        verdict=judged(scans, sandbox),
        summary=facts(
            f"{scans.total_detected_avs} of {scans.total_avs} engine{'s' * (scans.total_avs != 1)}",
            answer.malware_family or answer.threat_name,
            f"sandbox {sandbox.verdict.lower()}" if sandbox.verdict else "",
        ),
        tags=(*(answer.malware_type or ()), *sandbox.tags),
        family=answer.malware_family,
        first_seen=when(sandbox.first_seen),
        last_seen=when(scans.start_time),
        related=tuple(one for one in same if one.ioc != ioc),
    )


def judged(scans: Scans, sandbox: Scan) -> Verdict:
    detected, engines = scans.total_detected_avs, scans.total_avs
    if engines < FEW or scans.scan_all_result_i not in {CLEAN, INFECTED, SUSPECTED}:
        return SAYS.get(sandbox.verdict or "", Verdict.UNKNOWN)
    if detected >= MANY or (detected >= FEW and engines >= ENOUGH and detected * 10 >= engines):
        return Verdict.MALICIOUS
    if detected or scans.scan_all_result_i != CLEAN:
        return Verdict.SUSPICIOUS
    return Verdict.BENIGN if engines >= ENOUGH else Verdict.UNKNOWN


def listed(answer: Answer, lists: list[List]) -> Finding | None:
    bad = [one for one in lists if one.status == BAD]
    trusted = [one for one in lists if one.status == TRUSTED]
    if not bad and not trusted:
        return None
    firsts = [moment for one in lists if (moment := when(one.first_seen))]  # some dates do not exist
    lasts = [moment for one in lists if (moment := when(one.last_seen or one.detect_time))]
    country = answer.geo_info.country if answer.geo_info else None
    return Finding(
        verdict=Verdict.of(len(bad), suspicious=1, malicious=MANY) if bad else Verdict.BENIGN,
        summary=facts(
            f"{len(bad)} of {len(lists)} lists",
            f"bad to {', '.join(one.provider for one in bad[:3])}" if bad else "",
            f"trusted by {', '.join(one.provider for one in trusted[:3])}" if trusted else "",
        ),
        tags=tuple(tag for one in (*bad, *trusted) for tag in (one.category or "", *one.tags)),
        first_seen=min(firsts, default=None),
        last_seen=max(lasts, default=None),
        country=country.code if country else None,
    )


def link(ioc: Hash | Address | Domain | URL) -> str:
    return url("https://metadefender.com/results", section(ioc), ioc)


SOURCE: SteppedSource[Hash | Address | Domain | URL] = SteppedSource(
    name="metadefender",
    about="Opinions of virus scanners and of lists, collected by OPSWAT.",
    base="https://api.metadefender.com/v4",
    key=Key(
        "METADEFENDER_API_KEY",
        aliases=("OPSWAT_API_KEY",),
        header="apikey",
        get="https://metadefender.opswat.com/account",
    ),
    limits=(),
    evidence=Evidence.SCAN,
    repeats=("virustotal",),
    exposure=Exposure.VENDOR,
    refusals=(Refusal(429, QuotaExhausted, says="429000"),),
    lookup=lookup,
    link=link,
)
