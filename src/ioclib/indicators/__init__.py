"""The indicator types. Each knows its own form: how it is written, found, made canonical, and where it means something.

A type is a class in one of the files here, and nothing else: `types` finds them all.
"""

import pkgutil
from functools import cache
from importlib import import_module

from ioclib.indicators.addresses import Address, IPv4, IPv6
from ioclib.indicators.base import Indicator, Reach, shown
from ioclib.indicators.hashes import Hash, Md5, Sha1, Sha256
from ioclib.indicators.names import Domain
from ioclib.indicators.urls import URL

__all__ = [
    "URL",
    "Address",
    "Domain",
    "Hash",
    "IPv4",
    "IPv6",
    "Indicator",
    "Md5",
    "Reach",
    "Sha1",
    "Sha256",
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
