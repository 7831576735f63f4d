"""What stands around a doubtful hit: four numbers may be a version, and a name that ends like a file may be one."""

import re
from functools import lru_cache
from string import ascii_letters, digits

from ioclib.extract.network import ends_a_name
from ioclib.indicators.names import FILE_ENDINGS

_BEFORE = 48  # characters in front of four numbers that may say that they are a version
_VERSION_WORDS = frozenset(
    """v ver version versions fileversion productversion release releases rev build firmware section chapter paragraph
    clause ch sec step running kapitel abschnitt ziffer paragraf tabelle before reader kernel framework tools
    anydesk chrome chromium django edg edge firefox fortimanager fortios foxmail ios java jdk jre libreoffice libssl
    nessus nginx office openssl openvpn os php phpmailer sonicos teamviewer winrar zip zoom""".split()
).union(
    (f"{verb} to" for verb in ("upgrade", "upgraded", "upgrading", "update", "updated", "prior", "up")),
    ("fixed in", "version is", "connect secure", "policy secure", "update auf", "upgrade auf"),
)
_AFTER_A_WORD = " \t:=.,\"'(/<>|-\u2192"  # between "version" and its number
_HEADER = 160  # characters of a log line's header before its version
_SAYING_VERSION = frozenset(
    "version versions versi\u00f3n vers\u00e3o versione \u0432\u0435\u0440\u0441\u0438\u044f"
    " \u0432\u0435\u0440\u0441\u0438\u0438".split()  # two forms in Russian
)
# "version" in Korean, Japanese and Chinese, before or behind the number; and the end of "corrected edition"
_ASIAN_VERSION = ("\ubc84\uc804", "\u30d0\u30fc\u30b8\u30e7\u30f3", "\u7248\u672c", "\u7248")
_WHERE = frozenset("and at by for from in on to with".split())
_AROUND_A_LABEL = " :*-\u2022\"'`\r"
_BETWEEN_CELLS = frozenset(",;|\t")
_JOINED = frozenset("and or to through".split())
_OF_NUMBERS = digits + "."
_MOST_BEFORE = 4  # numbers of "versions 1.2.3.4, 1.2.3.5 and …" that are looked at
_LOG_HEADER = re.compile(r"(?:CEF:\d|LEEF:\d(?:\.\d)?)\|[^|\n]{0,60}\|[^|\n]{0,60}\|\Z")  # vendor, product, version
_NEWER = re.compile(
    r"\s(?:(?:or|and) (?:higher|later|newer|above|earlier|below|older|prior)|(?:upgraded|updated) (?:from|to))\b"
    r"| ?(?:\ubc84\uc804|\u7248\u672c)",
    re.IGNORECASE,
)
_MAY_BE_NEWER = frozenset(
    (*(space + letter for space in " \n" for letter in "aou"), " \ubc84", " \u7248", "\u7248\u672c")
)

# Keys, and addresses in hosts files, that say of something that ends like a file that it is a name
_NAMED = frozenset(
    """c2 domain domains domainname domain_name fqdn fqdns host hosts hostname hostnames host_name qname rname rrname
    server server_name servername sni""".split()
)
_NOWHERE = ("0.0.0.0", "127.0.0.1")  # noqa: S104  # in hosts files
_LONGEST_KEY = 32
_OF_KEYS = ascii_letters + digits + "_-"
_LISTED = re.compile(r"[\W_]*+(?>(?:[A-Za-z0-9_-]++\.)+)([A-Za-z]{2,24})\W*")  # a line of a list of names, or of files
_BESIDE = 16  # characters on its line where there may be a bullet
_NEAR = 256  # characters before and behind that show what list it is of


def is_file(text: str, start: int, end: int) -> bool:
    """Whether what ends like a file is one: nothing says that it is a name, nor is it in a list of names."""
    return not _is_named(text, start) and not _is_listed(text, start, end)


