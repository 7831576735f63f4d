"""StopForumSpam: who spams forums and forms. https://www.stopforumspam.com/usage (read 2026-11)

Two sources: addresses, and mail addresses, of which only the MD5 is sent.

Verdict: what is listed with a confidence of 90 is malicious, else suspicious. A Tor exit is suspicious at most: many
share it. What is not listed is not known, rather than safe.
"""

from collections.abc import Mapping, Sequence
from hashlib import md5

from ioclib.errors import RateLimited, Rejected, UnexpectedAnswer
from ioclib.findings import Evidence, Finding, Verdict, facts, when
from ioclib.indicators import Address, Email
from ioclib.source import Absent, Batch, Exposure, Limit, Payload, Reading, Request, Source, url

MALICIOUS = 90  # confidence, in per cent
TERMS = "not to be used as a firewall that checks every connection"


class Entry(Payload):
    appears: bool
    frequency: int
    lastseen: str = ""
    confidence: float = 0
    blacklisted: bool = False
    torexit: bool = False
    asn: int | None = None
    country: str | None = None


class Answer(Payload):
    success: bool
    error: str = ""
    ip: Entry | None = None
    email: Entry | None = None
    emailhash: Entry | None = None


class Named(Entry, kw_only=True):
    value: str


class Several(Payload):
    success: bool
    ip: list[Named]


def request(ip: Address) -> Request:
    return Request.get("", f="json", ip=ip)


def request_email(mail: Email) -> Request:
    return Request.get("", f="json", emailhash=md5(str(mail).encode(), usedforsecurity=False).hexdigest())


def read(answer: Answer) -> Reading:
    entry = answer.ip or answer.email or answer.emailhash
    if not answer.success:
        return RateLimited(answer.error) if "limit" in answer.error else Rejected(answer.error)
    if entry is None:
        return UnexpectedAnswer("neither an entry nor an error")
    if not entry.appears:
        return None
    certain = entry.confidence >= MALICIOUS and not entry.torexit
    return Finding(
        verdict=Verdict.MALICIOUS if certain else Verdict.SUSPICIOUS,
        summary=facts(
            "blacklisted" if entry.blacklisted else f"reported {entry.frequency} time{'s' * (entry.frequency != 1)}",
            f"confidence {entry.confidence:g}%",
            "a Tor exit" if entry.torexit else "",
        ),
        tags=("spam", "blacklisted" if entry.blacklisted else "", "tor-exit" if entry.torexit else ""),
        last_seen=when(entry.lastseen),
        asn=entry.asn,
        country=entry.country,
        confidence=round(entry.confidence),
    )


def request_many(ips: Sequence[Address]) -> Request:
    return Request.get("", f="json", ip=ips)


def apart(answers: Several) -> Mapping[str, object]:
    return {entry.value: {"success": answers.success, "ip": entry} for entry in answers.ip}


def link(ip: Address) -> str:
    return url("https://www.stopforumspam.com/ipcheck", ip)


def link_email(mail: Email) -> str:
    return url("https://www.stopforumspam.com/search", q=mail)


ADDRESSES: Source[Address, Answer] = Source(
    name="stopforumspam",
    about="Addresses that spam forums and forms.",
    base="https://api.stopforumspam.org/api",
    key=None,
    limits=(Limit(20_000, per="day"),),
    evidence=Evidence.LISTED,
    exposure=Exposure.VENDOR,
    terms=TERMS,
    absent=Absent.never,
    request=request,
    payload=Answer,
    read=read,
    batches=(Batch(size=15, request=request_many, payload=Several, apart=apart),),
    link=link,
    complete=True,
)

EMAILS: Source[Email, Answer] = Source(
    name="stopforumspam_email",
    about="Mail addresses that spammers sign up with.",
    base="https://api.stopforumspam.org/api",
    key=None,
    limits=(Limit(20_000, per="day"),),
    evidence=Evidence.LISTED,
    exposure=Exposure.VENDOR,
    terms=TERMS,
    personal=True,
    complete=True,
    absent=Absent.never,
    request=request_email,
    payload=Answer,
    read=read,
    link=link_email,
)

SOURCES = (ADDRESSES, EMAILS)
