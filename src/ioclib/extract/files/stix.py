"""STIX 2.1 bundles: types are taken as given.

https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html, sections 4, 6 and 9 (read 2026-11)
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from ioclib.extract.files import rules, trees
from ioclib.extract.files.pieces import Passage, Piece, Stated, label
from ioclib.extract.files.shapes import is_list, is_object
from ioclib.indicators import types

_PROSE = ("abstract", "content", "description", "explanation", "opinion")
_OBSERVED = ("contact_information", "extensions", "values")
"""What else an object holds that was seen somewhere: data of a registry key, headers of a request."""
_SUBJECTS = {
    "autonomous-system": "number",
    "directory": "path",
    "mutex": "name",
    "process": "command_line",
    "vulnerability": "name",
    "windows-registry-key": "key",
}
"""The property that says what an object is, where it is not its ``value``."""
_KNOWLEDGE = {
    "cve": "cve",
    "cwe": "cwe",
    "mitre-attack": "attack",
    "mitre-mobile-attack": "attack",
    "mitre-ics-attack": "attack",
}
_COMPARISON = re.compile(
    r"""(?P<path>[a-z0-9-]{1,80}:[\w.'\[\]*-]{1,200})\s{0,20}(?P<operator>=|(?:IN|ISSUBSET|LIKE|MATCHES)\b)\s{0,20}
        (?P<values>\(?(?:\s{0,20},?\s{0,20}(?:'(?:[^'\\]|\\.)*+'|\d{1,20}))++)""",
    re.VERBOSE,
)
_EXACT = {"=", "IN", "ISSUBSET"}
_LITERAL = re.compile(r"'((?:[^'\\]|\\.)*+)'|(\d+)")
_HASHES = re.compile(r"[a-z0-9-]+:(?:\S+[.:])?hashes\.'?([A-Za-z0-9-]+)'?")
_HASH_NAMES = {"SHA1": "SHA-1", "SHA224": "SHA-224", "SHA256": "SHA-256", "SHA384": "SHA-384", "SHA512": "SHA-512"}

Object = dict[str, Any]


def objects_of(tree: Any) -> list[Object]:
    """The objects of a bundle, or none if it is something else."""
    if not is_object(tree) or tree.get("type") != "bundle" or not is_list(objects := tree.get("objects")):
        return []
    return [one for one in objects if is_object(one)]


def pieces(objects: list[Object]) -> Iterator[Piece]:
    """What the objects of a bundle are about, and what they say in prose."""
    for number, one in enumerate(objects):
        place = f"$.objects[{number}]"
        if one.get("revoked") is not True:
            yield from _subject(one, place)
            yield from _references(one, place)
            for name in _OBSERVED:
                yield from trees.passages(one.get(name), f"{place}.{name}")
        for name in _PROSE:
            if isinstance(said := one.get(name), str):
                yield Passage(said, f"{place}.{name}")


def _subject(one: Object, place: str) -> Iterator[Piece]:
    type_ = str(one.get("type"))
    if type_ == "indicator":
        yield from _pattern(one, f"{place}.pattern")
        return
    name = _SUBJECTS.get(type_, "value")
    if name in one:
        yield from _known(f"{type_}:{name}", str(one[name]), f"{place}.{name}")
    hashes = one.get("hashes")
    for algorithm, value in hashes.items() if is_object(hashes) else ():
        yield from _known(f"{type_}:hashes.'{algorithm}'", str(value), f"{place}.hashes.{label(algorithm, 60)}")
    if type_ == "file":
        yield from _file(one, place)


def _file(one: Object, place: str) -> Iterator[Piece]:
    if isinstance(name := one.get("name"), str):
        yield stated("file_name", name, f"{place}.name")
    extensions = one.get("extensions")
    binary = extensions.get("windows-pebinary-ext") if is_object(extensions) else None
    if is_object(binary) and isinstance(imphash := binary.get("imphash"), str):
        yield Stated("imphash", imphash, f"{place}.extensions.windows-pebinary-ext.imphash")


def _references(one: Object, place: str) -> Iterator[Stated]:
    """Identifiers of weaknesses and of ATT&CK. Their addresses are those of other reports."""
    references = one.get("external_references")
    for number, reference in enumerate(references if is_list(references) else []):
        kind = _KNOWLEDGE.get(str(reference.get("source_name"))) if is_object(reference) else None
        if kind and isinstance(value := reference.get("external_id"), str):
            yield Stated(kind, value, f"{place}.external_references[{number}]")


def _pattern(one: Object, place: str) -> Iterator[Piece]:
    pattern = str(one.get("pattern", ""))
    match one.get("pattern_type", "stix"):
        case "stix":
            for comparison in _COMPARISON.finditer(pattern):
                for literal in _LITERAL.finditer(comparison["values"]):
                    value = re.sub(r"\\(.)", r"\1", literal[1]) if literal[1] is not None else literal[2]
                    yield from _known(comparison["path"], value, place, exact=comparison["operator"] in _EXACT)
        case "yara":
            yield from rules.yara(pattern, place)
        case _:
            yield Passage(pattern, place)


def _known(path: str, value: str, place: str, *, exact: bool = True) -> Iterator[Piece]:
    """A value whose type is known by its path; other values are only text."""
    if found := _HASHES.fullmatch(path):
        algorithm = found[1].upper()
        path = f"file:hashes.{_HASH_NAMES.get(algorithm, algorithm)}"
    kind = _kinds().get(path.replace("'", "")) if exact else None
    if kind:
        yield stated(kind, value, place)
    elif path.startswith("file:name"):
        yield stated("file_name", value, place)
    else:
        yield Passage(value, place)


@cache
def _kinds() -> dict[str, str]:
    """The types by their paths. Where several share one, the value decides between them."""
    known = {kind.stix.replace("'", ""): kind.kind for kind in types() if ":" in kind.stix and kind.kind != "file_path"}
    vague = {path for path in known if path.startswith(("x-", "user-account:"))}
    return {path: kind for path, kind in known.items() if path not in vague} | {"vulnerability:name": "cve"}


def stated(kind: str, value: str, place: str) -> Stated:
    """A value with the type that it is, of those that others have one name for."""
    match kind:
        case "ipv4" | "ipv6" | "cidr":
            if "/" in value and not value.endswith("/128" if ":" in value else "/32"):
                kind = "cidr"
            else:
                kind = "ipv6" if ":" in value else "ipv4"
        case "domain" | "onion":
            kind = "onion" if value.lower().endswith(".onion") else "domain"
        case "asn" if value.isdecimal():
            value = f"AS{value}"
        case "file_name" if "/" in value or "\\" in value:
            kind = "file_path"
        case _:
            pass
    return Stated(kind, value, place)
