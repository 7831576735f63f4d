"""What a file is: by what is in it, and only then by what it is called."""

import re
from pathlib import PurePath

from ioclib.errors import UnreadableFile
from ioclib.extract.files.pieces import Format
from ioclib.extract.files.text import decoded, encoding_of

_MAGIC = (
    (b"PK\x03\x04", Format.ZIP),
    (b"PK\x05\x06", Format.ZIP),
    (b"PK\x07\x08", Format.ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Format.OUTLOOK),
    (b"\x1f\x8b\x08", Format.GZIP),
    (b"\xfd7zXZ\x00", Format.XZ),
    (b"\x28\xb5\x2f\xfd", Format.ZSTANDARD),
)
_BZIP2 = re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)")
_UNREAD = (
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"L\x00\x00\x00\x01\x14\x02", "a Windows shortcut"),
    (b"SQLite format 3", "a database"),
    (b"\xd4\xc3\xb2\xa1", "a packet capture"),
    (b"\x0a\x0d\x0d\x0a", "a packet capture"),
)
_UNPACK_FIRST = (
    (0, b"7z\xbc\xaf", "a 7-Zip archive"),
    (0, b"Rar!", "a RAR archive"),
    (0, b"MSCF", "a cabinet file"),
    (257, b"ustar", "a tar archive"),
)
_CONTROL = bytes({*range(32)} - set(b"\b\t\n\v\f\r\x1b"))
_TOO_MANY_CONTROLS = 0.05

_BY_NAME = {
    ".csv": Format.CSV,
    ".tsv": Format.CSV,
    ".tab": Format.CSV,
    ".eml": Format.MAIL,
    ".mht": Format.MAIL,
    ".mhtml": Format.MAIL,
    ".htm": Format.HTML,
    ".html": Format.HTML,
    ".xhtml": Format.HTML,
    ".jsonl": Format.JSON_LINES,
    ".ndjson": Format.JSON_LINES,
    ".json": Format.JSON,
    ".yar": Format.YARA,
    ".yara": Format.YARA,
}
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_JSON = re.compile(r'\s*(?:\{\s*["}]|\[\s*[\[{"\]])')
_JSON_LINE = re.compile(r"\s*(\{[^\n]*\}|\[[^\n]*\])\s*?\n\s*[\[{]")
_HEADER = re.compile(r"([!-9;-~]{1,80}):[^\n]*\n(?:[ \t][^\n]*\n)*")
_MAIL_HEADERS = {
    "received",
    "return-path",
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "delivered-to",
}
_ENOUGH_HEADERS = 3
_YARA = re.compile(
    r"^(?:(?:private|global)[ \t]+){0,2}rule[ \t]+[A-Za-z_]\w{0,127}[ \t]*(?::[\w \t]{0,200})?\s{0,9}\{", re.MULTILINE
)
_YARA_CONDITION = re.compile(r"^\s{0,200}condition[ \t]{0,9}:", re.MULTILINE)
_SIGMA = (re.compile(r"^logsource:", re.MULTILINE), re.compile(r"^detection:", re.MULTILINE))


class NoText(UnreadableFile):
    """Nothing is wrong with it; it is a picture, a program or the like."""


def format_of(head: bytes, name: str) -> Format:
    """What a file is.

    Args:
        head: its first bytes.
        name: what it is called.

    Raises:
        UnreadableFile: it is nothing that can be read.
    """
    for magic, found in _MAGIC:
        if head.startswith(magic):
            return found
    if _BZIP2.match(head):
        return Format.BZIP2
    suffix = PurePath(name).suffix.lower()
    if head.lstrip().startswith(b"%PDF-") or (suffix == ".pdf" and b"%PDF-" in head[:1024]):
        return Format.PDF
    _refuse_binary(head)
    return _format_of_text(decoded(head, encoding_of(head)), suffix)


def _refuse_binary(head: bytes) -> None:
    if encoding_of(head) != "utf-8":
        return
    controls = len(head) - len(head.translate(None, _CONTROL))
    if controls <= _TOO_MANY_CONTROLS * len(head):
        return
    for at, magic, what in _UNPACK_FIRST:
        if head.startswith(magic, at):
            raise UnreadableFile(f"is {what}: unpack it first")
    for magic, what in _UNREAD:
        if head.startswith(magic):
            raise NoText(f"is {what}, in which no text is read")
    raise NoText("is binary data of a kind that is not read")


def _format_of_text(head: str, suffix: str) -> Format:
    head = head.replace("\r\n", "\n")
    named = _BY_NAME.get(suffix)
    if _HTML.match(head):
        return Format.HTML
    if _JSON.match(head):
        return Format.JSON_LINES if named is Format.JSON_LINES or _JSON_LINE.match(head) else Format.JSON
    if _is_mail(head):
        return Format.MAIL
    if _YARA_CONDITION.search(head) and _YARA.search(head):
        return Format.YARA
    if all(part.search(head) for part in _SIGMA):
        return Format.SIGMA
    return named if named and named is not Format.JSON else Format.TEXT


def _is_mail(head: str) -> bool:
    """Whether a text begins with headers of which at least three are a mail's."""
    names: set[str] = set()
    start = head.index("\n") + 1 if head.startswith("From ") and "\n" in head else 0
    while header := _HEADER.match(head, start):
        names.add(header[1].lower())
        start = header.end()
    return len(names & _MAIL_HEADERS) >= _ENOUGH_HEADERS
