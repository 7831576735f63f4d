"""Sources that come from elsewhere: files in a folder of the user's, and installed packages.

A plugin is imported or it is broken. Nothing that its code does while it is imported ends the program, and what it
prints goes to standard error. Installed packages are asked for no more than they say by the entry point group
``ioclib.sources``.
"""

import dataclasses
import os
import re
import stat
import sys
import threading
import traceback
import types
import typing
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from ioclib.errors import ConfigurationError
from ioclib.indicators import Indicator
from ioclib.source import AnySource, Key, Limit, ListSource, Source, SteppedSource
from ioclib.wire import is_loopback

GROUP = "ioclib.sources"

NAME = re.compile(r"[a-z][a-z0-9_]*")

_HEADING = f"[{GROUP}]".encode()

_WAYS = (Source, SteppedSource, ListSource)
_FUNCTIONS = ("link", "request", "read", "lookup", "entries", "listed")


@dataclass(frozen=True)
class Plugin:
    """Sources from elsewhere.

    Attributes:
        name: of the file or the entry point.
        origin: the file, or the package and its version.
        sources: one or several.
    """

    name: str
    origin: str
    sources: tuple[AnySource[Any], ...]


@dataclass(frozen=True)
class Broken:
    """A plugin that cannot be used.

    Attributes:
        name: of the file or the entry point.
        origin: the file, or the package and its version.
        error: why, in one sentence.
    """

    name: str
    origin: str
    error: str


@dataclass(frozen=True)
class Candidate:
    """A plugin that was found, of whose code nothing has run yet.

    Attributes:
        name: of the file or the entry point.
        origin: the file, or the package and its version.
        load: runs its code; returns the module, a source, or several.
    """

    name: str
    origin: str
    load: Callable[[], object]


_known: dict[Candidate, Plugin | Broken] = {}

_importing = threading.RLock()
"""Standard output is turned away meanwhile, which is one for all threads."""


def in_folder(folder: Path) -> Iterator[Candidate | Broken]:
    """The plugins that are files of a folder; those that others could have written are broken."""
    try:
        own = folder.lstat()
        files = sorted(file for file in folder.iterdir() if file.suffix == ".py" and not file.name.startswith("_"))
    except FileNotFoundError:
        return
    except OSError as error:
        yield Broken(folder.name, str(folder), f"the folder cannot be read: {type(error).__name__}")
        return
    for file in files:
        reason = _not_only_mine(own, folder, stat.S_ISDIR)
        yield Broken(file.stem, str(file), reason) if reason else _candidate(file)


def in_file(file: Path) -> Candidate:
    """A file that somebody names, wherever it is and whoever wrote it."""
    return Candidate(file.stem, str(file), lambda: _executed(file, file.read_bytes()))


@cache
def in_packages() -> tuple[Candidate | Broken, ...]:
    """The plugins of installed packages.

    Few have any, and `importlib.metadata` takes 60 ms to be imported: it is, once there is one that says so. Packages
    that lie in the working directory are left out, since it may be somebody else's.
    """
    found: list[Candidate | Broken] = []
    seen: set[str] = set()
    for folder in _places():
        for entry in sorted(_metadata(folder)):
            try:
                package, candidates = _of_package(entry)
            except Exception as error:  # noqa: BLE001 a damaged package is nobody's end
                found.append(Broken(entry.stem, str(entry), f"its metadata cannot be read: {type(error).__name__}"))
                continue
            if package not in seen:  # of two, Python imports the first
                seen.add(package)
                found += candidates
    return tuple(found)


def imported(found: Candidate) -> Plugin | Broken:
    """Runs a plugin's code, once, and looks at what it declares."""
    with _importing:
        if found not in _known:
            _known[found] = Broken(found.name, found.origin, "it looks something up while it is imported")
            try:
                _known[found] = _imported(found)
            except KeyboardInterrupt:
                del _known[found]
                raise
        return _known[found]


