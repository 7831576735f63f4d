"""CIRCL hashlookup: files of distributions and of NIST's NSRL. https://www.circl.lu/services/hashlookup/ (read 2026-11)

Verdict: a file that is known and not flagged is benign, as far as "known" goes: hacking tools are known too. A flag
means that a malware feed once held the file, which is true of harmless ones as well: suspicious, and malicious only
for a file that the service trusts little and that is not in the NSRL. The bulk endpoint says nothing of trust, so each
file is asked about by itself.
"""

from collections.abc import Iterator

from msgspec import field

from ioclib.errors import UnexpectedAnswer
from ioclib.findings import Evidence, Finding, Related, Relation, Verdict, facts, related, when
from ioclib.indicators import Hash, Md5, Sha1, Sha256
from ioclib.source import Absent, Exposure, Keep, Payload, Reading, Request, Source, url

TRUSTED = 50  # of 100: what a file has that nothing else is known of


class Package(Payload):
    sha1: str = field(name="SHA-1", default="")


class File(Payload):
    FileName: str = ""
    md5: str = field(name="MD5", default="")
    sha1: str = field(name="SHA-1", default="")
    sha256: str = field(name="SHA-256", default="")
    KnownMalicious: str | list[str] | None = None
    db: str = ""
    source: str = ""
    trust: int | None = field(name="hashlookup:trust", default=None)
    parents: int = field(name="hashlookup:parent-total", default=0)
    packages: list[Package | str] = field(name="parents", default_factory=list[Package | str])
    inserted: str = field(name="insert-timestamp", default="")

    @property
    def flags(self) -> list[str]:
        """The feeds that flag it: one by name, or a list of them."""
        known = self.KnownMalicious or []
        return [known] if isinstance(known, str) else known


def request(ioc: Hash) -> Request:
    return Request.get("/lookup", ioc.kind, ioc)


def read(file: File) -> Reading:
    if not (file.md5 or file.sha1 or file.sha256):
        return UnexpectedAnswer("the answer is no record of a file: it has no hash")
    return Finding(
        verdict=verdict(file),
        summary=facts(
            f"flagged by {', '.join(file.flags[:3])}" if file.flags else "known file",
            file.FileName.rpartition("/")[2][:60],
            file.source or file.db,
            f"trust {file.trust} of 100" if file.trust is not None else "",
            f"parents {file.parents}" if file.parents else "",
        ),
        tags=(file.db,),
        first_seen=when(file.inserted),
        related=tuple(neighbours(file)),
    )


def neighbours(file: File) -> Iterator[Related]:
    yield from related(Relation.SAME_AS, Sha256, [file.sha256])
    yield from related(Relation.SAME_AS, Sha1, [file.sha1])
    yield from related(Relation.SAME_AS, Md5, [file.md5])
    yield from related(Relation.PART_OF, Sha1, [one if isinstance(one, str) else one.sha1 for one in file.packages])


def verdict(file: File) -> Verdict:
    trusted = file.trust is None or file.trust >= TRUSTED
    if not file.flags:
        return Verdict.BENIGN if trusted else Verdict.UNKNOWN
    in_nsrl = "nsrl" in f"{file.db} {file.source}".lower()
    return Verdict.SUSPICIOUS if trusted or in_nsrl else Verdict.MALICIOUS


def link(ioc: Hash) -> str:
    return url("https://hashlookup.circl.lu/lookup", ioc.kind, ioc)


SOURCE: Source[Hash, File] = Source(
    name="hashlookup",
    about="Files that are known from distributions and software catalogues.",
    base="https://hashlookup.circl.lu",
    key=None,
    limits=(),
    evidence=Evidence.CURATED,
    exposure=Exposure.VENDOR,
    concurrency=5,
    keep=Keep(found=7 * 24 * 3600, not_found=24 * 3600),  # files of software that was published
    absent=Absent.status(404, says="Non existing"),
    request=request,
    payload=File,
    read=read,
    link=link,
)
