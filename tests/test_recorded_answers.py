"""Recorded answers of the real services, read as a careful analyst would.

The recordings are other people's and no part of the project: this test runs where they lie beside the checkout, and is
skipped everywhere else. `LEFT_OUT` lists what no source asks, and why.
"""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ioclib.answers import Failed, Found, NotFound
from ioclib.engine.conversation import converse
from ioclib.indicators import Indicator, types
from ioclib.registry import all_sources
from ioclib.source import AnySource, Request
from ioclib.wire import WireResponse
from tests.doubles import told

FOLDER = Path(__file__).resolve().parents[2] / "shared"
TABLE = FOLDER / "samples" / "EXPECTED.tsv"

pytestmark = pytest.mark.skipif(not TABLE.exists(), reason="the recorded answers are not beside this checkout")

HASH = r"\{?[0-9a-zA-Z]+\}?"

# service, the recorded request, the source that asks so, and which of its requests it is
ROUTES: list[tuple[str, str, str, str]] = [
    ("virustotal", r"GET /api/v3/(files|domains|ip_addresses|urls)/[^/ ]+( .*)?$", "virustotal", r""),
    ("shodan", r"GET /shodan/host/", "shodan", r"^/shodan/host"),
    ("shodan", r"GET https://internetdb", "shodan_internetdb", r""),
    ("greynoise", r"GET /v3/ip/[^?]*$", "greynoise", r"^/v3/ip"),
    ("greynoise", r"GET /v3/ip/.*quick", "greynoise", r"^/v3/ip"),
    ("greynoise", r"GET /v3/community/", "greynoise_community", r"^/v3/community"),
    ("otx", r"GET /api/v1/indicators/(…|.*/general)", "otx", r"/general$"),
    ("intelx", r"POST /intelligent/search", "intelx", r"^/intelligent/search$"),
    ("intelx", r"GET /intelligent/search/result", "intelx", r"^/intelligent/search/result"),
    ("google_safe_browsing", r"GET .*/v5/hashes:search", "google_safe_browsing", r"hashes"),
    ("malwarebazaar", r"POST .*(get_info|hash=)", "malwarebazaar", r""),
    ("urlhaus", r"POST /v1/(url|host|payload)/", "urlhaus", r""),
    ("urlscan", r"GET /api/v1/search/", "urlscan", r"/search"),
    ("triage", r"GET /v0/search", "triage", r"^/v0/search"),
    ("triage", r"GET /v1/samples/\{id\}/overview", "triage", r"^/v1/samples"),
    ("triage", r"GET /v0/samples/\{id\}$", "triage", r"^/v1/samples"),
    ("screenshotapi", r"GET .*screenshot", "screenshotapi", r""),
    ("crtsh", r"GET https://crt.sh/", "crtsh", r""),
    ("robtex", r"GET https://freeapi.robtex.com/ipquery/", "robtex", r""),
    ("robtex", r"GET https://freeapi.robtex.com/pdns/forward/", "robtex_pdns", r""),
    ("threatminer", r".*/(host|domain).php\?q=.*rt=[246]", "threatminer", r""),
    ("threatminer", r".*/sample.php\?q=.*rt=[167]", "threatminer", r""),
    ("dns_doh", r"GET .*type=(A|AAAA)\b", "doh", r""),
    ("dns_doh", r"GET .*type=PTR", "doh_reverse", r""),
    ("hashlookup", r"GET /lookup/", "hashlookup", r""),
    ("circl_hashlookup", r"GET .*/lookup/", "hashlookup", r""),
    ("dnsbl", r"2.0.0.127.zen.spamhaus", "dnsbl_zen", r""),
    ("dnsbl", r"zen.spamhaus", "dnsbl_zen", r"^/(?!2\.0\.0\.127)"),
    ("dnsbl", r"surbl", "dnsbl_surbl", r"bad"),
    ("dnsbl", r"uribl", "dnsbl_uribl", r"example"),
    ("team_cymru", r"origin", "team_cymru", r"origin"),
    ("team_cymru", r"malware.hash", "team_cymru_mhr", r""),
    ("tor", r"onionoo", "onionoo", r""),
    ("certspotter", r"issuances", "certspotter", r""),
    ("robtex", r"asquery", "robtex_asn", r""),
    ("pulsedive", r"(info|indicator).php", "pulsedive", r""),
    ("hibp", r"breachedaccount", "hibp", r""),
    ("emailrep", r"GET", "emailrep", r""),
    ("hudsonrock", r"search-by-domain", "hudsonrock", r""),
    ("hudsonrock", r"search-by-email", "hudsonrock_email", r""),
    ("wayback", r"wayback/available", "wayback", r""),
    ("wayback", r"cdx/search", "wayback_first", r""),
    ("phishtank_openphish", r"checkurl", "phishtank", r""),
    ("shodan", r"GET https://cvedb", "shodan_cvedb", r""),
    ("cve_nvd_epss_kev", r"nvd.nist.gov", "nvd", r""),
    ("cve_nvd_epss_kev", r"api.first.org", "epss", r""),
    ("ip_geo", r"ip-api.com", "ip_api", r""),
    ("ip_geo", r"ipapi.is", "ipapi_is", r""),
    ("ip_geo", r"ipinfo.io", "ipinfo", r""),
    ("ip_geo", r"ipquery.io", "ipquery", r""),
    ("ripestat", r"network-info", "ripestat", r""),
    ("rdap", r"domain", "rdap", r"/domain"),
    ("rdap", r"autnum", "rdap_asn", r"/autnum"),
    ("rdap", r"ip[/ ].*:", "rdap_ipv6", r"/ip"),
    ("rdap", r"ip[/ ]", "rdap_ipv4", r"/ip"),
    ("threatfox", r"POST /api/v1/", "threatfox", r""),
    ("yaraify", r"POST /api/v1/ .*lookup_hash", "yaraify", r""),
    ("hybrid_analysis", r"GET /api/v2/search/hash", "hybrid_analysis", r"^/search/hash$"),
    ("hybrid_analysis", r"GET /api/v2/overview/", "hybrid_analysis", r"^/overview/"),
    ("hybrid_analysis", r"POST /api/v2/search/terms", "hybrid_analysis", r"^/search/terms$"),
    ("metadefender", r"(GET|POST) /v4/(hash|ip|url)\b", "metadefender", r""),
    ("anyrun", r"POST .*/intelligence/api/search", "anyrun", r""),
    ("rdap", r"ip/.*:", "rdap_ipv6", r"/ip"),
    ("rdap", r"ip/", "rdap_ipv4", r"/ip"),
    ("validin", r"/api/axon/domain/dns/history/", "validin", r"/dns/history/"),
    ("securitytrails", r"api.securitytrails.com/v1/", "securitytrails", r"^/history/"),
    ("netlas", r"GET .*/api/whois_ip/", "netlas", r"^/whois_ip/"),
    ("abuseipdb", r"GET /api/v2/check\?", "abuseipdb", r"^/check$"),
    ("abuseipdb", r"GET /api/v2/check-block\?", "abuseipdb_block", r"^/check-block$"),
    ("crowdsec", r"GET .*/v2/smoke/", "crowdsec", r"^/smoke/"),
    ("dshield", r"GET .*/api/ip/", "dshield", r"^/ip/"),
    ("stopforumspam", r"GET .*[?&]ip=", "stopforumspam", r""),
    ("stopforumspam", r"GET .*[?&]email=", "stopforumspam_email", r""),
]

