"""The report as one MISP event. https://www.misp-standard.org/rfc/misp-standard-core.html (read 2026-11)

Plain dictionaries are enough for this format; the tests have MISP's own library read them.
"""

import json
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID, uuid5

from ioclib.findings import Evidence, Relation, Verdict
from ioclib.indicators import types
from ioclib.render.exported import SANDBOX, exact, in_words, pages_of, times_of, told
from ioclib.render.words import printable
from ioclib.report import AnswerEntry, IndicatorEntry, Report

_OURS = UUID("0b6c6d52-3b0e-5e0c-9a6b-7f4f3a6c1d19")
"""The namespace of all identifiers."""

_CATEGORIES = {
    "btc": "Financial fraud", "dash": "Financial fraud", "xmr": "Financial fraud", "mutex": "Artifacts dropped",
    "regkey": "Persistence mechanism", "vulnerability": "External analysis", "weakness": "External analysis",
    "link": "External analysis", "text": "Other",
}  # fmt: skip
_NETWORK = {
    "AS", "domain", "ip-dst", "ja3-fingerprint-md5", "mac-address", "onion-address", "url", "user-agent",
}  # fmt: skip

_HASHES = {"md5", "sha1", "sha224", "sha256", "sha384", "sha512", "ssdeep", "tlsh", "imphash", "authentihash"}
_NAMES, _ADDRESSES = {"domain"}, {"ipv4", "ipv6"}

# name: its identifier, version and meta-category, as MISP publishes them (misp-objects, read 2026-11)
_TEMPLATES = {
    "file": ("688c46fb-5edb-40a3-8273-1af7923e2215", "25", "file"),
    "domain-ip": ("43b3b146-77eb-4931-b4cc-b66c60f28734", "11", "network"),
    "url": ("60efb77b-40b5-4c46-871b-ed1ed999fce5", "10", "network"),
    "report": ("70a68471-df22-4e3f-aa1a-5a3be19f82df", "8", "misc"),
}

_THREAT = {Verdict.MALICIOUS: "1", Verdict.SUSPICIOUS: "2", Verdict.BENIGN: "3", Verdict.UNKNOWN: "4"}
"""High, medium, low, undefined."""
_INHERITED = "5"  # the distribution of the event

_MOST = 20  # of labels, related values and reasons of one indicator
_LONGEST = 200  # of a label: MISP's database takes 255 characters

# Labels that would change who may learn of it, or how it is handled: no source may set these
_OBEYED = ("tlp:", "pap:", "misp:", "misp-galaxy:", "workflow:", "ioclib:")

Data = dict[str, Any]


def misp(report: Report, *, defanged: bool = False) -> str:
    """The report as one MISP event, as JSON.

    Args:
        report: what was answered.
        defanged: whether indicators and links to them are made harmless in what people read: comments and summaries.
            Values are exact in any case.
    """
    return json.dumps({"Event": _Event(report, defanged=defanged).made()})


