"""Who would be asked what, and why not: decided before anything leaves, by a pure function."""

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from ioclib.errors import ConfigurationError, InvalidIndicator
from ioclib.indicators import CIDR, URL, Domain, Indicator, IPv4, IPv6, Onion, Reach, shown
from ioclib.indicators.addresses import loose_ipv4
from ioclib.indicators.names import a_labels
from ioclib.source import AnySource, Exposure, Tlp

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_CARRIERS = tuple(map(ipaddress.IPv6Network, ("::ffff:0:0/96", "64:ff9b::/96", "2002::/16")))
"""Blocks in which an IPv4 address stands right behind the prefix: mapped, NAT64 (RFC 6052), 6to4 (RFC 3056)."""

_WANTED = "policy.internal takes domains and networks, such as corp.example and 198.51.100.0/24"


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
    PERSONAL = "personal"
    UNPROVEN = "unproven"
    RESOLVER = "resolver"
    NOT_INSTALLED = "not_installed"
    NO_ADDRESS = "no_address"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True)
class Reason:
    """Why a lookup is not made, and in words what to do about it.

    Attributes:
        kind: one of a few words.
        message: one sentence.
        retry_at: when it could be made (UTC), if that is a matter of time.
    """

    kind: ReasonKind
    message: str
    retry_at: datetime | None = None


@dataclass(frozen=True)
class Own:
    """What belongs to the user, and is sent nowhere whatever else is allowed.

    Attributes:
        domains: names, each with everything below it.
        networks: blocks of addresses; those of IPv4 also as they are carried in IPv6 addresses.
    """

    domains: frozenset[str] = frozenset()
    networks: tuple[_Network, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[str]) -> Self:
        """What a list of names, addresses and blocks says.

        Raises:
            ConfigurationError: an entry is none of these.
        """
        domains: set[str] = set()
        networks: list[_Network] = []
        for entry in entries:
            try:
                network = ipaddress.ip_network(entry.strip(), strict=False)
            except ValueError:
                domains.add(_own_name(entry))
            else:
                networks += [network, *_carried(network)]
        return cls(frozenset(domains), tuple(networks))

    def holds(self, ioc: Indicator) -> bool:
        """Whether an indicator, or something that is written inside it, is the user's own."""
        match ioc:
            case IPv4() | IPv6() | CIDR():
                mine = self._touches(ipaddress.ip_network(ioc.value))
            case Domain() | Onion():
                mine = self._names(ioc.value)
            case URL():  # what it contains is the host as a browser reads it; others read 012.0.0.1 as 12.0.0.1
                number = loose_ipv4(ioc.host, octal=False)
                mine = self._names(ioc.host) if number is None else self._touches(ipaddress.ip_network(number))
            case _:
                mine = False
        return mine or any(map(self.holds, ioc.contains()))

    def _names(self, name: str) -> bool:
        return not self.domains.isdisjoint(_parents(name))

    def _touches(self, block: _Network) -> bool:
        return any(block.version == own.version and block.overlaps(own) for own in self.networks)


def _own_name(entry: str) -> str:
    try:
        name = a_labels(entry.strip().removeprefix("*.").removeprefix("."))
    except InvalidIndicator as error:
        raise ConfigurationError(f"{_WANTED}: {error}") from None
    if name.rpartition(".")[2].replace("-", "").isdecimal():  # a mistyped address would be a name that nobody has
        raise ConfigurationError(f"{_WANTED}: {shown(entry)} is not a network, and no name ends in a number")
    return name


def _carried(network: _Network) -> Iterator[ipaddress.IPv6Network]:
    """An IPv4 network as it stands inside IPv6 addresses."""
    if isinstance(network, ipaddress.IPv4Network):
        for carrier in _CARRIERS:
            start = int(network.network_address) << 128 - 32 - carrier.prefixlen
            length = carrier.prefixlen + network.prefixlen
            yield ipaddress.IPv6Network((int(carrier.network_address) | start, length))


