"""Triage (tria.ge) as its vendor serves it. https://tria.ge/docs/ (read 2026-11)

Every file of the world was run once, and so was every link that is not harmless. A search gives no score: that takes
the overview of a sample.
"""

import hashlib
import re
from base64 import b32encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import FILES, LINKS, WORLD, File, Link, Nature

KEY = "5a4db0c5" * 5
SPENT_KEY = "5be47e00" * 5

SCORES: dict[Nature, int] = {"malicious": 10, "suspicious": 6, "benign": 1, "unremarkable": 1}

# A value with a colon or a slash needs quotes; a word without an operator is no query.
TERM = re.compile(r'(?P<no>NOT\s+)?(?P<operator>[a-z0-9]+):(?:"(?P<quoted>[^"]+)"|(?P<bare>[^\s":/()]+))')
OPERATORS = ("md5", "sha1", "sha256", "sha512", "url", "domain", "ip", "family", "tag", "score", "kind", "from", "to")


@dataclass(frozen=True)
class Sample:
    """One analysis."""

    thing: File | Link

    @cached_property
    def id(self) -> str:
        """A date, and letters that say nothing."""
        letters = b32encode(hashlib.sha256(self.target.encode()).digest()).decode().lower()[:10]
        return f"{self.thing.first_seen[2:10].replace('-', '')}-{letters}"

    @property
    def target(self) -> str:
        return self.thing.name if isinstance(self.thing, File) else self.thing.url

    @property
    def family(self) -> str | None:
        return self.thing.family.lower() if isinstance(self.thing, File) and self.thing.family else None

    @property
    def hashes(self) -> dict[str, str]:
        if isinstance(self.thing, Link):
            return {}
        sha512 = hashlib.sha512(self.thing.content).hexdigest()
        return {"md5": self.thing.md5, "sha1": self.thing.sha1, "sha256": self.thing.sha256, "sha512": sha512}

    @property
    def contacts(self) -> tuple[str, ...]:
        return self.thing.contacts if isinstance(self.thing, File) else (self.thing.url,)

    @property
    def tags(self) -> list[str]:
        return [f"family:{self.family}", *self.thing.tags] if self.family else list(self.thing.tags)

    @property
    def iocs(self) -> dict[str, list[str]]:
        """What it talked to, by type."""
        urls = [one for one in self.contacts if "://" in one]
        hosts = {urlsplit(one).hostname or "" if "://" in one else one for one in self.contacts}
        ips = {one for one in hosts if one in WORLD.hosts}
        resolved = {ip for name in hosts - ips if name in WORLD.names for ip in WORLD.names[name].a}
        return {"urls": urls, "domains": sorted(hosts - ips), "ips": sorted(ips | resolved)}

    def has(self, operator: str, value: str) -> bool:
        """Whether a term of a query describes it."""
        match operator:
            case "url" | "domain" | "ip":
                return value in self.iocs[operator + "s"]
            case "family" | "tag":
                return value.lower() in ([self.family] if operator == "family" else self.tags)
            case "kind":
                return value == ("file" if isinstance(self.thing, File) else "url")
            case "score":
                return int(value) == SCORES[self.thing.nature]
            case "from" | "to":
                return True  # everything was analysed lately
            case _:
                return self.hashes.get(operator) == value.lower()


ANALYSED: tuple[File | Link, ...] = (*FILES, *(link for link in LINKS if link.threat))
SAMPLES = {sample.id: sample for sample in map(Sample, ANALYSED)}


def answer(call: Call) -> Reply:
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or token not in {KEY, SPENT_KEY}:
        return _error(401, "UNAUTHORIZED", "Provide a valid access token")
    if token == SPENT_KEY:
        return _error(429, "RATE_LIMITED", "too many requests")  # the real body is not documented
    match call.segments:
        case _ if call.method != "GET":
            return _error(405, "METHOD_NOT_ALLOWED", "method not allowed")  # submitting is not simulated
        case ["v0", "search"]:
            return _search(call)
        case ["v0", "samples", number]:
            return _of_sample(number, _row)
        case ["v0" | "v1", "samples", number, "overview.json"]:
            return _of_sample(number, _overview)
        case ["v0", "samples", number, "reports", "static"]:
            return _of_sample(number, _static)
        case _:
            return _error(404, "NOT_FOUND", "page not found")


def _search(call: Call) -> Reply:
    limit, offset = call.param("limit") or "50", call.param("offset") or "0"
    if not limit.isdecimal() or not 1 <= int(limit) <= 200 or not offset.isdecimal():
        return _error(400, "INVALID", "limit must be between 1 and 200")
    wanted = _query(call.param("query") or "")
    if wanted is None:
        return _error(400, "INVALID_QUERY", "invalid query, define operator")
    first, last = int(offset), int(offset) + int(limit)
    found = sorted((one for one in SAMPLES.values() if wanted(one)), key=lambda one: one.id, reverse=True)
    page = [_row(one) for one in found[first:last]]
    following = {"next": str(last)} if found[last:] else {}
    return Reply.json({"data": page or None, **following})  # null, not an empty list


