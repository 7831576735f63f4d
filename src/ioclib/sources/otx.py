"""Open Threat Exchange: what its users collect in "pulses". https://otx.alienvault.com/api (read 2026-11)

Verdict: what OTX whitelists, or has accepted as a false positive, is benign, whoever published it. Else 5 pulses are
malicious, and so is one that names an adversary or a malware family; fewer are suspicious: anybody can publish one.
A vulnerability is not bad itself: of that the pulses only say who uses it.
"""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import chain

from msgspec import field

from ioclib.errors import Unauthorized
from ioclib.findings import Finding, Relation, Verdict, facts, related, when
from ioclib.indicators import CVE, URL, Address, Domain, Hash, IPv4, IPv6, Md5, Sha1, Sha256
from ioclib.source import Absent, Exposure, Key, Payload, Refusal, Request, Source, url

MANY_PULSES = 5

Asked = Hash | Address | Domain | URL | CVE


class Family(Payload):
    display_name: str = ""


class Pulse(Payload):
    created: str = ""
    modified: str = ""
    tags: list[str] = []
    adversary: str | None = None
    malware_families: list[Family | str] = []
    references: list[str] = []

    @property
    def families(self) -> list[str]:
        """The malware families that it names."""
        return [family if isinstance(family, str) else family.display_name for family in self.malware_families]


class PulseInfo(Payload):
    count: int
    pulses: list[Pulse] = []  # may be fewer than the count


class Assessment(Payload):
    assessment: str | None = None


class Validation(Payload):
    source: str = ""


class Base(Payload):
    """What the page is about; empty if it is not known, and of a file it may be another hash."""

    indicator: str = ""


class General(Payload):
    pulse_info: PulseInfo
    type: str = ""
    base_indicator: Base | None = None
    asn: str | None = None
    country_code: str | None = None
    validation: list[Validation] = []
    false_positive: list[Assessment] = []
    false_positive_before: list[Assessment] = field(name="False_positive", default_factory=list[Assessment])


def request(ioc: Asked) -> Request:
    return Request.get("/indicators", section(ioc), ioc, "general")


def section(ioc: Asked) -> str:
    match ioc:
        case Md5() | Sha1() | Sha256():
            return "file"
        case IPv4():
            return "IPv4"
        case IPv6():
            return "IPv6"
        case Domain():
            return "domain" if str(ioc) == ioc.registrable else "hostname"
        case URL():
            return "url"
        case CVE():
            return "cve"


def read(general: General) -> Finding | None:
    count, pulses = general.pulse_info.count, general.pulse_info.pulses
    if whitelists := sorted({entry.source for entry in general.validation}):
        return Finding(verdict=Verdict.BENIGN, summary=f"whitelisted ({', '.join(whitelists)}), in {pulses_of(count)}")
    if any(one.assessment == "accepted" for one in general.false_positive + general.false_positive_before):
        return Finding(verdict=Verdict.BENIGN, summary=f"accepted as a false positive, in {pulses_of(count)}")
    base = general.base_indicator.indicator if general.base_indicator else ""
    if not count:
        return Finding(summary="known, but in no pulse") if base else None
    actors = by_frequency(pulse.adversary for pulse in pulses)
    families = by_frequency(chain.from_iterable(pulse.families for pulse in pulses))
    named = list(dict.fromkeys(chain.from_iterable((pulse.adversary or "", *pulse.families) for pulse in pulses)))
    latest = max((pulse.modified for pulse in pulses), default="")
    number = re.match(r"AS(\d+)", general.asn or "")
    return Finding(
        verdict=verdict(general),
        summary=facts(f"in {pulses_of(count)}", f"the latest of {latest[:10]}" if latest else "", *named[:3]),
        tags=(*named, *by_frequency(chain.from_iterable(pulse.tags for pulse in pulses))),
        family=families[0] if families else None,
        actor=actors[0] if actors else None,
        first_seen=when(min(pulse.created for pulse in pulses)) if len(pulses) == count else None,
        last_seen=when(latest),
        asn=int(number[1]) if number else None,
        country=general.country_code,
        related=tuple(chain.from_iterable(related(Relation.SAME_AS, kind, [base]) for kind in (Md5, Sha1, Sha256))),
        references=tuple(chain.from_iterable(pulse.references for pulse in pulses)),
    )


def verdict(general: General) -> Verdict:
    if general.type == "cve":
        return Verdict.UNKNOWN
    named = any(pulse.adversary or any(pulse.families) for pulse in general.pulse_info.pulses)
    return Verdict.MALICIOUS if named else Verdict.of(general.pulse_info.count, suspicious=1, malicious=MANY_PULSES)


def by_frequency(said: Iterable[str | None]) -> list[str]:
    """What pulses say, the most frequent first."""
    return [one for one, _ in Counter(filter(None, said)).most_common()]


def pulses_of(count: int) -> str:
    return f"{count} pulse{'s' * (count != 1)}"


def link(ioc: Asked) -> str:
    page = "ip" if isinstance(ioc, IPv4 | IPv6) else section(ioc)
    return url("https://otx.alienvault.com/indicator", page, ioc)


SOURCE: Source[Asked, General] = Source(
    name="otx",
    about="Collections of indicators that the users of Open Threat Exchange publish.",
    base="https://otx.alienvault.com/api/v1",
    key=Key(
        "OTX_API_KEY",
        aliases=("ALIENVAULT_OTX_API_KEY", "OTX_KEY"),
        header="X-OTX-API-KEY",
        get="https://otx.alienvault.com/api",
    ),
    limits=(),
    concurrency=5,
    timeout=30,  # popular indicators take it 10 to 60 seconds
    repeats=("feodo", "malwarebazaar", "threatfox", "urlhaus"),
    exposure=Exposure.VENDOR,
    absent=Absent.status(404, says='"detail"'),
    refusals=(Refusal(403, Unauthorized),),
    complete=True,
    request=request,
    payload=General,
    read=read,
    link=link,
)
