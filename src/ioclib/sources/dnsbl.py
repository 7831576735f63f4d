"""DNS block lists: Spamhaus ZEN and DBL, SURBL, URIBL. https://www.spamhaus.org/faqs/dnsbl-usage/ (read 2026-11)

They are asked through the user's own resolver, since they do not answer public ones truly. Some refusals look like
listings, and some like "not listed": so each list's test point is asked first, which is always on the list.

Verdict: as the codes below say. Ranges that should not send mail are context; not listed is not benign.
"""

from collections.abc import Generator, Mapping, Sequence
from typing import Any, LiteralString

from ioclib.errors import Forbidden, RateLimited, Rejected, ServerFault, SourceError, UnexpectedAnswer
from ioclib.findings import Evidence, Finding, Verdict
from ioclib.indicators import Address, Domain
from ioclib.source import Exposure, Reading, Records, Request, SteppedSource, Steps, ask, url

BAD, ODD, NOTE = Verdict.MALICIOUS, Verdict.SUSPICIOUS, Verdict.UNKNOWN
Codes = Mapping[int, tuple[str, Verdict]]

ZEN: Codes = {
    2: ("SBL: spam or crime", BAD),
    3: ("CSS: spam", BAD),
    4: ("XBL: bot or exploited", BAD),
    5: ("XBL: bot or exploited", BAD),
    6: ("XBL: bot or exploited", BAD),
    7: ("XBL: bot or exploited", BAD),
    9: ("DROP: hijacked or criminal network", BAD),
    10: ("PBL: should not send mail", NOTE),
    11: ("PBL: should not send mail", NOTE),
}
BY_HAND = ("SBL", "DROP")  # the others are machines' work
DBL: Codes = {
    2: ("spam", BAD),
    4: ("phishing", BAD),
    5: ("malware", BAD),
    6: ("botnet control", BAD),
    102: ("abused by spam", ODD),
    103: ("abused redirector", ODD),
    104: ("abused by phishing", ODD),
    105: ("abused by malware", ODD),
    106: ("abused by botnet control", ODD),
}
SURBL: Codes = {
    128: ("cracked site", BAD),
    64: ("spam", ODD),
    32: ("click tracker", NOTE),
    16: ("malware", BAD),
    8: ("phishing", BAD),
    4: ("disposable mail", NOTE),
}
URIBL: Codes = {2: ("black", BAD), 4: ("grey", ODD), 8: ("red", ODD)}

BLOCKED = "the list does not answer this resolver; set resolver to one of your own"
REFUSED: Mapping[str, tuple[type[SourceError], str]] = {
    "127.255.255.252": (Rejected, "the list does not know the zone that was asked"),
    "127.255.255.254": (Forbidden, BLOCKED),
    "127.255.255.255": (RateLimited, "the list was asked too often by this resolver"),
    "127.0.1.255": (Rejected, "the list takes names, and no addresses"),
}


def single(codes: Codes, prefix: str, data: Sequence[str]) -> list[tuple[str, Verdict]] | None:
    """What records mean of which each is one listing; None for what is none."""
    found = [codes.get(int(one.rpartition(".")[2])) for one in data if one.startswith(prefix)]
    return [one for one in found if one] if found and all(found) and len(found) == len(data) else None


def mask(codes: Codes, data: Sequence[str]) -> list[tuple[str, Verdict]] | None:
    """What records mean whose last number is a sum of listings."""
    bits = [int(one.rpartition(".")[2]) for one in data if one.startswith("127.0.0.")]
    if len(bits) != len(data) or any(one & 1 for one in bits):
        return None
    return [said for bit, said in codes.items() if any(one & bit for one in bits)]


def refusal(data: Sequence[str], *, masked: bool) -> SourceError | None:
    """Why an answer is no listing, if it is none."""
    for one in data:
        if one in REFUSED:
            kind, message = REFUSED[one]
            return kind(message)
    if masked and any(int(one.rpartition(".")[2]) & 1 for one in data if one.startswith("127.0.0.")):
        return Forbidden(BLOCKED)
    if not all(one.startswith("127.") for one in data):
        return UnexpectedAnswer("an answer outside 127.0.0.0/8: the resolver makes up answers")
    return None


