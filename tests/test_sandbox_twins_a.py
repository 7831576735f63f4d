"""Simulated VirusTotal, Shodan, GreyNoise, OTX, Intelligence X, Safe Browsing, MalwareBazaar and URLhaus."""

import hashlib
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest

from ioclib.sandbox import (
    google_safe_browsing,
    greynoise,
    intelx,
    malwarebazaar,
    otx,
    shodan,
    urlhaus,
    virustotal,
)
from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import INSTALLER, LINKS, LOADER, STEALER, TOOLBAR

FORM = "application/x-www-form-urlencoded"
VT, OTX, GREYNOISE, INTELX, GSB = (module.TWIN for module in (virustotal, otx, greynoise, intelx, google_safe_browsing))
BAZAAR, URLHAUS = malwarebazaar.TWIN, urlhaus.TWIN
SHODAN, INTERNETDB = shodan.TWINS
HEADERS = {
    VT: "x-apikey",
    OTX: "X-OTX-API-KEY",
    GREYNOISE: "key",
    INTELX: "x-key",
    BAZAAR: "Auth-Key",
    URLHAUS: "Auth-Key",
}
UNKNOWN = "ab" * 32
CNC, ROUTER, TOR, PROBE, RESOLVER, BANK, CDN = (
    "203.0.113.66",
    "198.51.100.23",
    "198.51.100.77",
    "198.51.100.140",
    "192.0.2.53",
    "192.0.2.80",
    "192.0.2.200",
)
NOBODY = "192.0.2.1"
DROP, GATE, PHISH, BAR, HOME, SHELL = (link.url for link in LINKS)


def ask(twin: Twin, target: str, headers: dict[str, str], method: str = "GET", body: bytes = b"") -> Reply:
    """Ask a twin as a web server would: the query decoded, the path as it was sent, header names in lower case."""
    parts = urlsplit(target)
    query = tuple(parse_qsl(parts.query, keep_blank_values=True))
    names = {name.lower(): value for name, value in headers.items()}
    return twin.answer(Call(method=method, path=parts.path, query=query, headers=names, body=body))


def send(twin: Twin, target: str, key: str | None = None, method: str = "GET", **body: Any) -> Reply:
    """Ask a twin, by default with its own key, in the place where the service wants it."""
    key = twin.key if key is None else key
    headers, content = {}, b""
    if "form" in body:
        headers, content = {"Content-Type": FORM}, urlencode(body["form"]).encode()
    elif "json" in body:
        headers, content = {"Content-Type": "application/json"}, json.dumps(body["json"]).encode()
    if key and twin in HEADERS:
        headers[HEADERS[twin]] = key
    elif key:
        target += ("&" if "?" in target else "?") + f"key={key}"
    return ask(twin, target, headers, method, content)


def post(twin: Twin, target: str, key: str | None = None, **form: str) -> Reply:
    return send(twin, target, key, "POST", form=form)


def at(reply: Reply, *path: str | int) -> Any:
    """What stands at a place of a JSON answer."""
    found = json.loads(reply.body)
    for step in path:
        found = found[step]
    return found


def url_id(url: str) -> str:
    return urlsafe_b64encode(url.encode()).decode().rstrip("=")


# VirusTotal


@pytest.mark.parametrize(
    ("path", "malicious"),
    [
        *((f"files/{digest}", 51) for digest in (LOADER.md5, LOADER.sha1, LOADER.sha256, LOADER.sha256.upper())),
        (f"files/{TOOLBAR.md5}", 3),
        (f"files/{INSTALLER.md5}", 0),
        (f"ip_addresses/{CNC}", 11),
        ("ip_addresses/2001:db8:66::66", 5),
        ("ip_addresses/2001%3Adb8%3A66%3A%3A66", 5),
        ("domains/update-heron.example", 14),
        (f"urls/{url_id(DROP)}", 12),
        (f"urls/{url_id(DROP.replace('http://u', 'HTTP://U'))}", 12),
        (f"urls/{url_id(HOME.removesuffix('/'))}", 0),
        (f"urls/{hashlib.sha256(PHISH.encode()).hexdigest()}", 9),
    ],
)
def test_virustotal_knows(path: str, malicious: int) -> None:
    reply = send(VT, f"/api/v3/{path}")
    stats = at(reply, "data", "attributes", "last_analysis_stats")
    assert (reply.status, stats["malicious"]) == (200, malicious)
    assert len(at(reply, "data", "attributes", "last_analysis_results")) == sum(stats.values())


