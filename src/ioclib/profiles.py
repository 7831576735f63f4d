"""Profiles: named selections of sources with a deadline. Three are built in; the config adds or replaces some."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ioclib.errors import ConfigurationError
from ioclib.source import AnySource, Exposure

_USUAL_TIME = AnySource.timeout
"""Seconds: a source that is given more is none for who is in a hurry."""


@dataclass(frozen=True)
class Profile:
    """A selection.

    Attributes:
        about: what it is for.
        takes: whether it takes a source that need not be named to be asked.
        names: sources that it takes besides, also such that are asked only when they are named.
        exclude: sources that it does not take.
        timeout: seconds until a report is made of what has landed; None leaves it at what is usual.
    """

    about: str
    takes: Callable[[AnySource[Any]], bool]
    names: frozenset[str] = frozenset()
    exclude: frozenset[str] = field(default=frozenset())
    timeout: float | None = None

    @classmethod
    def of(cls, names: Iterable[str] | None, exclude: Iterable[str], timeout: float | None) -> "Profile":
        """What the config says; without names it takes every source."""
        everything = names is None
        return cls("of the config", lambda _: everything, frozenset(names or ()), frozenset(exclude), timeout)

    def selects(self, sources: Iterable[AnySource[Any]]) -> frozenset[str]:
        """The names of the sources that it takes."""
        usual = {one.name for one in sources if not _only_when_named(one) and self.takes(one)}
        return frozenset((usual | self.names) - self.exclude)


def _only_when_named(source: AnySource[Any]) -> bool:
    return bool(source.retired) or source.unproven or source.personal


def _is_quick(source: AnySource[Any]) -> bool:
    return source.exposure <= Exposure.VENDOR and source.requests <= 2 and source.timeout <= _USUAL_TIME


BUILT_IN: Mapping[str, Profile] = MappingProxyType(
    {
        "quick": Profile("what one request answers, within 5 seconds", _is_quick, timeout=5),
        "full": Profile("everybody who may be asked, within a minute", lambda _: True, timeout=60),
        "passive": Profile(
            "nobody learns of the indicator but the vendors asked", lambda one: one.exposure <= Exposure.VENDOR
        ),
    }
)


def profile_named(name: str, own: Mapping[str, Profile]) -> Profile:
    """A profile by its name.

    Raises:
        ConfigurationError: there is none; says which there are.
    """
    known = {**BUILT_IN, **own}
    if name not in known:
        raise ConfigurationError(f"there is no profile {name!r}: there are {', '.join(sorted(known))}")
    return known[name]
