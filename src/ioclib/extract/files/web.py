"""HTML: what people see, and what it links to.

The standard library's parser takes quadratic time on hostile pages, and a page comes from whoever wrote it. This one
looks at every character once. It does not repair pages as browsers do: it needs no tree, only texts and links.
"""

import html
import re
from collections.abc import Iterator
from enum import IntEnum
from urllib.parse import unquote

from ioclib.errors import UnreadableFile
from ioclib.extract.files import text
from ioclib.extract.files.pieces import Content, Passage, Wishes, inside, label, size

_TAG_NAME = re.compile(r"[A-Za-z][^\s/>]*+")
# Possessive, so that no character is looked at again; a quote that is never closed fails once for the whole page.
_ATTRIBUTE = re.compile(
    r"""[\s/]*+
    (?: (?P<end>>)
      | (?P<name>[^\s/>][^\s/>=]*+)
        (?: \s*+ = \s*+ (?: "(?P<double>[^"]*+)" | '(?P<single>[^']*+)' | (?P<bare>[^\s>"'][^\s>]*+) )? )?
    )""",
    re.VERBOSE,
)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_ABSURD_NUMBER = re.compile(r"&#x?[0-9a-f]{9,4000};?", re.IGNORECASE)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}["']?([\w.:-]{1,40})""", re.IGNORECASE)

_CONDITION = re.compile(r"<!--\[if[^\]>]{0,200}\]>")
_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]{0,30}):")
_BREAKS = re.compile(r"[\t\r\n]")

_UNSEEN = {"script", "style"}
_RAW = {
    tag: re.compile(rf"</{tag}(?=[\s/>])", re.IGNORECASE)
    for tag in (*_UNSEEN, "iframe", "noembed", "noframes", "textarea", "title", "xmp")
}
_BLOCK = re.compile(
    """address|article|aside|blockquote|body|button|caption|center|d[dlt]|details|dialog|div|fieldset|figcaption|figure
    |footer|form|h[1-6]|head|header|iframe|legend|li|main|menu|nav|noscript|[ou]l|optgroup|option|p|pre|section|select
    |summary|tbody|template|textarea|tfoot|thead|title|xmp""",
    re.VERBOSE,
)
_ROWS = {"br", "hr", "html", "table", "tr"}
_CELLS = {"td", "th"}
_GAPS = {"img", "input"}
_LINK = re.compile("action|background|cite|codebase|data|formaction|href|icon|longdesc|manifest|ping|poster|src|srcset")
# their links say what the words of the page mean, and lead nowhere
_VOCABULARY = re.compile("itemtype|prefix|profile|property|typeof|vocab|xmlns.*", re.DOTALL)
_NOWHERE = {"about", "blob", "cid", "data"}
_CODE = {"javascript", "vbscript"}


class _Break(IntEnum):
    NONE = 0
    BLOCK = 1
    ROW = 2


def read(content: Content, wishes: Wishes) -> Iterator[Passage]:
    """Read a page."""
    limit = wishes.limits.size
    data = content.stream.read(limit + 1)
    if len(data) > limit:
        raise UnreadableFile(f"is larger than {size(limit)}, and a page has to be read whole")
    return passages(text.decoded(data, _charset(data)), wishes)


def _charset(data: bytes) -> str | None:
    said = _CHARSET.search(data, 0, 4096)
    charset = said[1].decode() if said else ""
    return None if text.encoding_of(data) != "utf-8" or charset.lower().startswith("utf-16") else charset


def passages(page: str, wishes: Wishes, place: str = "") -> Iterator[Passage]:
    """The visible text of a page and, each by itself, its links."""
    held: list[str] = []
    length = 0
    for part in _Page(page, scripts=wishes.scripts).parts():
        if isinstance(part, Passage):
            yield Passage(part.text, inside(place, part.place))
            continue
        held.append(part)
        length += len(part)
        if length >= text.PIECE:
            yield from text.pieces("".join(held), inside(place, "text"))
            held, length = [], 0
    yield from text.pieces("".join(held), inside(place, "text"))


