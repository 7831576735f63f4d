"""The indicator types. Each knows its own form: how it is written, found, made canonical, and where it means something.

A type is a class in one of the files here, and nothing else: `types` finds them all.
"""

import pkgutil
from functools import cache
from importlib import import_module

from ioclib.errors import InvalidIndicator
from ioclib.indicators.addresses import Address, IPv4, IPv6
from ioclib.indicators.base import Indicator, Reach, shown
from ioclib.indicators.emails import Email
from ioclib.indicators.handles import Telegram
from ioclib.indicators.hashes import (
    Authentihash,
    Hash,
    Imphash,
    Ja3,
    Ja4,
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Ssdeep,
    Tlsh,
)
from ioclib.indicators.hosts import FilePath, Mutex, Registry, UserAgent, Yara
from ioclib.indicators.knowledge import CVE, CWE, Attack
from ioclib.indicators.names import Domain
from ioclib.indicators.networks import ASN, CIDR, MAC
from ioclib.indicators.onions import Onion
from ioclib.indicators.urls import URL
from ioclib.indicators.wallets import Bch, Btc, Dash, Doge, Eth, Ltc, Sol, Trx, Xmr, Xrp, Zec

__all__ = [
    "ASN",
    "CIDR",
    "CVE",
    "CWE",
    "MAC",
    "URL",
    "Address",
    "Attack",
    "Authentihash",
    "Bch",
    "Btc",
    "Dash",
    "Doge",
    "Domain",
    "Email",
    "Eth",
    "FilePath",
    "Hash",
    "IPv4",
    "IPv6",
    "Imphash",
    "Indicator",
    "Ja3",
    "Ja4",
    "Ltc",
    "Md5",
    "Mutex",
    "Onion",
    "Reach",
    "Registry",
    "Sha1",
    "Sha224",
    "Sha256",
    "Sha384",
    "Sha512",
    "Sol",
    "Ssdeep",
    "Telegram",
    "Tlsh",
    "Trx",
    "UserAgent",
    "Xmr",
    "Xrp",
    "Yara",
    "Zec",
    "of_type",
    "shown",
    "types",
]


@cache
def types() -> tuple[type[Indicator], ...]:
    """Every indicator type, in the order of their names."""
    for module in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    found: list[type[Indicator]] = []
    pending = Indicator.__subclasses__()
    while pending:
        one = pending.pop()
        pending += one.__subclasses__()
        if "kind" in vars(one):
            found.append(one)
    return tuple(sorted(found, key=lambda kind: kind.kind))


def of_type(kind: str, value: str) -> Indicator:
    """The indicator of a type that is known by its name.

    Raises:
        InvalidIndicator: there is no such type, or the value is none of it.
    """
    for one in types():
        if one.kind == kind:
            return one(value)
    raise InvalidIndicator(f"there is no type {shown(kind)}")
