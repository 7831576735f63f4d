"""Have I Been Pwned: breaches that an account was part of. https://haveibeenpwned.com/API/v3 (read 2026-11)

Verdict: who is in a breach is a victim. Only malware or a stealer's log makes the account itself suspicious.
"""

from ioclib.findings import Evidence, Finding, Verdict, when
from ioclib.indicators import Email
from ioclib.source import Absent, Exposure, Keep, Key, Limit, Payload, Request, Source, url


class Breach(Payload):
    Name: str
    BreachDate: str | None = None
    IsMalware: bool = False
    IsStealerLog: bool = False


def request(email: Email) -> Request:
    return Request.get("/breachedaccount", email, truncateResponse=False)


def read(breaches: list[Breach]) -> Finding | None:
    if not breaches:
        return None
    stolen = any(one.IsMalware or one.IsStealerLog for one in breaches)
    dates = sorted(one.BreachDate for one in breaches if one.BreachDate)
    names = ", ".join(one.Name for one in breaches[:3]) + (f" and {len(breaches) - 3} more" if breaches[3:] else "")
    return Finding(
        verdict=Verdict.SUSPICIOUS if stolen else Verdict.UNKNOWN,
        summary=f"{len(breaches)} breach{'es' * (len(breaches) != 1)}: {names}",
        tags=("compromised",) if stolen else ("breached",),
        first_seen=when(dates[0]) if dates else None,
        last_seen=when(dates[-1]) if dates else None,
    )


def link(email: Email) -> str:
    return url("https://haveibeenpwned.com/account", email)


SOURCE: Source[Email, list[Breach]] = Source(
    name="hibp",
    about="Breaches in which a mail address was found.",
    base="https://haveibeenpwned.com/api/v3",
    key=Key("HIBP_API_KEY", header="hibp-api-key", free=False, get="https://haveibeenpwned.com/API/Key"),
    limits=(Limit(10, per="minute"),),  # of the smallest plan
    evidence=Evidence.CONTEXT,
    exposure=Exposure.VENDOR,
    personal=True,
    keep=Keep(found=86_400, not_found=86_400),
    absent=Absent.status(404),
    request=request,
    payload=list[Breach],
    read=read,
    link=link,
)