# service, the recorded request, why no source is to read it
LEFT_OUT: list[tuple[str, str, str]] = [
    ("virustotal", r"GET /api/v3/.*/(resolutions|historical_whois|behaviours)", "relationships are not asked"),
    ("shodan", r"GET /dns/domain", "it costs a query credit: a later, separate source"),
    ("google_safe_browsing", r"(POST|GET) .*(/v4/|urls:search|uris:search|webrisk)", "only hash prefixes leave"),
    ("urlscan", r"GET /api/v1/result/", "the search answers; results need a key and one request each"),
    ("urlscan", r"POST /api/v1/scan/", "nothing is ever submitted"),
    ("malwarebazaar", r"GET /api/v1/$", "a request without a form is not one that a source makes"),
    ("threatminer", r".*/domain.php\?q=.*rt=[135]", "report types that say nothing of good or bad"),
]


@dataclass
class Row:
    path: str
    service: str
    kinds: list[str]
    ioc: str
    status: str
    outcome: str
    error: str
    verdicts: list[str]
    why: str
    request: str


def rows() -> list[Row]:
    if not TABLE.exists():
        return []
    requests = {}
    for line in (FOLDER / "samples" / "INDEX.tsv").read_text().splitlines()[1:]:
        path, _, request, *_ = line.split("\t")
        requests[path] = request
    found = []
    for line in TABLE.read_text().splitlines()[1:]:
        path, service, kind, ioc, status, outcome, error, verdict, why, usable = line.split("\t")
        if usable == "yes":
            found.append(
                Row(
                    path, service, kind.split("|"), ioc, status, outcome, error, verdict.split("|"), why, requests[path]
                )
            )
    return found


def route_of(row: Row) -> tuple[str, str] | None:
    for service, pattern, source, path in ROUTES:
        if service == row.service and re.search(pattern, row.request):
            return source, path
    return None


SERVICES = {route[0] for route in ROUTES} | {"tor"}
ROWS = [pytest.param(row, id=row.path) for row in rows() if route_of(row)]
OTHERS = [row for row in rows() if row.service in SERVICES and not route_of(row)]


