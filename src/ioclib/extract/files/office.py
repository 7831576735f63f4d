"""Word, Excel and PowerPoint documents (Office Open XML, ECMA-376): XML in a ZIP.

Their XML has no document type and no entities of its own; what has is refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol
from xml.parsers import expat

from ioclib.errors import UnreadableFile
from ioclib.extract.files.pieces import Passage, Piece, Trouble, inside, label

CONTENT_TYPES = "[Content_Types].xml"

_WORD = re.compile(r"word/(document|footnotes|endnotes|comments|header|footer)\d*\.xml")
_SLIDE = re.compile(r"ppt/(slide|notesSlide|comment)s?/[A-Za-z]+(\d+)\.xml")
_SHEET = re.compile(r"xl/worksheets/[A-Za-z]+(\d+)\.xml")
_COMMENTS = re.compile(r"xl/(?:comments|threadedComments/|drawings/drawing)\S*\.xml")
_PROPERTIES = re.compile(r"docProps/(?:app|core|custom)\.xml")
_LINKS = re.compile(r"(?:word|xl|ppt)/(?:[A-Za-z]+/)?_rels/([^/]+)\.rels")
_ENCLOSED = re.compile(r"[^/]+/embeddings/[^/]+\.(?:docm|docx|pdf|pptm|pptx|xlsm|xlsx)")
_STRINGS = "xl/sharedStrings.xml"
_WORKBOOK = "xl/workbook.xml"
_NUMBER = re.compile(r"-?[\d.]+(?:E[+-]?\d+)?")
_CODE = re.compile(r'&(?:"[^"]{0,100}"|K[0-9A-F]{6}|\d{1,3}|[A-Z])')
"""Of a sheet's header or footer: what stands left, in which font, the page's number (ECMA-376, part 1, 18.3.1.46)."""
_ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})")

Attributes = dict[str, str]


class Reader(Protocol):
    """Whoever holds the parts of the document."""

    def __call__(self, name: str) -> Iterator[bytes]: ...


def is_document(names: list[str]) -> bool:
    """Whether a ZIP with these members is one of these documents."""
    return CONTENT_TYPES in names and any(name.startswith(("word/", "xl/", "ppt/")) for name in names)


def is_enclosed(name: str) -> bool:
    """Whether a member is a file that was put into the document."""
    return bool(_ENCLOSED.fullmatch(name))


def pieces(names: list[str], part: Reader) -> Iterator[Piece]:
    """Read a document.

    Args:
        names: of its parts.
        part: gives the blocks of a part.
    """
    strings: list[str] = []
    sheets: list[str] = []
    # what others refer to comes first
    for name in sorted(names, key=lambda one: (one not in {_WORKBOOK, _STRINGS}, _in_order(one))):
        try:
            yield from _part(name, part, strings, sheets)
        except UnreadableFile as wrong:
            yield Trouble(str(wrong), label(name))


def _in_order(name: str) -> list[tuple[bool, int, str]]:
    """Slide 2 before slide 10."""
    return [(word.isdecimal(), int(word) if word.isdecimal() else 0, word) for word in re.findall(r"\d{1,9}|\D+", name)]


def _part(name: str, part: Reader, strings: list[str], sheets: list[str]) -> Iterator[Piece]:
    if found := _WORD.fullmatch(name):
        place = "" if found[1] == "document" else found[1]
        return _parsed(part(name), Paragraphs(inside(place, "paragraph")))
    if found := _SLIDE.fullmatch(name):
        place = f"slide {found[2]}" if found[1] == "slide" else f"{found[1].removesuffix('Slide')} {found[2]}"
        return _parsed(part(name), Paragraphs(inside(place, "paragraph")))
    if found := _SHEET.fullmatch(name):
        number = int(found[1])
        title = sheets[number - 1] if number <= len(sheets) else str(number)
        return _parsed(part(name), Cells(f"sheet {label(title, 60)}", strings))
    if found := _LINKS.fullmatch(name):
        return _parsed(part(name), Relationships(inside(label(found[1].removesuffix(".xml")), "link")))
    if name == _STRINGS:
        return _parsed(part(name), Strings(strings))
    if name == _WORKBOOK:
        return _parsed(part(name), Sheets(sheets))
    if _COMMENTS.fullmatch(name):
        return _parsed(part(name), Paragraphs("comment"))
    if _PROPERTIES.fullmatch(name):
        return _parsed(part(name), Properties())
    return iter(())


@dataclass
class Handler:
    """What is done with the elements of a part; their names without namespace."""

    ready: list[Passage] = field(default_factory=list, init=False)

    def start(self, name: str, attributes: Attributes, /) -> None:
        """An element begins."""

    def end(self, name: str, /) -> None:
        """An element ends."""

    def words(self, data: str, /) -> None:
        """Text, in portions."""


@dataclass
class Paragraphs(Handler):
    """Text in paragraphs, as in Word, PowerPoint and remarks. A row of a table is one passage."""

    place: str
    _number: int = 0
    _words: list[str] = field(default_factory=list)
    _instruction: list[str] = field(default_factory=list)
    _rows: int = 0
    _unseen: int = 0
    _into: list[str] | None = None

    def start(self, name: str, attributes: Attributes, /) -> None:
        match name:
            case "t" | "text":
                self._into = self._words
            case "instrText":
                self._into = self._instruction
            case "fldSimple":
                self.ready += (Passage(said, "field") for key, said in attributes.items() if _local(key) == "instr")
            case "fldChar":
                self._end_instruction()
            case "tab":
                self._words.append("\t")
            case "br" | "cr":
                self._words.append("\n")
            case "noBreakHyphen":
                self._words.append("-")
            case "tr":
                self._rows += 1
            case "Fallback":  # the same again, for old programs
                self._unseen += 1
            case _:
                pass

    def end(self, name: str, /) -> None:
        match name:
            case "t" | "text" | "instrText":
                self._into = None
            case "Fallback":
                self._unseen -= 1
            case "tc":
                self._words.append("\t")
            case "tr":
                self._rows -= 1
                self._end_paragraph()
            case "p" | "comment" | "threadedComment":
                self._end_paragraph()
            case _:
                pass

    def words(self, data: str, /) -> None:
        if self._into is not None and not self._unseen:
            self._into.append(data)

    def _end_paragraph(self) -> None:
        if self._rows:
            self._words.append(" ")
            return
        self._number += 1
        paragraph = "".join(self._words).strip()
        self._words.clear()
        if paragraph:
            self.ready.append(Passage(paragraph, f"{self.place} {self._number}"))

    def _end_instruction(self) -> None:
        if self._instruction:
            self.ready.append(Passage("".join(self._instruction).strip(), "field"))
            self._instruction.clear()


@dataclass
class Cells(Handler):
    """The cells of a sheet that hold text; a formula only if it does."""

    place: str
    strings: list[str]
    _address: str = ""
    _type: str = ""
    _value: list[str] = field(default_factory=list)
    _formula: list[str] = field(default_factory=list)
    _into: list[str] | None = None
    _header: dict[str, str] = field(default_factory=dict)

    def start(self, name: str, attributes: Attributes, /) -> None:
        match name:
            case "c":
                self._address, self._type = attributes.get("r", "?"), attributes.get("t", "n")
            case "v" | "t" | "oddHeader" | "oddFooter" | "evenHeader" | "evenFooter" | "firstHeader" | "firstFooter":
                self._into = self._value
            case "f":
                self._into = self._formula
            case _:
                pass

    def end(self, name: str, /) -> None:
        match name:
            case "v" | "t" | "f":
                self._into = None
            case "c":
                self._end_cell()
            case "headerFooter":
                self._into = None
                self.ready.append(Passage(_CODE.sub(" ", "\n".join(self._value)), f"{self.place}, header and footer"))
                self._value.clear()
            case _:
                pass

    def words(self, data: str, /) -> None:
        if self._into is not None:
            self._into.append(data)

    def _end_cell(self) -> None:
        value, formula = "".join(self._value), "".join(self._formula)
        self._value.clear()
        self._formula.clear()
        if self._type == "s":
            value = self.strings[int(value)] if value.isdecimal() and int(value[:9]) < len(self.strings) else ""
        elif self._type == "n":
            value = ""
        for said in (value, formula if '"' in formula else ""):
            if said.strip():
                self.ready.append(Passage(said, self._where(said)))

    def _where(self, said: str) -> str:
        found = _ADDRESS.fullmatch(self._address)
        column, row = (found[1], found[2]) if found else ("?", "?")
        if row == "1":
            self._header[column] = label(said, 60)
            return f"{self.place}, cell {column}1"
        titled = f", column {self._header[column]}" if column in self._header else ""
        return f"{self.place}, cell {column}{row}{titled}"


@dataclass
class Strings(Handler):
    """The texts that the cells of a workbook refer to."""

    strings: list[str]
    _words: list[str] = field(default_factory=list)
    _taking: bool = False
    _reading_aids: int = 0

    def start(self, name: str, _: Attributes, /) -> None:
        self._taking = name == "t"
        self._reading_aids += name == "rPh"

    def end(self, name: str, /) -> None:
        self._taking = False
        self._reading_aids -= name == "rPh"
        if name == "si":
            self.strings.append("".join(self._words))
            self._words.clear()

    def words(self, data: str, /) -> None:
        if self._taking and not self._reading_aids:
            self._words.append(data)


@dataclass
class Sheets(Handler):
    """The names of the sheets."""

    sheets: list[str]

    def start(self, name: str, attributes: Attributes, /) -> None:
        if name == "sheet":
            self.sheets.append(attributes.get("name", ""))


@dataclass
class Relationships(Handler):
    """What a part refers to outside the document: links, templates, pictures."""

    place: str

    def start(self, name: str, attributes: Attributes, /) -> None:
        if name == "Relationship" and attributes.get("TargetMode") == "External":
            target = attributes.get("Target", "").removeprefix("mailto:")
            self.ready.append(Passage(target, self.place))


@dataclass
class Properties(Handler):
    """What a document says about itself."""

    _words: list[str] = field(default_factory=list)

    def start(self, _name: str, _attributes: Attributes, /) -> None:
        self._words.clear()

    def end(self, name: str, /) -> None:
        said = "".join(self._words).strip()
        self._words.clear()
        if said and not _NUMBER.fullmatch(said):
            self.ready.append(Passage(said, f"property {label(name, 60)}"))

    def words(self, data: str, /) -> None:
        self._words.append(data)


def _parsed(blocks: Iterator[bytes], handler: Handler) -> Iterator[Passage]:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = lambda name, attributes: handler.start(_local(name), attributes)
    parser.EndElementHandler = lambda name: handler.end(_local(name))
    parser.CharacterDataHandler = handler.words
    try:
        for block in blocks:
            parser.Parse(block, False)
            yield from handler.ready
            handler.ready.clear()
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as error:  # the last two for encodings that nobody knows
        yield from handler.ready
        raise UnreadableFile(f"is broken: {label(str(error))}") from error
    yield from handler.ready


def _refuse(*_: object) -> None:
    raise UnreadableFile("declares a document type, which Office documents have not: it looks hostile")


def _local(name: str) -> str:
    return name.rpartition(":")[2]
