"""Finds the sources: every file in ``sources/`` that holds a ``SOURCE`` or several ``SOURCES``, and every plugin."""

import pkgutil
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ioclib import sources
from ioclib.errors import ConfigurationError
from ioclib.plugins import Broken, Candidate, Plugin, imported, in_folder, in_packages
from ioclib.source import AnySource


@dataclass(frozen=True)
class Known:
    """The sources that can be asked here.

    Attributes:
        sources: by name, in the order of the names.
        origins: of those that are plugins, by name: a file, or a package and its version.
        broken: the plugins that cannot be used.
        plugins: whether plugins were looked for.
    """

    sources: Mapping[str, AnySource[Any]]
    origins: Mapping[str, str]
    broken: tuple[Broken, ...] = ()
    plugins: bool = True

    @property
    def complete(self) -> bool:
        """Whether a name that is not here belongs to nobody."""
        return self.plugins and not self.broken

    def named(self, names: Iterable[str]) -> frozenset[str]:
        """The names, if every one of them is a source's.

        Raises:
            ConfigurationError: an unknown name, with the one that was probably meant.
        """
        wanted = frozenset(names)
        for name in sorted(wanted - self.sources.keys()):
            if any(one.name == name for one in self.broken):
                raise ConfigurationError(f"the plugin {name!r} is broken; `ioclib sources` says why")
            close = get_close_matches(name, self.sources, n=1)
            rest = "`ioclib sources` lists them all." if self.plugins else "plugins are off."
            hint = f"did you mean {close[0]!r}?" if close else rest
            raise ConfigurationError(f"there is no source {name!r}; {hint}")
        return wanted


@cache
def all_sources() -> Mapping[str, AnySource[Any]]:
    """Every source that comes with ioclib by its name, in the order of the names."""
    found: dict[str, AnySource[Any]] = {}
    for file in pkgutil.iter_modules(sources.__path__):
        for source in _declared(file.name):
            if source.name in found:
                raise ConfigurationError(f"two sources are called {source.name}")
            found[source.name] = source
    return MappingProxyType(dict(sorted(found.items())))


def built_in(names: Iterable[str]) -> Known | None:
    """Only these sources, without loading the others; None if one of them is in no file that its name begins with."""
    files = {file.name for file in pkgutil.iter_modules(sources.__path__)}
    found: dict[str, AnySource[Any]] = {}
    for name in names:
        parts = name.split("_")
        stems = ("_".join(parts[:count]) for count in range(len(parts), 0, -1))
        file = next((stem for stem in stems if stem in files), None)
        held = {one.name: one for one in _declared(file)} if file else {}
        if name not in held:
            return None
        found[name] = held[name]
    return Known(MappingProxyType(dict(sorted(found.items()))), {}, plugins=False)


def _declared(file: str) -> tuple[AnySource[Any], ...]:
    """The sources in one of our own files."""
    module = import_module(f"{sources.__name__}.{file}")
    declared: tuple[AnySource[Any], ...] = getattr(module, "SOURCES", None) or (module.SOURCE,)
    return declared


def without_plugins() -> Known:
    """The sources that come with ioclib."""
    return Known(all_sources(), {}, plugins=False)


def with_plugins(folder: Path, allowed: Collection[str] = ()) -> Known:
    """The sources that come with ioclib, those in a folder of the user's, and those of installed packages.

    What belongs to a source, its name and the variables of its key, is not taken by a later one. The user's own files
    come before packages; of two packages that want the same none gets it, since nobody can say which was meant.

    Args:
        folder: the user's.
        allowed: names of plugins' sources that may take a built-in's name or another source's key all the same.
    """
    claims = _Claims(allowed)
    found = [claims.taken(one) for one in in_folder(folder)]
    found += claims.uncontested([claims.judged(one) for one in in_packages()])
    plugins = [one for one in found if isinstance(one, Plugin)]
    known = dict(all_sources()) | {source.name: source for one in plugins for source in one.sources}
    return Known(
        MappingProxyType(dict(sorted(known.items()))),
        origins={source.name: one.origin for one in plugins for source in one.sources},
        broken=tuple(one for one in found if isinstance(one, Broken)),
    )


def conflicts(source: AnySource[Any]) -> Iterator[str]:
    """What a plugin's source claims of those that come with ioclib, unless the config allows it."""
    return _Claims(()).conflicts(source)


class _Claims:
    """To whom each source's name and each variable of a key belongs.

    Args:
        allowed: names of sources that may take what is a built-in's, or share another's key.
    """

    def __init__(self, allowed: Collection[str]) -> None:
        self._allowed = frozenset(allowed)
        self._owners: dict[str, str] = {}
        self._plugins: set[str] = set()
        for source in all_sources().values():
            self._owners |= dict.fromkeys(_claims(source), source.name)

    def taken(self, found: Candidate | Broken) -> Plugin | Broken:
        """A plugin whose claims are its own from now on."""
        plugin = self.judged(found)
        if isinstance(plugin, Plugin):
            for source in plugin.sources:
                self._owners |= dict.fromkeys(_claims(source), source.name)
                self._plugins.add(source.name)
        return plugin

    def judged(self, found: Candidate | Broken) -> Plugin | Broken:
        """A plugin that claims nothing of another's; one that is called like another's source is not even imported."""
        if isinstance(found, Broken):
            return found
        if conflict := self._of_name(found.name):
            return Broken(found.name, found.origin, conflict)
        plugin = imported(found)
        if isinstance(plugin, Plugin) and (conflict := self._conflict(plugin)):
            return Broken(plugin.name, plugin.origin, conflict)
        return plugin

    def conflicts(self, source: AnySource[Any]) -> Iterator[str]:
        """What a source claims of another's."""
        if conflict := self._of_name(source.name):
            yield conflict
        for variable in sorted(_claims(source) - {source.name}):
            if variable in self._owners and source.name not in self._allowed:
                yield f"{variable} is the key of {self._owners[variable]}; {_unless(source.name)}"

    def uncontested(self, found: Collection[Plugin | Broken]) -> Iterator[Plugin | Broken]:
        """Those that claim nothing which another of them claims too."""
        wanted = Counter(claim for one in found if isinstance(one, Plugin) for claim in self._wanted(one))
        for one in found:
            shared = [claim for claim in self._wanted(one) if wanted[claim] > 1] if isinstance(one, Plugin) else []
            yield Broken(one.name, one.origin, f"two packages have {min(shared)}") if shared else one

    def _wanted(self, plugin: Plugin) -> set[str]:
        """What nobody else may have."""
        keys = {claim for one in plugin.sources if one.name not in self._allowed for claim in _claims(one)}
        return keys | {one.name for one in plugin.sources}

    def _conflict(self, plugin: Plugin) -> str | None:
        return next((conflict for source in plugin.sources for conflict in self.conflicts(source)), None)

    def _of_name(self, name: str) -> str | None:
        if name in self._plugins:
            return f"there is a plugin {name} already"
        if name in all_sources() and name not in self._allowed:
            return f"{name} comes with ioclib; {_unless(name)}"
        return None


def _claims(source: AnySource[Any]) -> set[str]:
    """The name of a source, which is in small letters, and the variables of its key."""
    return {source.name, *(name.upper() for name in (source.key.variables if source.key else ()))}


def _unless(name: str) -> str:
    return f'only taken if plugins.allow = ["{name}"]'