def _imported(found: Candidate) -> Plugin | Broken:
    if not NAME.fullmatch(found.name):
        return Broken(found.name, found.origin, "a source's name is small letters, digits and underscores")
    try:
        with redirect_stdout(sys.stderr):
            sources = _sources(found.load())
            faults = [fault for source in sources for fault in unsound(source, found.name)]
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 whatever a plugin does, it is its own end only
        return Broken(found.name, found.origin, _in_words(error, found.origin))
    if faults:
        return Broken(found.name, found.origin, faults[0])
    return Plugin(found.name, found.origin, sources)


def unsound(source: AnySource[Any], stem: str) -> Iterator[str]:
    """What is wrong with the manifest of a source; nothing of what it does when it is asked.

    Args:
        source: any.
        stem: the name of its file or entry point.
    """
    if wrong := list(_wrong_fields(source, AnySource)):
        yield f"its {wrong[0]} is of another type than it should be"
        return
    if wrong := [name for name in _FUNCTIONS if hasattr(source, name) and not callable(getattr(source, name))]:
        yield f"its {wrong[0]} is no function"
        return
    if not NAME.fullmatch(source.name):
        yield f"{source.name!r} is no name: small letters, digits and underscores"
    elif source.name != stem and not source.name.startswith(f"{stem}_"):
        yield f"{source.name} is not called {stem}, nor does its name begin with {stem}_"
    yield from _unsound_types(source)
    yield from _unsound_base(source)
    if source.redirects and source.key:
        yield f"{source.name} has a key and follows redirects: a key is never carried to where one points"
    if source.timeout <= 0 or source.concurrency < 1 or source.requests < 1:
        yield f"{source.name} has a timeout, a concurrency or a number of requests of nothing"
    key = source.key
    if key and (bool(key.header) + bool(key.query) + bool(key.form) + key.basic) != 1:
        yield f"{source.name} sends its key in a header, the query, a form or by Basic authentication: in one of them"


def _unsound_types(source: AnySource[Any]) -> Iterator[str]:
    for kind in cast("tuple[Any, ...]", source.types):
        if not (isinstance(kind, type) and issubclass(kind, Indicator) and hasattr(kind, "kind")):
            yield f"{source.name} takes {kind!r}, which is no indicator type"


def _unsound_base(source: AnySource[Any]) -> Iterator[str]:
    base = urlsplit(source.base)
    if base.scheme not in {"https", "dns", "package"} and not (
        base.scheme == "http" and is_loopback(base.hostname or "")
    ):
        yield f"the base of {source.name} is neither https nor dns nor a package nor on this machine"
    elif not base.hostname or base.query or base.fragment or base.username is not None or source.base.endswith("/"):
        yield f"the base of {source.name} is not just scheme, host and path, without a slash at its end"


def _sources(held: Any) -> tuple[AnySource[Any], ...]:
    """The sources that a module holds in ``SOURCE`` or ``SOURCES``, or that an entry point names itself."""
    if isinstance(held, types.ModuleType):
        held = getattr(held, "SOURCES", None) or getattr(held, "SOURCE", None)
    if held is None:
        raise ConfigurationError("it has neither a SOURCE nor SOURCES")
    sources: tuple[Any, ...] = tuple(held) if type(held) in {tuple, list} else (held,)
    for source in sources:
        if not isinstance(source, _WAYS):
            raise ConfigurationError(f"{type(source).__name__} is no Source, SteppedSource or ListSource")
    if len({str(source.name) for source in sources}) < len(sources):
        raise ConfigurationError("it has two sources of one name")
    return sources


def _wrong_fields(holder: Any, kind: type) -> Iterator[str]:
    hints = typing.get_type_hints(kind)
    for one in dataclasses.fields(kind):
        if not _is(getattr(holder, one.name), hints[one.name]):
            yield one.name


