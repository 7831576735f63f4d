"""Tor: addresses that are exits of the network now. https://metrics.torproject.org/ (read 2026-11)

Whoever came from there wanted to be, and is, anonymous: suspicious where nobody should, but not malicious by itself.
The list is looked up on this machine; it holds IPv4 addresses.
"""

import re
from collections.abc import Mapping

from ioclib.findings import Evidence, Finding, Verdict
from ioclib.indicators import IPv4, IPv6
from ioclib.source import Exposure, ListSource, Request, url

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
ADDRESS = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}|{IPv6.pattern.pattern}")


def entries(text: str) -> Mapping[str, str] | None:
    lines = [line for line in map(str.strip, text.splitlines()) if line]
    is_list = lines and all(ADDRESS.fullmatch(line) for line in lines)
    return {line: line for line in lines} if is_list else None


def listed(_: IPv4, line: str) -> Finding:
    return Finding(
        verdict=Verdict.SUSPICIOUS,
        summary=f"{line} is a Tor exit: an anonymiser that many share, not malicious by itself",
        tags=("tor-exit",),
    )


def link(ip: IPv4) -> str:
    return url("https://metrics.torproject.org/exonerator.html", ip=ip)


SOURCE: ListSource[IPv4, str] = ListSource(
    name="tor",
    about="Addresses through which anonymous visitors leave the Tor network.",
    base="https://check.torproject.org",
    key=None,
    limits=(),
    evidence=Evidence.LISTED,
    exposure=Exposure.NONE,
    accept="text/plain",
    redirects=True,
    download=Request.get("/torbulkexitlist"),
    payload=str,
    entries=entries,
    listed=listed,
    max_age=3600,
    link=link,
)
