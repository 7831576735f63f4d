"""Emerging Threats: addresses of hosts that were taken over. https://rules.emergingthreats.net (read 2026-11)

Verdict: suspicious: somebody else misuses the host, or did. The list is looked up on this machine.
"""

from collections.abc import Mapping

from ioclib.findings import Evidence, Finding, Relation, Verdict, related
from ioclib.indicators import IPv4
from ioclib.source import Exposure, ListSource, Request, url


def entries(text: str) -> Mapping[str, str] | None:
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found = related(Relation.SAME_AS, IPv4, lines)
    return {one.ioc.value: one.ioc.value for one in found} if lines and len(found) == len(lines) else None


def listed(_: IPv4, address: str) -> Finding:
    summary = f"{address} is listed as compromised: others misuse the host"
    return Finding(verdict=Verdict.SUSPICIOUS, summary=summary, tags=("compromised",))


def link(_: IPv4) -> str:
    return url("https://rules.emergingthreats.net/blockrules/compromised-ips.txt")


SOURCE: ListSource[IPv4, str] = ListSource(
    name="emerging_threats",
    about="Addresses of hosts that were taken over, as Emerging Threats lists them.",
    base="https://rules.emergingthreats.net",
    key=None,
    limits=(),
    evidence=Evidence.LISTED,
    exposure=Exposure.NONE,
    unproven=True,
    accept="text/plain",
    redirects=True,
    download=Request.get("/blockrules/compromised-ips.txt"),
    payload=str,
    entries=entries,
    listed=listed,
    max_age=24 * 3600,
    link=link,
)
