"""IPsum: how many lists of bad addresses have an address. https://github.com/stamparm/ipsum (read 2026-11)

Verdict: on 5 lists it is malicious, on 3 suspicious; one or two lists may be wrong. The list is looked up on this
machine.
"""

import re
from collections.abc import Mapping

from ioclib.findings import Evidence, Finding, Verdict
from ioclib.indicators import IPv4
from ioclib.source import Exposure, ListSource, Request, url

SUSPICIOUS, MALICIOUS = 3, 5  # lists

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
LINE = re.compile(rf"({_OCTET}(?:\.{_OCTET}){{3}})\t(\d+)")


def entries(text: str) -> Mapping[str, str] | None:
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found = list(filter(None, map(LINE.fullmatch, lines)))
    return {one[1]: one[2] for one in found} if lines and len(found) == len(lines) else None


def listed(_: IPv4, count: str) -> Finding:
    lists = int(count)
    return Finding(
        verdict=Verdict.of(lists, suspicious=SUSPICIOUS, malicious=MALICIOUS),
        summary=f"on {lists} list{'s' * (lists != 1)} of bad addresses",
    )


def link(_: IPv4) -> str:
    return url("https://github.com/stamparm/ipsum")


SOURCE: ListSource[IPv4, str] = ListSource(
    name="ipsum",
    about="On how many lists of bad addresses an address is.",
    base="https://raw.githubusercontent.com",
    key=None,
    limits=(),
    evidence=Evidence.LISTED,
    repeats=("blocklist_de", "emerging_threats", "feodo", "firehol"),
    exposure=Exposure.NONE,
    unproven=True,
    accept="text/plain",
    download=Request.get("/stamparm/ipsum/master/ipsum.txt"),
    payload=str,
    entries=entries,
    listed=listed,
    max_age=24 * 3600,
    link=link,
)
