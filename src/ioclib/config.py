"""Keys and settings: the only reader of the environment, and of one file in the user's config folder.

The file is ``config.toml`` in the platform's config folder, or where ``IOCLIB_CONFIG`` says; nothing is ever read from
the working directory, which may be somebody else's. What the environment says wins::

    timeout = 20                                # IOCLIB_TIMEOUT
    quota_url = "redis://…"                     # IOCLIB_QUOTA_URL: quotas that several machines share
    cache_url = "redis://…"                     # IOCLIB_CACHE_URL: answers that they share
    broker_url = "redis://…"                    # IOCLIB_BROKER_URL: where `ioclib worker` gets its work
    transport = "auto"                          # IOCLIB_TRANSPORT: or "httpx2", "aiohttp"
    proxy = "http://user:password@host:8080"    # IOCLIB_PROXY: or "none"; else HTTPS_PROXY, HTTP_PROXY, ALL_PROXY
    ca_file = "/etc/ssl/company.pem"            # IOCLIB_CA_FILE: trusted besides the others
    trust = "system"                            # IOCLIB_TRUST: or "bundled", the certificates of certifi
    resolver = "192.0.2.53"                     # IOCLIB_RESOLVER: answers DNS questions; else this machine's does
    keyring = true                              # IOCLIB_KEYRING: the system's keyring has keys too
    [policy]
    tlp = "amber"                               # IOCLIB_POLICY__TLP: who may learn of indicators
    internal = ["corp.example", "10.0.0.0/8"]   # IOCLIB_POLICY__INTERNAL: sent nowhere, ever
    [cache]
    max_bytes = 268435456                       # IOCLIB_CACHE__MAX_BYTES
    stale = 604800                              # IOCLIB_CACHE__STALE: seconds that an old answer stands in
    [verdict]
    allow = ["/etc/ioclib/partners.txt"]        # IOCLIB_VERDICT__ALLOW: values, names and networks that are harmless
    deny = ["/etc/ioclib/blocked.txt"]          # IOCLIB_VERDICT__DENY: and such as are not
    weights = { community = 1.2 }               # what opinions weigh
    [plugins]
    enabled = true                              # IOCLIB_PLUGINS__ENABLED: false turns all of them off
    allow = ["virustotal"]                      # IOCLIB_PLUGINS__ALLOW: may take a built-in's name or another's key
    [key_commands]
    SHODAN_API_KEY = "vault read -field=key soc/shodan"     # what it prints; no shell reads it
    [keys]
    VIRUSTOTAL_API_KEY = "…"                    # VIRUSTOTAL_API_KEY
    [profiles.night]                            # --profile night
    sources = ["virustotal", "hibp"]
    timeout = 120
    [sources.virustotal]
    base_url = "https://gateway.example/vt"     # IOCLIB_SOURCES__VIRUSTOTAL__BASE_URL

``NO_PROXY`` lists the hosts that are reached without any proxy; this machine always is. ``SSL_CERT_FILE`` and
``SSL_CERT_DIR`` take the place of the system's certificates, as they do for every program that uses OpenSSL.
"""

import base64
import logging
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args
from urllib.parse import unquote, urlsplit

import msgspec
import platformdirs
from msgspec import Meta

from ioclib.errors import ConfigurationError
from ioclib.keys import in_keyring, printed_by
from ioclib.source import AnySource, Key, Limit, Tlp
from ioclib.verdict import Weights
from ioclib.wire import Library, Trust, is_loopback, resolver_address

T = TypeVar("T")

_log = logging.getLogger(__name__)

Seconds = Annotated[float, Meta(gt=0)]

DEFAULT_TIMEOUT = 20.0

_KINDS_OF_PROXY = ("http", "https", "all")


class Secret:
    """A key that does not show itself: neither printed, nor logged, nor in a traceback's locals."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The key itself, for the request that needs it."""
        return self._value

    def basic(self) -> str:
        """The key as HTTP Basic authentication writes ``user:password``."""
        return base64.b64encode(self._value.encode()).decode()

    def __repr__(self) -> str:
        return "***"


class SourceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What can be set for one source; None leaves what its file says.

    Attributes:
        enabled: whether it is asked.
        base_url: replaces scheme, host and path prefix of its every request.
        insecure: allows a ``base_url`` of plain http to another machine.
        timeout: seconds for one lookup.
        concurrency: lookups under way at once.
        limits: so many requests in a period, such as ``["600/minute", "50000/day"]``.
    """

    enabled: bool = True
    base_url: str | None = None
    insecure: bool = False
    timeout: Seconds | None = None
    concurrency: Annotated[int, Meta(ge=1)] | None = None
    limits: list[Annotated[str, Meta(pattern=r"^[1-9]\d*/(second|minute|hour|day|week|month)$")]] | None = None

    def base(self, source: AnySource[Any]) -> str:
        """The base address of the source's requests.

        Raises:
            ConfigurationError: plain http to another machine, without ``insecure``.
        """
        if self.base_url is None:
            return source.base
        where = f"sources.{source.name}.base_url"
        try:
            parts = urlsplit(self.base_url)
            host, _ = parts.hostname, parts.port
        except ValueError:
            parts, host = urlsplit(""), None
        if parts.scheme not in {"http", "https"} or not host or parts.query or parts.fragment or parts.username:
            raise ConfigurationError(
                f"{where} is no base address: scheme, host and path, such as https://gateway.example/vt"
            )
        if parts.scheme == "http" and not self.insecure and not is_loopback(host):
            raise ConfigurationError(f"{where} is plain http: use https, or set sources.{source.name}.insecure = true")
        return self.base_url

    def limits_of(self, source: AnySource[Any]) -> tuple[Limit, ...]:
        """The limits in force."""
        if self.limits is None:
            return source.limits
        return tuple(Limit.parse(limit) for limit in self.limits)


RedisUrl = Annotated[str, Meta(pattern=r"^(rediss?|unix)://")]
BrokerUrl = Annotated[str, Meta(pattern=r"^rediss?://")]


class PolicySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may leave this machine.

    Attributes:
        tlp: the marking of indicators that come without one.
        internal: domains and networks that are sent nowhere.
    """

    tlp: Tlp = Tlp.CLEAR
    internal: list[str] = []


class CacheSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How answers are kept.

    Attributes:
        max_bytes: of the file.
        stale: seconds that an old answer is kept to stand in for a source that is down; 0 for never.
    """

    max_bytes: Annotated[int, Meta(ge=2**20)] = 2**28
    stale: Annotated[float, Meta(ge=0)] = 7 * 24 * 3600


class ProfileSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A selection of sources.

    Attributes:
        sources: their names, also of such that are asked only when they are named; None takes all others.
        exclude: not these.
        timeout: seconds until a report is made of what has landed.
    """

    sources: list[str] | None = None
    exclude: list[str] = []
    timeout: Seconds | None = None


class VerdictSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How overall verdicts are made.

    Attributes:
        allow: files of the user's own, with values, names and networks that are harmless.
        deny: and with such as are not.
        weights: what opinions weigh.
    """

    allow: list[str] = []
    deny: list[str] = []
    weights: Weights = Weights()


class PluginSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which sources from elsewhere are asked.

    Attributes:
        enabled: whether any are.
        allow: names of those that may take a built-in's name, or share a key with another source.
    """

    enabled: bool = True
    allow: list[str] = []


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    timeout: Seconds = DEFAULT_TIMEOUT
    transport: str = "auto"
    proxy: str = ""
    ca_file: str = ""
    trust: str = "system"
    resolver: str = ""
    quota_url: RedisUrl | None = None
    cache_url: RedisUrl | None = None
    broker_url: BrokerUrl | None = None
    policy: PolicySettings = PolicySettings()
    cache: CacheSettings = CacheSettings()
    verdict: VerdictSettings = VerdictSettings()
    plugins: PluginSettings = PluginSettings()
    keyring: bool = False
    key_commands: dict[str, str] = {}
    keys: dict[str, str] = {}
    profiles: dict[str, ProfileSettings] = {}
    sources: dict[str, SourceSettings] = {}


