"""Tables: each cell is a passage, with the name of its column."""

import csv
import re
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import PurePath

from ioclib.extract.files import text
from ioclib.extract.files.pieces import Content, Passage, Wishes, label

_SAMPLE = 40
_LONG_SAMPLE = 1 << 20
_DELIMITERS = "\t,;|"
_COMMENT = "#"
_COLUMN_NAME = re.compile(r"[^\W\d][\w \-()#/]{0,39}")

Row = list[str]


def read(content: Content, _: Wishes) -> Iterator[Passage]:
    """Read a table, or a text that was only called one."""
    lines = text.lines(content)
    sample = _sample(lines)
    every = chain(sample, lines)
    default = "\t" if PurePath(content.name).suffix.lower() in {".tsv", ".tab"} else ","
    delimiter = delimiter_of(sample, default)
    return _cells(every, delimiter) if delimiter else text.passages(every)


def _sample(lines: Iterator[str]) -> list[str]:
    taken: list[str] = []
    length = 0
    for line in islice(lines, _SAMPLE):
        taken.append(line)
        length += len(line)
        if length > _LONG_SAMPLE:
            break
    return taken


def delimiter_of(sample: list[str], default: str) -> str | None:
    """What separates the columns of a table; None if it has only one."""
    rows = [line for line in sample if line.strip() and not line.startswith(_COMMENT)]
    best, most = None, 1
    for delimiter in sorted(_DELIMITERS, key=lambda one: one != default):
        widths = [len(row) for row in _parsed(rows, delimiter)]
        width = max(set(widths), key=widths.count, default=0)
        if width > most and widths.count(width) * 4 >= len(widths) * 3:
            best, most = delimiter, width
            if delimiter == default:
                break
    return best


def _parsed(rows: list[str], delimiter: str) -> list[Row]:
    try:
        return list(csv.reader(rows, delimiter=delimiter))
    except csv.Error:
        return []


def _cells(lines: Iterator[str], delimiter: str) -> Iterator[Passage]:
    header: Row | None = None
    comment = ""
    for number, row in enumerate(_rows(lines, delimiter), 1):
        if isinstance(row, str):
            yield Passage(row, f"row {number}")
            continue
        if row and row[0].startswith(_COMMENT):
            comment = delimiter.join(row)
            yield Passage(comment, f"row {number}")
            continue
        if header is None and row:
            header = _header(row, comment, delimiter)
        names = header or []
        for index, cell in enumerate(row):
            if cell and not cell.isspace():
                name = names[index] if index < len(names) else index + 1
                yield Passage(cell, f"column {name}, row {number}")


def _rows(lines: Iterator[str], delimiter: str) -> Iterator[Row | str]:
    """Every row; one that cannot be parsed as it was written."""
    pending: list[str] = []

    def fed() -> Iterator[str]:
        for line in lines:
            pending.append(line)
            yield line

    source = fed()
    reader = csv.reader(source, delimiter=delimiter)
    while True:
        pending.clear()
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield "".join(pending)
            reader = csv.reader(source, delimiter=delimiter)


def _header(row: Row, comment: str, delimiter: str) -> Row:
    """The names of the columns: in the first row, or in the comment before it."""
    above = _parsed([comment.lstrip("# ")], delimiter)
    for names in (row, *above):
        if len(names) == len(row) and _are_names(names):
            return [label(name.strip()) or str(number) for number, name in enumerate(names, 1)]
    return []


def _are_names(row: Row) -> bool:
    return all(_COLUMN_NAME.fullmatch(cell.strip()) for cell in row if cell.strip())
