"""PDF: the text of its pages, the links that lie on it, and the files inside."""

import ctypes
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, BinaryIO

from ioclib.errors import UnreadableFile
from ioclib.extract.files import parsers, text
from ioclib.extract.files.pieces import Enclosed, Passage, Piece, Trouble, Wishes, inside, label

_HYPHEN_AT_LINE_END = "\ufffe"
_LINE_END = "\r\n"
_LONGEST_URI = 1 << 16
_LONGEST_LINK = 1024

_LINK_AT_END = re.compile(r"(?:://|\[:\]//|\[://\])\S*+\Z")
_PART_OF_LINK = re.compile(r"[\w%/?&=#~+.:;,@!$*'\[\]()-]++")
_BEGINS_ANEW = re.compile(
    r"""\S*(?:://|\[:|\[\.\]|\[dot\]|@) | www\. | (?:\d{1,3}\.){3} | [0-9A-Fa-f]{32,}""", re.IGNORECASE | re.VERBOSE
)
_GOES_ON = tuple("-_=&?%+#~")
"""A link that ends its line with one of these has not ended."""
_OF_LINKS_ONLY = re.compile(r"[/.=&?%_]")
_ONE_CHUNK = re.compile(r"[^/?&=._-]*+[/?&=._-]?")
"""What is kept on one line when a link is wrapped."""
_TORN = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{24,127}+(?:[ ]?\n[0-9A-Fa-f]{1,127}+(?![0-9A-Za-z]))++")
_HASHES = {32, 40, 64, 96, 128}
"""How many hex digits they have."""
_FILE_ENDING = re.compile(
    """7z|aspx?|bat|bin|cab|cgi|cmd|css|dat|dll|docm?|docx|exe|gif|gz|hta|html?|img|iso|jar|jpe?g|jse?|json|jsp|lnk|msi
    |pdf|php|png|ps1|py|rar|rtf|scr|sh|svg|tar|txt|vb[es]|wsf|xls[mx]?|xml|zip""",
    re.IGNORECASE | re.VERBOSE,
)
_MOST_BROKEN_PAGES = 10
_FULL_LINES = 0.6
"""How far a page's text has to reach, of the page's width, for a line to count as full."""


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
    textpage = page.get_textpage()
    yield from text.pieces(_text(textpage, page.get_width()), place)
    textpage.close()
    for uri in _links(raw, document, page):
        yield Passage(uri.removeprefix("mailto:"), inside(place, "link"))


def _text(textpage: Any, width: float) -> str:
    """The text of a page, links that were wrapped made whole."""
    written: str = textpage.get_text_range()
    if len(written) == textpage.count_chars():  # else no character's box would be the right one
        written = _unwrapped(written, textpage, width)
    return _TORN.sub(_made_whole, written.replace(_HYPHEN_AT_LINE_END, "-").replace(_LINE_END, "\n"))


def _made_whole(found: re.Match[str]) -> str:
    """Hex digits on several lines, with the hashes that were torn there on one line each."""
    lines: list[str] = []
    torn: list[str] = []  # the beginning of a hash, perhaps
    for piece in found[0].split():
        if torn and not _goes_on(torn[0], piece):
            lines += torn
            torn = []
        torn.append(piece)
        length = sum(map(len, torn))
        if len(torn) > 1 and length in _HASHES:
            lines.append("".join(torn))
            torn = []
        elif length > max(_HASHES):
            lines += torn
            torn = []
    return "\n".join(lines + torn)


def _goes_on(first: str, piece: str) -> bool:
    """Whether a line can be of the same hash as the first one: behind a whole one stands another, or a date."""
    is_whole = len(first) in _HASHES
    return len(piece) <= len(first) and not (is_whole and (len(piece) in _HASHES or piece.isdecimal()))


def _unwrapped(written: str, textpage: Any, width: float) -> str:
    starts = [0, *(found.end() for found in re.finditer(_LINE_END, written)), len(written) + len(_LINE_END)]
    lines = [(start, written[start : end - len(_LINE_END)]) for start, end in pairwise(starts)]
    if "//" not in written or len(lines) == 1:
        return written

    def edge(index: int) -> float:
        right: float = textpage.get_charbox(index)[2]
        return right

    edges = [edge(start + len(line.rstrip()) - 1) if line.strip() else 0.0 for start, line in lines]
    margin = max(edges)
    if margin < _FULL_LINES * width:
        return written

    def is_full(number: int) -> bool:
        """Whether the beginning of the next line would not have found room on this one."""
        start, line = lines[number + 1]
        chunk = _ONE_CHUNK.match(line)
        last = start + max(chunk.end() if chunk else 1, 1) - 1
        needs: float = edge(last) - textpage.get_charbox(start)[0]
        return edges[number] + needs > margin

    whole = [lines[0][1]]
    for number, (_, line) in enumerate(lines[1:]):
        if _may_go_on(whole[-1], line) and is_full(number):
            whole[-1] = whole[-1].rstrip() + line
        else:
            whole.append(line)
    return _LINE_END.join(whole)


def _may_go_on(before: str, line: str) -> bool:
    """Whether a line can be the rest of a link that the text before it ends with."""
    before = before[-_LONGEST_LINK:].rstrip()
    token = line.split(maxsplit=1)[0] if line[:1].strip() else ""
    if not token or not _LINK_AT_END.search(before) or not _PART_OF_LINK.fullmatch(token) or _BEGINS_ANEW.match(token):
        return False
    if before.endswith(_GOES_ON):
        return True
    token = token.rstrip(".,;:)")
    if not _OF_LINKS_ONLY.search(token):
        return False
    name, dot, ending = re.split("[/?#]", token, maxsplit=1)[0].rpartition(".")
    return not dot or (name != "" and _FILE_ENDING.fullmatch(ending) is not None)


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
