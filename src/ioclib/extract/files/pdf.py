"""PDF: the text of its pages, the links that lie on it, and the files inside."""

import ctypes
import re
from collections.abc import Callable, Collection, Iterator
from itertools import pairwise
from statistics import median
from typing import Any, BinaryIO

from ioclib.errors import UnreadableFile
from ioclib.extract.files import parsers, text, wrapping
from ioclib.extract.files.pieces import Enclosed, Passage, Piece, Trouble, Wishes, inside, label

_HYPHEN_AT_LINE_END = "\ufffe"
_HYPHEN_ALONE = 2  # what PDFium calls the same hyphen, asked for one character
_LINE_END = "\r\n"
_LONGEST_URI = 1 << 16
_MANY_LINES, _SHORT_LINE = 20, 4
"""A page with so many lines of so few characters is looked at by the places of its characters."""
_Sides = tuple[float, float]

_MOST_BROKEN_PAGES = 10


def read(data: BinaryIO, wishes: Wishes) -> Iterator[Piece]:
    """Read a document."""
    pdfium = parsers.pdfium()
    document = _opened(pdfium, data.read(), wishes)
    nothing, broken = True, 0
    for number in range(len(document)):
        place = f"page {number + 1}"
        try:
            page = document[number]
        except pdfium.PdfiumError as error:
            nothing, broken = False, broken + 1
            yield Trouble(f"is broken: {error}", place)
            if broken == _MOST_BROKEN_PAGES:
                break  # a document may claim to have millions of them
            continue
        for passage in _page(pdfium.raw, document, page, place):
            nothing = False
            yield passage
        page.close()
    yield from _files(pdfium, document)
    if nothing:
        yield Trouble("holds no text: its pages are empty, or pictures of text")


def _opened(pdfium: Any, data: bytes, wishes: Wishes) -> Any:
    for password in ("", *wishes.attempts):
        try:
            return pdfium.PdfDocument(data, password=password or None)
        except pdfium.PdfiumError as error:
            if error.err_code != pdfium.raw.FPDF_ERR_PASSWORD:
                raise UnreadableFile(f"is broken: {error}") from error
    raise UnreadableFile("is encrypted: give its password")


def _page(raw: Any, document: Any, page: Any, place: str) -> Iterator[Passage]:
    links = [uri.removeprefix("mailto:") for uri in _links(raw, document, page)]
    textpage = page.get_textpage()
    yield from text.pieces(_text(raw, textpage, page.get_width(), links), place)
    textpage.close()
    for uri in links:
        yield Passage(uri, inside(place, "link"))


def _text(raw: Any, textpage: Any, width: float, links: Collection[str]) -> str:
    """The text of a page, what was wrapped made whole."""
    written: str = textpage.get_text_range()
    if _is_torn(written):
        written, sides = _by_place(raw, textpage)
        written = _unwrapped(written, sides.__getitem__, width, links)
    elif len(written) == textpage.count_chars():  # else no character's box would be the right one
        written = _unwrapped(written, lambda index: textpage.get_charbox(index)[::2], width, links)
    return wrapping.whole(written.replace(_HYPHEN_AT_LINE_END, "-").replace(_LINE_END, "\n"))


def _unwrapped(written: str, sides: Callable[[int], _Sides], width: float, links: Collection[str]) -> str:
    if "//" not in written and "\\" not in written:
        return written
    starts = [0, *(found.end() for found in re.finditer(_LINE_END, written)), len(written) + len(_LINE_END)]
    lines = [_line(written[start : end - len(_LINE_END)], start, sides) for start, end in pairwise(starts)]
    return _LINE_END.join(wrapping.unwrapped(lines, width, links))


def _line(written: str, start: int, sides: Callable[[int], _Sides]) -> wrapping.Line:
    left = right = 0.0
    if written.strip():
        left = sides(start + len(written) - len(written.lstrip()))[0]
        right = sides(start + len(written.rstrip()) - 1)[1]

    def needs(letters: int) -> float:
        return sides(start + letters - 1)[1] - left

    return wrapping.Line(written, left, right, needs)


def _is_torn(written: str) -> bool:
    """Whether PDFium has taken a narrow column of short lines for vertical writing, and parted its letters."""
    lines = written.split(_LINE_END)
    return len(lines) > _MANY_LINES and median(map(len, lines)) < _SHORT_LINE


def _by_place(raw: Any, textpage: Any) -> tuple[str, list[_Sides]]:
    """The text of a page by where its characters stand; and of each character the left and the right side."""
    written: list[str] = []
    sides: list[_Sides] = []
    end = line = 0.0
    x, y, box = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF()
    for index in range(textpage.count_chars()):
        if raw.FPDFText_IsGenerated(textpage, index):
            continue
        raw.FPDFText_GetCharOrigin(textpage, index, x, y)
        raw.FPDFText_GetLooseCharBox(textpage, index, box)
        height = box.top - box.bottom
        if written and (abs(y.value - line) > height / 3 or x.value < end - height):
            written += _LINE_END
            sides += [(end, end)] * len(_LINE_END)
        elif written and x.value > end + height / 8:
            written.append(" ")
            sides.append((end, end))
        written.append(_letter(raw.FPDFText_GetUnicode(textpage, index)))
        sides.append((x.value, box.right))
        end, line = box.right, y.value
    return "".join(written), sides


def _letter(code: int) -> str:
    if code == _HYPHEN_ALONE:
        return "-"
    return "\N{REPLACEMENT CHARACTER}" if code == 0 or 0xD800 <= code < 0xE000 else chr(code)


def _links(raw: Any, document: Any, page: Any) -> Iterator[str]:
    position, link = ctypes.c_int(0), raw.FPDF_LINK()
    while raw.FPDFLink_Enumerate(page, position, link):
        action = raw.FPDFLink_GetAction(link)
        if not action or raw.FPDFAction_GetType(action) != raw.PDFACTION_URI:
            continue
        length = min(raw.FPDFAction_GetURIPath(document, action, None, 0), _LONGEST_URI)
        buffer = ctypes.create_string_buffer(length)
        raw.FPDFAction_GetURIPath(document, action, buffer, length)
        if uri := text.decoded(buffer.value).strip():
            yield uri


def _files(pdfium: Any, document: Any) -> Iterator[Piece]:
    for number in range(document.count_attachments()):
        attachment = document.get_attachment(number)
        try:
            name, data = attachment.get_name(), bytes(attachment.get_data())
        except pdfium.PdfiumError as error:
            yield Trouble(f"is broken: {error}", f"file {number + 1}")
        else:
            yield Enclosed(name, data, f"attachment {label(name)}", attached=True)
