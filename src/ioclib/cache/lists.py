"""Downloaded lists, kept as an index on the disk: no indicator that was asked for is in here."""

import hashlib
import os
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, Self

import msgspec

_SCHEMA = """
create table entry (key text primary key, line text not null) without rowid;
create table about (fetched real not null, etag text not null, modified text not null);
"""

_WANTED = "select key, line from entry where key in (select value from json_each(?))"


@dataclass(frozen=True)
class Marks:
    """By what a server knows whether a list has changed since: the headers ``ETag`` and ``Last-Modified``."""

    etag: str = ""
    modified: str = ""


@dataclass(frozen=True)
class Origin:
    """Where a list comes from.

    Attributes:
        source: the source's name.
        version: of the source: another one reads the list in another way.
        base: the address that it was downloaded from.
    """

    source: str
    version: int
    base: str

    @property
    def file(self) -> str:
        """The name of its file."""
        mark = hashlib.sha256(f"{self.version} {self.base}".encode()).hexdigest()[:12]
        return f"{self.source}-{mark}.sqlite3"


class KeptList:
    """A list that can be looked things up in.

    Args:
        connection: to its index.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.fetched: float
        """When it was last known to be up to date (seconds since 1970, UTC)."""
        self.fetched, etag, modified = connection.execute("select * from about").fetchone()
        self.marks = Marks(etag, modified)

    @classmethod
    def made(cls, name: str, entries: Mapping[str, str], marks: Marks, fetched: float) -> Self:
        """A new index of a list, in a file or in ``:memory:``."""
        connection = sqlite3.connect(name, check_same_thread=False, isolation_level=None)
        connection.executescript(f"pragma journal_mode = memory; pragma synchronous = off; begin; {_SCHEMA}")
        connection.executemany("insert into entry values (?, ?)", entries.items())
        connection.execute("insert into about values (?, ?, ?)", (fetched, marks.etag, marks.modified))
        connection.execute("commit")
        return cls(connection)

    def entry(self, keys: Sequence[str]) -> str | None:
        """The entry that is kept under the first of some keys that has one."""
        wanted = msgspec.json.encode(keys).decode()
        rows = dict(self._connection.execute(_WANTED, (wanted,)))
        return next((rows[key] for key in keys if key in rows), None)

    def unchanged(self, at: float) -> None:
        """It was still up to date at this time."""
        self.fetched = at
        with suppress(sqlite3.Error):  # it is asked for again a little earlier, that is all
            self._connection.execute("update about set fetched = ?", (at,))


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
    """Where lists are kept."""

    def load(self, origin: Origin) -> KeptList | None:
        """The list that was kept, if there is one."""
        ...

    def save(self, origin: Origin, entries: Mapping[str, str], marks: Marks) -> KeptList:
        """Keep a list; one that cannot be kept serves this run."""
        ...


class MemoryOfLists:
    """Lists of one run, for the sandbox and for ``--no-cache``."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._kept: dict[Origin, KeptList] = {}
        self._clock = clock

    def load(self, origin: Origin) -> KeptList | None:
        """The list that was kept, if there is one."""
        return self._kept.get(origin)

    def save(self, origin: Origin, entries: Mapping[str, str], marks: Marks) -> KeptList:
        """Keep a list."""
        self._kept[origin] = KeptList.made(":memory:", entries, marks, self._clock())
        return self._kept[origin]


class FolderOfLists:
    """Lists as files that only this user can read."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock

    def load(self, origin: Origin) -> KeptList | None:
        """The list that was kept, if it is there and readable."""
        path = self._folder / origin.file
        if not path.exists():
            return None
        try:
            return KeptList(sqlite3.connect(path, check_same_thread=False, isolation_level=None))
        except (sqlite3.Error, TypeError):
            return None

    def save(self, origin: Origin, entries: Mapping[str, str], marks: Marks) -> KeptList:
        """Keep a list, whole or not at all: another process may be reading."""
        path = self._folder / origin.file
        draft = path.with_suffix(f".{os.getpid()}")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft.unlink(missing_ok=True)
            draft.touch(mode=0o600)
            made = KeptList.made(str(draft), entries, marks, self._clock())
            draft.replace(path)
        except (OSError, sqlite3.Error):
            with suppress(OSError):
                draft.unlink()
            return KeptList.made(":memory:", entries, marks, self._clock())
        return made

    def info(self) -> ListsInfo:
        """What is kept."""
        found: list[ListInfo] = []
        for path in sorted(self._folder.glob("*.sqlite3")):
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
                cleared += path.suffix == ".sqlite3"
        return cleared


def _source_of(path: Path) -> str:
    return path.stem.rpartition("-")[0]
