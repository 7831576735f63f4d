"""Where keys are kept besides the environment: in the config file, in the system's keyring, behind a command.

A key is in no message from here, nor is anything that a command prints.
"""

import contextlib
import os
from pathlib import Path
from types import ModuleType

from ioclib.errors import ConfigurationError

_SERVICE = "ioclib"
"""Under which name the keyring has our keys; the user's name is the variable's."""

_PATIENCE = 20
"""Seconds that a command may take."""


def printed_by(command: str, variable: str) -> str:
    """The key that a command prints, such as one of a vault; no shell reads it.

    Raises:
        ConfigurationError: it cannot be run, fails, takes too long, or prints nothing.
    """
    import shlex
    import subprocess

    try:
        words = shlex.split(command)
        done = subprocess.run(words, capture_output=True, text=True, timeout=_PATIENCE, check=True)  # noqa: S603
    except (OSError, ValueError, IndexError, subprocess.SubprocessError) as error:
        why = {"TimeoutExpired": f"it takes longer than {_PATIENCE} s", "CalledProcessError": "it fails"}
        said = why.get(type(error).__name__, "it cannot be run")
        raise ConfigurationError(f"key_commands.{variable} gives no key: {said}; try it by hand") from None
    if not done.stdout.strip():
        raise ConfigurationError(f"key_commands.{variable} gives no key: it prints nothing; try it by hand")
    return done.stdout.strip()


def in_keyring(variable: str) -> str | None:
    """The key that the system's keyring has, if it has one.

    Raises:
        ConfigurationError: there is no keyring to ask.
    """
    keyring = _keyring()
    try:
        found: str | None = keyring.get_password(_SERVICE, variable)
    except keyring.errors.KeyringError as error:
        raise ConfigurationError(f"the keyring cannot be read: {type(error).__name__}") from None
    return found


def into_keyring(variable: str, key: str) -> None:
    """Keeps a key in the system's keyring.

    Raises:
        ConfigurationError: there is none, or it takes none.
    """
    keyring = _keyring()
    try:
        keyring.set_password(_SERVICE, variable, key)
    except keyring.errors.KeyringError as error:
        raise ConfigurationError(f"the keyring takes no key: {type(error).__name__}") from None


def into_file(path: Path, variable: str, key: str, *, keyring: bool = False) -> None:
    """Writes a key into the config file, for this user's eyes only; everything else in it stays as it is.

    Args:
        path: of the file; it is made if there is none.
        variable: the key's name.
        key: the key; empty where the keyring has it.
        keyring: says that keys are in the keyring too.

    Raises:
        ConfigurationError: the file cannot be read, is no TOML, or cannot be written.
    """
    import tomlkit
    import tomlkit.exceptions

    path = path.resolve()  # the file that a link points at, and not the link
    try:
        document = tomlkit.parse(path.read_text(encoding="utf-8") if path.exists() else "")
        if keyring:
            document["keyring"] = True
        if key:
            document.setdefault("keys", tomlkit.table())[variable] = key
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {type(error).__name__}") from None
    except (tomlkit.exceptions.TOMLKitError, TypeError) as wrong:
        raise ConfigurationError(f"{path} is left as it is, since it is not as it should be: {wrong}") from None
    _replace(path, tomlkit.dumps(document))


def _replace(path: Path, text: str) -> None:
    """Writes a file whole or not at all."""
    import tempfile

    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".config-")  # for this user alone
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}") from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(draft).replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            Path(draft).unlink()
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}") from None


def _keyring() -> ModuleType:
    try:
        import keyring  # it brings its errors along
    except ImportError:
        raise ConfigurationError("keyring is set, but the package is missing: pip install 'ioclib[keyring]'") from None
    return keyring