def test_virustotal_names_malware_only() -> None:
    loader, toolbar = (at(send(VT, f"/api/v3/files/{one.sha1}"), "data") for one in (LOADER, TOOLBAR))
    assert loader["id"] == LOADER.sha256
    assert "popular_threat_classification" in loader["attributes"]
    assert "popular_threat_classification" not in toolbar["attributes"]


@pytest.mark.parametrize(("ip", "harmless"), [(BANK, 69), (CDN, 0)])
def test_virustotal_calls_well_known_hosts_harmless_and_no_others(ip: str, harmless: int) -> None:
    stats = at(send(VT, f"/api/v3/ip_addresses/{ip}"), "data", "attributes", "last_analysis_stats")
    assert (stats["malicious"], stats["harmless"]) == (0, harmless)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (f"files/{UNKNOWN}", 404, "NotFoundError"),
        (f"ip_addresses/{NOBODY}", 404, "NotFoundError"),
        ("domains/nobody.example", 404, "NotFoundError"),
        (f"urls/{url_id('http://nobody.example/')}", 404, "NotFoundError"),
        ("urls/thisurlidmakesnosenseatall", 404, "NotFoundError"),
        (f"urls/{DROP}", 404, "NotFoundError"),
        (f"urls/{quote(DROP, safe='')}", 400, "InvalidArgumentError"),
        (f"urls/{url_id(GATE)}%3D%3D", 400, "InvalidArgumentError"),
        ("files/abc", 400, "InvalidArgumentError"),
        ("ip_addresses/1.2.3", 400, "InvalidArgumentError"),
        ("domains/single", 400, "InvalidArgumentError"),
        ("domains/update-heron.example.", 400, "InvalidArgumentError"),
        ("hashes/x", 404, "NotFoundError"),
    ],
)
def test_virustotal_refuses(path: str, status: int, code: str) -> None:
    reply = send(VT, f"/api/v3/{path}")
    assert (reply.status, at(reply, "error", "code")) == (status, code)


def test_virustotal_takes_no_submission() -> None:
    assert post(VT, "/api/v3/urls", url=DROP).status == 405


# Shodan


def test_shodan_knows_hosts() -> None:
    victim = json.loads(send(SHODAN, f"/shodan/host/{ROUTER}").body)
    assert (victim["asn"], victim["tags"], victim["vulns"]) == ("AS64502", ["compromised"], ["CVE-2021-44228"])
    assert victim["data"][-1]["vulns"]["CVE-2021-44228"]["cvss"] == "9.3"
    assert "data" not in json.loads(send(SHODAN, f"/shodan/host/{ROUTER}?minify=true").body)
    assert at(send(SHODAN, "/shodan/host/2001:db8:66::66"), "ports") == [443]
    assert "vulns" not in json.loads(send(SHODAN, f"/shodan/host/{CNC}").body)


def test_shodan_knows_names_by_their_labels() -> None:
    bank = json.loads(send(SHODAN, "/dns/domain/harbour-bank.example?type=A").body)
    assert [(one["subdomain"], one["value"]) for one in bank["data"]] == [("", BANK), ("www", BANK)]
    assert bank["subdomains"] == ["www"]
    asked = "nobody.example,update-heron.example"
    assert json.loads(send(SHODAN, f"/dns/resolve?hostnames={asked}").body) == {
        "nobody.example": None,
        "update-heron.example": CNC,
    }
    assert at(send(SHODAN, f"/dns/reverse?ips={RESOLVER},{NOBODY}"), NOBODY) is None


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        (f"/shodan/host/{NOBODY}", 404, "No information available for that IP."),
        ("/shodan/host/1.2.3.4.5", 400, "Invalid IP"),
        ("/dns/domain/nobody.example", 404, "No information available for that domain."),
        ("/dns/domain/http%3A%2F%2Fx.example", 400, "Invalid domain"),
        ("/host/1.2.3.4", 404, "Not Found"),
    ],
)
def test_shodan_refuses(path: str, status: int, says: str) -> None:
    reply = send(SHODAN, path)
    assert (reply.status, at(reply, "error")) == (status, says)


