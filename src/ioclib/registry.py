"""Finds the sources: every file in ``sources/`` that holds a ``SOURCE`` or several ``SOURCES``."""

import pkgutil
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any

from ioclib import sources
from ioclib.errors import ConfigurationError
from ioclib.source import AnySource


@cache
def all_sources() -> Mapping[str, AnySource[Any]]:
    """Every source by its name, in the order of the names."""
    found: dict[str, AnySource[Any]] = {}
    for file in pkgutil.iter_modules(sources.__path__):
        module = import_module(f"{sources.__name__}.{file.name}")
        for source in getattr(module, "SOURCES", None) or (module.SOURCE,):
            if source.name in found:
                raise ConfigurationError(f"two sources are called {source.name}")
            found[source.name] = source
    return MappingProxyType(dict(sorted(found.items())))


def named(names: Iterable[str]) -> frozenset[str]:
    """The names, if every one of them is a source's.

    Raises:
        ConfigurationError: an unknown name, with the one that was probably meant.
    """
    known = all_sources()
    wanted = frozenset(names)
    for name in sorted(wanted - known.keys()):
        close = get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]!r}?" if close else "`ioclib sources` lists them all."
        raise ConfigurationError(f"there is no source {name!r}; {hint}")
    return wanted
