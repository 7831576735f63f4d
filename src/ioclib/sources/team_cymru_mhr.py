"""Team Cymru's Malware Hash Registry, over DNS. https://www.team-cymru.com/mhr (read 2026-11)

Verdict: malicious from 30 % of the engines that they asked, suspicious below.
"""

from ioclib.errors import UnexpectedAnswer
from ioclib.findings import Evidence, Finding, Verdict, when
from ioclib.indicators import Md5, Sha1
from ioclib.source import Absent, Exposure, Reading, Records, Request, Source, url

MALICIOUS = 30
"""Per cent of the engines."""


def request(digest: Md5 | Sha1) -> Request:
    return Request.dns(digest, kind="TXT")


def read(records: Records) -> Reading:
    if not records.data:
        return None
    seen, _, share = records.data[0].partition(" ")
    if not share.isdecimal():
        return UnexpectedAnswer("the record has another shape than documented")
    return Finding(
        verdict=Verdict.MALICIOUS if int(share) >= MALICIOUS else Verdict.SUSPICIOUS,
        summary=f"{share}% of the engines detect it",
        last_seen=when(seen),
    )


def link(_: Md5 | Sha1) -> str:
    return url("https://hash.cymru.com/")


SOURCE: Source[Md5 | Sha1, Records] = Source(
    name="team_cymru_mhr",
    about="Files that engines detect, from the Malware Hash Registry.",
    base="dns://malware.hash.cymru.com",
    key=None,
    limits=(),
    evidence=Evidence.ANALYSIS,
    repeats=("virustotal", "metadefender"),
    exposure=Exposure.VENDOR,
    absent=Absent.never,
    request=request,
    payload=Records,
    read=read,
    link=link,
)