def test_shodan_takes_its_key_from_the_query_only_and_shows_free_keys_no_host() -> None:
    in_header = ask(SHODAN, f"/shodan/host/{CNC}", {"key": shodan.KEY, "X-Api-Key": shodan.KEY})
    assert (in_header.status, in_header.body[:1]) == (401, b"<")
    assert send(SHODAN, f"/shodan/host/{CNC}", shodan.FREE_KEY).status == 403
    assert at(send(SHODAN, "/api-info", shodan.FREE_KEY), "plan") == "oss"
    assert send(SHODAN, "/shodan/scan", method="POST", form={"ips": CNC}).status == 405


def test_internetdb() -> None:
    known = send(INTERNETDB, f"/{ROUTER}")
    assert (known.status, at(known, "vulns"), at(known, "ports")) == (200, ["CVE-2021-44228"], [23, 8080])
    assert known.headers["cache-control"] == "public, max-age=432000"
    assert at(send(INTERNETDB, f"/{NOBODY}"), "detail") == "No information available"
    statuses = [send(INTERNETDB, f"/{ip}").status for ip in (NOBODY, "2001:db8:66::66", "x.example", "a/b", "")]
    assert statuses == [404, 404, 422, 404, 404]
    assert post(INTERNETDB, f"/{ROUTER}").status == 405


# GreyNoise


@pytest.mark.parametrize(
    ("ip", "noise", "riot", "classification"),
    [
        (CNC, True, False, "malicious"),
        (TOR, True, False, "suspicious"),
        (PROBE, True, False, "benign"),
        (RESOLVER, False, True, "benign"),
    ],
)
def test_greynoise_knows(ip: str, noise: bool, riot: bool, classification: str) -> None:
    community = json.loads(send(GREYNOISE, f"/v3/community/{ip}", "").body)
    assert (community["noise"], community["riot"], community["classification"]) == (noise, riot, classification)
    full = json.loads(send(GREYNOISE, f"/v3/ip/{ip}").body)
    scanner, business = full["internet_scanner_intelligence"], full["business_service_intelligence"]
    assert (scanner["found"], scanner["classification"]) == (noise, classification if noise else "")
    assert (business["found"], business["trust_level"]) == (riot, "1" if riot else "")
    quick = json.loads(send(GREYNOISE, f"/v3/ip/{ip}?quick=true").body)
    assert quick["internet_scanner_intelligence"] == {"found": noise, "classification": scanner["classification"]}


@pytest.mark.parametrize("ip", [NOBODY, BANK, "8.8.8.8"])
def test_greynoise_answers_404_with_a_body(ip: str) -> None:
    community, full = send(GREYNOISE, f"/v3/community/{ip}"), send(GREYNOISE, f"/v3/ip/{ip}")
    assert (community.status, full.status) == (404, 404)
    assert at(community, "noise") is False
    assert at(full, "internet_scanner_intelligence") == {"found": False}


@pytest.mark.parametrize("ip", ["2001:db8:66::66", "10.0.0.1", "127.0.0.1", "1.2.3", "x.example", f"{CNC}:80"])
def test_greynoise_takes_routable_ipv4_only(ip: str) -> None:
    replies = send(GREYNOISE, f"/v3/community/{ip}"), send(GREYNOISE, f"/v3/ip/{ip}")
    assert {(reply.status, at(reply, "message")) for reply in replies} == {
        (400, "Request is not a valid routable IPv4 address")
    }


def test_greynoise_takes_several_as_json() -> None:
    ips = {"ips": [CNC, NOBODY]}
    both = json.loads(send(GREYNOISE, "/v3/ip", method="POST", json=ips).body)
    assert [one["ip"] for one in both["data"]] == [CNC]
    assert both["request_metadata"]["ips_not_found"] == [NOBODY]
    assert send(GREYNOISE, "/v3/ip", method="POST", form={"ips": CNC}).status == 400


def test_greynoise_is_at_version_3_and_wants_a_key() -> None:
    assert at(send(GREYNOISE, "/ping"), "message") == "pong"
    assert send(GREYNOISE, f"/v2/noise/context/{CNC}").status == 404
    assert send(GREYNOISE, f"/v3/ip/{CNC}", "").status == 401
    assert send(GREYNOISE, f"/v3/community/{CNC}", "wrong").status == 401


# OTX


