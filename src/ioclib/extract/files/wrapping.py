"""What the lines of a page have torn apart, made whole: links, paths, hashes and wallets that found no room on one."""

import re
from collections.abc import Callable, Collection, Iterable
from functools import cache
from math import inf
from typing import NamedTuple

from ioclib.errors import InvalidIndicator
from ioclib.extract.defanging import refang
from ioclib.indicators import Indicator, Onion, types

_LONGEST = 1024
"""Characters at the end of a line that are looked at."""

_LINK_AT_END = re.compile(r"(?:://|\[:\]//|\[://\])\S*+\Z")
_PATH_AT_END = re.compile(r"(?:\b[A-Za-z]:|\bHK[A-Z_]{2,20}|%\w{1,30}%)\\(?:[^\\/:*?\"<>|\n]{1,80}\\){0,30}[^\s\\]*\Z")
_PART_OF_LINK = re.compile(r"[\w%/?&=#~+.:;,@!$*'\[\]()-]++")
_PART_OF_PATH = re.compile(r"(?!\w:)[^\s\\/:*?\"<>|]{1,80}\\")
_BEGINS_ANEW = re.compile(
    r"""\S*(?:://|\[:|\[\.\]|\[dot\]|@) | www\. | (?:\d{1,3}\.){3} | [0-9A-Fa-f]{32,}""", re.IGNORECASE | re.VERBOSE
)
_GOES_ON = tuple("-_=&?%+#~")
"""A link that ends its line with one of these has not ended."""
_OF_LINKS_ONLY = re.compile(r"[/.=&?%_]")
_ONE_CHUNK = re.compile(r"[^/?&=._-]*+[/?&=._-]?")
"""What is kept on one line when a link is wrapped."""
_FILE_ENDING = re.compile(
    """7z|aspx?|bat|bin|cab|cgi|cmd|css|dat|dll|docm?|docx|exe|gif|gz|hta|html?|img|iso|jar|jpe?g|jse?|json|jsp|lnk|msi
    |pdf|php|png|ps1|py|rar|rtf|scr|sh|svg|tar|txt|vb[es]|wsf|xls[mx]?|xml|zip""".replace("\n    ", ""),
    re.IGNORECASE,
)

_NEAR = 8
"""Lines before and behind one that show how far the lines of its column reach."""
_SUPPORT = 2
"""So many of them nearly do, or it is no column of running text but a list."""
_ABOUT = 15.0
_SAME_LEFT = 3.0
"""Points, of which an inch has 72."""
_FULL_LINES = 0.6
"""How far a page's text has to reach, of the page's width, for a line that reaches as far to count as full."""

# `(?>…)`, not `(?:…)++`: before 3.11.5, Python keeps what it read of a repetition that then fails (gh-106052)
_TORN = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{24,127}+(?>(?:[ ]?\n[0-9A-Fa-f]{1,127}+(?![0-9A-Za-z]))+)")
_HASHES = {32, 40, 64, 96, 128}
"""How many hex digits they have."""
_WIDER = 3
"""So many more digits than on its first line may stand on another, as digits are not all as wide."""
_OF_HASH = re.compile(r"md-?(5)|sha-?(1|256|384|512)", re.IGNORECASE)
_DIGITS = {"5": 32, "1": 40, "256": 64, "384": 96, "512": 128}
_BEFORE = 40
_PREFIXED = re.compile(r"(?<!\w)(?:0x|T1)[0-9A-Fa-f]{10,69}+(?:[ ]?\n[0-9A-Fa-f]{1,69}+){1,4}(?![0-9A-Za-z])")
_WITH_PREFIX = {42, 72}
"""How many characters an Ethereum address and a TLSH have with theirs."""
_WALLET = re.compile(r"(?<![0-9A-Za-z])([0-9A-Za-z]{20,100}+)[ ]?\n([0-9A-Za-z]{1,80}+)(?![0-9A-Za-z])")
_ONION = re.compile(r"(?<![0-9A-Za-z])([a-z2-7]{10,55}+)[ ]?\n([a-z2-7]{1,46}\.onion)\b")
_CVE = re.compile(r"(?<!\w)(CVE-\d{4}-)[ ]?\n(?=\d{4,9}\b)", re.IGNORECASE)


class Line(NamedTuple):
    """A line of a page."""

    text: str
    left: float
    """Where it begins, in points."""
    right: float
    needs: Callable[[int], float]
    """How wide so many of its first characters are."""


def unwrapped(lines: list[Line], width: float, links: Collection[str]) -> list[str]:
    """The lines of a page, those put together that a link or a path goes on over.

    Args:
        lines: as they stand there.
        width: of the page, in points.
        links: where the page's links lead to: one that is shown is told by it.
    """
    if not lines:
        return []
    margin = max(line.right for line in lines)
    margin = margin if margin > _FULL_LINES * width else inf
    whole = [lines[0].text]
    for number, line in enumerate(lines[1:], 1):
        before = whole[-1][-_LONGEST:].rstrip()
        may_go_on = _may_go_on(before, line.text) and _is_full(lines, number - 1, margin)
        if may_go_on or _is_of_link(before, line.text, links):
            whole[-1] = whole[-1].rstrip() + line.text
        else:
            whole.append(line.text)
    return whole