def _parents(name: str) -> Iterator[str]:
    """A name and everything above it."""
    while name:
        yield name
        name = name.partition(".")[2]


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
        tlp: who may learn of the indicators.
        own: what is the user's own.
        missing: sources whose data is not installed.
        located: sources whose base address is set.
        public_resolver: the address of this machine's DNS resolver, if it is one that everybody uses.
        active: sources that touch the indicator's own infrastructure may be asked.
        include_internal: internal indicators may be sent.
        fictional: the answers come from the sandbox, where documentation addresses and names are the public ones.
    """

    chosen: frozenset[str] | None = None
    excluded: frozenset[str] = frozenset()
    disabled: frozenset[str] = frozenset()
    keyless: frozenset[str] = frozenset()
    tlp: Tlp = Tlp.CLEAR
    own: Own = Own()
    missing: frozenset[str] = frozenset()
    located: frozenset[str] = frozenset()
    public_resolver: str | None = None
    active: bool = False
    include_internal: bool = False
    fictional: bool = False


def planned(iocs: Iterable[Indicator], sources: Iterable[AnySource[Any]], policy: Policy) -> Iterator[Lookup | Skip]:
    """Every source that takes an indicator's type either gets a lookup or a skip with its reason, one after the other.

    Sources that were not chosen, or were excluded, are not mentioned: somebody asked for that.
    """
    wanted = [(source, standing(source, policy)) for source in sources if _wanted(source, policy)]
    for ioc in iocs:
        private = _private(ioc, policy)
        for source, reason in wanted:
            if source.takes(ioc):
                why = private or reason
                yield Skip(ioc, source, why) if why else Lookup(ioc, source)


def make_plan(iocs: Iterable[Indicator], sources: Iterable[AnySource[Any]], policy: Policy) -> Plan:
    """The whole of what is `planned`."""
    lookups: list[Lookup] = []
    skips: list[Skip] = []
    for one in planned(iocs, sources, policy):
        if isinstance(one, Lookup):
            lookups.append(one)
        else:
            skips.append(one)
    return Plan(tuple(lookups), tuple(skips))


def _wanted(source: AnySource[Any], policy: Policy) -> bool:
    return source.name not in policy.excluded and (policy.chosen is None or source.name in policy.chosen)


def _private(ioc: Indicator, policy: Policy) -> Reason | None:
    """Why an indicator is sent nowhere; None if it may be."""
    if policy.own.holds(ioc):
        return Reason(ReasonKind.INTERNAL, "on the list of what is internal (policy.internal); never sent")
    if policy.include_internal or ioc.reach is Reach.PUBLIC:
        return None
    if policy.fictional and ioc.reach is Reach.DOCUMENTATION:
        return None
    return Reason(ReasonKind.INTERNAL, f"{ioc.reach.value}; sent nowhere unless internal indicators are included")


def standing(source: AnySource[Any], policy: Policy) -> Reason | None:
    """Why a source is asked about nothing at present; None if it is ready."""
    if source.retired and not policy.chosen:
        return Reason(ReasonKind.RETIRED, f"since {source.retired.since}: {source.retired.reason}")
    if source.unproven and not policy.chosen:
        return Reason(ReasonKind.UNPROVEN, "never compared with an answer of the real service; asked when it is named")
    if source.personal and not policy.chosen:
        return Reason(ReasonKind.PERSONAL, "asking tells a third party about a person; asked when it is named")
    if source.name in policy.disabled:
        return Reason(ReasonKind.DISABLED, f"switched off by sources.{source.name}.enabled")
    if source.exposure > policy.tlp.allows:
        learns = f"{source.exposure.name.lower()} would learn of the indicator"
        return Reason(ReasonKind.TLP, f"{learns}, which TLP:{policy.tlp.upper()} forbids")
    if source.exposure is Exposure.TARGET and not policy.active:
        return Reason(ReasonKind.ACTIVE, "it touches the indicator's own infrastructure; only asked with --active")
    if source.name in policy.missing:
        return Reason(ReasonKind.NOT_INSTALLED, f"its data is an extra: pip install 'ioclib[{source.name}]'")
    if source.own_platform and source.name not in policy.located and not policy.fictional:
        return Reason(ReasonKind.NO_ADDRESS, f"set sources.{source.name}.base_url to the address of your own")
    if source.private_resolver and policy.public_resolver:
        refused = f"it does not answer public resolvers, and {policy.public_resolver} is one"
        return Reason(ReasonKind.RESOLVER, f"{refused}; set resolver to the address of your own")
    if source.key and source.name in policy.keyless:
        return Reason(ReasonKind.NO_KEY, f"set {source.key.variable}; a key is to be had at {source.key.get}")
    return None
