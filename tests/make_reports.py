"""Builds the threat reports in ``reports/``, and the small files of other formats that the tests read.

``python -m tests.make_reports`` writes the reports anew from ``reports/texts/``; the same texts give the same bytes.
Every campaign, name and number in them is invented.
"""

import hashlib
import html
import io
import json
import re
import struct
import zipfile
from base64 import encodebytes
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from quopri import encodestring
from types import MappingProxyType
from xml.sax.saxutils import escape, quoteattr

_NONE: Mapping[str, bytes] = MappingProxyType({})
FOLDER = Path(__file__).parent / "reports"

Streams = dict[tuple[str, ...], bytes]


# ── what a report is written in ──────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Block:
    """A part of a report: a heading, a paragraph, code, a list, a table or a button."""

    kind: str
    text: str = ""
    rows: list[list[str]] = field(default_factory=list)
    target: str = ""


@dataclass
class Report:
    """A report before it has a format."""

    name: str
    head: dict[str, str]
    blocks: list[Block]
    expected: list[dict[str, str]]
    optional: list[dict[str, str]]


def report(path: Path) -> Report:
    """A report from its text: a head, a body, and what there is to find in it, ``?`` before what is debatable."""
    head, body, found = (part.strip("\n") for part in _filled(path.read_text(encoding="utf-8")).split("\n---\n"))
    pairs = [line.removeprefix("? ").split(" ", 1) for line in found.splitlines()]
    marked = [
        (line.startswith("?"), {"type": kind, "value": value})
        for line, (kind, value) in zip(found.splitlines(), pairs, strict=True)
    ]
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    return Report(
        path.stem,
        fields,
        list(_blocks(body)),
        [pair for optional, pair in marked if not optional],
        [pair for optional, pair in marked if optional],
    )


def _filled(text: str) -> str:
    """``{sha256:some words}`` is the digest of these words: every digest in a report is one of a sentence."""
    return re.sub(
        r"\{(md5|sha1|sha256|sha512):([^}]+)\}",
        lambda found: hashlib.new(found[1], found[2].encode(), usedforsecurity=False).hexdigest(),
        text,
    )


def _blocks(body: str) -> Iterator[Block]:
    for part in re.split(r"\n{2,}", body):
        lines = part.splitlines()
        if part.startswith("# "):
            yield Block("heading", part[2:])
        elif part.startswith("* "):
            yield Block("list", rows=[[line[2:]] for line in lines])
        elif part.startswith("| "):
            yield Block("table", rows=[[cell.strip() for cell in line.strip("|").split("|")] for line in lines])
        elif part.startswith("    "):
            yield Block("code", "\n".join(line[4:] for line in lines))
        elif button := re.fullmatch(r"\[(.+)\]\((.+)\)", part):
            yield Block("button", button[1], target=button[2])
        else:
            yield Block("paragraph", " ".join(lines))


def _plain(text: str) -> str:
    return text.replace("**", "")


# ── HTML ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def page(report: Report) -> bytes:
    """A report as a page of somebody's blog."""
    title = html.escape(report.head["title"])
    body = "\n".join(_html(block) for block in report.blocks)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>{title}</title>
  <style>body {{ font: 16px sans-serif }} .ioc td {{ border: 1px solid }}</style>
  <script>window.track = "not-for-readers.example";</script>