def asked(name: Request, test: LiteralString, codes: Codes, prefix: str = "") -> Generator[Any, Any, Reading]:
    """A lookup; the list's numbers are a mask unless a prefix says that each stands for itself."""
    point = yield from ask(Request.dns(test), Records)
    known = point.data if point else []
    if error := refusal(known, masked=not prefix):
        return error
    if not known:
        return ServerFault("the list's test point is not listed, so that 'not listed' would mean nothing")
    answer = yield from ask(name, Records)
    data = answer.data if answer else []
    if not data:
        return None
    if error := refusal(data, masked=not prefix):
        return error
    listed = single(codes, prefix, data) if prefix else mask(codes, data)
    if not listed:
        return UnexpectedAnswer(f"no listing that is documented: {', '.join(data)}")
    verdict = next((one for one in (BAD, ODD) if any(said[1] is one for said in listed)), NOTE)
    texts = list(dict.fromkeys(text for text, _ in listed))
    by_hand = any(text.startswith(BY_HAND) for text in texts)
    return Finding(
        verdict=verdict, summary=f"listed: {'; '.join(texts)}", evidence=Evidence.CURATED if by_hand else None
    )


def lookup_zen(ip: Address) -> Steps:
    return asked(Request.dns(ip), "2.0.0.127", ZEN, "127.0.0.")


def lookup_dbl(domain: Domain) -> Steps:
    return asked(Request.dns(domain), "dbltest.com", DBL, "127.0.1.")


def lookup_surbl(domain: Domain) -> Steps:
    return asked(Request.dns(domain.registrable), "surbl-org-permanent-test-point.com", SURBL)


def lookup_uribl(domain: Domain) -> Steps:
    return asked(Request.dns(domain.registrable), "test.uribl.com", URIBL)


def link_spamhaus(ioc: Address | Domain) -> str:
    return url("https://check.spamhaus.org/results/", query=ioc)


def link_surbl(_: Domain) -> str:
    return url("https://www.surbl.org/surbl-analysis")


def link_uribl(_: Domain) -> str:
    return url("https://admin.uribl.com/")


SPAMHAUS_ZEN: SteppedSource[Address] = SteppedSource(
    name="dnsbl_zen",
    about="Addresses of spammers, bots and criminal networks, by Spamhaus.",
    base="dns://zen.spamhaus.org",
    key=None,
    limits=(),
    evidence=Evidence.LISTED,
    exposure=Exposure.VENDOR,
    terms="non-commercial and small use only",
    private_resolver=True,
    complete=True,
    requests=2,
    lookup=lookup_zen,
    link=link_spamhaus,
)

SPAMHAUS_DBL: SteppedSource[Domain] = SteppedSource(
    name="dnsbl_dbl",
    about="Names of spam, phishing, malware and botnets, by Spamhaus.",
    base="dns://dbl.spamhaus.org",
    key=None,
    limits=(),
    evidence=Evidence.CURATED,
    exposure=Exposure.VENDOR,
    terms="non-commercial and small use only",
    private_resolver=True,
    complete=True,
    requests=2,
    lookup=lookup_dbl,
    link=link_spamhaus,
)

SURBL_MULTI: SteppedSource[Domain] = SteppedSource(
    name="dnsbl_surbl",
    about="Names that stand in spam, phishing and malware mails.",
    base="dns://multi.surbl.org",
    key=None,
    limits=(),
    evidence=Evidence.LISTED,
    exposure=Exposure.VENDOR,
    private_resolver=True,
    complete=True,
    requests=2,
    lookup=lookup_surbl,
    link=link_surbl,
)

URIBL_MULTI: SteppedSource[Domain] = SteppedSource(
    name="dnsbl_uribl",
    about="Names that stand in unsolicited mail.",
    base="dns://multi.uribl.com",
    key=None,
    limits=(),
    evidence=Evidence.LISTED,
    exposure=Exposure.VENDOR,
    private_resolver=True,
    complete=True,
    requests=2,
    lookup=lookup_uribl,
    link=link_uribl,
)

SOURCES = (SPAMHAUS_ZEN, SPAMHAUS_DBL, SURBL_MULTI, URIBL_MULTI)
