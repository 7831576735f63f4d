"""What a long run is made of: files, folders, tables and pastes become indicators, one after the other."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from io import BufferedReader, BytesIO, RawIOBase, TextIOWrapper
from itertools import takewhile
from pathlib import Path
from typing import Any, BinaryIO, TextIO, cast

import msgspec

from ioclib.errors import ConfigurationError, InvalidIndicator, UnreadableFile
from ioclib.extract import detect, extract_file

_FIRST = 200
"""Lines that show whether a text is a list of indicators."""

_LONG = 8_192
"""Bytes of a line that are looked at for it."""


@dataclass
class Input:
    """Indicators from somewhere, to be read once.

    Attributes:
        path: a file or a folder; None reads an open file.
        stream: that file.
        column: of a table (CSV, TSV, JSONL, Parquet), which has one in each row; without, texts are read.
        troubles: what was no indicator, or could not be read.
        wrong: how many values were no indicators.
    """

    path: Path | None
    stream: BinaryIO | None = None
    column: str | None = None
    troubles: list[str] = field(default_factory=list[str])
    wrong: int = 0

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        """Type, canonical value, and as it was written; one may come several times.

        Raises:
            UnreadableFile: there is no such file, or column.
            ConfigurationError: reading it needs an extra that is not installed; says which.
        """
        if self.path is None:
            if self.stream:
                yield from self._of_text(self.stream, "standard input")
            return
        if not self.path.exists():
            raise UnreadableFile(f"{self.path} is no file and no folder")
        files = sorted(one for one in self.path.rglob("*") if one.is_file()) if self.path.is_dir() else [self.path]
        for file in files:
            if self.column:
                yield from self._typed(self._of_table(file, self.column))
            else:
                yield from self._of_file(file)

    def _of_file(self, file: Path) -> Iterator[tuple[str, str, str]]:
        with file.open("rb") as stream:
            first = _first(stream)
        if _is_list(first):
            with file.open(encoding="utf-8-sig", errors="replace") as lines:
                yield from self._typed(lines)
        else:
            yield from self._extracted(file, str(file))

    def _of_text(self, stream: BinaryIO, name: str) -> Iterator[tuple[str, str, str]]:
        first = _first(stream)
        whole = BufferedReader(_Rejoined(b"".join(first), stream))
        if self.column and first and first[0].lstrip().startswith(b"{"):
            yield from self._typed(_jsonl(whole, self.column))
        elif self.column:
            yield from self._typed(_csv(TextIOWrapper(whole, "utf-8-sig", "replace", newline=""), self.column, name))
        elif _is_list(first):
            yield from self._typed(TextIOWrapper(whole, "utf-8-sig", "replace"))
        else:
            yield from self._extracted(cast("BinaryIO", whole), name)

    def _typed(self, values: Iterable[str]) -> Iterator[tuple[str, str, str]]:
        for value in values:
            text = value.strip()
            if not text:
                continue
            try:
                ioc = detect(text)
            except InvalidIndicator as error:
                self.wrong += 1
                self.troubles += [] if self.wrong > 5 else [str(error)]
                continue
            yield ioc.kind, ioc.value, text

    def _extracted(self, file: Path | BinaryIO, name: str) -> Iterator[tuple[str, str, str]]:
        try:
            for one in extract_file(file):
                yield one.ioc.kind, one.ioc.value, one.written
        except UnreadableFile as error:
            self.troubles.append(str(error) if str(error).startswith(name) else f"{name}: {error}")

    @staticmethod
    def _of_table(file: Path, column: str) -> Iterator[str]:
        if file.suffix == ".parquet":
            yield from _parquet(file, column)
        elif file.suffix in {".jsonl", ".ndjson", ".json"}:
            with file.open("rb") as lines:
                yield from _jsonl(lines, column)
        else:
            with file.open(encoding="utf-8-sig", errors="replace", newline="") as text:
                yield from _csv(text, column, str(file), "\t" if file.suffix == ".tsv" else ",")


class _Rejoined(RawIOBase):
    """A stream of which the beginning has been read already."""

    def __init__(self, first: bytes, rest: BinaryIO) -> None:
        self._first = BytesIO(first)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._first.read(len(buffer)) or self._rest.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _first(stream: BinaryIO) -> list[bytes]:
    """The first lines; of an endless one, its beginning."""
    return list(takewhile(bool, (stream.readline(_LONG) for _ in range(_FIRST))))


def _is_list(first: Iterable[bytes]) -> bool:
    """Whether lines are one indicator each, rather than a text that holds some."""
    with suppress(UnicodeDecodeError):
        lines = [line.decode("utf-8-sig").strip() for line in first if line.strip()]
        return bool(lines) and 2 * sum(map(_is_indicator, lines)) > len(lines)
    return False


def _is_indicator(text: str) -> bool:
    try:
        detect(text)
    except InvalidIndicator:
        return False
    return True


def _csv(text: TextIO, column: str, name: str, delimiter: str = ",") -> Iterator[str]:
    rows = csv.DictReader(text, delimiter=delimiter)
    if column not in (rows.fieldnames or ()):
        raise UnreadableFile(f"{name} has no column {column!r}: it has {', '.join(rows.fieldnames or ())}")
    yield from (row[column] or "" for row in rows)


def _jsonl(lines: Iterable[bytes], column: str) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = msgspec.json.decode(line, type=dict[str, Any])
        except msgspec.DecodeError as error:
            raise UnreadableFile(f"line {number} is no JSON object: {error}") from None
        yield str(row.get(column) or "")


def _parquet(file: Path, column: str) -> Iterator[str]:
    try:  # which has no types
        parquet: Any = import_module("pyarrow.parquet")
    except ImportError:
        raise ConfigurationError("Parquet needs an extra: pip install 'ioclib[frames]'") from None
    table = parquet.ParquetFile(file)
    if column not in table.schema_arrow.names:
        raise UnreadableFile(f"{file} has no column {column!r}: it has {', '.join(table.schema_arrow.names)}")
    for some in table.iter_batches(columns=[column]):
        yield from (str(one or "") for one in some.column(0).to_pylist())