@pytest.mark.parametrize(
    ("path", "count", "adversary"),
    [
        (f"IPv4/{CNC}", 6, "Gilded Heron"),
        (f"IPv4/{ROUTER}", 6, ""),
        (f"IPv4/{TOR}", 1, ""),
        ("IPv6/2001:db8:66::66", 6, ""),
        ("domain/update-heron.example", 6, "Gilded Heron"),
        (f"url/{DROP}", 6, "Gilded Heron"),
        (f"url/{quote(PHISH, safe=':/')}", 6, ""),
        (f"url/{quote(PHISH, safe='')}", 6, ""),
        (f"file/{LOADER.md5}", 6, "Gilded Heron"),
        (f"file/{STEALER.sha1}", 6, "Gilded Heron"),
        (f"file/{TOOLBAR.sha256}", 1, ""),
    ],
)
def test_otx_knows(path: str, count: int, adversary: str) -> None:
    info = at(send(OTX, f"/api/v1/indicators/{path}/general"), "pulse_info")
    assert info["count"] == count
    assert len(info["pulses"]) <= 2
    assert info["pulses"][0]["adversary"] == adversary


def test_otx_names_well_known_things_and_other_hashes() -> None:
    resolver, bank = (
        json.loads(send(OTX, f"/api/v1/indicators/{path}/general").body)
        for path in (f"IPv4/{RESOLVER}", "domain/harbour-bank.example")
    )
    assert (resolver["pulse_info"]["count"], bank["pulse_info"]["count"]) == (1, 0)
    assert resolver["validation"]
    assert bank["validation"]
    base = at(send(OTX, f"/api/v1/indicators/file/{INSTALLER.md5}/general"), "base_indicator")
    assert (base["type"], base["indicator"]) == ("FileHash-SHA1", INSTALLER.sha1)


@pytest.mark.parametrize(
    "path",
    [
        f"IPv4/{NOBODY}",
        "IPv6/2001:db8::1",
        "domain/nobody.example",
        "domain/cdn.shared-files.example",
        "hostname/update-heron.example",
        "url/http://nobody.example/",
        f"file/{UNKNOWN}",
    ],
)
def test_otx_says_that_it_knows_nothing_with_200(path: str) -> None:
    reply = send(OTX, f"/api/v1/indicators/{path}/general")
    assert (reply.status, at(reply, "pulse_info", "count"), at(reply, "base_indicator")) == (200, 0, {})


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("IPv4/2001:db8:66::66/general", 400),
        (f"IPv6/{CNC}/general", 400),
        (f"domain/{quote(DROP, safe='/')}/general", 400),
        ("url/HTTP://update-heron.example/gate.php/general", 400),
        (f"url/{quote(quote(DROP, safe=''), safe='')}/general", 400),
        ("file/abc/general", 400),
        (f"ipv4/{CNC}/general", 404),
        (f"IPv4/{CNC}", 404),
        (f"IPv4/{CNC}/general/", 404),
        (f"url/{PHISH}/general", 404),  # the question mark ends the path
    ],
)
def test_otx_refuses(path: str, status: int) -> None:
    assert send(OTX, f"/api/v1/indicators/{path}").status == status


def test_otx_has_other_sections() -> None:
    def section(path: str) -> Any:
        return json.loads(send(OTX, f"/api/v1/indicators/{path}").body)

    assert section("domain/update-heron.example/passive_dns")["count"] == 2
    assert [one["url"] for one in section("domain/update-heron.example/url_list")["url_list"]] == [DROP, GATE]
    assert section(f"IPv4/{CNC}/malware")["data"][0]["hash"] == LOADER.sha256
    assert section(f"IPv4/{CNC}/geo")["asn"] == "AS64501 Bulletproof Hosting"
    assert section(f"file/{UNKNOWN}/analysis")["analysis"] is None
    assert section(f"file/{LOADER.md5}/analysis")["analysis"]["info"]["results"]["sha1"] == LOADER.sha1


# Intelligence X


def search(term: str) -> Reply:
    return send(INTELX, "/intelligent/search", method="POST", json={"term": term, "maxresults": 100, "buckets": []})