def recorded(row: Row) -> WireResponse:
    raw = (FOLDER / row.path).read_bytes()
    headers = {"content-type": "application/json" if row.path.endswith("json") else "text/plain"}
    body: Any = raw
    if row.service in {"dnsbl", "team_cymru"}:  # what dig prints
        text = raw.decode()
        data = re.findall(r" IN A (\S+)", text) or re.findall(r'^"(.*)"$', text, re.MULTILINE)
        return WireResponse(status=200, headers=headers, body=json.dumps({"data": data}).encode())
    if row.path.endswith(".json"):
        document = json.loads(raw)
        if isinstance(document, dict):
            document.pop("_constructed", None)
            document.pop("_note", None)
            if "body_base64" in document:
                headers["content-type"] = "application/x-protobuf"
                return WireResponse(
                    status=int(row.status), headers=headers, body=base64.b64decode(document["body_base64"])
                )
            if "_bare_body" in document:
                document = document["_bare_body"]
            elif "_http_body_is_empty_or_text" in document:
                return WireResponse(status=int(row.status), headers=headers, body=b"")
            elif set(document) == {"body", "headers"}:
                headers |= {name.lower(): value for name, value in document["headers"].items()}
                document = document["body"]
        body = json.dumps(document).encode()
    return WireResponse(status=int(row.status), headers=headers, body=body)


# What the other steps of a conversation answer, so that the recorded one is reached
def earlier(request: Request) -> WireResponse:
    document: dict[str, Any] = {"Status": 0, "data": ["127.0.0.2"]}
    if request.path == "/intelligent/search":
        document = {"id": "00000000-0000-4000-8000-000000000001", "softselectorwarning": False, "status": 0}
    elif request.path.startswith("/intelligent/search/"):
        document = {"records": [], "status": 1}
    elif request.path == "/v0/search":
        document = {"data": [{"id": "261101-aaaaaaaaaa", "status": "reported", "submitted": "2026-11-01T00:00:00Z"}]}
    elif request.path.startswith("/v1/samples"):
        document = {"sample": {"id": "261101-aaaaaaaaaa", "score": 1}, "analysis": {"score": 1}}
    elif request.path.endswith(".php"):
        document = {"status_code": "404", "status_message": "No results found.", "results": []}
    elif request.path == "/search/hash":
        document = {"sha256s": ["ab" * 32], "reports": []}
    elif request.path.startswith("/overview/"):
        document = {"verdict": None}
    return WireResponse(status=200, headers={}, body=json.dumps(document).encode())


def asked_for(row: Row, source: AnySource[Any]) -> Indicator:
    by_kind = {kind.kind: kind for kind in types()}
    for name in row.kinds:
        if name in by_kind and by_kind[name] in source.types:
            return by_kind[name](row.ioc if row.ioc != "-" else by_kind[name].examples[0])
    kind = source.types[0]
    return kind(kind.examples[0])


def is_the_recorded(row: Row, path: str) -> Callable[[Request], bool]:
    rt = re.search(r"rt=(\d)", row.request)
    dns = re.search(r"[?&]type=(\w+)", row.request)

    def matches(request: Request) -> bool:
        params = dict(request.params)
        if rt:
            return params.get("rt") == rt[1]
        if dns and row.outcome == "found":
            return params.get("type") == dns[1]
        return re.search(path, request.path) is not None

    return matches


@pytest.mark.parametrize("row", ROWS)
async def test_it_is_read_as_an_analyst_would(row: Row) -> None:
    name, path = route_of(row) or ("", "")
    source: Any = all_sources()[name]
    matches = is_the_recorded(row, path)
    asked: list[Request] = []

    def answer(request: Request) -> WireResponse:
        return recorded(row) if matches(request) else earlier(request)

    outcome = await converse(source, asked_for(row, source).sendable(), told(source, answer, asked))
    assert any(map(matches, asked)), f"{name} does not ask {row.request}"
    alternative = re.search(r"\[alt: (?:failed/)?(\w+)", row.why)
    right = {row.outcome, row.error, *([alternative[1]] if alternative else [])} - {"-"}
    match outcome:
        case Found(finding=finding):
            assert "found" in right
            assert finding.verdict in row.verdicts, (finding, row.why)
        case NotFound():
            assert "not_found" in right, row.why
        case Failed(error=error):
            assert "failed" in right, (error, row.why)
            assert error.kind in right, (error, row.why)


def test_what_is_left_out_is_listed_with_its_reason() -> None:
    for row in OTHERS:
        reasons = [
            why for service, pattern, why in LEFT_OUT if service == row.service and re.search(pattern, row.request)
        ]
        assert reasons, f"{row.path}: {row.request}"
