"""What people do to indicators so that nobody clicks on them, and how it is undone. Every part is bounded."""

import re
from bisect import bisect_right
from collections.abc import Mapping
from typing import NamedTuple

_DOT = r"(?:\.|dot|DOT|Dot|punto|punkt)"

HIDDEN = re.compile(r"[\u00ad\u200b-\u200d\u2060\ufeff]+")
"""What nobody sees: soft hyphens, spaces without width."""

_FANGS = re.compile(
    rf"""(?=[\[\](){{}}<:/.\\^_&\u00ad\u200b-\u200d\u2060\ufeff-])(?:   # what each of them begins with
      (?P<ampersand>&amp;|\\u0026)
    | (?P<scheme>\[:?//\]|\[:\]//|\[://\]|:\[//\]|\[\]://|(?<=ttp|tps):(?:///|__)(?=\w)|(?<=ttp|tps)//(?=\w))
    | (?P<dot> [\[({{<]\x20?{_DOT}\x20?[\])}}>]                   # [.] (.) {{.}} <.> [dot] (dot)
             | \]\.\] | \[{{1,3}}\.[\[\]]{{0,3}} | \.\](?=\w) | [({{]\.(?=\w)      # unbalanced mixes
             | (?<=\w)[\\^]\.(?=\w)                               # \. ^.
             | (?<=\w)[_-](?:dot|DOT)[_-](?=\w) | &\#(?:46|x2[eE]); )
    | (?P<at> [\[({{<]\x20?(?:@|at|AT|At|arroba|et)\x20?[\])}}>] | (?<=\w)_at_(?=\w) | &\#(?:64|x40); )
    | (?P<double_colon>\[::\])
    | (?P<colon>\[:\]|\(:\)|&\#(?:58|x3[aA]);)
    | (?P<http>[\[(]http[\])](?=:)) | (?P<https>[\[(]https[\])](?=:)) | (?P<tcp>[\[(]tcp[\])](?=:))
    | (?P<wss>[\[(]wss[\])](?=:)) | (?P<www>\[www\](?=\.))
    | (?P<dash>\[-\])
    | (?P<slash>\[/\]|\\/|&\#(?:47|x2[fF]);)
    | (?P<nothing>[\u00ad\u200b-\u200d\u2060\ufeff]+)             # soft hyphens, zero-width spaces
    )""",
    re.VERBOSE,
)
_PLAIN = {
    "dot": ".", "at": "@", "colon": ":", "double_colon": "::", "dash": "-", "slash": "/", "scheme": "://",
    "nothing": "", "ampersand": "&", "http": "http", "https": "https", "tcp": "tcp", "wss": "wss",
    "www": "www",
}  # fmt: skip

# What all of that holds; most texts have none of it. Of a bracket, it is what may follow that tells: "f(x)" is code
_SUSPECT = re.compile(
    r"[\[({<](?=[\x20.@:/\[\]-]|[dD][oO]|pun|[aA][tT]|arr|et|http|tcp\)|tcp]|wss|www)|[\\^](?=[./])|:\\\\"
    r"|&(?:amp;|#[456x])|\\u0026|[\u00ad\u200b-\u200d\u2060\ufeff]|[\].]\.?\]|[_-](?:dot|DOT)[_-]|_at_|tps?//|:///|tps?:__"
)

# Odd spellings of http and ftp, as long as the real ones: hxxp, h**p, h__p, hxtp, h00p, hxxt, xxxp, meow; fxp, ftx
_SCHEME = re.compile(
    r"(?<![A-Za-z0-9])(?:(?P<http>h[tx*_0]{2}[pt]|xxx[px]|meow)|(?P<ftp>fxp|ftx))(?P<s>s?)(?=://|:\\)", re.IGNORECASE
)

# Characters that stand for ours, one for one
_SAME = {
    ord(theirs): ours
    for theirs, ours in zip("。．｡․：／＠‐‑‒–−\ufffe０１２３４５６７８９", "....:/@------0123456789", strict=True)
}

# Behind our letters and before a script without spaces it ends a sentence
_END_OF_SENTENCE = re.compile(r"(?<=[0-9A-Za-z])[\u3002\uff0e](?=[\u3040-\u30ff\u4e00-\u9fff\u201c\uff08\u300c])")

