"""The process in which a binary format is read.

Parsers of such formats crash, hang and swallow memory when a file is made to make them. Here that costs nobody else
anything. One line of JSON on the standard input says what to do, the file may follow it; out come lines of JSON,
one for each piece.
"""

import base64
import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from ioclib.errors import UnreadableFile
from ioclib.extract.files.pieces import (
    Enclosed,
    Format,
    Limits,
    Passage,
    Piece,
    Stated,
    Trouble,
    Wishes,
    size,
)

READERS = {
    Format.MAIL: "ioclib.extract.files.mail",
    Format.OUTLOOK: "ioclib.extract.files.outlook",
    Format.PDF: "ioclib.extract.files.pdf",
    Format.ZIP: "ioclib.extract.files.archive",
}
"""What is read in a process of its own. Each has a function ``read``."""

Reader = Callable[[BinaryIO, Wishes], Iterator[Piece]]


@dataclass(frozen=True)
class Job:
    """What to read, and how."""

    form: Format
    wishes: Wishes
    path: str | None = None
    """Where the file lies; None: it follows."""

    def encode(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def decode(cls, line: bytes) -> "Job":
        said: dict[str, Any] = json.loads(line)
        wishes = said["wishes"]
        return cls(
            Format(said["form"]),
            Wishes(tuple(wishes["passwords"]), wishes["scripts"], Limits(**wishes["limits"])),
            said["path"],
        )


def encode(piece: Piece) -> bytes:
    """A piece as a line."""
    match piece:
        case Passage(text, place):
            said: list[str | bool] = ["passage", text, place]
        case Stated(kind, value, place):
            said = ["stated", kind, value, place]
        case Enclosed(name, data, place, attached):
            said = ["enclosed", name, base64.b64encode(data).decode(), place, attached]
        case Trouble(sentence, place):
            said = ["trouble", sentence, place]
    return json.dumps(said).encode() + b"\n"


def decode(line: bytes) -> Piece:
    """A line as the piece that it was."""
    match json.loads(line):
        case ["passage", text, place]:
            return Passage(text, place)
        case ["stated", kind, value, place]:
            return Stated(kind, value, place)
        case ["enclosed", name, data, place, attached]:
            return Enclosed(name, base64.b64decode(data), place, attached)
        case [_, sentence, place]:
            return Trouble(sentence, place)
        case _:
            raise ValueError("no piece")


def main() -> None:
    """Read one file."""
    job = Job.decode(sys.stdin.buffer.readline())
    _confine(job.wishes.limits)
    most = 2 * job.wishes.limits.total
    written = 0
    for piece in _pieces(job):
        line = encode(piece)
        written += len(line)
        if written > most:
            line = encode(Trouble(f"gives more than {size(most)} of text: the rest is not read"))
        sys.stdout.buffer.write(line)
        if written > most:
            break
    sys.stdout.buffer.flush()


def _pieces(job: Job) -> Iterator[Piece]:
    read: Reader = import_module(READERS[job.form]).read
    try:
        with Path(job.path).open("rb") if job.path else io.BytesIO(sys.stdin.buffer.read()) as data:
            yield from read(data, job.wishes)
    except UnreadableFile as wrong:
        yield Trouble(str(wrong))
    except MemoryError:
        yield Trouble(f"needs more than {size(job.wishes.limits.memory)} of memory to be read")


def _confine(limits: Limits) -> None:
    """Let the system stop this process when it takes too much, where the system can."""
    with suppress(ImportError):
        import resource

        seconds = int(limits.seconds) + 1
        for what, most in (
            (resource.RLIMIT_AS, limits.memory),
            (resource.RLIMIT_CPU, seconds),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_FSIZE, 4 * limits.total),
        ):
            with suppress(ValueError, OSError):  # macOS has some only in name; nobody may raise their own
                resource.setrlimit(what, (most, most))
