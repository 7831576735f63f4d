"""Rules of detection: YARA and Sigma.

https://yara.readthedocs.io/en/stable/writingrules.html and https://sigmahq.io/docs/basics/rules.html (read 2026-11)
"""

import re
from collections.abc import Iterator
from typing import Any

from ioclib.errors import UnreadableFile
from ioclib.extract.files import parsers, text, trees
from ioclib.extract.files.pieces import Content, Passage, Stated, Wishes, inside
from ioclib.extract.files.shapes import is_list, is_object

_LARGEST_YARA = 16 << 20
_LARGEST_SIGMA = 128 << 10
"""The parser of YAML is slow: a larger file is read as text."""
_MOST_BRACKETS = 1000
"""It takes quadratic time for brackets in brackets."""

_TOKEN = re.compile(
    # everything ends where it may, so that no character is looked at again
    r"""(?P<comment> //[^\n]*+ | /\*(?:[^*]++|\*(?!/))*+(?:\*/)? )
      | "(?P<string> (?:[^"\\\n]++|\\.)*+ )"?
      | /(?P<pattern> (?:[^/\\\n]++|\\.)*+ )/?
      | (?P<name> \$?[A-Za-z_]\w*+ | \$ )
      | (?P<assigned> =(?!=) )
      | (?P<other> [^\s\w"$/=]++ | == | \d\w*+ )""",
    re.VERBOSE | re.ASCII,
)
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|(.))")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
_WORDS_BEFORE = 3
_SIGMA_TAG = re.compile(r"attack\.([tgs]\d{4}(?:\.\d{3})?|ta\d{4})|cve\.(\d{4})[.-](\d{4,19})", re.IGNORECASE)


def read_yara(content: Content, _: Wishes) -> Iterator[Passage | Stated]:
    """Read YARA rules: their names, and the strings of each with what it is called."""
    written = text.bounded(content, _LARGEST_YARA)
    return yara(written) if isinstance(written, str) else text.passages(written)


def yara(written: str, place: str = "") -> Iterator[Passage | Stated]:
    """The names of YARA rules, and their strings."""
    rule, names, assigned = "", [""], False
    for token in _TOKEN.finditer(written):
        match token.lastgroup:
            case "name":
                if names[-1] == "rule":
                    rule = token["name"]
                    yield Stated("yara", rule, inside(place, "rule"))
                names = [*names[-_WORDS_BEFORE + 1 :], token["name"]]
                assigned = False
            case "assigned":
                assigned = True
            case "string" | "pattern":
                said = _unescaped(token["string"]) if token.lastgroup == "string" else token["pattern"]
                if assigned:
                    yield Passage(said, inside(place, f"rule {rule}", names[-1]))
                elif token.lastgroup == "string":  # pe.imphash() == "...": the words before say what it is
                    yield Passage(" ".join([*names, said]).strip(), inside(place, f"rule {rule}"))
                assigned = False
            case "comment":  # says what a rule was made from; a rule in it is none
                yield Passage(token["comment"].replace("{", " "), inside(place, "comment"))
            case _:
                pass


def _unescaped(string: str) -> str:
    return _ESCAPE.sub(lambda one: chr(int(one[1], 16)) if one[1] else _ESCAPED.get(one[2], one[2]), string)


def read_sigma(content: Content, _: Wishes) -> Iterator[Passage | Stated]:
    """Read Sigma rules: what their tags name, and every string with its path."""
    written = text.bounded(content, _LARGEST_SIGMA)
    documents = _documents(written) if isinstance(written, str) else None
    if documents is None:
        yield from text.passages([written] if isinstance(written, str) else written)
        return
    for number, document in enumerate(documents):
        path = "$" if len(documents) == 1 else f"document {number + 1}: $"
        if is_object(document):
            yield from _tags(document.pop("tags", []), path)
        yield from trees.passages(document, path)


def _documents(written: str) -> list[Any] | None:
    """The documents of a YAML stream, all values as written; None if it is none.

    Raises:
        UnreadableFile: it has aliases, with which a few lines can stand for gigabytes.
    """
    yaml = parsers.yaml()
    if written.count("[") + written.count("{") > _MOST_BRACKETS:
        return None
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(written, Loader=yaml.BaseLoader)):
            raise UnreadableFile("uses YAML aliases, which Sigma rules have no need of: it looks hostile")
        return list(yaml.load_all(written, Loader=yaml.BaseLoader))  # it makes nothing but text, lists and mappings
    except (yaml.YAMLError, RecursionError, ValueError):
        return None


def _tags(tags: object, path: str) -> Iterator[Stated]:
    for number, tag in enumerate(tags if is_list(tags) else []):
        if found := _SIGMA_TAG.fullmatch(str(tag)):
            kind, value = ("attack", found[1].upper()) if found[1] else ("cve", f"CVE-{found[2]}-{found[3]}")
            yield Stated(kind, value, f"{path}.tags[{number}]")
