"""DShield's block list: the 20 blocks that scan most. https://feeds.dshield.org/block.txt (read 2026-11)

Verdict: suspicious. Somebody in these 256 addresses scanned many targets in the last three days; not each of them did.
The list is looked up on this machine.
"""

import re
from collections.abc import Mapping

from ioclib.findings import Evidence, Finding, Relation, Verdict, facts, related
from ioclib.indicators import CIDR, IPv4
from ioclib.source import Exposure, ListSource, Request, url

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
# first and last address, length of the prefix, targets, name, country, mail address
LINE = re.compile(rf"({_OCTET}(?:\.{_OCTET}){{3}})\t[\d.]+\t([12]?\d|3[0-2])\t(\d+)\t([^\t]*)\t([^\t]*)(?:\t.*)?")


def entries(text: str) -> Mapping[str, str] | None:
    lines = [line for line in map(str.strip, text.splitlines()) if line and not line.startswith(("#", "Start\t"))]
    found = list(filter(None, map(LINE.fullmatch, lines)))
    if not lines or len(found) < len(lines):
        return None
    return {str(CIDR(f"{one[1]}/{one[2]}")): one[0] for one in found}


def listed(ioc: IPv4 | CIDR, line: str) -> Finding:
    first, _, length, targets, name, country, *_ = line.split("\t")
    return Finding(
        verdict=Verdict.SUSPICIOUS,
        summary=facts(
            f"in the block {first}/{length}", f"which scanned {targets} targets in three days", name.strip(" ,")
        ),
        country=country,
        related=related(Relation.PART_OF, CIDR, [f"{first}/{length}"]) if isinstance(ioc, IPv4) else (),
    )


def link(ioc: IPv4 | CIDR) -> str:
    return url("https://isc.sans.edu/ipinfo", str(ioc).partition("/")[0])


SOURCE: ListSource[IPv4 | CIDR, str] = ListSource(
    name="dshield_block",
    about="The blocks of addresses that scan most at present, as DShield counts.",
    base="https://feeds.dshield.org",
    key=None,
    limits=(),
    evidence=Evidence.LISTED,
    repeats=("dshield",),
    exposure=Exposure.NONE,
    terms="CC BY-NC-SA: not to be resold",
    accept="text/plain",
    redirects=True,
    download=Request.get("/block.txt"),
    payload=str,
    entries=entries,
    listed=listed,
    max_age=3600,
    link=link,
)
