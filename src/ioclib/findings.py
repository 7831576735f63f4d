"""What a source can say of an indicator: a finding, in terms that mean the same whoever says it."""

import re
from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Self, TypeVar

from ioclib.errors import InvalidIndicator
from ioclib.indicators import Indicator

Kind = TypeVar("Kind", bound=Indicator)


class Verdict(StrEnum):
    """What a source says of an indicator: the values of STIX 2.1's ``malware-result-ov``."""

    MALICIOUS = "malicious"
    SUSPICIOUS = "suspicious"
    BENIGN = "benign"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, score: float, *, suspicious: float, malicious: float) -> Self:
        """The verdict for a score that grows with badness; below both thresholds it is unknown, never benign."""
        if score >= malicious:
            return cls("malicious")
        return cls("suspicious" if score >= suspicious else "unknown")


class Evidence(StrEnum):
    """What a source's opinion rests on, the weightiest first."""

    VOUCHED = "vouched"
    """It is on a list of what is harmless, whoever uses it."""
    SCAN = "scan"
    """Many engines looked at it."""
    ANALYSIS = "analysis"
    """It was taken apart: a file was run, a page was opened."""
    CURATED = "curated"
    """Somebody whose work this is looked at it before it was published."""
    COMMUNITY = "community"
    """Others have reported it."""
    SEEN_WITH = "seen-with"
    """It was seen together with what does harm, as everything is that harmful and harmless programs talk to."""
    LISTED = "listed"
    """It is on a list that says little of why, or was counted by a machine."""
    CONTEXT = "context"
    """What it is and where, which says nothing of whether it does harm."""
    OWN = "own"
    """It is on a list of the user's own."""


class Relation(StrEnum):
    """How an indicator stands to a related one: "it … the other"."""

    RESOLVES_TO = "resolves-to"
    RESOLVED_FROM = "resolved-from"
    CONTACTS = "contacts"
    CONTACTED_BY = "contacted-by"
    DROPS = "drops"
    DROPPED_BY = "dropped-by"
    HOSTS = "hosts"
    HOSTED_ON = "hosted-on"
    SERVES = "serves"
    SERVED_BY = "served-by"
    SAME_AS = "same-as"
    PART_OF = "part-of"
    CONTAINS = "contains"
    SHARES_CERTIFICATE_WITH = "shares-certificate-with"
    EXPLOITS = "exploits"
    RELATED_TO = "related-to"


@dataclass(frozen=True)
class Related:
    """An indicator that a source names beside the one that was asked about."""

    relation: Relation
    ioc: Indicator


@dataclass(frozen=True)
class Finding:
    """What one source knows of one indicator, and nothing that it does not say.

    Attributes:
        verdict: the source's own opinion, mapped; ``UNKNOWN`` where it has none.
        summary: one line for people, with the numbers.
        tags: the source's labels; empty ones, repetitions and all after the tenth are dropped.
        family: the malware family.
        actor: the threat actor or the campaign.
        first_seen: when the source saw it first (UTC).
        last_seen: when the source saw it last (UTC).
        asn: the number of the autonomous system that announces it.
        country: two letters of ISO 3166; what is none is dropped.
        confidence: how sure the source says it is, 0 to 100.
        related: other indicators that it names; all after the twentieth are dropped.
        references: pages that it names; only http and https, at most ten.
        link: a better page for people than `AnySource.link`, if the answer names one.
        evidence: what the verdict rests on, where that is something else than `AnySource.evidence`.
    """

    _: KW_ONLY
    verdict: Verdict = Verdict.UNKNOWN
    summary: str
    tags: tuple[str, ...] = ()
    family: str | None = None
    actor: str | None = None
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    asn: int | None = None
    country: str | None = None
    confidence: int | None = None
    related: tuple[Related, ...] = field(default=())
    references: tuple[str, ...] = ()
    link: str | None = None
    evidence: Evidence | None = None

    def __post_init__(self) -> None:
        country = (self.country or "").upper()
        pages = filter(re.compile(r"https?://[!-~]+").fullmatch, self.references)
        known = {
            "tags": tuple(dict.fromkeys(filter(None, self.tags)))[:10],
            "family": self.family or None,
            "actor": self.actor or None,
            "country": country if re.fullmatch("[A-Z]{2}", country) else None,
            "related": tuple(dict.fromkeys(self.related))[:20],
            "references": tuple(dict.fromkeys(pages))[:10],
        }
        for name, value in known.items():
            object.__setattr__(self, name, value)


def facts(*said: str | None) -> str:
    """A summary: what there is to say, with commas between; what is empty is left out."""
    return ", ".join(filter(None, said))


def related(relation: Relation, kind: type[Indicator], values: Iterable[str | None]) -> tuple[Related, ...]:
    """The indicators that a source names; what is none of this type is left out."""
    return tuple(Related(relation, ioc) for value in values if value and (ioc := as_indicator(kind, value)))


def as_indicator(kind: type[Kind], text: str) -> Kind | None:
    """A text as an indicator of a type, in its canonical form; None if it is none."""
    try:
        return kind(text)
    except InvalidIndicator:
        return None


def when(said: str | float | None) -> datetime | None:
    """A moment as services write it, in UTC: ISO 8601 with or without a zone, a date, seconds since 1970.

    None for what is empty or written otherwise: nothing is better than a wrong date.
    """
    if not said:
        return None
    if isinstance(said, str) and not re.fullmatch(r"\d{9,11}(\.\d+)?", said):
        return _written(said.strip().removesuffix(" UTC"))
    seconds = float(said)
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < 2**34 else None


def _written(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