class _Event:
    """What the attributes and objects of one event have in common."""

    def __init__(self, report: Report, *, defanged: bool) -> None:
        self.report = report
        self.defanged = defanged
        self.tell = told(defanged=defanged)
        self.pages = pages_of(report)
        self.types = {kind.kind: kind.misp for kind in types()}
        self.moment = _seconds(report.started)

    def made(self) -> Data:
        """The event."""
        report = self.report
        attributes: list[Data] = []
        objects: list[Data] = []
        for entry in report.indicators:
            self._entry(entry, attributes, objects)
        verdicts = [one.overall.verdict for one in report.indicators]
        sandbox = f"{SANDBOX}. " if report.sandbox else ""
        return {
            "uuid": self._uuid("event", str(report.elapsed), *(f"{one.type} {one.value}" for one in report.indicators)),
            "info": f"{sandbox}{printable(report.made_by)}: {len(verdicts)} indicators looked up",
            "date": f"{report.started:%Y-%m-%d}",
            "timestamp": self.moment,
            "threat_level_id": min((_THREAT[one] for one in verdicts), default="4"),
            "analysis": self._analysis(),
            "distribution": "0",
            "published": False,
            "Tag": [{"name": f"tlp:{report.tlp}"}, *([{"name": "ioclib:sandbox"}] if report.sandbox else [])],
            "Attribute": attributes,
            "Object": objects,
        }

    def _analysis(self) -> str:
        """Initial, if nothing is known; ongoing, while somebody has not answered; complete."""
        overall = [one.overall for one in self.report.indicators]
        if all(one.verdict is Verdict.UNKNOWN for one in overall):
            return "0"
        return "1" if any(one.coverage.missing for one in overall) else "2"

    def _entry(self, entry: IndicatorEntry, attributes: list[Data], objects: list[Data]) -> None:
        own = self._own(entry)
        template, others = _object_for(entry)
        about = own
        if template:
            own["object_relation"] = _relation(own["type"])
            near = [self._near(entry, *other) for other in others]
            about = self._object(entry, template, [own, *near])
            objects.append(about)
        else:
            attributes.append(own)
        objects.append(self._summary(entry, about["uuid"]))

    def _own(self, entry: IndicatorEntry) -> Data:
        """The indicator, with all that belongs to it alone."""
        found = [one for one in entry.answers if one.outcome == "found"]
        made = self._attribute(self.types[entry.type], entry.value, "indicator", entry.type, entry.value)
        times = list(times_of(found))
        if times:
            made |= {"first_seen": min(times).isoformat(), "last_seen": max(times).isoformat()}
        return made | {
            "to_ids": entry.overall.verdict is Verdict.MALICIOUS,
            "comment": self._comment(entry),
            "Tag": [{"name": name} for name in _tags(found)],
            "Sighting": self._sightings(entry, found),
        }

    def _near(self, entry: IndicatorEntry, kind: str, value: str) -> Data:
        """A value that a source names beside the indicator; nobody has judged it."""
        type_ = self.types[kind]
        made = self._attribute(type_, value, "near", entry.type, entry.value, kind, value)
        return made | {"object_relation": _relation(type_), "comment": "named by a source; not judged"}

    def _attribute(self, type_: str, value: str, *about: str) -> Data:
        return {
            "uuid": self._uuid("attribute", *about),
            "type": type_,
            "category": _CATEGORIES.get(type_, "Network activity" if type_ in _NETWORK else "Payload delivery"),
            "value": exact(value.removeprefix("AS") if type_ == "AS" else value),
            "to_ids": False,
            "timestamp": self.moment,
            "distribution": _INHERITED,
            "comment": "",
        }

    def _comment(self, entry: IndicatorEntry) -> str:
        overall = entry.overall
        sandbox = f"{SANDBOX}. " if self.report.sandbox else ""
        said = [f"{self.tell(one.source)}: {self.tell(one.says or one.verdict)}" for one in overall.reasons[:_MOST]]
        verdict = f"{sandbox}{entry.type}: {overall.verdict}, confidence {overall.confidence} of 100"
        coverage = f"{overall.coverage.answered} of {overall.coverage.able} sources answered"
        return "; ".join([verdict, coverage, *said])

    def _sightings(self, entry: IndicatorEntry, found: Iterable[AnswerEntry]) -> list[Data]:
        made = [
            self._sighting(entry, "0", one.source, _seconds(one.last_seen))
            for one in found
            if one.last_seen in set(times_of([one])) and one.last_seen
        ]
        by = [one.source for one in entry.overall.reasons if one.evidence is Evidence.OWN]
        if entry.overall.verdict is Verdict.BENIGN:
            made += [self._sighting(entry, "1", name, self.moment) for name in by]
        return made

    def _sighting(self, entry: IndicatorEntry, type_: str, source: str, moment: str) -> Data:
        return {
            "uuid": self._uuid("sighting", type_, entry.type, entry.value, source),
            "type": type_,
            "date_sighting": moment,
            "source": printable(source),
        }

    def _summary(self, entry: IndicatorEntry, about: str) -> Data:
        """What all answers come to, and where the sources say it."""
        key = (entry.type, entry.value)
        title = f"{entry.type} {self.tell(entry.value)}: {entry.overall.verdict}"
        text = in_words(self.report, entry, defanged=self.defanged)
        pages = dict.fromkeys(self.pages.linked(one.link) for one in entry.answers if one.outcome == "found")
        parts = [
            self._attribute("text", title, "title", *key) | {"object_relation": "title"},
            self._attribute("text", text, "summary", *key) | {"object_relation": "summary"},
        ]
        parts += [
            self._attribute("link", link, "link", *key, link) | {"object_relation": "link"} for link in pages if link
        ]
        made = self._object(entry, "report", parts)
        refers = {
            "uuid": self._uuid("reference", *key),
            "object_uuid": made["uuid"],
            "referenced_uuid": about,
            "relationship_type": "describes",
        }
        return made | {"ObjectReference": [refers]}

    def _object(self, entry: IndicatorEntry, template: str, attributes: list[Data]) -> Data:
        number, version, category = _TEMPLATES[template]
        return {
            "uuid": self._uuid("object", template, entry.type, entry.value),
            "name": template,
            "meta-category": category,
            "template_uuid": number,
            "template_version": version,
            "timestamp": self.moment,
            "distribution": _INHERITED,
            "Attribute": attributes,
        }

    def _uuid(self, *about: str) -> str:
        return str(uuid5(_OURS, json.dumps([self.report.started.isoformat(), *about])))


