"""EmailRep: the reputation of a mail address. https://docs.sublimesecurity.com/reference/get_-email (read 2026-11)

Verdict: malicious if it is on a block list or was malicious recently, suspicious if it says so, benign where the
reputation is high. One that nobody knows has no reputation.
"""

from ioclib.errors import Unauthorized
from ioclib.findings import Evidence, Finding, Verdict, facts, when
from ioclib.indicators import Email
from ioclib.source import Absent, Exposure, Key, Limit, Payload, Refusal, Request, Source, url

SAID = {
    "blacklisted": "on a block list",
    "malicious_activity_recent": "malicious recently",
    "credentials_leaked": "credentials leaked",
    "disposable": "disposable",
    "new_domain": "new domain",
    "spoofable": "can be spoofed",
}


class Details(Payload):
    blacklisted: bool
    malicious_activity_recent: bool
    credentials_leaked: bool = False
    disposable: bool = False
    new_domain: bool = False
    spoofable: bool = False
    first_seen: str = "never"
    last_seen: str = "never"


class Reputation(Payload):
    reputation: str
    suspicious: bool
    references: int
    details: Details


def request(email: Email) -> Request:
    return Request.get("", email)


def read(found: Reputation) -> Finding | None:
    details = found.details
    if found.reputation == "none" and not found.references and verdict(found) is Verdict.UNKNOWN:
        return None
    return Finding(
        verdict=verdict(found),
        summary=facts(
            f"reputation {found.reputation}",
            f"{found.references} reference{'s' * (found.references != 1)}",
            *(words for name, words in SAID.items() if getattr(details, name)),
        ),
        first_seen=when(iso(details.first_seen)),
        last_seen=when(iso(details.last_seen)),
    )


def verdict(found: Reputation) -> Verdict:
    if found.details.blacklisted or found.details.malicious_activity_recent:
        return Verdict.MALICIOUS
    if found.suspicious:
        return Verdict.SUSPICIOUS
    return Verdict.BENIGN if found.reputation == "high" else Verdict.UNKNOWN


def iso(american: str) -> str:
    """``05/24/2019`` as ``2019-05-24``."""
    month, _, rest = american.partition("/")
    day, _, year = rest.partition("/")
    return f"{year}-{month}-{day}" if year else ""


def link(email: Email) -> str:
    return url("https://emailrep.io", email)


SOURCE: Source[Email, Reputation] = Source(
    name="emailrep",
    about="The reputation of a mail address.",
    base="https://emailrep.io",
    key=Key("EMAILREP_API_KEY", header="Key", get="https://emailrep.io/key"),
    limits=(Limit(10, per="day"), Limit(250, per="month")),
    evidence=Evidence.LISTED,
    exposure=Exposure.VENDOR,
    personal=True,
    complete=True,
    refusals=(Refusal(429, Unauthorized, says="unauthenticated"),),  # no pause cures it
    absent=Absent.never,
    request=request,
    payload=Reputation,
    read=read,
    link=link,
)