def _is_of_link(before: str, line: str, links: Collection[str]) -> bool:
    begun = _LINK_AT_END.search(before)
    token = _first_token(line).rstrip(".,;:)")
    if not links or not begun or not token:
        return False
    start = re.search(r"[A-Za-z]{2,8}\Z", before[: begun.start()])
    shown = refang(before[start.start() if start else begun.start() :] + token)
    return any(shown in link for link in links)


def _first_token(line: str) -> str:
    return line.split(maxsplit=1)[0] if line[:1].strip() else ""


def _may_go_on(before: str, line: str) -> bool:
    """Whether a line can be the rest of a link or a path that the text before it ends with."""
    token = _first_token(line)
    if not token or _BEGINS_ANEW.match(token):
        return False
    if _PART_OF_PATH.match(token):
        return _PATH_AT_END.search(before) is not None
    if not _LINK_AT_END.search(before) or not _PART_OF_LINK.fullmatch(token):
        return False
    if before.endswith(_GOES_ON):
        return True
    token = token.rstrip(".,;:)")
    if before.endswith(".") and _FILE_ENDING.fullmatch(token):
        return True
    if not _OF_LINKS_ONLY.search(token):
        return False
    name, dot, ending = re.split("[/?#]", token, maxsplit=1)[0].rpartition(".")
    return not dot or "%" in name or (name != "" and _FILE_ENDING.fullmatch(ending) is not None)


def _is_full(lines: list[Line], number: int, margin: float) -> bool:
    """Whether the beginning of the next line would not have found room on this one, of the page or of a column."""
    line, following = lines[number], lines[number + 1]
    chunk = _ONE_CHUNK.match(following.text)
    needed = line.right + following.needs(max(chunk.end() if chunk else 1, 1))
    around = lines[max(0, number - _NEAR) : number + _NEAR + 1]
    column = [one.right for one in around if one.text.strip() and abs(one.left - line.left) < _SAME_LEFT]
    edge = max(column, default=0.0)
    return needed > margin or (needed > edge and sum(right > edge - _ABOUT for right in column) > _SUPPORT)


def whole(text: str) -> str:
    """A text with the hashes, wallets and numbers of vulnerabilities whole that were on several lines."""
    text = _TORN.sub(_whole_hashes, text)
    text = _PREFIXED.sub(_whole_if_long_enough, text)
    text = _CVE.sub(r"\1", text)
    text = _ONION.sub(_whole_onion, text)
    return _WALLET.sub(_whole_wallet, text)


def _whole_hashes(found: re.Match[str]) -> str:
    """Hex digits on several lines, with the hashes that were torn there on one line each."""
    pieces = found[0].split()
    line = found.string[max(0, found.start() - _BEFORE) : found.start()].rpartition("\n")[2]
    if said := _said_length(line):
        return "\n".join(_grouped(pieces, {said}, lambda torn, _: torn != said))
    if line and not any(map(str.isalnum, line)) and sum(map(len, pieces)) in _HASHES:
        return "".join(pieces)  # one item of a list
    return "\n".join(_grouped(pieces, _HASHES, _goes_on))


def _said_length(line: str) -> int:
    """How many digits a hash has by the one name that stands before it; 0 if there is none, or several."""
    said = {found[1] or found[2] for found in _OF_HASH.finditer(line)}
    return _DIGITS[said.pop()] if len(said) == 1 else 0


def _grouped(pieces: Iterable[str], lengths: Collection[int], goes_on: Callable[[int, str], bool]) -> list[str]:
    """Pieces put together where several make something of one of these lengths."""
    lines: list[str] = []
    torn: list[str] = []  # the beginning of something, perhaps
    for piece in pieces:
        if torn and not goes_on(len(torn[0]), piece):
            lines += torn
            torn = []
        torn.append(piece)
        length = sum(map(len, torn))
        if len(torn) > 1 and length in lengths:
            lines.append("".join(torn))
            torn = []
        elif length > max(lengths):
            lines += torn
            torn = []
    return lines + torn


def _goes_on(first: int, piece: str) -> bool:
    """Whether a line can be of the same hash as the first one: behind a whole one stands another, or a date."""
    is_whole = first in _HASHES
    return len(piece) <= first + _WIDER and not (is_whole and (len(piece) in _HASHES or piece.isdecimal()))


def _whole_if_long_enough(found: re.Match[str]) -> str:
    joined = "".join(found[0].split())
    return joined if len(joined) in _WITH_PREFIX else found[0]


def _whole_onion(found: re.Match[str]) -> str:
    """Two lines as one, if that has the checksum of an onion address."""
    joined = "".join(found.groups())
    return joined if _is_any(joined, (Onion,)) else found[0]


def _whole_wallet(found: re.Match[str]) -> str:
    """Two lines as one, if that has the checksum of a wallet, and the first alone has not."""
    begun, rest = found.groups()
    is_whole = _is_any(begun + rest, _wallets()) and not _is_any(begun, _wallets())
    return begun + rest if is_whole else found[0]


def _is_any(text: str, kinds: Iterable[type[Indicator]]) -> bool:
    for kind in kinds:
        try:
            kind(text)
        except InvalidIndicator:
            continue
        return True
    return False


@cache
def _wallets() -> tuple[type[Indicator], ...]:
    """The types with a checksum; the others would take anything of the right length."""
    names = {"btc", "bch", "ltc", "doge", "dash", "zec", "xrp", "trx", "xmr"}
    return tuple(kind for kind in types() if kind.kind in names)
