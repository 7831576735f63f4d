"""What is to be had here: the sources, what the user has set for them, and what both come to for a lookup."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

from ioclib import config, registry
from ioclib.client.options import Options
from ioclib.config import Secret, Settings
from ioclib.errors import ConfigurationError
from ioclib.own import OwnList, OwnLists
from ioclib.plan import Own, Policy
from ioclib.profiles import Profile, profile_named
from ioclib.registry import Known
from ioclib.report import Judge
from ioclib.source import AnySource, Tlp
from ioclib.transport import public_resolver


@dataclass(frozen=True)
class Here:
    """Everything that a lookup is made by.

    Attributes:
        known: the sources.
        settings: what the user has set.
        policy: what a plan is made by.
        timeout: seconds until a report is made of what has landed.
        judge: makes the overall verdicts.
    """

    known: Known
    settings: Settings
    policy: Policy
    timeout: float
    judge: Judge

    @classmethod
    def of(cls, options: Options) -> Self:
        """What the options and the config come to.

        Raises:
            ConfigurationError: an unknown source, an unusable key or setting.
        """
        sandbox = options.get("sandbox", False)
        known, settings = _sandboxed() if sandbox else _installed(options)
        profile = _profile(options.get("profile"), settings, known)
        return cls(
            known,
            settings,
            _policy(options, known, settings, profile, fictional=sandbox),
            options.get("timeout") or (profile and profile.timeout) or settings.timeout,
            judge_of(settings),
        )


def judge_of(settings: Settings) -> Judge:
    """Who makes the overall verdicts, by what is set.

    Raises:
        ConfigurationError: a list of the user's own cannot be read.
    """
    chosen = settings.verdict
    allow, deny = (OwnList.read(map(Path, files)) for files in (chosen.allow, chosen.deny))
    return Judge(chosen.weights, OwnLists(allow, deny))


def _policy(options: Options, known: Known, settings: Settings, profile: Profile | None, *, fictional: bool) -> Policy:
    sources, chosen = known.sources, options.get("sources")
    if chosen is None and profile:
        chosen = profile.selects(sources.values())
    return Policy(
        chosen=None if chosen is None else known.named(chosen),
        excluded=known.named(options.get("exclude", ())),
        disabled=frozenset(name for name, one in sources.items() if not settings.of(one).enabled),
        keyless=frozenset(
            name for name, one in sources.items() if one.key and not one.key.optional and not settings.key(one.key)
        ),
        tlp=_tlp(options.get("tlp") or settings.policy.tlp),
        own=Own.of(settings.policy.internal),
        missing=frozenset(name for name, one in sources.items() if not fictional and is_missing(one)),
        located=frozenset(name for name, one in sources.items() if settings.of(one).base_url),
        public_resolver=None if fictional else public_resolver(settings.resolver),
        active=options.get("active", False),
        include_internal=options.get("include_internal", False),
        fictional=fictional,
    )


def _installed(options: Options) -> tuple[Known, Settings]:
    """The sources that there are, or those that are asked, and what the user has set for them."""
    given = config.read()
    names = options.get("sources")
    only_named = names and not (options.get("exclude") or options.get("profile") or given.plugins.allow)
    if only_named and (few := registry.built_in(names or ())) and not given.file.profiles:
        known = few  # to load all the others takes longer than many an answer
    elif options.get("plugins", True) and given.plugins.enabled:
        known = registry.with_plugins(config.sources_folder(), given.plugins.allow)
    else:
        known = registry.without_plugins()
    variables = {name for source in known.sources.values() if source.key for name in source.key.variables}
    settings = given.settings(variables, complete=known.complete)
    if known.complete:
        known.named(settings.sources)
    for name in settings.sources.keys() & known.sources.keys():
        settings.of(known.sources[name]).base(known.sources[name])
    return known, settings


def _sandboxed() -> tuple[Known, Settings]:
    """The sources that have a twin, and the keys that it takes: neither the environment nor a file is read."""
    known = registry.without_plugins()
    return known, sandbox_settings(known.sources)


def is_missing(source: AnySource[Any]) -> bool:
    """Whether the package is not installed whose data it reads."""
    return bool(source.package) and find_spec(source.package) is None


def _profile(name: str | None, settings: Settings, known: Known) -> Profile | None:
    own = {
        name: Profile.of(one.sources and known.named(one.sources), known.named(one.exclude), one.timeout)
        for name, one in settings.profiles.items()
    }
    return None if name is None else profile_named(name, own)


def sandbox_settings(known: Mapping[str, AnySource[Any]]) -> Settings:
    """The keys that the twins take."""
    from ioclib import sandbox

    keys = sandbox.keys()
    return Settings(
        keys={one.key.variable: Secret(keys[name]) for name, one in known.items() if one.key and name in keys}
    )


def _tlp(text: str) -> Tlp:
    try:
        return Tlp(text.lower().removeprefix("tlp:"))
    except ValueError:
        raise ConfigurationError(f"there is no TLP {text!r}: it is one of {', '.join(Tlp)}") from None
