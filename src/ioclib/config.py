"""Keys and settings: the only reader of the environment, and of one file in the user's config folder.

The file is ``config.toml`` in the platform's config folder, or where ``IOCLIB_CONFIG`` says; nothing is ever read from
the working directory, which may be somebody else's. What the environment says wins::

    timeout = 20                                # IOCLIB_TIMEOUT
    [keys]
    VIRUSTOTAL_API_KEY = "…"                    # VIRUSTOTAL_API_KEY
    [sources.virustotal]
    base_url = "https://gateway.example/vt"     # IOCLIB_SOURCES__VIRUSTOTAL__BASE_URL
"""

import ipaddress
import logging
import os
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
import platformdirs
from msgspec import Meta

from ioclib.errors import ConfigurationError
from ioclib.source import AnySource, Key, Limit

_log = logging.getLogger(__name__)

Seconds = Annotated[float, Meta(gt=0)]

DEFAULT_TIMEOUT = 20.0


class Secret:
    """A key that does not show itself: neither printed, nor logged, nor in a traceback's locals."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The key itself, for the request that needs it."""
        return self._value

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
        if parts.scheme == "http" and not self.insecure and not _loopback(host):
            raise ConfigurationError(f"{where} is plain http: use https, or set sources.{source.name}.insecure = true")
        return self.base_url

    def limits_of(self, source: AnySource[Any]) -> tuple[Limit, ...]:
        """The limits in force."""
        if self.limits is None:
            return source.limits
        return tuple(Limit.parse(limit) for limit in self.limits)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    timeout: Seconds = DEFAULT_TIMEOUT
    keys: dict[str, str] = {}
    sources: dict[str, SourceSettings] = {}


@dataclass(frozen=True)
class Settings:
    """Everything that was set.

    Attributes:
        timeout: seconds until a report is made of what has landed.
        keys: by environment variable.
        sources: by source.
    """

    timeout: float = DEFAULT_TIMEOUT
    keys: Mapping[str, Secret] = field(default_factory=dict[str, Secret])
    sources: Mapping[str, SourceSettings] = field(default_factory=dict[str, SourceSettings])

    def key(self, key: Key | None) -> Secret | None:
        """The key that a source uses: of its variables the first that is set."""
        return next((self.keys[name] for name in key.variables if name in self.keys), None) if key else None

    def of(self, source: AnySource[Any]) -> SourceSettings:
        """What was set for a source."""
        return self.sources.get(source.name) or SourceSettings()


def load(variables: Collection[str], environ: Mapping[str, str] | None = None) -> Settings:
    """Reads the environment and the config file.

    Args:
        variables: the names that keys may have.
        environ: instead of the process's environment.

    Raises:
        ConfigurationError: the file or a variable cannot be used; says which, and what is wrong.
    """
    environ = os.environ if environ is None else environ
    path = Path(
        environ.get("IOCLIB_CONFIG") or platformdirs.user_config_path("ioclib", appauthor=False) / "config.toml"
    )
    document = _read(path)
    origin = str(path)
    for name, value in environ.items():
        if place := _place(name):
            _put(document, place, value)
            origin = f"{path} or the variables IOCLIB_…"
    try:
        file = msgspec.convert(document, _File, strict=False)
    except msgspec.ValidationError as wrong:
        raise ConfigurationError(f"{origin}: {wrong}") from None
    if unknown := sorted(file.keys.keys() - set(variables)):
        raise ConfigurationError(f"{path}: keys.{unknown[0]} belongs to no source; `ioclib sources` shows the names")
    given = {name: (value, str(path)) for name, value in file.keys.items()}
    given |= {name: (environ[name], "the environment") for name in variables if name in environ}
    keys = {name: _secret(name, value.strip(), where) for name, (value, where) in given.items() if value.strip()}
    return Settings(file.timeout, keys, file.sources)


def cache_folder() -> Path:
    """Where downloaded lists are kept."""
    return platformdirs.user_cache_path("ioclib", appauthor=False)


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        if os.name == "posix" and path.stat().st_mode & 0o077:
            _log.warning("%s can be read by other users of this machine: chmod 600 %s", path, path)
        return tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as wrong:
        raise ConfigurationError(f"{path} cannot be read: {type(wrong).__name__}") from None
    except tomllib.TOMLDecodeError as wrong:
        raise ConfigurationError(f"{path}: {wrong}") from None


def _place(variable: str) -> list[str] | None:
    """``IOCLIB_SOURCES__VIRUSTOTAL__BASE_URL`` is ``sources.virustotal.base_url``."""
    if variable == "IOCLIB_TIMEOUT" or variable.startswith("IOCLIB_SOURCES__"):
        return variable.removeprefix("IOCLIB_").lower().split("__")
    return None


def _put(document: dict[str, Any], place: list[str], value: str) -> None:
    *tables, last = place
    for table in tables:
        document = document.setdefault(table, {})
        if type(document) is not dict:
            raise ConfigurationError(f"{'.'.join(place)} is set, but {table} is no table in the config file")
    document[last] = value.split(",") if last == "limits" else value


def _secret(name: str, value: str, where: str) -> Secret:
    if not value.isascii() or not value.isprintable() or " " in value:
        raise ConfigurationError(f"{name} in {where} is no key: it holds a space or a character that is not ASCII")
    return Secret(value)


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