def _query(text: str) -> Callable[[Sample], bool] | None:
    """Terms with AND, which may be left out, or OR between them; parentheses are not simulated."""
    terms = list(TERM.finditer(text))
    rest = [word for word in TERM.sub(" ", text).split() if word not in {"AND", "OR"}]
    if not terms or rest or not all(_valid(term) for term in terms):
        return None
    alternatives = [list(TERM.finditer(part)) for part in re.split(r"\sOR\s", text)]
    return lambda sample: any(all(_describes(term, sample) for term in part) for part in alternatives)


def _valid(term: re.Match[str]) -> bool:
    return term["operator"] in OPERATORS and (term["operator"] != "score" or (term["bare"] or "").isdecimal())


def _describes(term: re.Match[str], sample: Sample) -> bool:
    return sample.has(term["operator"], term["quoted"] or term["bare"]) is not bool(term["no"])


def _of_sample(number: str, part: Callable[[Sample], dict[str, Any]]) -> Reply:
    sample = SAMPLES.get(number)
    return Reply.json(part(sample)) if sample else _error(404, "NOT_FOUND", "sample not found")


def _row(sample: Sample) -> dict[str, Any]:
    named = {"kind": "file", "filename": sample.target} if sample.hashes else {"kind": "url", "url": sample.target}
    return {
        "id": sample.id,
        "status": "reported",
        **named,
        "private": False,
        "tasks": [{"id": task, "status": "reported"} for task in ("static1", "behavioral1")],
        "submitted": _time(sample, "42:11"),
        "completed": _time(sample, "46:02"),
        **{name: value for name, value in sample.hashes.items() if name == "sha256"},
    }


def _time(sample: Sample, rest: str) -> str:
    return f"{sample.thing.first_seen[:13].replace(' ', 'T')}:{rest}Z"


def _overview(sample: Sample) -> dict[str, Any]:
    score = SCORES[sample.thing.nature]
    judged = {"score": score} | ({"family": [sample.family]} if sample.family else {})
    tagged = {"tags": sample.tags} if sample.tags else {}  # what is empty is left out, as Go does
    about = {"score": score, "target": sample.target, "size": 21084, **sample.hashes}
    iocs = {kind: values for kind, values in sample.iocs.items() if values}
    task = {"kind": "behavioral", "status": "reported", **judged, "os": "windows10-2004-x64", "sample": sample.id}
    static = {"name": "static1", "kind": "static", "status": "reported", "sample": sample.id}
    times = {"created": _time(sample, "42:11"), "completed": _time(sample, "46:02")}
    overview: dict[str, Any] = {
        "version": "0.3.0",
        "sample": {"id": sample.id, **about, **times},
        "tasks": [{"name": "behavioral1", **task}, static],
        "analysis": {**judged, **tagged},
        "targets": [{"tasks": ["behavioral1"], **about, **judged, **tagged, "iocs": iocs}],
    }
    if score > 1:
        overview["signatures"] = [
            {"name": f"{sample.family or 'Suspicious'} behaviour", "score": score, "ttp": ["T1082"]}
        ]
    if isinstance(sample.thing, File) and sample.thing.c2:
        config = {
            "family": sample.family,
            "rule": sample.thing.family,
            "c2": list(sample.thing.c2),
            "botnet": "heron-1",
        }
        overview["extracted"] = [{"tasks": ["behavioral1"], "config": config}]
    if sample.family == "heronstealer":  # analysed by an older version: tasks by name, and a tag that is empty
        overview |= {"version": "0.2.3", "tasks": {f"{sample.id}-behavioral1": task}}
        overview["analysis"]["tags"] = [*sample.tags, ""]
    return overview


def _static(sample: Sample) -> dict[str, Any]:
    kind = "file" if sample.hashes else "url"
    return {
        "version": "0.2",
        "sample": {"sample": sample.id, "kind": kind, "target": sample.target},
        "task": {"task": f"{sample.id}-static1", "target": sample.target},
        "analysis": {"reported": _time(sample, "42:19"), "score": 1},
        "files": None,
        "unpack_count": 0,
        "error_count": 0,
    }


def _error(status: int, kind: str, message: str) -> Reply:
    return Reply.json({"error": kind, "message": message}, status)


TWIN = Twin(name="triage", hosts=("api.tria.ge",), key=KEY, spent_key=SPENT_KEY, answer=answer)