def _is(value: object, hint: Any) -> bool:
    """Whether a value is of the type that a manifest's field is declared with."""
    arguments = typing.get_args(hint)
    match typing.get_origin(hint):
        case typing.Literal:
            return value in arguments
        case types.UnionType:
            return any(_is(value, one) for one in arguments)
        case _ if typing.get_origin(hint) is tuple:
            return isinstance(value, tuple) and all(_is(one, arguments[0]) for one in cast("Any", value))
        case None:
            wanted = (int, float) if hint is float else hint
            return isinstance(value, wanted) and not (hint in {Key, Limit} and any(_wrong_fields(value, hint)))
        case _:
            return True  # a function, or a class: looked at where it is used


def _candidate(file: Path) -> Candidate | Broken:
    try:
        mark = file.lstat()
        if stat.S_ISLNK(mark.st_mode):
            return Broken(file.stem, str(file), "it is a link: put the file itself here")
        return _as_it_is(file, (mark.st_dev, mark.st_ino, mark.st_mtime_ns, mark.st_size, mark.st_mode, mark.st_uid))
    except OSError as error:
        return Broken(file.stem, str(file), f"it cannot be read: {type(error).__name__}")


@lru_cache(maxsize=1024)
def _as_it_is(file: Path, _: tuple[int, ...]) -> Candidate | Broken:
    """A file, the same for as long as nothing about it changes; what is looked at is what was opened."""
    more = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with open(file, "rb", opener=lambda name, flags: os.open(name, flags | more)) as opened:
        if reason := _not_only_mine(os.fstat(opened.fileno()), file, stat.S_ISREG):
            return Broken(file.stem, str(file), reason)
        code = opened.read()
    return Candidate(file.stem, str(file), lambda: _executed(file, code))


def _not_only_mine(mark: os.stat_result, path: Path, is_right: Callable[[int], bool]) -> str | None:
    """Why something is not the user's alone. On Windows the user's own folder is, by its access list."""
    if not is_right(mark.st_mode):
        return f"{path} is a link, or something else than a plain file in a folder"
    if os.name != "posix":
        return None
    if mark.st_uid != os.geteuid():
        return f"{path} belongs to another user"
    if mark.st_mode & 0o022:
        return f"{path} can be written by other users: chmod go-w {path}"
    return None


def _executed(file: Path, code: bytes) -> types.ModuleType:
    """The module that a file is; nothing is written beside it."""
    module = types.ModuleType(f"ioclib_plugin_{file.stem}")
    module.__file__ = str(file)
    sys.modules[module.__name__] = module  # where a `Payload` looks for the types of its fields
    try:
        exec(compile(code, str(file), "exec", dont_inherit=True), module.__dict__)  # noqa: S102 what a plugin is for
    except BaseException:
        del sys.modules[module.__name__]
        raise
    return module


def _places() -> Iterator[str]:
    """Where packages are installed."""
    here = ""
    with suppress(OSError):
        here = os.getcwd()  # noqa: PTH109 compared with strings
    yield from (place for place in dict.fromkeys(sys.path) if place not in {"", here})


def _metadata(folder: str) -> Iterator[Path]:
    """The metadata of those packages in a folder that have sources."""
    try:
        entries = [one for one in os.scandir(folder) if one.name.endswith((".dist-info", ".egg-info"))]
    except OSError:
        return
    for entry in entries:
        with suppress(OSError):
            if _HEADING in Path(entry.path, "entry_points.txt").read_bytes():
                yield Path(entry.path)


def _of_package(metadata: Path) -> tuple[str, list[Candidate]]:
    from importlib.metadata import Distribution

    package = Distribution.at(metadata)
    origin = f"{package.name} {package.version}"
    points = sorted((one for one in package.entry_points if one.group == GROUP), key=lambda one: one.name)
    return package.name.lower(), [Candidate(one.name, origin, one.load) for one in points]


def _in_words(error: BaseException, file: str) -> str:
    """What was raised, and in which line of a file, on one line."""
    if isinstance(error, ConfigurationError):
        return str(error)
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    line = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else None
    raised = traceback.format_exception_only(error)[-1]
    what = " ".join("".join(one if one.isprintable() else " " for one in raised).split())
    return ((f"line {line}: " if line else "") + what)[:300]
