"""Files become indicators."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ioclib.errors import InvalidIndicator
from ioclib.extract.extraction import Extracted, found_in
from ioclib.extract.scanning import Scanner
from ioclib.indicators import Indicator, types

if TYPE_CHECKING:
    from ioclib.extract.files import Passage, Stated

_LINE = re.compile(r"(?:(.*) / )?line (\d+)")
# What a value is called where it stands: "column imphash, row 7", "$.file.imphash", "$.ja3.hash", "rule One / md5"
_NAMED = re.compile(
    r"""(?:column\ ([^,]*[^\W\d][^,]*)(?:,\ row\ \d+)? | [.](\w+(?:[.]\w+)?)(?:\[\d+\])*
    | \["([^"]+)"\](?:\[\d+\])*
    | (?:\A|/\ )(?:header\ ([\w-]*(?:User-Agent|Version)) | rule\ \w+\ /\ (\w+)))\Z""",
    re.VERBOSE,
)
_SPACES = str.maketrans("_.", "  ")


def extract_file(
    file: str | Path | BinaryIO,
    *,
    unique: bool = False,
    kinds: Collection[type[Indicator]] | None = None,
    context: int = 0,
    passwords: Collection[str] = (),
    scripts: bool = False,
) -> Iterator[Extracted]:
    """Every indicator in a file, whatever its format: text, logs, tables, mails, PDF, Office, archives, STIX, MISP.

    Args:
        file: a path, or a file that is open for reading bytes.
        unique: each indicator once.
        kinds: only these types.
        context: characters on both sides that are reported with it.
        passwords: for encrypted archives; the customary one is tried anyway.
        scripts: also look into comments and scripts of HTML.

    Raises:
        UnreadableFile: the file is encrypted, broken or hostile; what was found before was given already.
    """
    from ioclib.extract.files import (  # what reads many formats is not needed to read a text
        Stated,
        read_file,
        read_stream,
    )

    if isinstance(file, str | Path):
        pieces = read_file(file, passwords=tuple(passwords), scripts=scripts)
    else:
        pieces = read_stream(file, "standard input", passwords=tuple(passwords), scripts=scripts)
    scanner, by_name = Scanner(kinds), {kind.kind: kind for kind in types() if kinds is None or kind in kinds}
    known: set[Indicator] = set()
    for piece in pieces:
        found = _stated(piece, by_name, scanner) if isinstance(piece, Stated) else _written(piece, scanner, context)
        for one in found:
            if not unique or one.ioc not in known:
                if unique:
                    known.add(one.ioc)
                yield one


def _written(piece: "Passage", scanner: Scanner, context: int) -> Iterator[Extracted]:
    """What a passage of text holds; its lines are counted from the beginning of the file, where it has lines."""
    if numbered := _LINE.fullmatch(piece.place):
        place, line = numbered[1] or "", int(numbered[2])
        yield from found_in([piece.text], scanner, context=context, place=place, line=line)
        return
    named = _NAMED.search(piece.place)
    # read as if it were written so
    said = f"{str(named[named.lastindex or 1]).translate(_SPACES)}: " if named else ""
    has_lines = "\n" in piece.text
    for one in found_in([said + piece.text], scanner, context=context, place=piece.place):
        if one.start >= len(said):
            line = one.line if has_lines else 0
            yield one._replace(start=one.start - len(said), end=one.end - len(said), line=line)


def _stated(piece: "Stated", by_name: dict[str, type[Indicator]], scanner: Scanner) -> Iterator[Extracted]:
    """A value whose type the file states. One that is none of that type, defanged or with a port, is text."""
    kind = by_name.get(piece.kind)
    if kind is None:
        return
    try:
        ioc = kind(piece.value)
    except InvalidIndicator:
        yield from (one._replace(line=0) for one in found_in([piece.value], scanner, place=piece.place))
    else:
        yield Extracted(ioc, 0, 0, piece.value, defanged=False, line=0, place=piece.place)
