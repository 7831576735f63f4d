"""FireHOL level 1: addresses and blocks to turn away. https://iplists.firehol.org/?ipset=firehol_level1 (read 2026-11)

It is made of other lists, and has whole blocks; what is private or reserved is in it too, and left out here.

Verdict: suspicious, as it does not say what an address did. The list is looked up on this machine.
"""

from collections.abc import Mapping

from ioclib.findings import Evidence, Finding, Relation, Verdict, related
from ioclib.indicators import CIDR, IPv4, Reach
from ioclib.source import Exposure, ListSource, Request, url


def entries(text: str) -> Mapping[str, str] | None:
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found = related(Relation.SAME_AS, IPv4, lines) + related(Relation.SAME_AS, CIDR, lines)
    if not lines or len(found) < len(lines):
        return None
    return {one.ioc.value: one.ioc.value for one in found if one.ioc.reach is Reach.PUBLIC}


def listed(ioc: IPv4 | CIDR, entry: str) -> Finding:
    return Finding(
        verdict=Verdict.SUSPICIOUS,
        summary=f"listed as {entry}",
        related=related(Relation.PART_OF, CIDR, [entry]) if isinstance(ioc, IPv4) else (),
    )


def link(_: IPv4 | CIDR) -> str:
    return url("https://iplists.firehol.org/", ipset="firehol_level1")


SOURCE: ListSource[IPv4 | CIDR, str] = ListSource(
    name="firehol",
    about="Addresses and blocks that every firewall should turn away, says FireHOL.",
    base="https://iplists.firehol.org",
    key=None,
    limits=(),
    evidence=Evidence.LISTED,
    repeats=("feodo", "dshield_block"),
    exposure=Exposure.NONE,
    unproven=True,
    accept="text/plain",
    redirects=True,
    download=Request.get("/files/firehol_level1.netset"),
    payload=str,
    entries=entries,
    listed=listed,
    max_age=6 * 3600,
    link=link,
)
