"""Text in any encoding, in bounded memory."""

import codecs
import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain

from ioclib.errors import UnreadableFile
from ioclib.extract.files.pieces import Content, Passage, Wishes

BLOCK = 1 << 16
PIECE = 1 << 18
"""About as many characters are handed over at a time."""
LONGEST_LINE = 1 << 20

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = (
    # which of every four bytes are mostly zero in Western text
    ((False, True, True, True), "utf-32-le"),
    ((True, True, True, False), "utf-32-be"),
    ((False, True, False, True), "utf-16-le"),
    ((True, False, True, False), "utf-16-be"),
)
_MOSTLY = 0.7
_BELIEVED = re.compile(
    r"(?:us-)?ascii|utf[-_]?(?:8|16|32)\S*|(?:iso|windows|cp|koi8|mac|gb|hz|euc|big5|shift|sjis|ks_c|tis|latin|x-)\S*",
    re.IGNORECASE,
)
"""Encodings of text; Python has others, some of which take quadratic time."""
_WHITESPACE = re.compile(r"[ \t\r\f\v]")
_SEPARATOR = re.compile(r"[,;|]")


_FOLDED = ("BEGIN:VCALENDAR", "BEGIN:VCARD")
_FOLDED_BYTES = tuple(one.encode() for one in _FOLDED)
_FOLD = re.compile(r"\r?\n[ \t]")
"""Long lines of calendars and business cards are folded, wherever that is (RFC 5545, section 3.1)."""


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "".join(bytes((one,)).decode("cp1252", "ignore") or chr(one) for one in wrong), error.end


codecs.register_error("ioclib-cp1252", _as_windows_1252)  # a log may be UTF-8 in one line and Latin-1 in the next


def encoding_of(head: bytes) -> str:
    """The encoding of a text, by its first bytes."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    zeros = tuple(_share_of_zeros(head[start:4096:4]) for start in range(4))
    for pattern, encoding in _WIDE:
        if all(share > _MOSTLY if zero else share < 1 - _MOSTLY for zero, share in zip(pattern, zeros, strict=True)):
            return encoding
    return "utf-8"


def _share_of_zeros(some: bytes) -> float:
    return some.count(0) / len(some) if some else 0.0


def decoded(data: bytes, encoding: str | None = None) -> str:
    """A text that is in memory.

    Args:
        data: the text.
        encoding: what it is said to be in, if anything is said; believed only as far as it goes.
    """
    if encoding and _BELIEVED.fullmatch(encoding):
        try:
            return data.decode(encoding)
        except (LookupError, ValueError):
            pass
    encoding = encoding_of(data)
    return data.decode(encoding, "ioclib-cp1252" if encoding.startswith("utf-8") else "replace")


def chunks(content: Content) -> Iterator[str]:
    """A text as it is read, cut anywhere."""
    encoding = encoding_of(content.head)
    errors = "ioclib-cp1252" if encoding.startswith("utf-8") else "replace"
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    while block := content.stream.read1(BLOCK):  # `read` would forget what came before an error
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def bounded(content: Content, limit: int) -> str | Iterator[str]:
    """A text in one piece if it is not longer than that, else in chunks."""
    coming = chunks(content)
    held: list[str] = []
    length = 0
    for chunk in coming:
        held.append(chunk)
        length += len(chunk)
        if length > limit:
            return chain(held, coming)
    return "".join(held)


def cut(text: Iterable[str]) -> Iterator[str]:
    """The same text in larger pieces, cut at line ends; a line beyond 1 MiB is cut between words."""
    held = ""
    try:
        for chunk in text:
            held += chunk
            while len(held) >= PIECE and (end := _end_of_piece(held)):
                yield held[:end]
                held = held[end:]
    except UnreadableFile:  # what came before is kept
        if held:
            yield held
        raise
    if held:
        yield held


def _end_of_piece(held: str) -> int:
    """Where to cut what is held, at the latest where a line is too long to be waited for; 0 if nowhere yet."""
    end = held.rfind("\n", 0, PIECE) + 1 or held.find("\n", PIECE) + 1
    return _between_words(held) if not end and len(held) >= LONGEST_LINE else end


def _between_words(line: str) -> int:
    """Where to cut a line that has to be cut."""
    for last in (_WHITESPACE, _SEPARATOR):
        # only the last part is looked at: a cut there costs no more than a cut anywhere
        ends = [found.end() for found in last.finditer(line, LONGEST_LINE - PIECE, LONGEST_LINE)]
        if ends:
            return ends[-1]
    return LONGEST_LINE


def lines(content: Content) -> Iterator[str]:
    """The lines of a text, with their ends."""
    for piece in cut(chunks(content)):
        yield from io.StringIO(piece, newline="\n")


def passages(text: Iterable[str], place: str = "line") -> Iterator[Passage]:
    """A text of any length, each piece with the number of the line that it begins at."""
    line = 1
    for piece in cut(text):
        yield Passage(piece, f"{place} {line}")
        line += piece.count("\n")


def pieces(text: str, place: str) -> Iterator[Passage]:
    """A text for which line numbers would mean nothing."""
    if text.startswith(_FOLDED):
        text = _FOLD.sub("", text)
    return (Passage(piece, place) for piece in cut([text]) if not piece.isspace())


def read(content: Content, _: Wishes) -> Iterator[Passage]:
    """Read a text or a log."""
    if content.head.startswith(_FOLDED_BYTES) and isinstance(folded := bounded(content, LONGEST_LINE), str):
        return pieces(folded, "")
    return passages(chunks(content))