</head>
<body>
<nav><a href="/">Home</a> <a href="/blog">Blog</a> <a href="#iocs">Indicators</a></nav>
<article>
<h1>{title}</h1>
<p class="date">{report.head["date"]}</p>
<!-- draft: remove draft-note.example before publishing -->
{body}
</article>
<footer><p>All rights reserved. <a href="javascript:void(0)">Print</a></p></footer>
</body>
</html>
""".encode()


def _html(block: Block) -> str:
    match block.kind:
        case "heading":
            return f"<h2>{_inline(block.text)}</h2>"
        case "list":
            return "<ul>" + "".join(f"<li>{_inline(row[0])}</li>" for row in block.rows) + "</ul>"
        case "table":
            first, *rest = ("".join(f"<td>{_inline(cell)}</td>" for cell in row) for row in block.rows)
            return (
                f'<table class="ioc"><tr>{first.replace("td>", "th>")}</tr>'
                + "".join(f"\n<tr>{row}</tr>" for row in rest)
                + "</table>"
            )
        case "code":
            return f"<pre>{html.escape(block.text)}</pre>"
        case "button":
            return f'<p><a class="button" href="{html.escape(block.target)}">{html.escape(block.text)}</a></p>'
        case _:
            return f"<p>{_inline(block.text)}</p>"


def _inline(text: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", html.escape(text))


# ── e-mail ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def message(report: Report) -> bytes:
    """A report as it is mailed around: text and HTML, and a table attached if it has one to attach."""
    head = [
        f"{name.title()}: {value}" for name, value in report.head.items() if name not in {"format", "title", "attach"}
    ]
    plain = "\n\n".join(_as_text(block) for block in report.blocks)
    body = "\n".join(_html(block) for block in report.blocks if block.kind != "attachment")
    parts = [
        b"Content-Type: multipart/alternative; boundary=bodies\n\n--bodies\n"
        b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
        + encodestring(plain.encode())
        + b"\n--bodies\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
        + encodebytes(f"<html><body>{body}</body></html>".encode())
        + b"--bodies--\n"
    ]
    if name := report.head.get("attach"):
        parts.append(
            f'Content-Type: application/octet-stream; name="{name}"\nContent-Transfer-Encoding: base64\n'
            f'Content-Disposition: attachment; filename="{name}"\n\n'.encode()
            + encodebytes(attachment(report))
        )
    head += [f"Subject: {report.head['title']}", "Mime-Version: 1.0", "Content-Type: multipart/mixed; boundary=parts"]
    return ("\n".join(head) + "\n\n").encode() + b"".join(b"--parts\n" + part for part in parts) + b"--parts--\n"


def attachment(report: Report) -> bytes:
    """The tables of a report, as CSV in what its name says."""
    rows = [row for block in report.blocks if block.kind == "table" for row in block.rows]
    table = "".join(",".join(row) + "\r\n" for row in rows).encode()
    name = report.head["attach"]
    return archive({"indicators.csv": table}) if name.endswith(".zip") else table


def _as_text(block: Block) -> str:
    match block.kind:
        case "list":
            return "\n".join(f" - {_plain(row[0])}" for row in block.rows)
        case "table":
            return "\n".join("  ".join(row) for row in block.rows)
        case "button":
            return f"{block.text}: <{block.target}>"
        case _:
            return _plain(block.text)


# ── Office ───────────────────────────────────────────────────────────────────────────────────────────────────────────

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_HYPERLINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
_TYPES = _XML + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def word(report: Report) -> bytes:
    """A report as a Word document."""
    blocks = [Block("heading", report.head["title"]), Block("paragraph", report.head["date"]), *report.blocks]
    body = "".join(_word(block) for block in blocks)
    return docx(body, [block.target for block in blocks if block.target])


def docx(body: str, links: Sequence[str] = (), more: Mapping[str, bytes] = _NONE) -> bytes:
    """A Word document with this body."""
    return archive(
        {
            "[Content_Types].xml": _TYPES.encode(),
            "word/document.xml": f'{_XML}<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'.encode(),
            "word/_rels/document.xml.rels": _relations(links),
            **more,
        }
    )


def _relations(links: Sequence[str]) -> bytes:
    made = "".join(
        f'<Relationship Id="r{number}" Type="{_HYPERLINK}" Target={quoteattr(link)} TargetMode="External"/>'
        for number, link in enumerate(links)
    )
    return f'{_XML}<Relationships xmlns="{_RELATIONS}">{made}</Relationships>'.encode()


def _word(block: Block) -> str:
    match block.kind:
        case "table":
            rows = ("".join(f"<w:tc>{word_paragraph(cell)}</w:tc>" for cell in row) for row in block.rows)
            return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"
        case "list":
            return "".join(word_paragraph(row[0]) for row in block.rows)
        case "code":
            return "".join(word_paragraph(line) for line in block.text.splitlines())
        case _:
            return word_paragraph(block.text)


def word_paragraph(text: str) -> str:
    """A paragraph, in runs as Word cuts them: wherever the formatting changes."""
    runs = (f'<w:r><w:t xml:space="preserve">{escape(run)}</w:t></w:r>' for run in text.split("**"))
    return f"<w:p>{''.join(runs)}</w:p>"


def xlsx(rows: list[list[str]], links: Sequence[str] = ()) -> bytes:
    """A workbook with one sheet, ``IOCs``; a cell that begins with ``=`` is a formula."""
    strings = [cell for row in rows for cell in row if not cell.startswith("=")]
    cells = ""
    for number, row in enumerate(rows, 1):
        cells += f'<row r="{number}">'
        for column, cell in enumerate(row):
            address = f"{chr(65 + column)}{number}"
            if cell.startswith("="):
                cells += f'<c r="{address}" t="str"><f>{escape(cell[1:])}</f><v>go</v></c>'
            else:
                cells += f'<c r="{address}" t="s"><v>{strings.index(cell)}</v></c>'
        cells += "</row>"
    shared = "".join(f"<si><t>{escape(one)}</t></si>" for one in strings)
    return archive(
        {
            "[Content_Types].xml": _TYPES.encode(),
            "xl/workbook.xml": f'{_XML}<workbook><sheets><sheet name="IOCs" sheetId="1"/></sheets></workbook>'.encode(),
            "xl/sharedStrings.xml": f"{_XML}<sst>{shared}</sst>".encode(),
            "xl/worksheets/sheet1.xml": f"{_XML}<worksheet><sheetData>{cells}</sheetData></worksheet>".encode(),
            "xl/worksheets/_rels/sheet1.xml.rels": _relations(links),
        }
    )


def pptx(slides: list[str], links: Sequence[str] = ()) -> bytes:
    """A presentation; the links are on its first slide."""
    bodies = (f"<a:p><a:r><a:t>{escape(said)}</a:t></a:r></a:p>" for said in slides)
    parts = {
        f"ppt/slides/slide{number}.xml": f'{_XML}<p:sld xmlns:p="p" xmlns:a="a">{body}</p:sld>'.encode()
        for number, body in enumerate(bodies, 1)
    }
    return archive(
        {"[Content_Types].xml": _TYPES.encode(), **parts, "ppt/slides/_rels/slide1.xml.rels": _relations(links)}
    )


def archive(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """A ZIP, the same one every time: not even packed, since not every zlib packs alike."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        for name, data in members.items():
            made.writestr(zipfile.ZipInfo(name, (2026, 11, 1, 0, 0, 0)), data, method)
    return written.getvalue()


