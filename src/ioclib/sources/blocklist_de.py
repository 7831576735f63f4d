"""blocklist.de: addresses that attacked the servers of its users. https://www.blocklist.de (read 2026-11)

Verdict: suspicious: servers report by themselves, and one report is enough. The list is looked up on this machine.
"""

from collections.abc import Mapping

from ioclib.findings import Evidence, Finding, Relation, Verdict, related
from ioclib.indicators import Address, IPv4, IPv6
from ioclib.source import Exposure, ListSource, Request, url


def entries(text: str) -> Mapping[str, str] | None:
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found = related(Relation.SAME_AS, IPv4, lines) + related(Relation.SAME_AS, IPv6, lines)
    return {one.ioc.value: one.ioc.value for one in found} if lines and len(found) == len(lines) else None


def listed(_: Address, address: str) -> Finding:
    return Finding(verdict=Verdict.SUSPICIOUS, summary=f"{address} is listed: it attacked servers not long ago")


def link(_: Address) -> str:
    return url("https://www.blocklist.de")


SOURCE: ListSource[Address, str] = ListSource(
    name="blocklist_de",
    about="Addresses that attacked the servers of those who report to blocklist.de.",
    base="https://lists.blocklist.de",
    key=None,
    limits=(),
    evidence=Evidence.LISTED,
    exposure=Exposure.NONE,
    unproven=True,
    accept="text/plain",
    redirects=True,
    download=Request.get("/lists/all.txt"),
    payload=str,
    entries=entries,
    listed=listed,
    max_age=3600,
    link=link,
)