@dataclass(frozen=True)
class Settings:
    """Everything that was set.

    Attributes:
        timeout: seconds until a report is made of what has landed.
        quota_url: the Redis in which quotas are counted; None counts them on this machine.
        cache_url: the Redis in which answers are kept; None keeps them on this machine.
        broker_url: the Redis through which workers get their work; None where there are none.
        policy: what may leave this machine.
        cache: how answers are kept.
        verdict: how overall verdicts are made.
        keys: by environment variable.
        profiles: by name.
        sources: by source.
        transport: which HTTP client sends the requests.
        proxies: addresses by ``http``, ``https`` and ``all``; ``no`` has the hosts that are reached without.
        ca_file: certificates that are trusted besides the others.
        trust: whose certificates are trusted.
        resolver: the DNS resolver, an address with or without a port; None takes this machine's.
    """

    timeout: float = DEFAULT_TIMEOUT
    quota_url: str | None = field(default=None, repr=False)
    cache_url: str | None = field(default=None, repr=False)
    broker_url: str | None = field(default=None, repr=False)
    policy: PolicySettings = field(default_factory=PolicySettings)
    cache: CacheSettings = field(default_factory=CacheSettings)
    verdict: VerdictSettings = field(default_factory=VerdictSettings)
    keys: Mapping[str, Secret] = field(default_factory=dict[str, Secret])
    profiles: Mapping[str, ProfileSettings] = field(default_factory=dict[str, ProfileSettings])
    sources: Mapping[str, SourceSettings] = field(default_factory=dict[str, SourceSettings])
    transport: Library = "auto"
    proxies: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    ca_file: Path | None = None
    trust: Trust = "system"
    resolver: str | None = None

    def secrets(self) -> Iterator[str]:
        """Every key and password, in each form in which it is sent: what no output may hold."""
        for secret in self.keys.values():
            name, _, password = secret.reveal().partition(":")
            yield from filter(None, (secret.reveal(), secret.basic(), password if name else ""))
        for url in filter(None, (self.quota_url, self.cache_url, self.broker_url)):
            if sent := urlsplit(url).password:
                yield from (sent, unquote(sent))
        for kind, address in self.proxies.items():
            parts = urlsplit("" if kind == "no" else address)
            if parts.password:
                name, password = unquote(parts.username or ""), unquote(parts.password)
                yield from (parts.password, password, base64.b64encode(f"{name}:{password}".encode()).decode())

    def key(self, key: Key | None) -> Secret | None:
        """The key that a source uses: of its variables the first that is set."""
        return next((self.keys[name] for name in key.variables if name in self.keys), None) if key else None

    def of(self, source: AnySource[Any]) -> SourceSettings:
        """What was set for a source."""
        return self.sources.get(source.name) or SourceSettings()


