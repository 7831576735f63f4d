"""YARAify: files, and which YARA rules and ClamAV names match them. https://yaraify.abuse.ch/api/ (read 2026-11)

Verdict: rules match anything, such as the address of a wallet. Only a rule of a malware family or a name that ClamAV
gives makes a file suspicious, and both together malicious. An imphash or a TLSH only finds files that resemble it.
"""

from collections.abc import Iterator

from ioclib.errors import Forbidden, RateLimited, Rejected, SourceError, Unauthorized, UnexpectedAnswer
from ioclib.findings import Finding, Related, Relation, Verdict, facts, related, when
from ioclib.indicators import Hash, Imphash, Indicator, Md5, Sha1, Sha256, Tlsh
from ioclib.source import Exposure, Key, Payload, Reading, Refusal, Request, SteppedSource, Steps, ask, url

FILES = 100  # asked for, of those that resemble one
CLASSIFIED = "classified"  # in place of the name of a rule that is not to be shared

ABSENT = {"no_results", "file_not_found", "not_found", "not-available", "unknown_hash"}
ERRORS: dict[str, type[SourceError]] = {  # all of them with status 200
    "illegal_search_term": Rejected,
    "illegal_hash": Rejected,
    "no_api_key": Unauthorized,
    "unknown_auth_key": Unauthorized,
    "user_blacklisted": Forbidden,
    "rate_limited": RateLimited,
}


class File(Payload):
    file_type_mime: str | None = None
    first_seen: str | None = None
    last_seen: str | None = None
    sightings: int | None = None
    md5_hash: str | None = None
    sha1_hash: str | None = None
    sha256_hash: str | None = None


class Match(Payload):
    rule_name: str
    malpedia_family: str | None = None


class Unpacked(Payload):
    unpacked_sha256: str | None = None


class Task(Payload):
    static_results: list[Match] | None = None
    clamav_results: list[str] | None = None
    unpack_results: list[Unpacked] | None = None  # both spellings are in use
    unpacked_results: list[Unpacked] | None = None


class Scans(Payload):
    tasks: list[Task]
    metadata: File | None = None


class Answer(Payload):
    query_status: str
    data: Scans | list[File] | str | None = None


def lookup(ioc: Hash | Imphash | Tlsh) -> Steps:
    answer = yield from ask(request(ioc), Answer)
    return read(ioc, answer) if answer else None


def request(ioc: Hash | Imphash | Tlsh) -> Request:
    match ioc:
        case Imphash():
            return Request.post("/", json={"query": "get_imphash", "search_term": ioc, "result_max": FILES})
        case Tlsh():  # held as newer versions of it are written
            return Request.post("/", json={"query": "get_tlsh", "search_term": f"T1{ioc}", "result_max": FILES})
        case Md5() | Sha1() | Sha256():
            return Request.post("/", json={"query": "lookup_hash", "search_term": ioc})


def read(ioc: Indicator, answer: Answer) -> Reading:
    match answer:
        case Answer(query_status="ok", data=Scans() as scans):
            return scanned(ioc, scans)
        case Answer(query_status="ok", data=[_, *_] as files):
            return alike(files)
        case Answer(query_status="ok", data=[]):
            return None
        case Answer(query_status=status, data=said):
            code = said if status == "error" and isinstance(said, str) else status
            return None if code in ABSENT else ERRORS.get(code, UnexpectedAnswer)(f"query_status {code}")


def scanned(ioc: Indicator, scans: Scans) -> Finding:
    file = scans.metadata or File()
    matches = [match for task in scans.tasks for match in task.static_results or ()]
    rules = list(dict.fromkeys(match.rule_name for match in matches if match.rule_name != CLASSIFIED))
    families = list(dict.fromkeys(match.malpedia_family for match in matches if match.malpedia_family))
    clamav = list(dict.fromkeys(name for task in scans.tasks for name in task.clamav_results or ()))
    return Finding(
        verdict=Verdict.of(bool(families) + bool(clamav), suspicious=1, malicious=2),
        summary=facts(
            f"{len(rules)} YARA rule{'s' * (len(rules) != 1)}",
            f"ClamAV {clamav[0]}" if clamav else "no ClamAV name",
            *families[:2],
            file.file_type_mime,
            f"seen {file.sightings} times" if (file.sightings or 0) > 1 else "",
        ),
        tags=(*families, *clamav, *rules),
        family=families[0] if families else None,
        first_seen=when(file.first_seen),
        last_seen=when(file.last_seen),
        related=tuple(one for one in relations(file, scans.tasks) if one.ioc != ioc),
        link=url("https://yaraify.abuse.ch/sample", file.sha256_hash, "") if file.sha256_hash else None,
    )


def relations(file: File, tasks: list[Task]) -> Iterator[Related]:
    yield from related(Relation.SAME_AS, Md5, [file.md5_hash])
    yield from related(Relation.SAME_AS, Sha1, [file.sha1_hash])
    yield from related(Relation.SAME_AS, Sha256, [file.sha256_hash])
    for task in tasks:
        unpacked = task.unpack_results or task.unpacked_results or ()
        yield from related(Relation.CONTAINS, Sha256, (one.unpacked_sha256 for one in unpacked))


def alike(files: list[File]) -> Finding:
    return Finding(
        summary=f"{len(files)}{' or more' * (len(files) >= FILES)} file{'s' * (len(files) != 1)} with it",
        related=related(Relation.RELATED_TO, Sha256, (file.sha256_hash for file in files)),
    )


def link(ioc: Hash | Imphash | Tlsh) -> str:
    return url("https://yaraify.abuse.ch/sample", ioc, "") if isinstance(ioc, Sha256) else "https://yaraify.abuse.ch/"


SOURCE: SteppedSource[Hash | Imphash | Tlsh] = SteppedSource(
    name="yaraify",
    about="YARA rules and ClamAV names that match a file, and files that resemble one.",
    base="https://yaraify-api.abuse.ch/api/v1",
    key=Key(
        "YARAIFY_API_KEY",
        aliases=("ABUSECH_API_KEY", "ABUSECH_AUTH_KEY"),
        header="Auth-Key",
        get="https://auth.abuse.ch/",
    ),
    limits=(),
    repeats=("malwarebazaar",),
    exposure=Exposure.VENDOR,
    refusals=(Refusal(403, Unauthorized, says="unknown_auth_key"),),
    complete=True,
    lookup=lookup,
    link=link,
)
