"""urlscan.io as its vendor serves it. https://docs.urlscan.io/apis/urlscan-openapi (read 2026-11)

Every link of the world was scanned once. Search works without a key; results and page texts do not.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import NAMESPACE_URL, uuid5

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import LINKS, WORLD, File, Host, Link

KEY = "5a4db0c5-5a4d-4b0c-8a4d-5a4db0c55a4d"
SPENT_KEY = "5be47e00-5be4-4e00-8be4-5be47e005be4"

SITE = "https://urlscan.io"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

# One part of a query: field:value, where the value is quoted, a range, or free of the reserved characters. Wildcards
# and regular expressions are refused: whether they are allowed depends on the account and on the field.
PART = re.compile(
    r"""(?<![\w.])(?P<field>[a-z][\w.]*):
    (?: "(?P<quoted>(?:[^"\\]|\\.)*)" | (?P<range>[<>]=?[\w.:-]+ | \[[^\]]+[ ]TO[ ][^\]]+\])
      | (?P<bare>(?:[\w.%@,;]|\\.)(?:[\w.%@,;-]|\\.)*) )(?=[\s()]|$)""",
    re.VERBOSE | re.IGNORECASE,
)
CONJUNCTION = re.compile(r"\s*(NOT\s+)?[01](\s+(AND\s+)?(NOT\s+)?[01])*\s*")


@dataclass(frozen=True)
class Scan:
    """What was found when a link was opened."""

    uuid: str
    link: Link
    domain: str
    host: Host
    payload: File | None
    time: datetime

    @property
    def score(self) -> int:
        return {"malicious": 100, "suspicious": 30}.get(self.link.nature, 0)

    @property
    def malicious(self) -> bool:
        return self.link.nature == "malicious"

    @property
    def sort(self) -> list[int | str]:
        return [int(self.time.timestamp() * 1000), self.uuid]

    def values(self, field: str) -> set[str]:
        """What the search has in a field."""
        page, _, name = field.rpartition(".")
        match page, name:
            case (("page" | "task"), "url"):
                return {self.link.url.lower()}
            case (("page" | "task" | ""), "domain"):
                return {self.domain}
            case (("page" | "task"), "apexDomain"):
                return {_apex(self.domain)}
            case "page", "ip":
                return {self.host.ip}
            case "", "ip":
                return {host.ip for host in _addresses(self.domain)}
            case ("files", "sha256") | ("", "hash") if self.payload:
                return {self.payload.sha256}
            case "files", ("sha1" | "md5") if self.payload:
                return {self.payload.sha1 if name == "sha1" else self.payload.md5}
            case _:
                return set()


def _addresses(domain: str) -> list[Host]:
    """The hosts behind a name, or behind an address that stands in its place."""
    name = WORLD.names.get(domain)
    addresses = (*name.a, *name.aaaa) if name else (domain,)
    return [WORLD.hosts[address] for address in addresses if address in WORLD.hosts]


def _scans() -> Iterator[Scan]:
    for number, link in enumerate(LINKS):
        domain = urlsplit(link.url).hostname or ""
        if hosts := _addresses(domain):
            yield Scan(
                uuid=str(uuid5(NAMESPACE_URL, link.url)),
                link=link,
                domain=domain,
                host=hosts[number % len(hosts)],  # the scanners have IPv4 and IPv6; each scan uses one
                payload=WORLD.file_named(link.payload),
                time=datetime.fromisoformat(link.first_seen).replace(tzinfo=UTC),
            )


def _apex(domain: str) -> str:
    return domain if domain in WORLD.hosts else ".".join(domain.split(".")[-2:])


SCANS = {scan.uuid: scan for scan in _scans()}


def answer(call: Call) -> Reply:
    key = call.headers.get("api-key")
    if key is not None and not UUID.fullmatch(key):
        return _error(400, "Invalid API key format")
    if key not in {None, KEY, SPENT_KEY}:
        return _error(401, 'No API key supplied. Please supply a valid API key in the "api-key" HTTP header.')
    if call.method != "GET":
        return _error(404, "Not Found")  # submitting is not simulated
    match call.segments:
        case ["api", "v1", "search", ""]:
            return _counted(key, "search", lambda: _search(call))
        case ["api", "v1", "result", uuid, ""]:
            return _counted(key, "retrieve", lambda: _retrieve(uuid, key))
        case ["api", "v1", "search"] | ["api", "v1", "result", _]:
            # Not documented: every documented path ends in a slash, and clients are told to follow redirects.
            query = "?" + urlencode(call.query) if call.query else ""
            return Reply(301, b"", {"location": f"{call.segments[-1]}/{query}"})
        case _:
            return _error(404, "Not Found")


def _counted(key: str | None, action: str, reply: Callable[[], Reply]) -> Reply:
    """The reply with the state of the day's window, or the refusal if that is used up."""
    made = _error(429, "Rate limit exceeded") if key == SPENT_KEY else reply()
    now = datetime.now(UTC)
    reset = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    limit = 1000 if key else 500
    window = {
        "x-rate-limit-scope": "user" if key else "ip-address",
        "x-rate-limit-action": action,
        "x-rate-limit-window": "day",
        "x-rate-limit-limit": str(limit),
        "x-rate-limit-remaining": "0" if key == SPENT_KEY else str(limit - 1),
        "x-rate-limit-reset": _milliseconds(reset),
        "x-rate-limit-reset-after": str(int((reset - now).total_seconds()) + 1),
    }
    return Reply(made.status, made.body, {**made.headers, **window})


