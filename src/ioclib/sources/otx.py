"""Open Threat Exchange: what its users collect in "pulses". https://otx.alienvault.com/api (read 2026-11)

Verdict: what OTX whitelists, or has accepted as a false positive, is benign, whoever published it. Else 5 pulses are
malicious, and so is one that names an adversary or a malware family; fewer are suspicious: anybody can publish one.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any

from msgspec import field

from ioclib.errors import Unauthorized
from ioclib.indicators import URL, Address, Domain, Hash, IPv4, IPv6, Md5, Sha1, Sha256
from ioclib.source import Absent, Exposure, Finding, Key, Payload, Refusal, Request, Source, Verdict, facts, url

MANY_PULSES = 5


class Family(Payload):
    display_name: str = ""


class Pulse(Payload):
    modified: str = ""
    tags: list[str] = []
    adversary: str | None = None
    malware_families: list[Family | str] = []


class PulseInfo(Payload):
    count: int
    pulses: list[Pulse] = []  # may be fewer than the count


class Assessment(Payload):
    assessment: str | None = None


class Validation(Payload):
    source: str = ""


class General(Payload):
    pulse_info: PulseInfo
    base_indicator: dict[str, Any] | None = None
    validation: list[Validation] = []
    false_positive: list[Assessment] = []
    false_positive_before: list[Assessment] = field(name="False_positive", default_factory=list[Assessment])


def request(ioc: Hash | Address | Domain | URL) -> Request:
    return Request.get("/indicators", section(ioc), ioc, "general")


def section(ioc: Hash | Address | Domain | URL) -> str:
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


def read(general: General) -> Finding | None:
    count, pulses = general.pulse_info.count, general.pulse_info.pulses
    named = list(dict.fromkeys(chain.from_iterable(map(names, pulses))))
    if whitelists := sorted({entry.source for entry in general.validation}):
        return Finding(verdict=Verdict.BENIGN, summary=f"whitelisted ({', '.join(whitelists)}), in {pulses_of(count)}")
    if any(one.assessment == "accepted" for one in general.false_positive + general.false_positive_before):
        return Finding(verdict=Verdict.BENIGN, summary=f"accepted as a false positive, in {pulses_of(count)}")
    if not count:
        return Finding(summary="known, but in no pulse") if general.base_indicator else None
    latest = max((pulse.modified[:10] for pulse in pulses), default="")
    return Finding(
        verdict=Verdict.MALICIOUS if named else Verdict.of(count, suspicious=1, malicious=MANY_PULSES),
        summary=facts(f"in {pulses_of(count)}", f"the latest of {latest}" if latest else "", *named[:3]),
        tags=(*named, *common_tags(pulses)),
    )


def names(pulse: Pulse) -> Iterator[str]:
    """The adversary and the malware families that a pulse names."""
    families = (family if isinstance(family, str) else family.display_name for family in pulse.malware_families)
    return filter(None, (pulse.adversary, *families))


def common_tags(pulses: list[Pulse]) -> list[str]:
    """The tags of the pulses, the most frequent ones first."""
    counted = Counter(tag for pulse in pulses for tag in pulse.tags)
    return [tag for tag, _ in counted.most_common()]


def pulses_of(count: int) -> str:
    return f"{count} pulse{'s' * (count != 1)}"


def link(ioc: Hash | Address | Domain | URL) -> str:
    page = "ip" if isinstance(ioc, IPv4 | IPv6) else section(ioc)
    return url("https://otx.alienvault.com/indicator", page, ioc)


SOURCE: Source[Hash | Address | Domain | URL, General] = Source(
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
    exposure=Exposure.VENDOR,
    absent=Absent.status(404, says='"detail"'),
    refusals=(Refusal(403, Unauthorized),),
    request=request,
    payload=General,
    read=read,
    link=link,
)
