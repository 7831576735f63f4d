"""URLhaus: links that malware is downloaded from. https://urlhaus-api.abuse.ch/ (read 2026-11)

Verdict: a link that is online is malicious, an offline one suspicious; a file that was downloaded is malicious. A host
is malicious while one of its links is online, unless strangers share it: then it is suspicious at most.
"""

from collections.abc import Callable
from typing import TypeVar

from ioclib.errors import RateLimited, Rejected, SourceError, Unauthorized, UnexpectedAnswer
from ioclib.findings import Evidence, Finding, Relation, Verdict, facts, related, when
from ioclib.indicators import URL, Domain, IPv4, Md5, Sha256
from ioclib.source import Exposure, Key, Payload, Reading, Refusal, Request, SteppedSource, Steps, ask, url

ABUSED = "abused_legit"  # how Spamhaus begins to say that a good host was misused

SHARED_HOSTS = (  # anybody's files lie under these names
    ".4shared.com",
    ".bitbucket.org",
    ".catbox.moe",
    ".discord.com",
    ".discordapp.com",
    ".discordapp.net",
    ".dropbox.com",
    ".dropboxusercontent.com",
    ".github.com",
    ".githubusercontent.com",
    ".gitlab.com",
    ".google.com",
    ".googleapis.com",
    ".googleusercontent.com",
    ".live.com",
    ".mediafire.com",
    ".mega.nz",
    ".pastebin.com",
    ".sharepoint.com",
    ".telegram.org",
)

ERRORS: dict[str, type[SourceError]] = {  # all of them with status 200
    "invalid_url": Rejected,
    "invalid_host": Rejected,
    "invalid_md5": Rejected,
    "invalid_sha256": Rejected,
    "http_post_expected": Rejected,
    "unknown_auth_key": Unauthorized,
    "rate_limited": RateLimited,
}


class Status(Payload):
    query_status: str


A = TypeVar("A", bound=Status)


class Blacklists(Payload):
    spamhaus_dbl: str | None = None


class Delivered(Payload):
    signature: str | None = None
    response_sha256: str | None = None


class Link(Status):
    id: str | int = ""
    host: str = ""
    url_status: str = ""
    date_added: str = ""
    last_online: str | None = None
    threat: str | None = None
    tags: list[str] | None = None
    payloads: list[Delivered] | None = None


class Entry(Payload):
    url: str
    url_status: str
    tags: list[str] | None = None


class Host(Status):
    host: str = ""
    firstseen: str | None = None
    url_count: int | None = None
    blacklists: Blacklists | None = None
    urls: list[Entry] | None = None  # the newest hundred


class File(Status):
    md5_hash: str | None = None
    sha256_hash: str | None = None
    file_type: str | None = None
    signature: str | None = None
    firstseen: str | None = None
    lastseen: str | None = None
    url_count: int | None = None
    urls: list[Entry] | None = None


def lookup(ioc: URL | Domain | IPv4 | Md5 | Sha256) -> Steps:
    match ioc:
        case URL():
            return reading((yield from ask(Request.post("/url/", form={"url": ioc}), Link)), read_link)
        case Domain() | IPv4():
            return reading((yield from ask(Request.post("/host/", form={"host": ioc}), Host)), read_host)
        case Md5() | Sha256():
            form = {f"{ioc.kind}_hash": ioc}
            return reading((yield from ask(Request.post("/payload/", form=form), File)), read_file)


def reading(answer: A | None, read: Callable[[A], Reading]) -> Reading:
    match answer:
        case None | Status(query_status="no_results"):
            return None
        case Status(query_status="ok"):
            return read(answer)
        case Status(query_status=status):
            return ERRORS.get(status, UnexpectedAnswer)(f"query_status {status}")


def read_link(link: Link) -> Finding | SourceError:
    if not link.url_status:
        return UnexpectedAnswer("a link without a status")
    families = dict.fromkeys(one.signature for one in link.payloads or () if one.signature)
    return Finding(
        verdict=Verdict.MALICIOUS if link.url_status == "online" else Verdict.SUSPICIOUS,
        summary=facts(link.url_status, link.threat, since(link.date_added), *list(families)[:3]),
        tags=(*families, *(link.tags or ())),
        family=next(iter(families), None),
        first_seen=when(link.date_added),
        last_seen=when(link.last_online),
        related=(
            *related(Relation.HOSTED_ON, IPv4, [link.host]),
            *related(Relation.HOSTED_ON, Domain, [link.host]),
            *related(Relation.SERVES, Sha256, [one.response_sha256 for one in link.payloads or ()]),
        ),
        link=url("https://urlhaus.abuse.ch/url", link.id, "") if link.id else None,
    )


def read_host(host: Host) -> Finding:
    entries = host.urls or []
    online = sum(entry.url_status == "online" for entry in entries)
    listed = (host.blacklists.spamhaus_dbl if host.blacklists else None) or ""
    shared = listed.startswith(ABUSED) or f".{host.host}".endswith(SHARED_HOSTS)
    count = host.url_count or len(entries)
    return Finding(
        verdict=Verdict.MALICIOUS if online and not shared else Verdict.SUSPICIOUS,
        summary=facts(
            f"{count} malware link{'s' * (count != 1)}, {online} online",
            since(host.firstseen),
            "a host that many share" if shared else "",
        ),
        tags=tuple(tag for entry in entries for tag in entry.tags or ()),
        first_seen=when(host.firstseen),
        related=related(Relation.HOSTS, URL, [entry.url for entry in entries]),
    )


def read_file(file: File) -> Finding | None:
    if not (file.md5_hash or file.sha256_hash):
        return None
    count = file.url_count or 0
    return Finding(
        verdict=Verdict.MALICIOUS,
        summary=facts(
            file.signature or "no family named",
            file.file_type,
            f"downloaded from {count} link{'s' * (count != 1)}" if count else "",
            since(file.firstseen),
        ),
        tags=(file.signature or "",),
        family=file.signature,
        first_seen=when(file.firstseen),
        last_seen=when(file.lastseen),
        related=(
            *related(Relation.SAME_AS, Sha256, [file.sha256_hash]),
            *related(Relation.SAME_AS, Md5, [file.md5_hash]),
            *related(Relation.SERVED_BY, URL, [entry.url for entry in file.urls or ()]),
        ),
    )


def since(moment: str | None) -> str:
    return f"since {moment[:10]}" if moment else ""


def link(ioc: URL | Domain | IPv4 | Md5 | Sha256) -> str:
    if isinstance(ioc, Domain | IPv4):
        return url("https://urlhaus.abuse.ch/host", ioc, "")
    return url("https://urlhaus.abuse.ch/browse.php", search=ioc)


SOURCE: SteppedSource[URL | Domain | IPv4 | Md5 | Sha256] = SteppedSource(
    name="urlhaus",
    about="Links that malware is downloaded from, their hosts and the files.",
    base="https://urlhaus-api.abuse.ch/v1",
    key=Key(
        "URLHAUS_API_KEY",
        aliases=("ABUSECH_API_KEY", "ABUSECH_AUTH_KEY"),
        header="Auth-Key",
        get="https://auth.abuse.ch/",
    ),
    limits=(),
    concurrency=5,
    evidence=Evidence.CURATED,
    present=True,  # online, that is
    exposure=Exposure.VENDOR,
    refusals=(Refusal(403, Unauthorized, says="unknown_auth_key"),),
    complete=True,
    lookup=lookup,
    link=link,
)
