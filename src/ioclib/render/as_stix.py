"""The report as one STIX 2.1 bundle. https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html (read 2026-11)

Identifiers are made from what they stand for, so that the same report is the same bundle. Where STIX has no object for
a type (wallets, JA3, hashes outside its vocabulary), an indicator with a pattern stands for it: nothing is custom.
"""

import json
import re
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from ioclib.errors import ConfigurationError, InvalidIndicator
from ioclib.findings import Evidence, Relation, Verdict
from ioclib.indicators import of_type, types
from ioclib.render.exported import SANDBOX, exact, in_words, pages_of, times_of, told
from ioclib.render.words import printable
from ioclib.report import AnswerEntry, IndicatorEntry, RelatedEntry, Report

if TYPE_CHECKING:
    from collections.abc import Mapping

_OURS = UUID("5d2f8ab0-9f0c-5d0a-8f5e-6f3c1d7c2b41")
"""The namespace of all identifiers that STIX does not prescribe."""

_TLP_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
_TLP = {
    "clear": "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    "green": "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "amber": "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "amber+strict": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    "red": "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
"""As OASIS published them: cti-stix-common-objects, extension-definition-specifications/tlp-2.0."""
_TLP_CREATED = "2022-10-01T00:00:00.000Z"

_PLAIN = {
    "domain-name:value", "email-addr:value", "ipv4-addr:value", "ipv6-addr:value", "mac-addr:value", "mutex:name",
    "url:value", "user-account:account_login", "windows-registry-key:key", "file:name",
}  # fmt: skip
"""The paths of which an object can be made that has nothing else."""
_HASHES = {"MD5", "SHA-1", "SHA-256", "SHA-512", "SSDEEP", "TLSH"}
"""Of our types, those in ``hash-algorithm-ov``."""
_ATTACK = {"G": "intrusion-set", "M": "course-of-action", "S": "tool", "T": "attack-pattern"}
"""What the letters of MITRE ATT&CK stand for; of its software, STIX would know whether it is malware, we do not."""
_MEANS = {
    Verdict.MALICIOUS: "malicious-activity",
    Verdict.SUSPICIOUS: "anomalous-activity",
    Verdict.BENIGN: "benign",
    Verdict.UNKNOWN: "unknown",
}
_BAD = {Verdict.MALICIOUS, Verdict.SUSPICIOUS}
_ADDRESSES = {"ipv4-addr", "ipv6-addr"}

_MANY = {"relationship", "sighting"}
"""Made of nothing but ours, and by the ten thousand: the library would take half of the time to check them."""

_MOST = 100  # related indicators of one

Object = Any
"""One of stix2's, which has no types."""


def stix(report: Report, *, defanged: bool = False) -> str:
    """The report as one STIX 2.1 bundle, as JSON.

    Args:
        report: what was answered.
        defanged: whether indicators and links to them are made harmless in what people read: names, descriptions and
            notes. Values and patterns are exact in any case.

    Raises:
        ConfigurationError: the extra ``stix`` is not installed.
    """
    return _Bundle(report, defanged=defanged).written()


class _Bundle:
    """The objects of one report, as they are made."""

    def __init__(self, report: Report, *, defanged: bool) -> None:
        self.library = _library()
        self.report = report
        self.defanged = defanged
        self.tell = told(defanged=defanged)
        self.pages = pages_of(report)
        self.paths: Mapping[str, str] = {kind.kind: kind.stix for kind in types()}
        self.objects: dict[str, Object] = {}
        self.made: dict[tuple[str, str], Object] = {}
        self.refused: set[tuple[str, str]] = set()
        self.identities: dict[str, str] = {}
        self.marks: list[str] = []
        self.started = self.library.utils.parse_into_datetime(report.started, precision="millisecond")
        self.us: str | None = None
        self._mark()
        self.us = self._identity("ioclib", "system")

    def written(self) -> str:
        """The bundle."""
        for entry in self.report.indicators:
            self._entry(entry)
        number = uuid5(_OURS, json.dumps([self.report.started.isoformat(), self.report.elapsed, *self.objects]))
        bundle = {"type": "bundle", "id": f"bundle--{number}", "objects": list(self.objects.values())}
        return json.dumps(bundle, cls=self.library.base.STIXJSONEncoder)

    def _mark(self) -> None:
        """What everything is marked with: who may learn of it, and that it is invented if it is."""
        tlp = self.report.tlp
        mark = self.library.v21.MarkingDefinition(
            id=_TLP[tlp],
            created=_TLP_CREATED,
            name=f"TLP:{tlp.upper()}",
            extensions={_TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": str(tlp)}},
        )
        self.objects[mark.id] = mark
        self.marks.append(mark.id)
        if self.report.sandbox:
            invented = self.library.v21.MarkingDefinition(
                id=f"marking-definition--{uuid5(_OURS, SANDBOX)}",
                created=_TLP_CREATED,
                definition_type="statement",
                definition={"statement": SANDBOX},
            )
            self.objects[invented.id] = invented
            self.marks.append(invented.id)

    def _add(self, type_: str, about: Iterable[str], **properties: Any) -> Object:
        """An object of this report, once, whose identifier is made from what it is about."""
        key = [type_, self.report.started.isoformat(), self.report.tlp, str(self.report.sandbox), *about]
        name = f"{type_}--{uuid5(_OURS, json.dumps(key))}"
        if name not in self.objects:
            known = {
                "created": self.started,
                "modified": self.started,
                "created_by_ref": self.us,
                "object_marking_refs": self.marks,
                **properties,
            }
            if self.report.sandbox:
                known["labels"] = ["sandbox", *properties.get("labels", ())]
            kept = {key: value for key, value in known.items() if value not in (None, [], "")}
            self.objects[name] = (
                {"type": type_, "spec_version": "2.1", "id": name, **kept}
                if type_ in _MANY
                else self.library.registry.class_for_type(type_, "2.1")(id=name, **kept)
            )
        return self.objects[name]

    def _identity(self, name: str, kind: str = "organization") -> str:
        if name not in self.identities:
            made = self._add("identity", [name], name=printable(name) or "unnamed", identity_class=kind)
            self.identities[name] = made.id
        return self.identities[name]

    def _entry(self, entry: IndicatorEntry) -> None:
        """All that is known of one indicator."""
        found = [one for one in entry.answers if one.outcome == "found"]
        for answer in found:
            self._identity(answer.source)
        this = self._object(entry.type, entry.value)
        seen = self._observed(entry, this, found) if this and _is_observable(this) else None
        indicator = self._indicator(entry, found, instead=this is None)
        subject = this or indicator
        if indicator and seen:
            self._related("based-on", indicator.id, seen.id)
        if indicator:
            self._sightings(indicator, seen, found)
        self._analyses(entry, this)
        self._families(subject, indicator if entry.overall.verdict in _BAD else None, found)
        left_out = self._others(subject, found)
        refs = [one.id for one in (this, indicator) if one]
        self._note(entry, refs, found, left_out)

    def _object(self, kind: str, value: str) -> Object | None:
        """The object that an indicator is in STIX, if there is one."""
        if (kind, value) not in self.made:
            self.made[kind, value] = self._made(kind, value)
        return self.made[kind, value]

    def _made(self, kind: str, value: str) -> Object | None:
        path = self.paths[kind]
        if path in {"vulnerability", "attack-pattern"}:
            number = {"source_name": "cve" if kind == "cve" else "mitre-attack", "external_id": value}
            type_ = "vulnerability" if kind == "cve" else _ATTACK[value[0]]
            return self._add(type_, [kind, value], name=value, external_references=[number])
        properties = _properties(_path(path, value), exact(value))
        if properties is None:
            return None
        # the library makes the identifier, as the standard prescribes it
        made = self.library.parse({**properties, "object_marking_refs": self.marks}, version="2.1")
        return self.objects.setdefault(made.id, made)

    def _observed(self, entry: IndicatorEntry, this: Object, found: Iterable[AnswerEntry]) -> Object:
        times = list(times_of(found)) or [self.report.started]
        return self._add(
            "observed-data",
            [entry.type, entry.value],
            first_observed=min(times),
            last_observed=max(times),
            number_observed=1,
            object_refs=[this.id],
        )

    def _indicator(self, entry: IndicatorEntry, found: list[AnswerEntry], *, instead: bool) -> Object | None:
        """What to look for; for what is not bad, only if it must stand instead of an object."""
        verdict, path = entry.overall.verdict, self.paths[entry.type]
        if ":" not in path or not (instead or verdict in _BAD):
            return None
        return self._add(
            "indicator",
            [entry.type, entry.value],
            name=f"{entry.type} {self.tell(entry.value)}",
            description=f"{_sandbox(self.report)}{verdict}, confidence {entry.overall.confidence} of 100",
            indicator_types=[_MEANS[verdict]],
            confidence=entry.overall.confidence,
            pattern=_pattern(_path(path, entry.value), exact(entry.value)),
            pattern_type="stix",
            valid_from=min(times_of(found), default=self.report.started),
            labels=_labels(found),
            external_references=self._pages(found),
        )

    def _sightings(self, indicator: Object, seen: Object | None, found: Iterable[AnswerEntry]) -> None:
        for answer in found:
            times = list(times_of([answer]))
            if answer.last_seen in times:
                self._add(
                    "sighting",
                    [indicator.id, answer.source],
                    created_by_ref=self._identity(answer.source),
                    sighting_of_ref=indicator.id,
                    where_sighted_refs=[self._identity(answer.source)],
                    observed_data_refs=[seen.id] if seen else None,
                    first_seen=min(times),
                    last_seen=max(times),
                )

    def _analyses(self, entry: IndicatorEntry, this: Object | None) -> None:
        """What came of taking a file apart, by those who did."""
        if this is None or this.type != "file":
            return
        for one in (*entry.overall.reasons, *entry.overall.against):
            if one.evidence in {Evidence.SCAN, Evidence.ANALYSIS}:
                link, name = self.pages.linked(one.link), printable(one.source) or "unnamed"
                self._add(
                    "malware-analysis",
                    [entry.type, entry.value, one.source],
                    created_by_ref=self._identity(one.source),
                    product=re.sub("[^a-z0-9-]+", "-", one.source.lower()).strip("-") or "unnamed",
                    result=str(one.verdict),
                    sample_ref=this.id,
                    external_references=[{"source_name": name, "url": link}] if link else None,
                )

    def _families(self, subject: Object, indicator: Object | None, found: Iterable[AnswerEntry]) -> None:
        for name in dict.fromkeys(printable(one.family or "") for one in found):
            if name:
                malware = self._add("malware", [name], name=name, is_family=True)
                self._related("indicates" if indicator else "related-to", (indicator or subject).id, malware.id)

    def _others(self, subject: Object, found: Iterable[AnswerEntry]) -> int:
        """Relationships to what the sources name beside it; how many are left out."""
        # a report that was saved may name anything
        named = [one for one in dict.fromkeys(one for answer in found for one in answer.related) if self._is_one(one)]
        for one in named[:_MOST]:
            other = self._object(one.type, one.value)
            if other and other.id != subject.id:
                self._related(*_ends(one, subject, other), says=str(one.relation))
        return len(named[_MOST:])

    def _is_one(self, named: RelatedEntry) -> bool:
        """Whether what a source names is an indicator."""
        key = (named.type, named.value)
        if key not in self.made and key not in self.refused:
            try:
                of_type(*key)
            except InvalidIndicator:
                self.refused.add(key)
        return key not in self.refused

    def _related(self, kind: str, source: str, target: str, says: str = "") -> None:
        self._add(
            "relationship",
            [kind, source, target, says],
            relationship_type=kind,
            source_ref=source,
            target_ref=target,
            description="" if says == kind else says,
        )

    def _pages(self, answers: Iterable[AnswerEntry]) -> list[dict[str, str]]:
        """Where the sources say it; a page has no hash."""
        return [
            {"source_name": printable(one.source) or "unnamed", "url": link}
            for one in answers
            if (link := self.pages.linked(one.link))
        ]

    def _note(self, entry: IndicatorEntry, refs: list[str], found: list[AnswerEntry], left_out: int) -> None:
        more = f"\n{left_out} more related indicators are left out here" if left_out else ""
        self._add(
            "note",
            [entry.type, entry.value],
            abstract=f"{entry.overall.verdict}, confidence {entry.overall.confidence} of 100",
            content=in_words(self.report, entry, defanged=self.defanged) + more,
            object_refs=refs,
            labels=_labels(found),
            external_references=self._pages(found),
        )


def _library() -> Any:
    try:
        import stix2  # pyright: ignore[reportMissingTypeStubs]
    except ImportError:
        raise ConfigurationError("STIX needs the library stix2: pip install 'ioclib[stix]'") from None
    return stix2


def _is_observable(this: Object) -> bool:
    return not hasattr(this, "created")


def _path(path: str, value: str) -> str:
    """The path of a type, for a value: blocks of addresses are of two kinds."""
    return "ipv6-addr:value" if path == "ipv4-addr:value" and ":" in value else path


def _properties(path: str, value: str) -> dict[str, Any] | None:
    """What an observable is made of, if there is one that needs nothing that we do not know."""
    type_, _, name = path.partition(":")
    if path in _PLAIN:
        return {"type": type_, name: value}
    if path == "autonomous-system:number":
        return {"type": type_, "number": int(value.removeprefix("AS"))}
    if name.startswith("hashes."):
        hash_ = name.removeprefix("hashes.").strip("'")
        return {"type": type_, "hashes": {hash_: value}} if hash_ in _HASHES else None
    return None


def _pattern(path: str, value: str) -> str:
    if path == "autonomous-system:number":
        return f"[{path} = {value.removeprefix('AS')}]"
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"[{path} = '{quoted}']"


def _ends(one: RelatedEntry, subject: Object, other: Object) -> tuple[str, str, str]:
    """The kind of a relationship and its two ends, as far as STIX has a word for it."""
    match one.relation:
        case Relation.RESOLVES_TO if subject.type == "domain-name" and other.type in _ADDRESSES | {"domain-name"}:
            return "resolves-to", subject.id, other.id
        case Relation.RESOLVED_FROM if other.type == "domain-name" and subject.type in _ADDRESSES | {"domain-name"}:
            return "resolves-to", other.id, subject.id
        case Relation.PART_OF if subject.type in _ADDRESSES and other.type == "autonomous-system":
            return "belongs-to", subject.id, other.id
        case _:
            return "related-to", subject.id, other.id


def _labels(answers: Iterable[AnswerEntry]) -> list[str]:
    tags = dict.fromkeys(printable(tag) for answer in answers for tag in answer.tags)
    return list(islice(filter(None, tags), _MOST))


def _sandbox(report: Report) -> str:
    return f"{SANDBOX}. " if report.sandbox else ""