def _search(call: Call) -> Reply:
    size = call.param("size") or "100"
    if not size.isdecimal() or int(size) > 10_000:
        return _error(400, 'ValidationError: "size" must be less than or equal to 10000')
    query = call.param("q") or "date:>now-1y"
    try:
        found = [scan for scan in SCANS.values() if _matches(query, scan)]
    except ValueError:
        return _error(400, "Bad Request", f"Failed to parse query [{query}]")
    found.sort(key=lambda scan: scan.sort, reverse=True)
    total = len(found)
    if after := call.param("search_after"):
        places = [",".join(map(str, scan.sort)) for scan in found]
        found = found[places.index(after) + 1 :] if after in places else []
    results = [_item(scan) for scan in found[: int(size)]]
    return Reply.json({"results": results, "total": total, "took": 4, "has_more": False})  # true only if it is capped


def _matches(query: str, scan: Scan) -> bool:
    """Whether a scan is what a query asks for; AND binds tighter than OR, and is what stands between words."""
    truth = PART.sub(lambda part: str(int(_holds(part, scan))), query)
    while group := re.search(r"\(([^()]*)\)", truth):
        truth = truth.replace(group[0], f" {int(_any_holds(group[1]))} ")
    return _any_holds(truth)


def _holds(part: re.Match[str], scan: Scan) -> bool:
    if part["range"]:
        return True  # of dates: everything in the world was scanned lately
    written = part["bare"] if part["quoted"] is None else part["quoted"]
    return re.sub(r"\\(.)", r"\1", written).lower() in scan.values(part["field"])


def _any_holds(flat: str) -> bool:
    alternatives = flat.split("OR")
    if not all(CONJUNCTION.fullmatch(one) for one in alternatives):
        raise ValueError(flat)
    return any("0" not in re.sub(r"NOT\s+([01])", lambda no: str(1 - int(no[1])), one) for one in alternatives)