@pytest.mark.parametrize(
    ("term", "buckets"),
    [
        (CNC, ["pastes", "darknet.tor"]),
        ("2001:db8:66::66", ["pastes", "darknet.tor"]),
        ("harbour-bank.example", ["leaks.public.general"]),
        ("*.harbour-bank.example", ["leaks.public.general"]),
        (PHISH, ["pastes", "darknet.tor"]),
        (CDN, ["web.public.misc"]),
        ("nobody.example", []),
        (f"{NOBODY}/24", []),
    ],
)
def test_intelx_answers_in_two_steps(term: str, buckets: list[str]) -> None:
    found = at(search(term), "id")
    result = json.loads(send(INTELX, f"/intelligent/search/result?id={found}&limit=100").body)
    assert ([one["bucket"] for one in result["records"]], result["status"]) == (buckets, 1)
    assert all(one["simhash"] >= 2**63 for one in result["records"])
    assert send(INTELX, f"/intelligent/search/terminate?id={found}").status == 200


@pytest.mark.parametrize("term", [LOADER.md5, LOADER.sha1, LOADER.sha256, "heron", "two words", ""])
def test_intelx_searches_for_no_soft_selector(term: str) -> None:
    assert (at(search(term), "softselectorwarning"), at(search(term), "status")) == (True, 1)


def test_intelx_refuses() -> None:
    as_form = send(INTELX, "/intelligent/search", method="POST", form={"term": CNC})
    untyped = send(INTELX, "/intelligent/search", method="POST", json={"term": CNC, "maxresults": "100"})
    malformed = send(INTELX, "/intelligent/search/result?id=x")
    paid = send(INTELX, "/phonebook/search", method="POST", json={"term": "harbour-bank.example"})
    assert [reply.status for reply in (as_form, untyped, malformed, paid)] == [400, 400, 400, 401]
    assert at(send(INTELX, f"/intelligent/search/result?id={intelx.KEY}"), "status") == 2
    assert send(INTELX, "/intelligent/search", method="GET").status == 404


def test_intelx_takes_its_key_from_the_query_too_and_tells_what_is_left() -> None:
    assert ask(INTELX, f"/authenticate/info?k={intelx.KEY}", {}).status == 200
    left = at(send(INTELX, "/authenticate/info", intelx.SPENT_KEY), "paths", "/intelligent/search", "Credit")
    assert left == 0


