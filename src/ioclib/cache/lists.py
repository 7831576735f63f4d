"""Downloaded lists, kept as they came: no indicator that was asked for is in here."""

import hashlib
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import msgspec


@dataclass(frozen=True)
class KeptList:
    """A list, and when it was downloaded (seconds since 1970, UTC)."""

    text: str
    fetched: float


class ListInfo(msgspec.Struct, frozen=True):
    """A list that is kept.

    Attributes:
        source: whose.
        bytes: of the file.
        fetched: when it was downloaded (UTC).
    """

    source: str
    bytes: int
    fetched: datetime


class ListsInfo(msgspec.Struct, frozen=True):
    """The lists that are kept, by source, and the folder."""

    where: str
    lists: tuple[ListInfo, ...]


class Lists(Protocol):
    """Where lists are kept, by the name of the source and the base address they came from."""

    def load(self, source: str, base: str) -> KeptList | None:
        """The list that was kept, if there is one."""
        ...

    def save(self, source: str, base: str, text: str) -> None:
        """Keep a list; losing it is no error."""
        ...


class MemoryOfLists:
    """Lists of one run, for the sandbox and for ``--no-cache``."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._kept: dict[tuple[str, str], KeptList] = {}
        self._clock = clock

    def load(self, source: str, base: str) -> KeptList | None:
        """The list that was kept, if there is one."""
        return self._kept.get((source, base))

    def save(self, source: str, base: str, text: str) -> None:
        """Keep a list."""
        self._kept[source, base] = KeptList(text, self._clock())


class FolderOfLists:
    """Lists as files that only this user can read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, source: str, base: str) -> KeptList | None:
        """The list that was kept, if it is there and readable."""
        path = self._path(source, base)
        try:
            return KeptList(path.read_text(encoding="utf-8"), path.stat().st_mtime)
        except (OSError, UnicodeDecodeError):
            return None

    def save(self, source: str, base: str, text: str) -> None:
        """Keep a list, whole or not at all: another process may be reading."""
        path = self._path(source, base)
        draft = path.with_suffix(f".{os.getpid()}")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft.touch(mode=0o600)
            draft.write_text(text, encoding="utf-8")
            draft.replace(path)
        except OSError:
            with suppress(OSError):
                draft.unlink()

    def info(self) -> ListsInfo:
        """What is kept."""
        found: list[ListInfo] = []
        for path in sorted(self._folder.glob("*.txt")):
            with suppress(FileNotFoundError):  # another process has just cleared it
                status = path.stat()
                fetched = datetime.fromtimestamp(status.st_mtime, UTC)
                found.append(ListInfo(_source_of(path), status.st_size, fetched))
        return ListsInfo(str(self._folder), tuple(found))

    def clear(self, source: str | None = None) -> int:
        """Remove all lists, or those of one source, and say how many they were.

        Raises:
            OSError: some may still be there.
        """
        cleared = 0
        for path in self._folder.glob("*"):  # with what a killed process has left half written
            if source in {None, _source_of(path)}:
                path.unlink(missing_ok=True)
                cleared += path.suffix == ".txt"
        return cleared

    def _path(self, source: str, base: str) -> Path:
        origin = hashlib.sha256(base.encode()).hexdigest()[:12]
        return self._folder / f"{source}-{origin}.txt"


def _source_of(path: Path) -> str:
    return path.stem.rpartition("-")[0]