# ── PDF ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

# widths of Helvetica's characters from space to tilde, in thousandths of the size (Adobe's font metrics)
_WIDTHS = [
    int(one)
    for one in [
        "278",
        "278",
        "355",
        "556",
        "556",
        "889",
        "667",
        "191",
        "333",
        "333",
        "389",
        "584",
        "278",
        "333",
        "278",
        "278",
        "556",
        "556",
        "556",
        "556",
        "556",
        "556",
        "556",
        "556",
        "556",
        "556",
        "278",
        "278",
        "584",
        "584",
        "584",
        "556",
        "1015",
        "667",
        "667",
        "722",
        "722",
        "667",
        "611",
        "778",
        "722",
        "278",
        "500",
        "667",
        "556",
        "833",
        "722",
        "778",
        "667",
        "778",
        "722",
        "667",
        "611",
        "722",
        "667",
        "944",
        "667",
        "667",
        "611",
        "278",
        "278",
        "278",
        "469",
        "556",
        "333",
        "556",
        "556",
        "500",
        "556",
        "556",
        "278",
        "556",
        "556",
        "222",
        "222",
        "500",
        "222",
        "833",
        "556",
        "556",
        "556",
        "556",
        "333",
        "500",
        "278",
        "556",
        "500",
        "722",
        "500",
        "500",
        "500",
        "334",
        "260",
        "334",
        "584",
    ]
]
_SIZE, _LEADING, _LEFT, _TOP, _BOTTOM, _ACROSS = 10, 14, 60, 790, 60, 470
_TINY = 6


def document(report: Report) -> bytes:
    """A report as a PDF, set as word processors set one: lines are full, and long links are broken after a slash."""
    lines = [report.head["title"], report.head["date"], ""]
    links = []
    for block in report.blocks:
        lines += [*_set(block), ""]
        links += [block.target] if block.target else []
    height = (_TOP - _BOTTOM) // _LEADING
    return pdf([lines[start : start + height] for start in range(0, len(lines), height)], links)


def _set(block: Block) -> list[str]:
    match block.kind:
        case "table":
            return ["   ".join(row) for row in block.rows]
        case "list":
            return [line for row in block.rows for line in wrapped(f"- {_plain(row[0])}")]
        case "code":
            return block.text.splitlines()
        case _:
            return wrapped(_plain(block.text))


def wrapped(text: str) -> list[str]:
    """Lines as full as they can be. What fits on no line is broken after a sign that allows it."""
    lines = [""]
    for word in text.split():
        for number, chunk in enumerate(
            re.findall(r"[^/?&=_-]*[/?&=_-]*", word)[:-1] if _width(word) > _ACROSS / 2 else [word]
        ):
            space = " " if lines[-1] and not number else ""
            if _width(lines[-1] + space + chunk) > _ACROSS:
                lines.append(chunk)
            else:
                lines[-1] += space + chunk
    return lines


