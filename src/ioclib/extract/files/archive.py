"""ZIP: its members, or the Office document that it is. With the limits that bombs need."""

import lzma
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from ioclib.errors import UnreadableFile
from ioclib.extract.files import office, parsers
from ioclib.extract.files.pieces import Enclosed, Piece, Trouble, Wishes, label, size

_AES = 99
_ENCRYPTED = 0x1
_BLOCK = 1 << 16
_ALWAYS_FINE = 1 << 20
"""Below this nobody asks how well it was packed."""


def read(data: BinaryIO, wishes: Wishes) -> Iterator[Piece]:
    """Read an archive or an Office document."""
    archive = _Archive(data, wishes)
    if office.is_document(archive.names):
        yield from office.pieces(archive.names, archive.part)
        yield from archive.enclosed([name for name in archive.names if office.is_enclosed(name)])
    else:
        yield from archive.enclosed([name for name in archive.names if not name.endswith("/")])


class _Archive:
    """One archive, and how much may still come out of it."""

    def __init__(self, data: BinaryIO, wishes: Wishes) -> None:
        self._broken: tuple[type[Exception], ...] = (
            BadZipFile,
            EOFError,
            OSError,
            RuntimeError,
            ValueError,
            lzma.LZMAError,
            zlib.error,
        )
        self._limits = wishes.limits
        self._left = wishes.limits.total
        self._passwords = [password.encode() for password in wishes.attempts]
        self._archive = self._opened(data)
        self._members: dict[str, ZipInfo] = {info.filename: info for info in self._archive.infolist()}
        self.names = list(self._members)

    def _opened(self, data: BinaryIO) -> Any:
        try:
            archive = ZipFile(data)
        except self._broken as error:
            raise UnreadableFile(f"is broken: {error}") from error
        if all(info.compress_type != _AES for info in archive.infolist()):
            return archive
        pyzipper = parsers.pyzipper()
        self._broken += (pyzipper.zipfile.BadZipFile,)
        try:
            return pyzipper.AESZipFile(data)
        except self._broken as error:
            raise UnreadableFile(f"is broken: {error}") from error

    def enclosed(self, names: list[str]) -> Iterator[Enclosed | Trouble]:
        """Its members, as many as may be."""
        for name in names[: self._limits.members]:
            try:
                yield Enclosed(name, self._whole(name), label(name))
            except UnreadableFile as wrong:
                yield Trouble(str(wrong), label(name))
            if self._left < 0:
                return
        if len(names) > self._limits.members:
            yield Trouble(f"holds more than {self._limits.members} files: the rest is not read")

    def part(self, name: str) -> Iterator[bytes]:
        """What a member of a document holds, block by block."""
        try:
            yield from self._blocks(name, None)
        except self._broken as error:
            raise UnreadableFile(f"is broken: {error}") from error

    def _whole(self, name: str) -> bytes:
        if not self._members[name].flag_bits & _ENCRYPTED:
            return b"".join(self.part(name))
        for password in self._passwords:
            left = self._left
            try:
                data = b"".join(self._blocks(name, password))
            except self._broken:  # a wrong password is seen at once or, once in 256 times, by what comes out
                self._left = left
                continue
            self._passwords.remove(password)
            self._passwords.insert(0, password)  # what fitted one fits the next
            return data
        raise UnreadableFile("is encrypted: give its password")

    def _blocks(self, name: str, password: bytes | None) -> Iterator[bytes]:
        info = self._members[name]
        if info.file_size > self._limits.size:
            raise UnreadableFile(f"is larger than {size(self._limits.size)}: unpack it first")
        if info.file_size > max(_ALWAYS_FINE, self._limits.ratio * info.compress_size):
            raise UnreadableFile(f"unpacks to more than {self._limits.ratio} times its size: it looks like a bomb")
        with self._archive.open(info, pwd=password) as member:
            while block := member.read(_BLOCK):
                self._left -= len(block)
                if self._left < 0:
                    raise UnreadableFile("goes beyond what is read inside one file: neither it nor what follows is")
                yield block
