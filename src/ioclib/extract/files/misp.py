"""MISP events: types are taken as given.

https://www.misp-project.org/datamodels/ and https://www.misp-standard.org/rfc/misp-standard-core.html (read 2026-11)
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from ioclib.extract.files import rules
from ioclib.extract.files.pieces import Passage, Piece, Stated, inside
from ioclib.extract.files.shapes import is_list, is_object
from ioclib.extract.files.stix import stated
from ioclib.indicators import types

_ALSO = {
    # what MISP has several names for
    "ip": "ipv4",
    "ip-src": "ipv4",
    "ip-dst": "ipv4",
    "hostname": "domain",
    "email-src": "email",
    "email-dst": "email",
    "email-reply-to": "email",
    "whois-registrant-email": "email",
    "dns-soa-email": "email",
    "http-user-agent": "user_agent",
    "filename": "file_name",
    "attachment": "file_name",
    "email-attachment": "file_name",
    "malware-sample": "file_name|md5",
    "x509-fingerprint-sha1": "sha1",
    "x509-fingerprint-sha256": "sha256",
    "x509-fingerprint-md5": "md5",
}
_PROSE = {"comment", "other", "text"}
_REFERENCES = {"link", "uri"}
_ATTACK = re.compile(r"\b(?:T\d{4}(?:\.\d{3})?|TA\d{4}|[GSM]\d{4})\b")

Object = dict[str, Any]


def events_of(tree: Any) -> list[tuple[str, Object]]:
    """The events of an export with their paths, or none if it is something else."""
    path = "$"
    if is_object(tree) and "response" in tree:
        path, tree = "$.response", tree["response"]
    if not is_list(tree):
        event = _event(tree)
        return [(f"{path}.Event", event)] if event else []
    return [(f"{path}[{number}].Event", event) for number, item in enumerate(tree) if (event := _event(item))]


def _event(item: Any) -> Object | None:
    event = item.get("Event") if is_object(item) else None
    return event if is_object(event) and event.keys() & {"Attribute", "Object"} else None


def pieces(events: list[tuple[str, Object]]) -> Iterator[Piece]:
    """What the attributes of events are, and what they say in prose."""
    for path, event in events:
        if isinstance(info := event.get("info"), str):
            yield Passage(info, f"{path}.info")
        yield from _tags(event, path)
        yield from _galaxies(event, path)
        yield from _attributes(event, path)
        for number, one in _listed(event, "Object"):
            if one.get("deleted") is not True:
                yield from _attributes(one, f"{path}.Object[{number}]")
        for number, report in _listed(event, "EventReport"):
            yield Passage(str(report.get("content", "")), f"{path}.EventReport[{number}].content")


def _listed(holder: Object, name: str) -> Iterator[tuple[int, Object]]:
    items = holder.get(name)
    for number, item in enumerate(items if is_list(items) else []):
        if is_object(item):
            yield number, item


def _attributes(holder: Object, path: str) -> Iterator[Piece]:
    for number, attribute in _listed(holder, "Attribute"):
        place = f"{path}.Attribute[{number}]"
        if attribute.get("deleted") is True:
            continue
        yield from _attribute(str(attribute.get("type")), str(attribute.get("value", "")), f"{place}.value")
        if isinstance(comment := attribute.get("comment"), str) and comment:
            yield Passage(comment, f"{place}.comment")
        yield from _tags(attribute, place)
        yield from _galaxies(attribute, place)


def _attribute(type_: str, value: str, place: str) -> Iterator[Piece]:
    if type_ == "yara":
        yield from rules.yara(value, place)
        return
    kinds = "|".join(_kinds().get(part, part) for part in type_.split("|")).split("|")
    values = value.split("|") if len(kinds) > 1 else [value]
    for kind, part in zip(kinds, values, strict=False):
        if kind in _known():
            yield stated(kind, part, place)
        elif kind not in _REFERENCES:  # the reports that an event is made from
            yield Passage(part, place)


def _galaxies(holder: Object, path: str) -> Iterator[Piece]:
    """What clusters of ATT&CK are attached, which newer exports tell beside their tags."""
    for number, galaxy in _listed(holder, "Galaxy"):
        for cluster, one in _listed(galaxy, "GalaxyCluster"):
            for found in _ATTACK.finditer(str(one.get("value", ""))):
                yield Stated("attack", found[0], f"{path}.Galaxy[{number}].GalaxyCluster[{cluster}]")


def _tags(holder: Object, path: str) -> Iterator[Piece]:
    for number, tag in _listed(holder, "Tag"):
        name = str(tag.get("name"))
        if name.startswith("misp-galaxy:mitre"):
            for found in _ATTACK.finditer(name):
                yield Stated("attack", found[0], inside(f"{path}.Tag[{number}]"))


@cache
def _kinds() -> dict[str, str]:
    """The types by MISP's names for them."""
    return {kind.misp: kind.kind for kind in types() if kind.misp not in {*_PROSE, "filename"}} | _ALSO


@cache
def _known() -> frozenset[str]:
    return frozenset({kind.kind for kind in types()} | {"file_name"})