@dataclass(frozen=True)
class Given:
    """What the environment and the config file say, read but not yet looked at: that takes the names of the keys.

    Attributes:
        path: of the file.
        environ: the environment.
        file: the file, with what the environment says in its place.
    """

    path: Path
    environ: Mapping[str, str] = field(repr=False)
    file: _File = field(repr=False)

    @property
    def plugins(self) -> PluginSettings:
        """Which sources from elsewhere are asked."""
        return self.file.plugins

    def _elsewhere(self, variables: frozenset[str]) -> dict[str, tuple[str, str]]:
        """The keys of these names that a command prints or the keyring has, and where each is from."""
        commands = {name: command for name, command in self.file.key_commands.items() if name in variables}
        found = {name: (printed_by(one, name), f"key_commands.{name}") for name, one in commands.items()}
        if self.file.keyring:
            kept = {name: in_keyring(name) for name in variables - commands.keys()}
            found |= {name: (key, "the keyring") for name, key in kept.items() if key}
        return found

    def settings(self, variables: Collection[str], *, complete: bool = True) -> Settings:
        """Everything that was set.

        Args:
            variables: the names that keys may have.
            complete: a key of another name is a mistake; else it may be that of a source which is not there now.

        Raises:
            ConfigurationError: something cannot be used; says what, and where it was set.
        """
        file, path, environ = self.file, self.path, self.environ
        for table, names in (("keys", file.keys.keys()), ("key_commands", file.key_commands.keys())):
            if complete and (unknown := sorted(names - set(variables))):
                raise ConfigurationError(
                    f"{path}: {table}.{unknown[0]} belongs to no source; `ioclib sources` shows the names"
                )
        given = {name: (value, str(path)) for name, value in file.keys.items()}
        given |= self._elsewhere(frozenset(variables) - given.keys() - environ.keys())
        given |= {name: (environ[name], "the environment") for name in variables if name in environ}
        keys = {name: _secret(name, value.strip(), where) for name, (value, where) in given.items() if value.strip()}
        return Settings(
            timeout=file.timeout,
            quota_url=file.quota_url,
            cache_url=file.cache_url,
            broker_url=file.broker_url,
            policy=file.policy,
            cache=file.cache,
            verdict=file.verdict,
            keys=keys,
            profiles=file.profiles,
            sources=file.sources,
            transport=_one_of(get_args(Library), file.transport, _where("transport", environ, path)),
            proxies=_proxies(file.proxy, _where("proxy", environ, path), environ),
            ca_file=_ca_file(file.ca_file, _where("ca_file", environ, path), environ),
            trust=_one_of(get_args(Trust), file.trust, _where("trust", environ, path)),
            resolver=_resolver(file.resolver, _where("resolver", environ, path)),
        )


def read(environ: Mapping[str, str] | None = None) -> Given:
    """Reads the environment and the config file.

    Args:
        environ: instead of the process's environment.

    Raises:
        ConfigurationError: the file or a variable cannot be used; says which, and what is wrong.
    """
    environ = os.environ if environ is None else environ
    path = Path(environ.get("IOCLIB_CONFIG") or _config_folder() / "config.toml")
    document = _read(path)
    origin = str(path)
    for name, value in environ.items():
        if place := _place(name):
            _put(document, place, value)
            origin = f"{path} or the variables IOCLIB_…"
    try:
        return Given(path, environ, msgspec.convert(document, _File, strict=False))
    except msgspec.ValidationError as wrong:
        raise ConfigurationError(f"{origin}: {wrong}") from None


def load(variables: Collection[str], environ: Mapping[str, str] | None = None) -> Settings:
    """What `read` reads, looked at for these names of keys.

    Raises:
        ConfigurationError: something cannot be used; says what, and where it was set.
    """
    return read(environ).settings(variables)


def file_path() -> Path:
    """The config file, which need not be there."""
    return Path(os.environ.get("IOCLIB_CONFIG") or _config_folder() / "config.toml")


def checked_key(name: str, key: str) -> str:
    """A key that was entered.

    Raises:
        ConfigurationError: it cannot be one.
    """
    return _secret(name, key, "what was entered").reveal()


def sources_folder() -> Path:
    """Where the user's own sources are: in the platform's config folder, wherever the config file is."""
    return _config_folder() / "sources"


def cache_folder() -> Path:
    """Where downloaded lists and answers are kept."""
    return platformdirs.user_cache_path("ioclib", appauthor=False)


def state_folder() -> Path:
    """Where it is counted what was asked with each key."""
    return platformdirs.user_state_path("ioclib", appauthor=False)


def _config_folder() -> Path:
    return platformdirs.user_config_path("ioclib", appauthor=False)


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        if os.name == "posix" and path.stat().st_mode & 0o077:
            _log.warning("%s can be read by other users of this machine: chmod 600 %s", path, path)
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as wrong:
        raise ConfigurationError(f"{path} cannot be read: {type(wrong).__name__}") from None
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise ConfigurationError(f"{path}: {wrong}") from None