def _width(text: str) -> float:
    return sum(_WIDTHS[ord(one) - 32] for one in text) * _SIZE / 1000


def pdf(pages: list[list[str]], links: Sequence[str] = (), password: str = "", *, apart: bool = False) -> bytes:
    """A PDF of lines in Helvetica; the links lie on its first page. Encrypted, if there is a password.

    With its letters apart, each has its own place, and there are no spaces: so browsers print.
    """
    objects: list[bytes] = []

    def add(content: bytes) -> int:
        objects.append(content)
        return len(objects)

    catalog, tree = add(b""), add(b"")
    font = add(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    notes = [
        add(
            b"<< /Type /Annot /Subtype /Link /Rect [60 60 200 72] /Border [0 0 0] /A << /S /URI /URI ("
            + _literal(link)
            + b") >> >>"
        )
        for link in links
    ]
    kids = []
    for number, lines in enumerate(pages):
        shown = b"\n".join(map(_letter_by_letter, count(), lines) if apart else map(_at_once, lines))
        stream = f"BT /F1 {_SIZE} Tf {_LEADING} TL {_LEFT} {_TOP} Td\n".encode() + shown + b"\nET"
        stream = _rc4(_key(password, len(objects) + 1), stream) if password else stream
        content = add(f"<< /Length {len(stream)} >>\nstream\n".encode() + stream + b"\nendstream")
        annotations = " ".join(f"{note} 0 R" for note in notes) if not number else ""
        kids.append(
            add(
                f"<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R"
                f" /Resources << /Font << /F1 {font} 0 R >> >> /Annots [{annotations}] >>".encode()
            )
        )
    objects[catalog - 1] = f"<< /Type /Catalog /Pages {tree} 0 R >>".encode()
    objects[tree - 1] = (
        f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] >>".encode()
    )
    return _pdf_file(objects, f"/Root {catalog} 0 R {_encryption(password) if password else ''}")


def _at_once(line: str) -> bytes:
    return b"(" + _literal(line) + b") Tj T*"


def _letter_by_letter(number: int, line: str) -> bytes:
    return b" ".join(
        f"1 0 0 1 {_LEFT + _width(line[:place]):.2f} {_TOP - number * _LEADING} Tm (".encode()
        + _literal(letter)
        + b") Tj"
        for place, letter in enumerate(line)
        if letter != " "
    )


def _pdf_file(objects: list[bytes], trailer: str) -> bytes:
    written = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(written))
        written += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    return (
        written
        + (
            f"xref\n0 {size}\n0000000000 65535 f \n{table}"
            f"trailer\n<< /Size {size} {trailer} >>\nstartxref\n{len(written)}\n%%EOF\n"
        ).encode()
    )


# The oldest encryption of PDF (40 bits of RC4): it protects nothing, and all readers know it.
_PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
_OWNER = bytes(range(65, 97))


def _encryption(password: str) -> str:
    proof = _rc4(_key(password), _PADDING).hex()
    return f"/ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{_OWNER.hex()}> /U <{proof}> >>"


def _key(password: str, number: int = 0) -> bytes:
    secret = (password.encode() + _PADDING)[:32] + _OWNER + struct.pack("<i", -4) + b"\0"
    key = hashlib.md5(secret, usedforsecurity=False).digest()[:5]
    mixed = key + number.to_bytes(3, "little") + b"\0\0"
    return hashlib.md5(mixed, usedforsecurity=False).digest()[:10] if number else key