# Google Safe Browsing


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a protobuf message."""
    rest = list(message)

    def varint() -> int:
        byte = rest.pop(0)
        return byte if byte < 0x80 else byte & 0x7F | varint() << 7

    while rest:
        number = varint()
        if number & 7 == 0:
            yield number >> 3, varint()
        else:
            length = varint()
            yield number >> 3, bytes(rest[:length])
            del rest[:length]


def listed(*expressions: str, extra: str = "") -> dict[bytes, list[dict[int, int | bytes]]]:
    """What the list has for the first four bytes of these expressions: details by full hash."""
    prefixes = [b64encode(hashlib.sha256(one.encode()).digest()[:4]).decode() for one in expressions]
    reply = send(GSB, f"/v5/hashes:search?{urlencode([('hashPrefixes', one) for one in prefixes])}{extra}")
    assert (reply.status, reply.headers["content-type"]) == (200, "application/x-protobuf")
    answer = list(fields(reply.body))
    assert answer.pop() == (2, b"\x08\xac\x02")
    hashes = [list(fields(one)) for _, one in answer if isinstance(one, bytes)]
    return {
        entry[0][1]: [dict(fields(one)) for _, one in entry[1:] if isinstance(one, bytes)]
        for entry in hashes
        if isinstance(entry[0][1], bytes)
    }


@pytest.mark.parametrize(
    ("expression", "details"),
    [
        ("update-heron.example/dl/invoice_8841.exe", [{1: 1}]),
        ("update-heron.example/", [{1: 1}]),
        ("198.51.100.23/bin.sh", [{1: 1}]),
        ("login-harbour-bank.example/verify?session=1", [{1: 2}]),
        ("login-harbour-bank.example/", [{1: 2}]),
        ("cdn.shared-files.example/u/8841/coupon_bar.exe", [{1: 3}, {1: 1, 2: b"\x01"}]),
    ],
)
def test_safe_browsing_lists(expression: str, details: list[dict[int, int | bytes]]) -> None:
    assert listed(expression, extra="&alt=json") == {hashlib.sha256(expression.encode()).digest(): details}


def test_safe_browsing_lists_something_else_with_the_same_four_bytes() -> None:
    asked = hashlib.sha256(b"harbour-bank.example/").digest()
    (found,) = listed("harbour-bank.example/")
    assert found[:4] == asked[:4]
    assert found != asked


def test_safe_browsing_answers_several_and_none() -> None:
    assert len(listed("update-heron.example/", "nobody.example/", "update-heron.example/gate.php")) == 2
    assert listed("nobody.example/", "cdn.shared-files.example/") == {}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("hashPrefixes=AAAA", 400),
        ("hashPrefixes=AAAAAAA%3D", 400),
        ("hashPrefixes=ab++cg%3D%3D", 400),  # not quoted
        ("hashPrefixes=-_8AAA%3D%3D", 200),
        ("&".join(["hashPrefixes=AAAAAA%3D%3D"] * 1001), 400),
    ],
)
def test_safe_browsing_takes_prefixes_of_four_bytes(query: str, status: int) -> None:
    assert send(GSB, f"/v5/hashes:search?{query}").status == status


def test_safe_browsing_takes_its_key_in_a_header_too_and_calls_a_wrong_one_a_bad_request() -> None:
    target = "/v5/hashes:search?hashPrefixes=AAAAAA%3D%3D"
    assert ask(GSB, target, {"X-Goog-Api-Key": google_safe_browsing.KEY}).status == 200
    assert at(send(GSB, target, "AIza-wrong"), "error", "details", 0, "reason") == "API_KEY_INVALID"
    assert send(GSB, "/v5/hashes%3Asearch?hashPrefixes=AAAAAA%3D%3D").status == 404
    assert post(GSB, target).status == 404


# abuse.ch


@pytest.mark.parametrize("digest", [LOADER.md5, LOADER.sha1, LOADER.sha256])
def test_malwarebazaar_knows(digest: str) -> None:
    (sample,) = at(post(BAZAAR, "/api/v1/", query="get_info", hash=digest), "data")
    assert (sample["sha256_hash"], sample["signature"]) == (LOADER.sha256, "GildedHeron")
    assert sample["vendor_intel"]["Triage"]["score"] == "10"


def test_malwarebazaar_has_files_without_a_name() -> None:
    (sample,) = at(post(BAZAAR, "/api/v1/", query="get_info", hash=TOOLBAR.md5), "data")
    assert (sample["signature"], sample["tags"], sample["vendor_intel"], sample["last_seen"]) == (None, None, {}, None)


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"query": "get_info", "hash": UNKNOWN}, "hash_not_found"),
        ({"query": "get_info", "hash": INSTALLER.sha256}, "hash_not_found"),
        ({"query": "get_info", "hash": "abc"}, "illegal_hash"),
        ({"query": "get_info", "hash": LOADER.md5.upper()}, "illegal_hash"),
        ({"query": "get_info"}, "no_hash_provided"),
        ({"hash": LOADER.md5}, "http_post_expected"),
    ],
)
def test_malwarebazaar_says_so_with_200(form: dict[str, str], says: str) -> None:
    reply = post(BAZAAR, "/api/v1/", **form)
    assert (reply.status, json.loads(reply.body)) == (200, {"query_status": says})


def test_malwarebazaar_takes_a_form_at_one_address() -> None:
    body = {"query": "get_info", "hash": LOADER.md5}
    assert at(send(BAZAAR, "/api/v1/", method="POST", json=body), "query_status") == "http_post_expected"
    assert at(send(BAZAAR, f"/api/v1/?{urlencode(body)}"), "query_status") == "http_post_expected"
    assert post(BAZAAR, "/api/v1", **body).status == 301
    assert post(BAZAAR, "/api/v2/", **body).status == 404


def test_urlhaus_knows_links() -> None:
    drop, gate = (json.loads(post(URLHAUS, "/v1/url/", url=url).body) for url in (DROP, GATE))
    assert (drop["url_status"], drop["takedown_time_seconds"], drop["larted"]) == ("online", None, "true")
    assert drop["payloads"][0]["response_sha256"] == LOADER.sha256
    assert (gate["url_status"], gate["payloads"]) == ("offline", [])
    assert at(post(URLHAUS, "/v1/url/", url=SHELL), "tags") is None
    assert at(post(URLHAUS, "/v1/urlid/", urlid=drop["id"]), "url") == DROP


@pytest.mark.parametrize(
    ("host", "count"), [("update-heron.example", "2"), ("UPDATE-HERON.example", "2"), (ROUTER, "1")]
)
def test_urlhaus_knows_hosts(host: str, count: str) -> None:
    assert at(post(URLHAUS, "/v1/host/", host=host), "url_count") == count


@pytest.mark.parametrize("form", [{"md5_hash": LOADER.md5}, {"sha256_hash": LOADER.sha256}])
def test_urlhaus_knows_files(form: dict[str, str]) -> None:
    reply = post(URLHAUS, "/v1/payload/", **form)
    assert (at(reply, "signature"), at(reply, "url_count"), at(reply, "urls", 0, "url")) == ("GildedHeron", "1", DROP)


@pytest.mark.parametrize(
    ("path", "form", "says"),
    [
        ("url", {"url": "http://nobody.example/"}, "no_results"),
        ("url", {"url": PHISH}, "no_results"),
        ("url", {"url": BAR}, "no_results"),
        ("url", {"url": quote(DROP, safe="")}, "invalid_url"),
        ("url", {"host": "update-heron.example"}, "invalid_url"),
        ("host", {"host": CNC}, "no_results"),
        ("host", {"host": "nobody.example"}, "no_results"),
        ("host", {"host": DROP}, "invalid_host"),
        ("host", {"host": f"{ROUTER}:8080"}, "invalid_host"),
        ("host", {"host": "2001:db8:66::66"}, "invalid_host"),
        ("payload", {"sha256_hash": STEALER.sha256}, "no_results"),
        ("payload", {"md5_hash": LOADER.sha1}, "invalid_md5"),
        ("payload", {"sha1_hash": LOADER.sha1}, "invalid_sha256"),
    ],
)
def test_urlhaus_says_so_with_200(path: str, form: dict[str, str], says: str) -> None:
    reply = post(URLHAUS, f"/v1/{path}/", **form)
    assert (reply.status, json.loads(reply.body)) == (200, {"query_status": says})


def test_urlhaus_takes_a_form_at_an_address_with_a_slash() -> None:
    as_json = send(URLHAUS, "/v1/url/", method="POST", json={"url": DROP})
    as_get = send(URLHAUS, f"/v1/url/?{urlencode({'url': DROP})}")
    assert {at(reply, "query_status") for reply in (as_json, as_get)} == {"http_post_expected"}
    assert post(URLHAUS, "/v1/url", url=DROP).status == 301
    assert post(URLHAUS, "/v1/sha1/", url=DROP).status == 404


# Keys

PATHS = {
    VT: f"/api/v3/ip_addresses/{CNC}",
    SHODAN: f"/shodan/host/{CNC}",
    GREYNOISE: f"/v3/ip/{CNC}",
    OTX: f"/api/v1/indicators/IPv4/{CNC}/general",
    INTELX: "/intelligent/search/result?id=x",
    GSB: "/v5/hashes:search?hashPrefixes=AAAAAA%3D%3D",
    BAZAAR: "/api/v1/",
    URLHAUS: "/v1/url/",
}


@pytest.mark.parametrize(
    ("twin", "missing", "wrong", "spent"),
    [
        (VT, (401, "AuthenticationRequiredError"), (401, "WrongCredentialsError"), (429, "QuotaExceededError")),
        (SHODAN, (401, "<html>"), (401, "<html>"), (429, "Request rate limit reached")),
        (GREYNOISE, (401, "forbidden"), (401, "forbidden"), (429, "rate-limit")),
        (OTX, (403, "Authentication required"), (403, "Authentication required"), (429, "throttled")),
        (INTELX, (401, "Unauthorized"), (401, "Unauthorized"), (402, "Payment Required")),
        (GSB, (403, "PERMISSION_DENIED"), (400, "API_KEY_INVALID"), (429, "RESOURCE_EXHAUSTED")),
        (BAZAAR, (401, "Unauthorized"), (403, "unknown_auth_key"), (200, "rate_limited")),
        (URLHAUS, (401, "Unauthorized"), (403, "unknown_auth_key"), (200, "rate_limited")),
    ],
    ids=lambda value: value.name if isinstance(value, Twin) else "",
)
def test_keys(twin: Twin, missing: tuple[int, str], wrong: tuple[int, str], spent: tuple[int, str]) -> None:
    for key, (status, says) in (("", missing), ("wrong", wrong), (twin.spent_key, spent)):
        reply = send(twin, PATHS[twin], key)
        assert reply.status == status
        assert says in reply.body.decode()