def _milliseconds(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _task(scan: Scan) -> dict[str, Any]:
    return {
        "uuid": scan.uuid,
        "url": scan.link.url,
        "domain": scan.domain,
        "apexDomain": _apex(scan.domain),
        "visibility": "public",
        "method": "api",
        "time": _milliseconds(scan.time),
        **({"tags": list(scan.link.tags)} if scan.link.tags else {}),
    }


def _page(scan: Scan) -> dict[str, Any]:
    tls = {"tlsIssuer": "ET DV R1", "tlsValidDays": 89, "tlsAgeDays": 4} if scan.link.url.startswith("https") else {}
    return {
        "url": scan.link.url,
        "domain": scan.domain,
        "apexDomain": _apex(scan.domain),
        "ip": scan.host.ip,
        "asn": f"AS{scan.host.asn}",
        "asnname": f"{scan.host.organisation.upper()}, {scan.host.country}",
        "country": scan.host.country,
        "server": "nginx",
        "status": "200",
        "mimeType": scan.payload.mime if scan.payload else "text/html",
        **tls,
    }


def _item(scan: Scan) -> dict[str, Any]:
    return {
        "task": _task(scan),
        "page": _page(scan),
        "stats": {"uniqIPs": 1, "uniqCountries": 1, "dataLength": 2048, "encodedDataLength": 1024, "requests": 1},
        "verdicts": {
            "score": scan.score,
            "malicious": scan.malicious,
            "urlscan": {"malicious": scan.malicious},
            "hasVerdicts": scan.score > 0,
        },
        "submitter": {"country": "nl"},
        "_id": scan.uuid,
        "_score": None,
        "sort": scan.sort,
        "result": f"{SITE}/api/v1/result/{scan.uuid}/",
        "screenshot": f"{SITE}/screenshots/{scan.uuid}.png",
    }


def _retrieve(uuid: str, key: str | None) -> Reply:
    if key is None:
        return _error(403, "An API key is required for this endpoint")
    scan = SCANS.get(uuid)
    return Reply.json(_result(scan)) if scan else _error(404, "not found")


def _result(scan: Scan) -> dict[str, Any]:
    categories = [scan.link.threat] if scan.malicious else []
    brands = [{"key": "harbourbank", "name": "Harbour Bank", "country": ["nl"], "vertical": ["banking"]}]
    phished = brands if scan.link.threat == "phishing" else []
    hashes = [scan.payload.sha256] if scan.payload else []
    return {
        "task": {**_task(scan), "reportURL": f"{SITE}/result/{scan.uuid}/", "source": "5a4db0c5"},
        "page": _page(scan),
        "data": {"requests": [{"request": {"request": {"url": scan.link.url, "method": "GET"}}}], "cookies": []},
        "lists": {
            "ips": [scan.host.ip],
            "domains": [scan.domain],
            "urls": [scan.link.url],
            "hashes": hashes,
            "asns": [str(scan.host.asn)],
            "countries": [scan.host.country],
            "certificates": [],
        },
        "stats": {"uniqCountries": 1, "totalLinks": 0, "malicious": int(scan.malicious), "adBlocked": 0},
        "meta": {"processors": {}},
        "submitter": {"country": "NL"},
        "verdicts": {
            "overall": {
                "score": scan.score,
                "categories": categories,
                "brands": [one["key"] for one in phished],
                "tags": list(scan.link.tags),
                "malicious": scan.malicious,
                "hasVerdicts": scan.score > 0 or 0,  # false is written as 0 here, unlike in the search
            },
            "urlscan": {
                "score": scan.score,
                "categories": categories,
                "brands": phished,
                "tags": [],
                "malicious": scan.malicious,
            },
            "engines": {"score": 0, "malicious": [], "benign": [], "maliciousTotal": 0, "enginesTotal": 0},
            "community": {"score": 0, "votesTotal": 0, "votesMalicious": 0, "votesBenign": 0, "tags": []},
        },
    }


def _error(status: int, message: str, description: str | None = None) -> Reply:
    said = {"message": message} | ({"description": description} if description else {})
    item = {"title": message, "detail": description or message, "status": status}
    return Reply.json({**said, "status": status, "errors": [item]}, status)


TWIN = Twin(name="urlscan", hosts=("urlscan.io",), key=KEY, spent_key=SPENT_KEY, answer=answer)
