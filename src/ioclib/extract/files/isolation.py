"""Reading in a process of its own, and what to say when that ends badly."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from tempfile import TemporaryFile
from typing import IO

from ioclib.errors import UnreadableFile
from ioclib.extract.files import child
from ioclib.extract.files.pieces import Content, Format, Piece, Trouble, Wishes, size

# -P: the current folder may be as hostile as the file
_COMMAND = (sys.executable, "-P", "-c", f"from {child.__name__} import main; main()")
_LONGEST_COMPLAINT = 4096


def read(content: Content, form: Format, wishes: Wishes, spent: Callable[[float], None]) -> Iterator[Piece]:
    """Read a file in a process of its own.

    Args:
        content: the file.
        form: what it is.
        wishes: how to read it, and how much it may cost.
        spent: is told how many seconds it took.
    """
    job = child.Job(form, wishes, str(content.path.absolute()) if content.path else None)
    data = b"" if content.path else _whole(content, wishes)
    with TemporaryFile() as output, TemporaryFile() as complaints:
        began = time.monotonic()
        trouble = _run(job.encode() + data, output, complaints, wishes)
        spent(time.monotonic() - began)
        del data
        output.seek(0)
        for line in output:
            if line.endswith(b"\n"):  # the last may have been cut off
                yield child.decode(line)
    if trouble:
        yield Trouble(trouble)


def _whole(content: Content, wishes: Wishes) -> bytes:
    limit = wishes.limits.size
    data = content.stream.read(limit + 1)
    if len(data) > limit:
        raise UnreadableFile(f"is larger than {size(limit)}: save it as a file first")
    return data


def _run(given: bytes, output: IO[bytes], complaints: IO[bytes], wishes: Wishes) -> str:
    """Run the reader to its end; what went wrong, if anything did."""
    limits = wishes.limits
    too_long = f"takes longer than {limits.seconds:.3g} seconds to read"
    try:
        ended = subprocess.run(  # noqa: S603  # our own program, whose arguments are ours
            _COMMAND, input=given, stdout=output, stderr=complaints, timeout=max(limits.seconds, 0.1), check=False
        )
    except subprocess.TimeoutExpired:
        return too_long
    except OSError as error:
        raise UnreadableFile(f"cannot be read: its reader does not start ({error.strerror})") from error
    if not ended.returncode:
        return ""
    if ended.returncode < 0:
        name = _signal(-ended.returncode)
        return too_long if name == "SIGXCPU" else f"makes its reader crash ({name}): it is broken or hostile"
    return f"is broken: {_last_line(complaints)}"


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _last_line(complaints: IO[bytes]) -> str:
    """What kind of exception ended it."""
    complaints.seek(max(0, complaints.seek(0, 2) - _LONGEST_COMPLAINT))
    lines = complaints.read().decode(errors="replace").strip().splitlines()
    return lines[-1].split(":")[0].rpartition(".")[2][:80] if lines else "its reader gave up"