def _place(variable: str) -> list[str] | None:
    """``IOCLIB_SOURCES__VIRUSTOTAL__BASE_URL`` is ``sources.virustotal.base_url``."""
    if not variable.startswith("IOCLIB_"):
        return None
    place = variable.removeprefix("IOCLIB_").lower().split("__")
    return place if place[0] in _File.__struct_fields__ and place[0] != "keys" else None


def _put(document: dict[str, Any], place: list[str], value: str) -> None:
    *tables, last = place
    for table in tables:
        document = document.setdefault(table, {})
        if type(document) is not dict:
            raise ConfigurationError(f"{'.'.join(place)} is set, but {table} is no table in the config file")
    document[last] = value.split(",") if last in {"limits", "internal", "allow", "deny"} else value


def _where(name: str, environ: Mapping[str, str], path: Path) -> str:
    """Where a setting was made, for people."""
    variable = f"IOCLIB_{name.upper()}"
    return variable if variable in environ else f"{name} in {path}"


def _one_of(choices: tuple[T, ...], value: str, where: str) -> T:
    for choice in choices:
        if choice == value:
            return choice
    raise ConfigurationError(f"{where} is {value!r}: it is one of {', '.join(map(str, choices))}")


def _proxies(explicit: str, where: str, environ: Mapping[str, str]) -> dict[str, str]:
    """The proxy that was set, or else those of the process's environment; and in both cases who needs none."""
    if explicit == "none":
        return {}
    named: dict[str, str] = {}
    if any(name.lower() in {"no_proxy", *(f"{kind}_proxy" for kind in _KINDS_OF_PROXY)} for name in environ):
        from urllib.request import getproxies_environment

        named = getproxies_environment()
    chosen: dict[str, str] = {}
    if explicit:
        chosen["all"] = _proxy(explicit, where)
    else:
        chosen = {kind: _proxy(named[kind], f"{kind.upper()}_PROXY") for kind in _KINDS_OF_PROXY if kind in named}
    return {**chosen, "no": named["no"]} if chosen and "no" in named else chosen


def _proxy(value: str, where: str) -> str:
    """The address of a proxy. That of another kind is an error: to go past it would tell others who asks."""
    address = value.strip() if "://" in value else f"http://{value.strip()}"
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    odd = not address.isascii() or not address.isprintable() or " " in address
    if odd or parts.scheme != "http" or not host or parts.path.strip("/") or parts.query or parts.fragment:
        raise ConfigurationError(
            f"{where} is no proxy that can be used: http://host:port, or http://user:password@host:port with anything "
            "but letters and digits percent-encoded; IOCLIB_PROXY=none does without"
        )
    return address


def _ca_file(value: str, where: str, environ: Mapping[str, str]) -> Path | None:
    """The file of certificates, which can be read and holds some; and so does the one that OpenSSL is told to take."""
    for name, shown in ((value, where), (environ.get("SSL_CERT_FILE"), "SSL_CERT_FILE")):
        if name and (reason := _unusable(Path(name).expanduser())):
            raise ConfigurationError(f"{shown}: {name} {reason}")
    return Path(value).expanduser() if value else None


def _unusable(file: Path) -> str | None:
    """Why a file can hold no certificates; to load them takes 20 ms, which are for another thread."""
    try:
        return None if b" CERTIFICATE-----" in file.read_bytes() else "holds no certificate in PEM form"
    except OSError:
        return "cannot be read"


def _resolver(value: str, where: str) -> str | None:
    """The address of a resolver: its name would have to be asked for first."""
    if not value:
        return None
    try:
        resolver_address(value)
    except ValueError:
        raise ConfigurationError(
            f"{where} is no address of a resolver, such as 192.0.2.53 or [2001:db8::53]:5353"
        ) from None
    return value


def _secret(name: str, value: str, where: str) -> Secret:
    if not value.isascii() or not value.isprintable() or " " in value:
        raise ConfigurationError(f"{name} in {where} is no key: it holds a space or a character that is not ASCII")
    return Secret(value)
