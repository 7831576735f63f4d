"""The user's own allow and deny lists: files of values, names and networks, which are evidence too."""

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from ioclib.errors import ConfigurationError, InvalidIndicator
from ioclib.extract import detect
from ioclib.findings import Evidence, Verdict
from ioclib.indicators import CIDR, URL, Domain, Email, Indicator, IPv4, IPv6, Onion
from ioclib.verdict import Said

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class OwnList:
    """One kind of list.

    Attributes:
        values: by the canonical text of an indicator, where it stands: ``partners.txt, line 3``.
        networks: and of blocks of addresses.
    """

    values: Mapping[str, str] = field(default_factory=dict[str, str])
    networks: Mapping[_Network, str] = field(default_factory=dict[_Network, str])

    @classmethod
    def read(cls, files: Iterable[Path]) -> Self:
        """What stands in files: a value, a name or a network a line, defanged or not; ``#`` begins a comment.

        Raises:
            ConfigurationError: a file cannot be read, or a line of it is none of these.
        """
        values: dict[str, str] = {}
        networks: dict[_Network, str] = {}
        for file, number, text in _lines(files):
            where = f"{file.name}, line {number}"
            try:
                ioc = detect(text)
            except InvalidIndicator as error:
                raise ConfigurationError(f"{file}, line {number}: {error}") from None
            if isinstance(ioc, CIDR):
                networks[ipaddress.ip_network(ioc.value)] = where
            else:
                values[ioc.value] = where
        return cls(values, networks)

    def where(self, ioc: Indicator, *, inside: bool) -> str | None:
        """Where an indicator stands: itself, a name above it, or a network around it.

        Args:
            ioc: the indicator.
            inside: what is written inside it counts too, such as the host of a link.
        """
        match ioc:
            case Domain() | Onion():
                own = next((self.values[name] for name in _and_above(ioc.value) if name in self.values), None)
            case IPv4() | IPv6() | CIDR():
                own = self.values.get(ioc.value) or self._around(ipaddress.ip_network(ioc.value))
            case _:
                own = self.values.get(ioc.value)
        if own or not inside or not isinstance(ioc, URL | Email):
            return own
        return next(filter(None, (self.where(one, inside=True) for one in ioc.contains())), None)

    def _around(self, block: _Network) -> str | None:
        return next((where for own, where in self.networks.items() if _is_part(block, own)), None)


@dataclass(frozen=True)
class OwnLists:
    """Both lists.

    Attributes:
        allow: what is harmless. A name or a network says nothing of a link to it: the page may be a customer's.
        deny: what is not.
    """

    allow: OwnList = field(default_factory=OwnList)
    deny: OwnList = field(default_factory=OwnList)

    def say_of(self, ioc: Indicator) -> Iterator[Said]:
        """What they say of an indicator."""
        for name, verdict, where in (
            ("allow list", Verdict.BENIGN, self.allow.where(ioc, inside=False)),
            ("deny list", Verdict.MALICIOUS, self.deny.where(ioc, inside=True)),
        ):
            if where:
                yield Said(source=name, verdict=verdict, evidence=Evidence.OWN, says=f"on your {name}: {where}")


def _lines(files: Iterable[Path]) -> Iterator[tuple[Path, int, str]]:
    for file in files:
        try:
            text = file.expanduser().read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"the list {file} cannot be read: {error}") from None
        for number, line in enumerate(text.splitlines(), 1):
            if value := re.sub(r"(^|\s)#.*", "", line).strip():  # in a link it begins the fragment
                yield file, number, value


def _and_above(name: str) -> Iterator[str]:
    while name:
        yield name
        name = name.partition(".")[2]


def _is_part(block: _Network, of: _Network) -> bool:
    if isinstance(block, ipaddress.IPv4Network) and isinstance(of, ipaddress.IPv4Network):
        return block.subnet_of(of)
    if isinstance(block, ipaddress.IPv6Network) and isinstance(of, ipaddress.IPv6Network):
        return block.subnet_of(of)
    return False
