"""The overall verdict on an indicator: one pure function of what the sources said.

In plain words: every source that has an opinion gives weight to it. How much depends on what the opinion rests on
(an analysis of the very object weighs more than a report, a report more than a place on a list, and context nothing),
and on how old it is: addresses change hands within weeks, names within months, files never. Who repeats another is not
counted again, and to have found nothing is a weak opinion. An indicator is malicious if more than one report by others
says so, with enough weight, and against less; benign only if somebody vouches for it; suspicious if there is anything
to look at. What many share (a cloud's address, a Tor exit, a server of many names) is not answerable for each of them,
nor a sinkhole for what it took over, or a known scanner for scanning: those are suspicious at most, and what is popular
needs more than one report. Silence, failures and skips have no weight at all: they lower the confidence.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
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


_LOOKED = {Evidence.SCAN, Evidence.ANALYSIS}
"""Evidence of those who looked at it: that they found nothing has not shown that there is nothing."""


_VOUCHING = {Evidence.VOUCHED, Evidence.OWN}


class Mark(StrEnum):
    """Why an address or a name is not answerable for what is said of it."""

    WELL_KNOWN = "well-known"
    """A service that its customers can abuse: a cloud, a popular site."""
    ANONYMISER = "anonymiser"
    """Those who use it look like it."""
    MANY_NAMES = "many-names"
    """One of its many sites may be meant."""
    SCANNER = "scanner"
    """It is known for what it is reported for, and looks at everybody."""
    POPULAR = "popular"
    """Many use it, so that much is said of it."""
    SINKHOLE = "sinkhole"
    """It did harm before somebody took it over, and does none now."""


_MARKS: Mapping[str, Mark] = MappingProxyType(
    {
        "well-known": Mark.WELL_KNOWN,
        "many-names": Mark.MANY_NAMES,
        "tor-exit": Mark.ANONYMISER,
        "tor": Mark.ANONYMISER,
        "known-scanner": Mark.SCANNER,
        "popular": Mark.POPULAR,
        "sinkhole": Mark.SINKHOLE,
        "server hold": Mark.SINKHOLE,
        "client hold": Mark.SINKHOLE,
    }
)
"""By the tag that a source gives."""

_TAKEN_OVER = re.compile(r"\bsinkhol|\bseized\b", re.IGNORECASE)

_KNOWN = {Mark.WELL_KNOWN, Mark.POPULAR}

_ANSWERABLE: Mapping[Mark, Collection[Evidence]] = MappingProxyType(
    {
        Mark.WELL_KNOWN: {Evidence.OWN},
        Mark.MANY_NAMES: {Evidence.OWN},
        Mark.SINKHOLE: {Evidence.OWN},
        Mark.ANONYMISER: {Evidence.OWN, Evidence.CURATED},
        Mark.SCANNER: {Evidence.OWN, Evidence.CURATED},
        Mark.POPULAR: frozenset(Evidence),
    }
)
"""What evidence makes it malicious nevertheless: whoever followed a botnet to an exit means the exit."""


class Weights(Struct, frozen=True, forbid_unknown_fields=True):
    """What the overall verdict is made with; each can be set in the config, in the table ``verdict``.

    Attributes:
        own: the weight of the user's own lists.
        vouched: of a place on a list of what is harmless, whoever uses it.
        scan: of a scan of the very object by many engines.
        analysis: of an analysis of the very object.
        curated: of a report that somebody looked at.
        community: of a report by others.
        seen_with: of having been seen together with what does harm; of several such opinions one counts.
        listed: of a place on a list.
        context: of everything else.
        clean: of a scan or an analysis that found nothing.
        known: of being popular or well known, for what nobody but scans and noise speaks against.
        excuse: how much more it takes for suspicion of what is well known.
        doubt: the share of its weight that an opinion has which is only suspicious.
        malicious: from how much weight on an indicator is malicious, if somebody says so.
        outweigh: how many times what speaks against it that has to be.
        suspicious: from how much it is suspicious.
        benign: from how much weight for it it is benign.
        address_days: after how many days an opinion of an address has half its weight.
        name_days: after how many days one of a name, a link or anything else that is no file.
        lasting: the share of its weight that an opinion never loses.
    """

    own: Weight = 10
    vouched: Weight = 8
    scan: Weight = 3
    analysis: Weight = 3
    curated: Weight = 2.5
    community: Weight = 1.5
    seen_with: Weight = 0.8
    listed: Weight = 0.8
    context: Weight = 0
    clean: Weight = 0.4
    known: Weight = 0.7
    excuse: Weight = 0.5
    doubt: Annotated[float, Meta(ge=0, le=1)] = 0.4
    malicious: Weight = 2
    outweigh: Weight = 1.2
    suspicious: Weight = 0.3
    benign: Weight = 1
    address_days: Days = 60
    name_days: Days = 180
    lasting: Annotated[float, Meta(ge=0, le=1)] = 0.15

    def of(self, verdict: Verdict, evidence: Evidence) -> float:
        """The weight of a fresh opinion."""
        if evidence in _LOOKED and verdict is Verdict.BENIGN:
            return self.clean
        weight: float = getattr(self, evidence.replace("-", "_"))
        return weight * self.doubt if verdict is Verdict.SUSPICIOUS else weight

    def left_after(self, seconds: float, ioc_type: str) -> float:
        """The share of its weight that an opinion has so many seconds after the indicator was last seen."""
        if ioc_type in _LASTING:
            return 1.0
        days = self.address_days if ioc_type in _PASSING else self.name_days
        return max(self.lasting, float(0.5 ** (max(seconds, 0.0) / 86_400 / days)))


@dataclass(frozen=True, kw_only=True)
class Said:
    """What came of asking one source, as far as it counts here.

    Attributes:
        source: its name.
        verdict: its opinion; None if it gave none, for whatever reason.
        evidence: what that rests on.
        repeats: sources whose opinion it hands on.
        seen: when the indicator was last seen, as far as the source says (UTC).
        tags: its labels.
        says: its opinion in words, with the numbers.
        link: the page about the indicator.
        missing: in a word, why a source that could have answered did not; None if it answered.
    """

    source: str
    verdict: Verdict | None = None
    evidence: Evidence = Evidence.COMMUNITY
    repeats: tuple[str, ...] = ()
    seen: datetime | None = None
    tags: tuple[str, ...] = ()
    says: str = ""
    link: str = ""
    missing: str | None = None

    @property
    def marks(self) -> set[Mark]:
        """Why the indicator is not answerable for what is said of it, as this source has it."""
        found = {_MARKS[tag] for tag in self.tags if tag in _MARKS}
        if self.verdict is not Verdict.UNKNOWN:  # anybody can write the word into a report
            return found - {Mark.SINKHOLE}
        return found | {Mark.SINKHOLE} if _TAKEN_OVER.search(f"{self.says} {' '.join(self.tags)}") else found


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
    weights = weights or Weights()
    said = [_as_it_counts(one, ioc_type) for one in sorted(said, key=lambda one: one.source)]
    marked = {} if ioc_type in _OBJECTS else {one.source: one.marks for one in said if one.marks}
    marks = set[Mark]().union(*marked.values())
    grounds = _weighed(ioc_type, said, now, weights, marks)
    verdict, coverage = _verdict(grounds, marks, weights), _coverage(said)
    if verdict is Verdict.UNKNOWN:
        return Overall(verdict=verdict, confidence=0, reasons=grounds, against=(), coverage=coverage)
    bad, good = _part(grounds, _BAD), _part(grounds, {Verdict.BENIGN, Verdict.UNKNOWN})
    reasons, against = (good, bad) if verdict is Verdict.BENIGN else (bad, good)
    silent = sum(one.verdict in {None, Verdict.UNKNOWN} and one.missing is None for one in said)
    confidence = _confidence(_sum(reasons), _sum(against), silent, coverage)
    return Overall(verdict=verdict, confidence=confidence, reasons=reasons, against=against, coverage=coverage)


def _as_it_counts(one: Said, ioc_type: str) -> Said:
    """What was run is a file or a page; an address or a name, or a link that is only suspicious, was seen with it."""
    if one.evidence not in _LOOKED or one.verdict is Verdict.BENIGN or ioc_type in _LASTING:
        return one
    if one.evidence is Evidence.ANALYSIS:
        named = one.verdict is Verdict.MALICIOUS  # by a sample's configuration, or by its own page
        return one if named else replace(one, evidence=Evidence.SEEN_WITH)
    return one if ioc_type in _OBJECTS else replace(one, evidence=Evidence.COMMUNITY)


def _weighed(
    ioc_type: str, said: Sequence[Said], now: datetime, weights: Weights, marks: Collection[Mark]
) -> tuple[Grounds, ...]:
    """Every opinion with its weight, the weightiest first."""
    voices = {one.source: one for one in said}
    grounds: list[Grounds] = []
    for one in said:
        if one.verdict is Verdict.UNKNOWN and one.marks and marks:
            known = one.marks & _KNOWN and ioc_type not in _PASSING  # a range says nothing of an address in it
            grounds.append(_ground(one, weights.known if known else 0.0))
        if one.verdict is None or one.verdict is Verdict.UNKNOWN:
            continue
        weight = weights.of(one.verdict, one.evidence)
        if one.seen and Mark.SINKHOLE not in marks:  # what is said of one is of the time before, however long ago
            weight *= weights.left_after((now - one.seen).total_seconds(), ioc_type)
        repeated = _repeated(one, voices)
        grounds.append(_ground(one, 0.0 if repeated else weight, repeated))
    return tuple(sorted(grounds, key=lambda one: (-one.weight, one.source)))


def _ground(one: Said, weight: float, repeats: str | None = None) -> Grounds:
    return Grounds(
        source=one.source,
        verdict=one.verdict or Verdict.UNKNOWN,
        evidence=one.evidence,
        weight=round(weight, 3),
        repeats=repeats,
        seen=one.seen,
        says=one.says,
        link=one.link,
    )


def _repeated(one: Said, voices: Mapping[str, Said]) -> str | None:
    """The source that says the same, and whose opinion this one hands on."""
    alike = _BAD if one.verdict in _BAD else {one.verdict}
    for name in one.repeats:
        if name in voices and voices[name].verdict in alike:
            return name
    if one.evidence is Evidence.SEEN_WITH:  # what ran in one sandbox ran in the others too
        first = next(other for other in voices.values() if other.evidence is Evidence.SEEN_WITH)
        return None if first is one else first.source
    return None


def _verdict(grounds: Sequence[Grounds], marks: Collection[Mark], weights: Weights) -> Verdict:
    sums = {verdict: _sum(_part(grounds, {verdict})) for verdict in Verdict}
    bad, good = sums[Verdict.MALICIOUS] + sums[Verdict.SUSPICIOUS], sums[Verdict.BENIGN]
    excuse = weights.excuse * bool(_KNOWN & set(marks))
    if _is_malicious(grounds, marks, weights, excuse) and bad > weights.outweigh * good:
        return Verdict.MALICIOUS
    known = good + sums[Verdict.UNKNOWN] if good and not sums[Verdict.MALICIOUS] else good
    if known >= weights.benign and known > bad and not _is_objected_to(grounds):
        return Verdict.BENIGN
    return Verdict.SUSPICIOUS if bad >= weights.suspicious + excuse else Verdict.UNKNOWN


def _is_malicious(grounds: Iterable[Grounds], marks: Collection[Mark], weights: Weights, excuse: float) -> bool:
    """Whether enough is said against it, and by those whom it is answerable to."""
    answerable = [one for one in grounds if all(one.evidence in _ANSWERABLE[mark] for mark in marks)]
    outright = [one for one in answerable if one.verdict is Verdict.MALICIOUS and one.weight]
    if Mark.POPULAR in marks and len(outright) == 1:  # one may be wrong about what everybody uses
        return False
    enough = _sum(_part(answerable, _BAD)) >= weights.malicious + excuse
    return enough and _sum(outright) > weights.community


def _is_objected_to(grounds: Iterable[Grounds]) -> bool:
    """Whether several who looked at it object, and nobody vouches for it: what is known need not be harmless."""
    objections = sum(one.verdict in _BAD and one.evidence in _LOOKED and one.weight > 0 for one in grounds)
    vouched = any(one.verdict is Verdict.BENIGN and one.evidence in _VOUCHING for one in grounds)
    return objections > 1 and not vouched


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
