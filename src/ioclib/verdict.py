"""The overall verdict on an indicator: one pure function of what the sources said.

In plain words: every source that has an opinion gives weight to it. How much depends on what the opinion rests on
(an analysis of the very object weighs more than a report, a report more than a place on a list, and context nothing),
and on how old it is: addresses change hands within weeks, names within months, files never. Who repeats another is not
counted again. The indicator is malicious if somebody says so and enough weight is left when that against it is taken
off; suspicious with less; benign only if somebody whose word counts calls it harmless. Silence, failures and skips
have no weight at all: they lower the confidence.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from ioclib.findings import Evidence, Verdict

Weight = Annotated[float, Meta(ge=0)]
Days = Annotated[float, Meta(gt=0)]

_BAD = {Verdict.MALICIOUS, Verdict.SUSPICIOUS}

_LASTING = {"md5", "sha1", "sha224", "sha256", "sha384", "sha512", "ssdeep", "tlsh", "imphash", "authentihash", "cve"}
"""Types that mean the same for ever."""
_PASSING = {"ipv4", "ipv6", "cidr"}
"""Types that belong to somebody else next month."""
_OBJECTS = _LASTING | {"url"}
"""Types that name something which can be taken apart: a file, a page."""


class Weights(Struct, frozen=True, forbid_unknown_fields=True):
    """What the overall verdict is made with; each can be set in the config, in the table ``verdict``.

    Attributes:
        own: the weight of the user's own lists.
        analysis: of an analysis of the very object.
        curated: of a report that somebody looked at.
        community: of a report by others.
        listed: of a place on a list.
        context: of everything else.
        doubt: the share of its weight that an opinion has which is only suspicious.
        malicious: from how much weight on an indicator is malicious, if somebody says so.
        suspicious: from how much it is suspicious.
        benign: from how much weight for it it is benign.
        address_days: after how many days an opinion of an address has half its weight.
        name_days: after how many days one of a name, a link or anything else that is no file.
    """

    own: Weight = 10
    analysis: Weight = 3
    curated: Weight = 2.5
    community: Weight = 1.5
    listed: Weight = 0.8
    context: Weight = 0
    doubt: Annotated[float, Meta(ge=0, le=1)] = 0.4
    malicious: Weight = 2
    suspicious: Weight = 0.3
    benign: Weight = 1
    address_days: Days = 60
    name_days: Days = 180

    def of(self, evidence: Evidence, ioc_type: str) -> float:
        """The weight of a fresh opinion about an indicator of a type."""
        if evidence is Evidence.ANALYSIS and ioc_type not in _OBJECTS:
            evidence = Evidence.COMMUNITY  # what was analysed is something that was seen with it
        weight: float = getattr(self, evidence)
        return weight

    def left_after(self, seconds: float, ioc_type: str) -> float:
        """The share of its weight that an opinion has so many seconds after the indicator was last seen."""
        if ioc_type in _LASTING:
            return 1.0
        days = self.address_days if ioc_type in _PASSING else self.name_days
        return float(0.5 ** (max(seconds, 0.0) / 86_400 / days))


@dataclass(frozen=True, kw_only=True)
class Said:
    """What came of asking one source, as far as it counts here.

    Attributes:
        source: its name.
        verdict: its opinion; None if it gave none, for whatever reason.
        evidence: what that rests on.
        repeats: sources whose opinion it hands on.
        seen: when the indicator was last seen, as far as the source says (UTC).
        says: its opinion in words, with the numbers.
        link: the page about the indicator.
        missing: in a word, why a source that could have answered did not; None if it answered.
    """

    source: str
    verdict: Verdict | None = None
    evidence: Evidence = Evidence.COMMUNITY
    repeats: tuple[str, ...] = ()
    seen: datetime | None = None
    says: str = ""
    link: str = ""
    missing: str | None = None


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """One opinion that was weighed.

    Attributes:
        source: whose.
        verdict: what it is.
        evidence: what it rests on.
        weight: what it counted.
        repeats: the source that had said so already, where it was not counted again.
        seen: when the indicator was last seen, as far as the source says (UTC).
        says: the opinion in words, with the numbers.
        link: the page about the indicator.
    """

    source: str
    verdict: Verdict
    evidence: Evidence
    weight: float
    repeats: str | None
    seen: datetime | None
    says: str
    link: str


@dataclass(frozen=True)
class Missing:
    """A source that could have answered and did not.

    Attributes:
        source: its name.
        why: in a word, such as ``quota`` or ``timeout``.
    """

    source: str
    why: str


@dataclass(frozen=True)
class Coverage:
    """How many of the sources that could answer did.

    Attributes:
        answered: how many said something, if only that they do not know it.
        able: how many could have.
        missing: who did not, and why.
    """

    answered: int
    able: int
    missing: tuple[Missing, ...]


@dataclass(frozen=True, kw_only=True)
class Overall:
    """What all answers about one indicator come to.

    Attributes:
        verdict: malicious, suspicious, benign or unknown.
        confidence: 0 to 100; 0 where the verdict is unknown.
        reasons: what decided, the weightiest first; where the verdict is unknown, what did not suffice.
        against: what spoke against it.
        coverage: how many sources answered.
    """

    verdict: Verdict
    confidence: int
    reasons: tuple[Grounds, ...]
    against: tuple[Grounds, ...]
    coverage: Coverage


def weigh(ioc_type: str, said: Iterable[Said], now: datetime, weights: Weights | None = None) -> Overall:
    """The overall verdict.

    Args:
        ioc_type: the indicator's type, such as ``ipv4``.
        said: what came of asking each source.
        now: the moment as of which opinions are old or fresh (UTC).
        weights: those of ioclib unless given.
    """
    weights, said = weights or Weights(), sorted(said, key=lambda one: one.source)
    grounds = _weighed(ioc_type, said, now, weights)
    coverage = _coverage(said)
    bad, good = _part(grounds, _BAD), _part(grounds, {Verdict.BENIGN})
    verdict = _verdict(grounds, weights)
    if verdict is Verdict.UNKNOWN:
        return Overall(verdict=verdict, confidence=0, reasons=grounds, against=(), coverage=coverage)
    reasons, against = (good, bad) if verdict is Verdict.BENIGN else (bad, good)
    silent = sum(one.verdict in {None, Verdict.UNKNOWN} and one.missing is None for one in said)
    confidence = _confidence(_sum(reasons), _sum(against), silent, coverage)
    return Overall(verdict=verdict, confidence=confidence, reasons=reasons, against=against, coverage=coverage)


def _weighed(ioc_type: str, said: Sequence[Said], now: datetime, weights: Weights) -> tuple[Grounds, ...]:
    """Every opinion with its weight, the weightiest first."""
    voices = {one.source: one for one in said}
    grounds: list[Grounds] = []
    for one in said:
        if one.verdict is None or one.verdict is Verdict.UNKNOWN:
            continue
        weight = weights.of(one.evidence, ioc_type)
        if one.seen:
            weight *= weights.left_after((now - one.seen).total_seconds(), ioc_type)
        if one.verdict is Verdict.SUSPICIOUS:
            weight *= weights.doubt
        repeated = _repeated(one, voices)
        grounds.append(
            Grounds(
                source=one.source,
                verdict=one.verdict,
                evidence=one.evidence,
                weight=0.0 if repeated else round(weight, 3),
                repeats=repeated,
                seen=one.seen,
                says=one.says,
                link=one.link,
            )
        )
    return tuple(sorted(grounds, key=lambda one: (-one.weight, one.source)))


def _repeated(one: Said, voices: Mapping[str, Said]) -> str | None:
    """The source that says the same, and whose opinion this one hands on."""
    for name in one.repeats:
        other = voices.get(name)
        if other and other.verdict in (_BAD if one.verdict in _BAD else {one.verdict}):
            return name
    return None


def _verdict(grounds: Iterable[Grounds], weights: Weights) -> Verdict:
    sums = dict.fromkeys(Verdict, 0.0)
    for one in grounds:
        sums[one.verdict] += one.weight
    bad, good = sums[Verdict.MALICIOUS] + sums[Verdict.SUSPICIOUS], sums[Verdict.BENIGN]
    if sums[Verdict.MALICIOUS] and bad - good >= weights.malicious:
        return Verdict.MALICIOUS
    if good >= weights.benign and good > bad:
        return Verdict.BENIGN
    return Verdict.SUSPICIOUS if bad >= weights.suspicious else Verdict.UNKNOWN


def _coverage(said: Iterable[Said]) -> Coverage:
    said = [one for one in said if one.evidence is not Evidence.OWN]
    missing = tuple(Missing(one.source, one.missing) for one in said if one.missing)
    return Coverage(len(said) - len(missing), len(said), missing)


def _confidence(reasons: float, against: float, silent: int, coverage: Coverage) -> int:
    """How much of all weight is on one side; less where little was said, and where sources did not answer."""
    share = reasons / (reasons + against + 0.5 + 0.05 * silent)
    covered = coverage.answered / coverage.able if coverage.able else 1
    return round(100 * share * (0.5 + 0.5 * covered))


def _part(grounds: Iterable[Grounds], verdicts: Iterable[Verdict]) -> tuple[Grounds, ...]:
    wanted = set(verdicts)
    return tuple(one for one in grounds if one.verdict in wanted)


def _sum(grounds: Iterable[Grounds]) -> float:
    return sum(one.weight for one in grounds)
