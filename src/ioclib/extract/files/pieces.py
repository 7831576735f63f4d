"""What a file falls into, and how much of one is read."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

HEAD = 1 << 16
"""How many of its first bytes show what a file is."""

CUSTOMARY_PASSWORD = "infected"  # noqa: S105  # not a secret: what everybody packs malware with


@dataclass(frozen=True, slots=True)
class Passage:
    """Text of a file, in which there may be indicators."""

    text: str
    place: str
    """Where in the file: ``page 3``, ``column url, row 7``, ``$.a[3].b``; for running text the line it begins at."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A value whose type the file itself states, or that is a fact about the file."""

    kind: str
    """The name of an indicator type, or ``file_name``."""
    value: str
    place: str


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file inside a file."""

    name: str
    data: bytes
    place: str
    attached: bool = False
    """Whether somebody sent it along: then its name and its hashes are findings in themselves."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What of a file could not be read, in one sentence; the rest of it could."""

    sentence: str
    place: str = ""


Piece = Passage | Stated | Enclosed | Trouble


class Format(StrEnum):
    """What is read, each in its own way."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"
    JSON_LINES = "jsonl"
    HTML = "html"
    YARA = "yara"
    SIGMA = "sigma"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"
    ZSTANDARD = "zstd"
    MAIL = "mail"
    OUTLOOK = "outlook"
    PDF = "pdf"
    ZIP = "zip"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much one file may cost, with everything that is inside it. Plain text and logs may be of any size."""

    seconds: float = 60
    """What the readers of binary formats may take together."""
    memory: int = 1 << 30
    """What each of them may use, in bytes."""
    size: int = 256 << 20
    """The largest file that is read whole."""
    total: int = 512 << 20
    """What the files inside it may hold together, in bytes."""
    members: int = 1000
    """How many there may be."""
    ratio: int = 250
    """How many times larger something may be than it was packed."""
    depth: int = 5
    """How deep files may be inside files."""


@dataclass(frozen=True)
class Wishes:
    """How somebody wants files to be read."""

    passwords: tuple[str, ...] = ()
    scripts: bool = False
    """Whether what people don't see of a page is read: its scripts, styles and comments."""
    limits: Limits = field(default_factory=Limits)

    @property
    def attempts(self) -> tuple[str, ...]:
        """The passwords to try, the customary one last."""
        return *self.passwords, CUSTOMARY_PASSWORD


class Stream(Protocol):
    """Bytes that are read once, and can be looked at before."""

    def read(self, size: int = -1, /) -> bytes: ...

    def read1(self, size: int = -1, /) -> bytes: ...

    def peek(self, size: int = 0, /) -> bytes: ...


@dataclass(frozen=True)
class Content:
    """A file that is to be read once, from its beginning."""

    name: str
    stream: Stream
    path: Path | None = None
    """Where it lies, if it does."""

    @property
    def head(self) -> bytes:
        """Its first bytes; they are still to be read."""
        return self.stream.peek(HEAD)[:HEAD]


def label(name: str, limit: int = 120) -> str:
    """A name that a file gives, fit to be shown: on one line, without control characters, not too long."""
    shown = "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in name[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def inside(*places: str) -> str:
    """One place within another."""
    return " / ".join(filter(None, places))


def size(amount: int) -> str:
    """A number of bytes, for people."""
    return f"{amount >> 20} MiB" if amount >= 1 << 20 else f"{amount} bytes"
