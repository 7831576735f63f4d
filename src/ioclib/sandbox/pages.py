"""What is known of the world's pages: Pulsedive, PhishTank, OpenPhish, the Wayback Machine. (read 2026-11)

https://pulsedive.com/api/, https://phishtank.org/api_info.php, https://openphish.com/phishing_feeds.html,
https://archive.org/help/wayback_api.php
"""

import base64
from typing import Any
from urllib.parse import urlsplit

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.vulnerabilities import kev
from ioclib.sandbox.world import LINKS, WORLD, Link

PULSEDIVE_KEY, PULSEDIVE_SPENT_KEY = "5a0db0c5" * 8, "5a0dffff" * 8
PHISHTANK_KEY, PHISHTANK_SPENT_KEY = "5a0db0c5" * 7, "5a0dffff" * 7

RISKS = {"malicious": "high", "suspicious": "medium", "benign": "none", "unremarkable": "unknown"}
ARCHIVED = "20260914074211"


def pulsedive(call: Call) -> Reply:
    key = call.param("key")
    if key == PULSEDIVE_SPENT_KEY:
        said = "API rate limit exceeded: 10 requests per day. Visit pulsedive.com/api to view limits."
        return Reply.json({"error": said}, 429)
    if key not in {None, PULSEDIVE_KEY}:
        return Reply.json({"error": "Invalid API key."}, 401)
    if call.method != "GET" or call.path not in {"/api/indicator.php", "/api/info.php"}:
        return Reply.json({"error": "Invalid request."}, 400)
    if not (asked := call.param("indicator")):
        return Reply.json({"error": "Invalid request."}, 400)
    nature = _nature(asked)
    if nature is None:
        return Reply.json({"error": "Indicator not found."}, 404)
    bad = nature == "malicious"
    return Reply.json(
        {
            "iid": 5_000_000 + len(asked),
            "indicator": asked,
            "risk": RISKS[nature],
            "risk_recommended": RISKS[nature],
            "manualrisk": 0,
            "retired": None,
            "stamp_added": "2026-09-14 07:42:11",
            "stamp_seen": "2026-11-02 18:03:55",
            "threats": [{"tid": 1, "name": "Gilded Heron", "category": "malware"}] if bad else [],
            "feeds": [],
            "properties": _properties(asked),
        },
        X_Requests_Remaining_Second="0",
    )


def _properties(asked: str) -> dict[str, Any] | list[Any]:
    """A single value stands alone; what is empty is a list."""
    if name := WORLD.names.get(asked):
        records = {"A": name.a, "AAAA": name.aaaa, "MX": name.mx}
        return {"dns": {kind: one[0] if len(one) == 1 else list(one) for kind, one in records.items() if one}}
    if host := WORLD.hosts.get(asked):
        geo = {"asn": f"AS{host.asn}", "countrycode": host.country, "org": host.organisation}
        return {"dns": {"PTR": host.reverse} if host.reverse else [], "geo": geo}
    return []


def _nature(asked: str) -> str | None:
    found = WORLD.hosts.get(asked) or WORLD.names.get(asked) or _link(asked)
    return found.nature if found else None


def _link(asked: str) -> Link | None:
    return next((one for one in LINKS if one.url == asked), None)


def phishtank(call: Call) -> Reply:
    form = call.form()
    keyed = form.get("app_key") in {PHISHTANK_KEY, PHISHTANK_SPENT_KEY}
    if not keyed or not call.headers.get("user-agent", "").startswith("phishtank/"):
        return Reply.text("<!DOCTYPE html><title>Just a moment...</title>", 403, "text/html")
    if form.get("app_key") == PHISHTANK_SPENT_KEY:
        return Reply.json({"errortext": "You have exceeded your rate limit."}, 509, X_Request_Limit_Interval="300")
    if call.path != "/checkurl/" or call.method != "POST" or form.get("format") != "json" or "url" not in form:
        return Reply.json({"errortext": "No url was given."}, 400)
    asked = _decoded(form["url"])
    known = _link(asked)
    result: dict[str, Any] = {"url": asked, "in_database": bool(known and known.threat == "phishing")}
    if result["in_database"]:
        page = "http://www.phishtank.com/phish_detail.php?phish_id=8800001"
        result |= {"phish_id": "8800001", "phish_detail_page": page, "verified": True, "valid": True}
        result["verified_at"] = "2026-11-03T09:50:28+00:00"
    meta = {"timestamp": "2026-11-24T09:50:28+00:00", "serverid": "5a0db0c5", "status": "success", "requestid": "1"}
    return Reply.json({"meta": meta, "results": result})


def _decoded(text: str) -> str:
    """A link may also be sent as base64."""
    try:
        return text if "://" in text else base64.b64decode(text, validate=True).decode()
    except ValueError:
        return text


def wayback(call: Call) -> Reply:
    asked = call.param("url") or ""
    known = _archived(asked)
    match call.method, call.segments:
        case "GET", ["wayback", "available"]:
            page = {"status": "200", "available": True, "timestamp": ARCHIVED}
            snapshot = {**page, "url": f"http://web.archive.org/web/{ARCHIVED}/{asked}"}
            return Reply.json({"url": asked, "archived_snapshots": {"closest": snapshot} if known else {}})
        case "GET", ["cdx", "search", "cdx"] if call.param("output") == "json":
            columns = (call.param("fl") or "timestamp,original").split(",")
            row = {"timestamp": "19990504120000", "original": f"http://{asked}/", "statuscode": "200"}
            return Reply.json([columns, [row.get(column, "-") for column in columns]] if known else [])
        case _:
            return Reply.text("", 404)


def _archived(asked: str) -> bool:
    name = WORLD.names.get(urlsplit(asked).hostname or asked)
    return name is not None and name.nature != "malicious"


def github(call: Call) -> Reply:
    if call.path == "/openphish/public_feed/refs/heads/main/feed.txt":
        phishing = [one.url for one in LINKS if one.threat == "phishing"]
        others = [f"https://page{number}.phish.example/login" for number in range(40)]
        return Reply.text("".join(f"{link}\n" for link in (*phishing, *others)), ETag='"5a0db0c5"')
    return kev(call)


TWINS = (
    Twin(
        name="pulsedive",
        hosts=("pulsedive.com",),
        answer=pulsedive,
        key=PULSEDIVE_KEY,
        spent_key=PULSEDIVE_SPENT_KEY,
    ),
    Twin(
        name="phishtank",
        hosts=("checkurl.phishtank.com",),
        answer=phishtank,
        key=PHISHTANK_KEY,
        spent_key=PHISHTANK_SPENT_KEY,
    ),
    Twin(name="wayback", hosts=("archive.org", "web.archive.org"), answer=wayback),
    Twin(name="github", hosts=("raw.githubusercontent.com",), answer=github),
)