def _is_named(text: str, start: int) -> bool:
    """Whether it is behind a key for names ("sni=", '"host_name": "'), or behind an address in a hosts file."""
    before = text[max(0, start - _LONGEST_KEY) : start].rstrip(" \t\"'\u201c")
    if not before.endswith(("=", ":")):
        return before.endswith(_NOWHERE)
    said = before[:-1].rstrip(" \"'\u201d")
    key = said[len(said.rstrip(_OF_KEYS)) :].lower().replace("-", "_")
    return not _NAMED.isdisjoint((key, key.rpartition("_")[2], _last_words(said).replace(" ", "_")))


def _is_listed(text: str, start: int, end: int) -> bool:
    """Whether it has its line for itself, and the lines around it hold names and no files."""
    left = text[max(0, start - _BESIDE) : start].rpartition("\n")[2]
    right = text[end : end + _BESIDE].partition("\n")[0]
    if any(map(str.isalnum, left + right)):
        return False
    here = start // _NEAR * _NEAR
    return _is_list(text[max(0, here - _NEAR) : here + 2 * _NEAR])


@lru_cache(64)
def _is_list(lines: str) -> bool:
    """Whether what has a line for itself are names and no files."""
    endings = {found[1].lower() for found in map(_LISTED.fullmatch, lines.split("\n")) if found}
    return all(map(ends_a_name, endings)) and not endings <= FILE_ENDINGS


def label_above(above: str, own: str) -> str:
    """The label of a value that stands on the line above; "" if there is none, or it is the head of a table.

    Args:
        above: the end of the lines above, in lower case.
        own: what stands before the value on its line: nothing but bullets, quotes, and perhaps "hash".
    """
    own = own.strip(_AROUND_A_LABEL)
    line = above.rpartition("\n")[2]
    if own not in {"", "hash"} or not _BETWEEN_CELLS.isdisjoint(line):
        return ""
    return f"{line.strip(_AROUND_A_LABEL)} {own}".rstrip()


def is_version(text: str, start: int, end: int, chain: int = _MOST_BEFORE) -> bool:
    """Whether the four numbers that stand there are a version rather than an address."""
    if text[end : end + 2] in _MAY_BE_NEWER and _NEWER.match(text, end):
        return True
    before = text[start - _BEFORE if start > _BEFORE else 0 : start]
    said = before.rstrip(_AFTER_A_WORD)
    letter = said[-1:]
    if not letter.isalpha() and len(before) - len(said) < 2 and before[-1:] != "|":
        wrapped = letter == "\n" and before.rstrip().lower().endswith("version")
        return wrapped or letter == "§"  # behind a number or a bracket, as most are in logs
    gap, listed, last = before[len(said) :], said, ""
    if letter.isalpha():
        listed = said.rstrip(ascii_letters)
        last = said[len(listed) :].lower()
        if last in _VERSION_WORDS or "version" in last or (not last and said.endswith(_ASIAN_VERSION)):
            return True
        if gap == "/":
            return False  # HIER_DIRECT/…
        if (listed.endswith(" ") and _last_words(said) in _VERSION_WORDS) or _is_of_version(said):
            return True
    if len(gap) > 1 and (">=" in gap or "<=" in gap or "==" in gap):
        return True
    if gap.endswith("|") and _LOG_HEADER.search(text, max(0, start - _HEADER), start):
        return True
    is_joined = "," in gap or "->" in gap or "\u2192" in gap or last in _JOINED
    if is_joined and chain:
        listed = listed.rstrip(" ,->\u2192")
        stem = listed.rstrip(_OF_NUMBERS)
        if "." in listed[len(stem) :]:
            offset = start - len(before)
            return is_version(text, offset + len(stem), offset + len(listed), chain - 1)
    return False


def _is_of_version(said: str) -> bool:
    """Whether the word before the last one says so: "version installed: 1.2.3.4"."""
    if "ers" not in said and "\u0435\u0440\u0441" not in said:
        return False  # most are seen not to at once
    words = said.lower().split()[-2:]
    return len(words) == 2 and words[0] in _SAYING_VERSION and words[1] not in _WHERE


def _last_words(text: str) -> str:
    """Its last two words."""
    return " ".join(text.lower().split()[-2:])