def _object_for(entry: IndicatorEntry) -> tuple[str | None, list[tuple[str, str]]]:
    """The template that an indicator fits into, with what else is known to belong there."""
    if entry.type in _HASHES:
        # one hash of each kind: a file has no two
        kinds = {entry.type: ""} | dict(reversed(_named(entry, Relation.SAME_AS, _HASHES)))
        return "file", [(kind, value) for kind, value in kinds.items() if kind != entry.type]
    if entry.type == "url":
        return "url", []
    others: list[tuple[str, str]] = []
    if entry.type in _NAMES:
        others = _named(entry, Relation.RESOLVES_TO, _ADDRESSES)
    elif entry.type in _ADDRESSES:
        others = _named(entry, Relation.RESOLVED_FROM, _NAMES)
    return ("domain-ip" if others else None), others


def _named(entry: IndicatorEntry, relation: Relation, kinds: set[str]) -> list[tuple[str, str]]:
    near = (one for answer in entry.answers for one in answer.related if one.relation is relation)
    named = dict.fromkeys((one.type, one.value) for one in near if one.type in kinds)
    return list(islice(named, _MOST))


def _relation(type_: str) -> str:
    """What an attribute is called inside its object."""
    return "ip" if type_ == "ip-dst" else type_


def _tags(found: Iterable[AnswerEntry]) -> list[str]:
    """Families, who said something, and the sources' own labels."""
    found = list(found)
    families = _allowed(one.family or "" for one in found)
    sources = [f'ioclib:source="{printable(one.source).replace(chr(34), "")[:_LONGEST]}"' for one in found]
    labels = _allowed(tag for one in found for tag in one.tags)
    return list(dict.fromkeys([*families, *sources, *labels]))


def _allowed(names: Iterable[str]) -> list[str]:
    kept = dict.fromkeys(name for one in names if (name := printable(one)[:_LONGEST]) and not _is_obeyed(name))
    return list(islice(kept, _MOST))


def _is_obeyed(name: str) -> bool:
    # to MISP's database letters are the same whatever their width, their case and their accents
    letters = (one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one))
    return "".join("".join(letters).casefold().split()).startswith(_OBEYED)


def _seconds(moment: datetime | None) -> str:
    return str(int(moment.timestamp())) if moment else ""