def _rc4(key: bytes, data: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    given, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        given.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(given)


def _literal(text: str) -> bytes:
    return re.sub(r"([\\()])", r"\\\1", text).encode("cp1252")


# ── Outlook ──────────────────────────────────────────────────────────────────────────────────────────────────────────

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_STORAGE, _STREAM, _ROOT = 1, 2, 5


def msg(texts: dict[str, str], page: str = "", attachments: Mapping[str, bytes] = _NONE) -> bytes:
    """An Outlook message with these text properties, a page as its body, and attachments."""
    streams: Streams = {("__properties_version1.0",): bytes(32)}
    streams |= {(f"__substg1.0_{number}001F",): said.encode("utf-16-le") for number, said in texts.items()}
    if page:
        streams["__substg1.0_10130102",] = page.encode()
    for number, (name, data) in enumerate(attachments.items()):
        folder = f"__attach_version1.0_#{number:08X}"
        streams[folder, "__substg1.0_3707001F"] = name.encode("utf-16-le")
        streams[folder, "__substg1.0_37010102"] = data
    return compound(streams)


def compound(streams: Streams) -> bytes:
    """A compound file ([MS-CFB]) of small streams."""
    paths: list[tuple[str, ...]] = [(), *sorted({path[:1] for path in streams} | set(streams))]
    small = b"".join(data.ljust(-(-len(data) // _MINI) * _MINI, b"\0") for data in streams.values())
    small = small.ljust(-(-max(len(small), 1) // _SECTOR) * _SECTOR, b"\0")
    chains: list[int] = []
    starts: dict[tuple[str, ...], int] = {}
    for path, data in streams.items():
        count = -(-len(data) // _MINI)
        starts[path] = len(chains) if count else _END
        chains += [*range(len(chains) + 1, len(chains) + count), _END] if count else []
    directory = _sectors(b"".join(_entry(number, paths, streams, starts, len(small)) for number in range(len(paths))))
    mini_fat = _sectors(struct.pack(f"<{len(chains)}I", *chains), fill=b"\xff")
    parts = [directory, mini_fat, small]
    fat: list[int] = [_FAT]
    for part in parts:
        count = len(part) // _SECTOR
        fat += [*range(len(fat) + 1, len(fat) + count), _END]
    assert len(fat) <= _SECTOR // 4
    first_mini_fat = 1 + len(directory) // _SECTOR
    header = struct.pack(
        "<8s16x5H6xIIIIIIIIIII",
        bytes.fromhex("d0cf11e0a1b11ae1"),
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        0,
        1,
        1,
        0,
        _CUTOFF,
        first_mini_fat,
        len(mini_fat) // _SECTOR,
        _END,
        0,
        0,
        _FREE,
    )[:76]
    header += struct.pack("<I", 0) + b"\xff" * (108 * 4)
    return header + _sectors(struct.pack(f"<{len(fat)}I", *fat), fill=b"\xff") + b"".join(parts)


def _entry(
    number: int, paths: list[tuple[str, ...]], streams: Streams, starts: dict[tuple[str, ...], int], small: int
) -> bytes:
    path = paths[number]
    children = [one for one, other in enumerate(paths) if other and other[:-1] == path]
    siblings = [one for one in (range(number + 1, len(paths))) if path and paths[one][:-1] == path[:-1]]
    first_small = (
        1
        + -(-len(paths) * 128 // _SECTOR)
        + -(-sum(-(-len(data) // _MINI) for data in streams.values()) * 4 // _SECTOR)
    )
    kind = _STREAM if path in streams else _STORAGE if path else _ROOT
    name = (path[-1] if path else "Root Entry").encode("utf-16-le") + b"\0\0"
    start, size = (starts[path], len(streams[path])) if path in streams else (0, 0) if path else (first_small, small)
    return name.ljust(64, b"\0") + struct.pack(
        "<HBBIII16x4x16xIQ",
        len(name),
        kind,
        1,
        _FREE,
        siblings[0] if siblings else _FREE,
        children[0] if children and path not in streams else _FREE,
        start,
        size,
    )


def _sectors(data: bytes, fill: bytes = b"\0") -> bytes:
    return data.ljust(-(-max(len(data), 1) // _SECTOR) * _SECTOR, fill)


# ── all of them ──────────────────────────────────────────────────────────────────────────────────────────────────────

FORMATS: dict[str, Callable[[Report], bytes]] = {"html": page, "eml": message, "docx": word, "pdf": document}


def main(target: Path = FOLDER) -> None:
    """Write every report, and what there is to find in them."""
    expected = {}
    for path in sorted((FOLDER / "texts").glob("*.txt")):
        made = report(path)
        name = f"{made.name}.{made.head['format']}"
        (target / name).write_bytes(FORMATS[made.head["format"]](made))
        if "attach" in made.head:
            made.optional += _facts(attachment(made))
        expected[name] = {"expected": made.expected, "optional": made.optional}
    (target / "EXPECTED.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _facts(data: bytes) -> list[dict[str, str]]:
    """The digests of what is attached, which are true and which nobody was looking for."""
    inside = [data]
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            inside += [packed.read(name) for name in packed.namelist()]
    return [
        {"type": algorithm, "value": hashlib.new(algorithm, one, usedforsecurity=False).hexdigest()}
        for one in inside
        for algorithm in ("md5", "sha1", "sha256")
    ]


if __name__ == "__main__":
    main()