class _Page:
    """One page, read once from its beginning to its end."""

    def __init__(self, page: str, *, scripts: bool) -> None:
        self._page = page
        self._scripts = scripts
        self._ready: list[str | Passage] = []
        self._line: list[str] = []
        self._break = _Break.NONE
        self._cell_begins = False
        self._as_written = False
        self._comments_end = True

    def parts(self) -> Iterator[str | Passage]:
        """The lines of its text, and between them its links."""
        page, at = self._page, 0
        while (opening := page.find("<", at)) >= 0:
            self._write(page[at:opening])
            at = self._markup(opening)
            yield from self._ready
            self._ready.clear()
        self._write(page[at:])
        self._finish_line()
        yield from self._ready

    def _markup(self, at: int) -> int:
        """Take what begins here; where it ends."""
        page = self._page
        after = page[at + 1 : at + 2]
        if after.isascii() and after.isalpha():
            return self._opening_tag(at)
        if re.match("[A-Za-z]", page[at + 2 : at + 3]) and after == "/":
            return self._closing_tag(at)
        if page.startswith("<!--", at):
            return self._comment(at)
        if page.startswith("<![CDATA[", at):
            return at + len("<![CDATA[")
        if after in {"!", "?", "/"}:
            end = page.find(">", at)
            return end + 1 if end >= 0 else self._rest(at)
        self._write("<")
        return at + 1

    def _rest(self, at: int) -> int:
        """Markup that never ends is text: nothing is lost by a missing bracket."""
        self._write(self._page[at:])
        return len(self._page)

    def _comment(self, at: int) -> int:
        if condition := _CONDITION.match(self._page, at):  # what only Outlook shows, such as the link of a button
            return condition.end()
        end = self._page.find("-->", at + 2) if self._comments_end else -1
        if end < 0:
            self._comments_end = False
            self._write("<!--")
            return at + 4
        if self._scripts:
            self._ready += text.pieces(self._page[at + 4 : end], "comment")
        return end + 3

    def _closing_tag(self, at: int) -> int:
        end = self._page.find(">", at)
        if end < 0:
            return self._rest(at)
        tag = self._page[at + 2 : min(end, at + 40)].split(maxsplit=1)[0].lower()
        self._flow(tag)
        if tag == "pre":
            self._as_written = False
        return end + 1

    def _opening_tag(self, at: int) -> int:
        page = self._page
        name = _TAG_NAME.match(page, at + 1)
        end = name.end() if name else at + 1
        tag = page[at + 1 : end].lower()
        attributes: list[tuple[str, str]] = []
        while found := _ATTRIBUTE.match(page, end):
            end = found.end()
            if found["end"]:
                break
            value = found["double"] or found["single"] or found["bare"] or ""
            attributes.append((found["name"].lower(), _unescaped(value)))
        else:
            return self._rest(at)
        self._flow(tag)
        if tag in _GAPS:
            self._line.append(" ")
        if tag in _CELLS:
            self._write("\t")
            self._cell_begins = True
        if tag == "pre":
            self._as_written = True
        for attribute, value in attributes:
            self._attribute(tag, attribute, value)
        return self._raw(tag, end) if tag in _RAW else end

    def _flow(self, tag: str) -> None:
        """Where lines end. Blocks in the cells of a row don't tear the row apart."""
        if tag in _ROWS:
            self._break = _Break.ROW
            self._cell_begins = False
        elif _BLOCK.fullmatch(tag) and not self._cell_begins:
            self._break = max(self._break, _Break.BLOCK)
        elif tag in _CELLS and self._break is _Break.BLOCK:
            self._break = _Break.NONE

    def _raw(self, tag: str, at: int) -> int:
        """Elements in which there is no markup."""
        closing = _RAW[tag].search(self._page, at)
        end = closing.start() if closing else len(self._page)
        body = self._page[at:end]
        if tag not in _UNSEEN:
            self._write(body)
        elif self._scripts:
            self._ready += text.pieces(body, tag)
        return end

    def _attribute(self, tag: str, attribute: str, value: str) -> None:
        if attribute.startswith("on"):
            target = value if self._scripts else ""
        elif _LINK.fullmatch(attribute):
            target = self._target(_BREAKS.sub("", value))
        elif "://" in value and not _VOCABULARY.fullmatch(attribute):
            target = self._target(_BREAKS.sub(" ", value))
        else:
            return
        if target:
            self._ready.append(Passage(target, "link" if tag in {"a", "area"} else label(f"{tag} {attribute}", 80)))

    def _target(self, value: str) -> str:
        """Where a link leads; empty if it leads nowhere, or only to another part of the same site."""
        value = value.strip()
        found = _SCHEME.match(value)
        scheme = found[1].lower() if found else ""
        if scheme == "mailto":
            return re.sub("[?&]", " ", unquote(value[len("mailto:") :]))
        if scheme in _NOWHERE or (scheme in _CODE and not self._scripts):
            return ""
        if value.startswith("//"):
            return value[2:]
        if "%3a%2f%2f" in value.lower() and not scheme:
            return unquote(value)
        return value if scheme or "://" in value or "[" in value else ""

    def _write(self, words: str) -> None:
        words = _unescaped(words)
        if not self._as_written:
            words = _SPACE.sub(" ", words) if words != "\t" else words
        if words and not words.isspace():
            self._cell_begins = False
            if self._break:
                self._finish_line()
        self._line.append(words)

    def _finish_line(self) -> None:
        line = "".join(self._line).strip()
        if line:
            self._ready.append(line + "\n")
        self._line.clear()
        self._break = _Break.NONE


def _unescaped(words: str) -> str:
    if "&" not in words:
        return words
    return html.unescape(_ABSURD_NUMBER.sub("\N{REPLACEMENT CHARACTER}", words))