# In a name: letters and digits of any script, and whatever else is no space and no common punctuation, such as marks
# on letters, which \w leaves out: one dot too many in brackets does no harm
_LETTER = (
    r"0-9A-Za-z\u00aa\u00b5\u00ba\u00c0-\u167f\u1681-\u1fff\u2126\u212a\u212b\u2c00-\u2dff\u2e80-\u2fff\u3005-\u3007"
    r"\u3021-\ufe2f\ufe70-\ufefc\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uffef\U00010000-\U000dffff"
)

_HARMFUL = re.compile(
    rf"""\b(?P<scheme>[A-Za-z][A-Za-z0-9+]{{1,9}})://(?P<host>[^\s/?\#<>"']{{1,300}})(?P<rest>[^\s<>"']*)
    | (?<![_.\[{_LETTER}-])(?:[_{_LETTER}][_{_LETTER}-]*+\.)+[^\W\d_][{_LETTER}-]++(?!_)  # each run is read once
    | (?<![\w.])\d{{1,3}}(?:\.\d{{1,3}}){{3}}(?![\w.])""",
    re.VERBOSE,  # capitals are named: to ignore them takes 40 ms for so many letters, each time it is loaded
)
_BARE_DOT = re.compile(r"(?<!\[)\.(?!\])")
_SCHEME_OF_LINK = re.compile(r"(?<![A-Za-z0-9])(?:(?P<h>h)tt(?=ps?://)|(?P<f>f)t(?=ps?://))", re.IGNORECASE)


class Refanged(NamedTuple):
    """A text without fangs, which remembers where its characters came from.

    Attributes:
        text: the text.
        changed: whether anything was undone.
        written: the text as it was before, if anything was.
    """

    text: str
    changed: bool
    starts: tuple[int, ...] = ()
    shifts: tuple[int, ...] = ()
    written: str = ""

    def origin(self, position: int) -> int:
        """Where the character at a position of the text was before."""
        index = bisect_right(self.starts, position) - 1
        return position + self.shifts[index] if index >= 0 else position

    def differs(self, start: int, end: int) -> bool:
        """Whether anything was undone in a part of the text."""
        return self.changed and self.written[self.origin(start) : self.origin(end - 1) + 1] != self.text[start:end]


def substituted(pattern: re.Pattern[str], plain: Mapping[str, str], text: str) -> Refanged:
    """A text in which each group of a pattern is replaced by what it stands for."""
    pieces: list[str] = []
    starts: list[int] = []
    shifts: list[int] = []
    end = length = 0
    for found in pattern.finditer(text):
        name = found.lastgroup or ""
        written = plain[name]
        start, stop = found.span(name or 0)
        pieces += (text[end:start], written)
        length += start - end + len(written)
        end = stop
        starts.append(length)
        shifts.append(end - length)
    return Refanged("".join([*pieces, text[end:]]), bool(starts), tuple(starts), tuple(shifts))


def refanged(text: str) -> Refanged:
    """A text as it was before somebody defanged it: all styles but those with spaces between words."""
    ours = text if text.isascii() else _END_OF_SENTENCE.sub(" ", text).translate(_SAME)
    if ours is text and not _SUSPECT.search(text) and (":" not in text or not _SCHEME.search(text)):
        return Refanged(text, changed=False)
    found = substituted(_FANGS, _PLAIN, ours) if _SUSPECT.search(ours) else Refanged(ours, changed=False)
    plain = found.text
    if ":" in plain:
        plain = _SCHEME.sub(lambda one: ("http" if one["http"] else "ftp") + one["s"].lower(), plain)
        if ":\\\\" in plain and plain.startswith(("http", "ftp")):
            plain = plain.replace("\\", "/")
    return found._replace(text=plain, changed=plain != text, written=text)


def refang(text: str) -> str:
    """One pasted value as it was before somebody defanged it."""
    return refanged(text.strip()).text


def defang(text: str, *, keep: str = "") -> str:
    """Text for people, in which no link, name or address can be clicked by mistake; `refang` undoes it.

    Args:
        text: any text.
        keep: a host whose links stay as they are, such as the page of the source that is being quoted.
    """

    def harmless(found: re.Match[str]) -> str:
        if found["scheme"] is None:
            return found[0].replace(".", "[.]")
        if keep and found["host"].lower() == keep.lower():
            return found[0]
        link = found["scheme"] + "://" + _BARE_DOT.sub("[.]", found["host"]) + found["rest"]
        return _SCHEME_OF_LINK.sub(lambda one: "hxx" if one["h"] else "fx", link)  # also of a link inside the link

    return _HARMFUL.sub(harmless, text)
