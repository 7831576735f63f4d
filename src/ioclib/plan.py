"""Who would be asked what, and why not: decided before anything leaves, by a pure function."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ioclib.indicators import Indicator, Reach
from ioclib.source import AnySource, Exposure


class ReasonKind(StrEnum):
    """Why a lookup is not made: ``reason.kind`` of the report."""

    INTERNAL = "internal"
    NO_KEY = "no_key"
    QUOTA = "quota"
    COOLING_DOWN = "cooling_down"
    TLP = "tlp"
    ACTIVE = "active"
    RETIRED = "retired"
    DISABLED = "disabled"


@dataclass(frozen=True)
class Reason:
    """Why a lookup is not made, and in words what to do about it."""

    kind: ReasonKind
    message: str


@dataclass(frozen=True)
class Lookup:
    """One indicator for one source.

    Attributes:
        ioc: the indicator, as it stands in the report.
        source: who is asked.
    """

    ioc: Indicator
    source: AnySource[Any]


@dataclass(frozen=True)
class Skip:
    """One lookup that is not made."""

    ioc: Indicator
    source: AnySource[Any]
    reason: Reason


@dataclass(frozen=True)
class Plan:
    """All lookups of a run, and those that are not made."""

    lookups: tuple[Lookup, ...]
    skips: tuple[Skip, ...]


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What a plan is made by.

    Attributes:
        chosen: only these sources, by name; None for all. A retired one is asked only if it is named here.
        excluded: not these.
        disabled: switched off in the config, with the place where.
        keyless: sources that have no key here.
        active: sources that touch the indicator's own infrastructure may be asked.
        include_internal: internal indicators may be sent.
        fictional: the answers come from the sandbox, where documentation addresses and names are the public ones.
    """

    chosen: frozenset[str] | None = None
    excluded: frozenset[str] = frozenset()
    disabled: frozenset[str] = frozenset()
    keyless: frozenset[str] = frozenset()
    active: bool = False
    include_internal: bool = False
    fictional: bool = False


def make_plan(iocs: Iterable[Indicator], sources: Iterable[AnySource[Any]], policy: Policy) -> Plan:
    """Every source that takes an indicator's type either gets a lookup or a skip with its reason.

    Sources that were not chosen, or were excluded, are not mentioned: somebody asked for that.
    """
    wanted = [source for source in sources if _wanted(source, policy)]
    lookups: list[Lookup] = []
    skips: list[Skip] = []
    for ioc in iocs:
        for source in wanted:
            if not source.takes(ioc):
                continue
            reason = _reason(ioc, source, policy)
            if reason is None:
                lookups.append(Lookup(ioc, source))
            else:
                skips.append(Skip(ioc, source, reason))
    return Plan(tuple(lookups), tuple(skips))


def _wanted(source: AnySource[Any], policy: Policy) -> bool:
    return source.name not in policy.excluded and (policy.chosen is None or source.name in policy.chosen)


def _reason(ioc: Indicator, source: AnySource[Any], policy: Policy) -> Reason | None:
    if not policy.include_internal and not _public(ioc, policy):
        return Reason(ReasonKind.INTERNAL, f"{ioc.reach.value}; sent nowhere unless internal indicators are included")
    return standing(source, policy)


def standing(source: AnySource[Any], policy: Policy) -> Reason | None:
    """Why a source is asked about nothing at present; None if it is ready."""
    if source.retired and not policy.chosen:
        return Reason(ReasonKind.RETIRED, f"since {source.retired.since}: {source.retired.reason}")
    if source.name in policy.disabled:
        return Reason(ReasonKind.DISABLED, f"switched off by sources.{source.name}.enabled")
    if source.exposure is Exposure.TARGET and not policy.active:
        return Reason(ReasonKind.ACTIVE, "it touches the indicator's own infrastructure; only asked with --active")
    if source.key and source.name in policy.keyless:
        return Reason(ReasonKind.NO_KEY, f"set {source.key.variable}; a key is to be had at {source.key.get}")
    return None


def _public(ioc: Indicator, policy: Policy) -> bool:
    return ioc.reach is Reach.PUBLIC or (policy.fictional and ioc.reach is Reach.DOCUMENTATION)
