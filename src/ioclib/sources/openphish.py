"""OpenPhish: a list of phishing pages that are online. https://openphish.com/phishing_feeds.html (read 2026-11)

The list is looked up on this machine. Verdict: malicious for a link that is on it; suspicious for its host, which may
be shared with others.
"""

from collections.abc import Mapping

from ioclib.findings import Evidence, Finding, Verdict, as_indicator
from ioclib.indicators import URL, Domain, IPv4
from ioclib.source import Exposure, ListSource, Request, url

ON_THE_LIST = "on the list"


def entries(text: str) -> Mapping[str, str] | None:
    links = [one for line in text.split() if (one := as_indicator(URL, line))]
    if not links or len(links) < len(text.split()) / 2:
        return None
    hosts: dict[str, str] = {}
    for one in links:
        hosts |= dict.fromkeys((one.host, f"//{one.host}"), one.value)
    return {**hosts, **{one.value: ON_THE_LIST for one in links}}


def listed(ioc: URL | Domain | IPv4, line: str) -> Finding:
    if line == ON_THE_LIST:
        return Finding(verdict=Verdict.MALICIOUS, summary="a phishing page that is online", tags=("phishing",))
    return Finding(
        verdict=Verdict.SUSPICIOUS,
        summary="another page of this host is phishing" if isinstance(ioc, URL) else "hosts a phishing page",
        tags=("phishing",),
    )


def link(_: URL | Domain | IPv4) -> str:
    return url("https://openphish.com/")


SOURCE: ListSource[URL | Domain | IPv4, str] = ListSource(
    name="openphish",
    about="Phishing pages that are online, and their hosts.",
    base="https://raw.githubusercontent.com/openphish/public_feed/refs/heads/main",
    key=None,
    limits=(),
    evidence=Evidence.CURATED,
    exposure=Exposure.NONE,
    accept="text/plain",
    terms="non-commercial use only",
    complete=True,
    download=Request.get("/feed.txt"),
    payload=str,
    entries=entries,
    listed=listed,
    max_age=3600,  # it changes every twelve hours
    link=link,
)
