"""The twins of screenshotapi, urlscan, triage, crtsh, robtex, tor, threatminer, doh and hashlookup, called directly."""

import json
from collections.abc import Mapping
from ipaddress import IPv4Address
from urllib.parse import parse_qsl, urlencode

import pytest

from ioclib.sandbox import crtsh, doh, hashlookup, robtex, screenshotapi, threatminer, tor, triage, urlscan
from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import INSTALLER, LOADER, STEALER, TOOLBAR

GATE = "http://update-heron.example/gate.php"
PHISH = "https://login-harbour-bank.example/verify?session=1"
UNKNOWN = "0" * 64


def ask(
    twin: Twin,
    target: str,
    headers: Mapping[str, str] | None = None,
    *,
    method: str = "GET",
    json_body: object = None,
    form: str = "",
    **params: str,
) -> Reply:
    path, _, query = target.partition("?")
    content_type = {"content-type": "application/json"} if json_body is not None else {}
    if form:
        content_type = {"content-type": "application/x-www-form-urlencoded"}
    return twin.answer(
        Call(
            method=method,
            path=path,
            query=(*parse_qsl(query, keep_blank_values=True), *params.items()),
            headers={**(headers or {}), **content_type},
            body=json.dumps(json_body).encode() if json_body is not None else form.encode(),
        )
    )


def body(reply: Reply):
    assert reply.headers["content-type"].startswith("application/json")
    return json.loads(reply.body)


# --- ScreenshotAPI ---------------------------------------------------------------------------------------------------

SHOT = "/v3/screenshot"


def shot(**params: str) -> Reply:
    return ask(screenshotapi.TWIN, SHOT, None, token=screenshotapi.KEY, **params)


@pytest.mark.parametrize("link", [PHISH, GATE, "https://www.harbour-bank.example/", "http://203.0.113.66/x"])
def test_screenshotapi_shows_what_resolves(link):
    picture = body(shot(url=link, output="json", fresh="true", full_page="true"))
    assert picture["url"] == link
    assert picture["screenshot"].endswith(".png")
    assert (picture["is_fresh"], picture["full_page"]) == (True, "true")
    assert picture["token"] == screenshotapi.KEY


def test_screenshotapi_sends_the_picture_itself():
    assert shot(url=GATE, output="image").body.startswith(b"\x89PNG")


def test_screenshotapi_takes_a_body():
    sent = {"token": screenshotapi.KEY, "url": GATE}
    assert body(ask(screenshotapi.TWIN, SHOT, method="POST", json_body=sent))["url"] == GATE
    assert body(ask(screenshotapi.TWIN, SHOT, method="POST", form=urlencode(sent)))["url"] == GATE


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, "url_required"),
        ({"url": "login-harbour-bank.example"}, "invalid_url"),
        ({"url": "ftp://harbour-bank.example/"}, "invalid_url"),
        ({"url": "https://nobody.example/"}, "ERR_NAME_NOT_RESOLVED"),
        ({"url": "http://192.0.2.99/"}, "ERR_CONNECTION_TIMED_OUT"),
        ({"url": GATE, "file_type": "gif"}, "invalid_file_type"),
        ({"url": GATE, "fresh": "True"}, "invalid_input_syntax"),
        ({"url": GATE, "output": "xml"}, "invalid_input_syntax"),
    ],
)
def test_screenshotapi_refuses_wrong_input(params, code):
    reply = shot(**params)
    assert (reply.status, body(reply)) == (400, {"error": code})


@pytest.mark.parametrize(
    ("target", "headers", "status"),
    [
        (f"{SHOT}?url=http://x.example", {}, 401),
        (f"{SHOT}?url=http://x.example&token=wrong", {}, 401),
        (f"{SHOT}?url=http://x.example", {"authorization": f"Bearer {screenshotapi.KEY}"}, 401),
        (f"{SHOT}?url=http://x.example&token={screenshotapi.SPENT_KEY}", {}, 429),
        (f"{SHOT}?token={screenshotapi.KEY}&url=http://x.example/?a=1&token=evil", {}, 400),
        (f"/screenshot?token={screenshotapi.KEY}&url={GATE}", {}, 404),
    ],
)
def test_screenshotapi_refuses(target, headers, status):
    assert ask(screenshotapi.TWIN, target, headers).status == status


# --- urlscan.io ------------------------------------------------------------------------------------------------------

SEARCH = "/api/v1/search/"
WITH_KEY = {"api-key": urlscan.KEY}


def scans(query: str, **params: str):
    return body(ask(urlscan.TWIN, SEARCH, WITH_KEY, q=query, **params))


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ('page.domain:"update-heron.example"', 2),
        ("page.domain:update-heron.example AND date:>now-90d", 2),
        (r"page.url:http\:\/\/update\-heron.example\/gate.php", 1),
        (f'page.url:"{PHISH}" OR task.url:"{PHISH}"', 1),
        (f'(page.url:"{PHISH}" OR task.url:"{GATE}") AND date:[2026-01-01 TO 2026-12-31]', 2),
        ('domain:"update-heron.example" NOT page.ip:"203.0.113.66"', 1),
        ('page.ip:"2001:db8:66::66"', 1),
        ('ip:"203.0.113.66" AND page.apexDomain:"login-harbour-bank.example"', 1),
        (f"hash:{LOADER.sha256}", 1),
        (f'files.sha256:"{LOADER.sha256.upper()}"', 1),
        (f"files.md5:{TOOLBAR.md5}", 1),
        ('page.domain:"nobody.example"', 0),
        ('page.Domain:"update-heron.example"', 0),
        (f"files.sha256:{STEALER.sha256}", 0),
    ],
)
def test_urlscan_searches(query, total):
    found = scans(query)
    assert (found["total"], len(found["results"]), found["has_more"]) == (total, total, False)


@pytest.mark.parametrize(
    ("domain", "verdicts"),
    [
        ("login-harbour-bank.example", (100, True, True)),
        ("cdn.shared-files.example", (30, False, True)),
        ("harbour-bank.example", (0, False, False)),
    ],
)
def test_urlscan_judges(domain, verdicts):
    (item,) = scans(f'page.domain:"{domain}"')["results"]
    flat = item["verdicts"]
    assert (flat["score"], flat["malicious"], flat["hasVerdicts"]) == verdicts
    result = body(ask(urlscan.TWIN, f"/api/v1/result/{item['_id']}/", WITH_KEY))
    overall = result["verdicts"]["overall"]
    assert (overall["score"], overall["malicious"], bool(overall["hasVerdicts"])) == verdicts
    assert result["page"]["asn"] == item["page"]["asn"]


def test_urlscan_pages():
    first = scans('domain:"update-heron.example"', size="1")
    last = ",".join(map(str, first["results"][0]["sort"]))
    second = scans('domain:"update-heron.example"', size="1", search_after=last)
    assert first["total"] == second["total"] == 2
    assert first["results"][0]["_id"] != second["results"][0]["_id"]


def test_urlscan_search_needs_no_key_but_results_do():
    reply = ask(urlscan.TWIN, SEARCH, q='domain:"harbour-bank.example"')
    assert (reply.status, reply.headers["x-rate-limit-scope"]) == (200, "ip-address")
    assert ask(urlscan.TWIN, f"/api/v1/result/{body(reply)['results'][0]['_id']}/").status == 403


@pytest.mark.parametrize(
    "query",
    [f"page.url:{PHISH}", "page.ip:2001:db8:66::66", 'page.domain:"x', "page.domain:*.example", "(a:b", "a:b OR"],
)
def test_urlscan_refuses_wrong_queries(query):
    reply = ask(urlscan.TWIN, SEARCH, WITH_KEY, q=query)
    assert (reply.status, body(reply)["status"]) == (400, 400)


@pytest.mark.parametrize(
    ("target", "headers", "status", "message"),
    [
        (SEARCH, {"api-key": "secret"}, 400, "Invalid API key format"),
        (SEARCH, {"api-key": ""}, 400, "Invalid API key format"),
        (SEARCH, {"api-key": urlscan.KEY.replace("5", "6")}, 401, "No API key supplied"),
        (SEARCH, {"api-key": urlscan.SPENT_KEY}, 429, "Rate limit exceeded"),
        (SEARCH + "?size=10001", WITH_KEY, 400, "ValidationError"),
        ("/api/v1/result/00000000-0000-0000-0000-000000000000/", WITH_KEY, 404, "not found"),
        ("/api/v2/search/", WITH_KEY, 404, "Not Found"),
    ],
)
def test_urlscan_refuses(target, headers, status, message):
    reply = ask(urlscan.TWIN, target, headers)
    assert reply.status == status
    assert body(reply)["message"].startswith(message)


def test_urlscan_says_when_a_spent_key_may_ask_again():
    headers = ask(urlscan.TWIN, SEARCH, {"api-key": urlscan.SPENT_KEY}).headers
    assert headers["x-rate-limit-remaining"] == "0"
    assert 0 < int(headers["x-rate-limit-reset-after"]) <= 86_400
    assert headers["x-rate-limit-reset"].endswith("T00:00:00.000Z")


def test_urlscan_redirects_to_the_path_with_a_slash():
    reply = ask(urlscan.TWIN, "/api/v1/search", WITH_KEY, q='ip:"203.0.113.66"')
    assert (reply.status, reply.headers["location"]) == (301, "search/?q=ip%3A%22203.0.113.66%22")


# --- Triage ----------------------------------------------------------------------------------------------------------

BEARER = {"authorization": f"Bearer {triage.KEY}"}


def samples(query: str, **params: str):
    return body(ask(triage.TWIN, "/v0/search", BEARER, query=query, **params))


def overview(number: str, version: str = "v1"):
    return body(ask(triage.TWIN, f"/{version}/samples/{number}/overview.json", BEARER))


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (f"sha256:{LOADER.sha256}", 1),
        (f"md5:{LOADER.md5.upper()}", 1),
        (f"sha1:{INSTALLER.sha1}", 1),
        ("domain:update-heron.example", 3),
        ("ip:203.0.113.67", 1),
        ('ip:"203.0.113.67"', 1),
        (f'url:"{GATE}"', 2),
        (f'url:"{GATE}" AND kind:url', 1),
        ("family:gildedheron OR family:heronstealer", 2),
        ("domain:update-heron.example NOT kind:file", 2),
    ],
)
def test_triage_searches(query, count):
    rows = samples(query)["data"]
    assert len(rows) == count
    assert all("score" not in row for row in rows)


@pytest.mark.parametrize("query", [f"sha256:{UNKNOWN}", "domain:nobody.example", 'url:"http://nobody.example/"'])
def test_triage_does_not_know(query):
    assert samples(query)["data"] is None


@pytest.mark.parametrize(
    ("sha256", "score", "family"),
    [(LOADER.sha256, 10, ["gildedheron"]), (TOOLBAR.sha256, 6, None), (INSTALLER.sha256, 1, None)],
)
def test_triage_judges(sha256, score, family):
    (row,) = samples(f"sha256:{sha256}")["data"]
    seen = overview(row["id"])
    assert seen == overview(row["id"], "v0")
    assert (seen["analysis"]["score"], seen["analysis"].get("family"), seen["sample"]["sha256"]) == (
        score,
        family,
        sha256,
    )


def test_triage_reads_control_servers():
    (row,) = samples(f"sha256:{STEALER.sha256}")["data"]
    seen = overview(row["id"])
    assert isinstance(seen["tasks"], dict)
    assert "" in seen["analysis"]["tags"]
    assert seen["extracted"][0]["config"]["c2"] == ["203.0.113.67:8443"]


def test_triage_pages_and_shows_a_sample():
    first = samples("domain:update-heron.example", limit="2")
    second = samples("domain:update-heron.example", limit="2", offset=first["next"])
    assert (len(first["data"]), len(second["data"]), "next" in second) == (2, 1, False)
    number = first["data"][0]["id"]
    assert body(ask(triage.TWIN, f"/v0/samples/{number}", BEARER)) == first["data"][0]
    assert body(ask(triage.TWIN, f"/v0/samples/{number}/reports/static", BEARER))["files"] is None


@pytest.mark.parametrize(
    ("target", "headers", "status", "kind"),
    [
        (f"/v0/search?query=sha256:{UNKNOWN}", {}, 401, "UNAUTHORIZED"),
        (f"/v0/search?query=sha256:{UNKNOWN}", {"authorization": triage.KEY}, 401, "UNAUTHORIZED"),
        (f"/v0/search?query=sha256:{UNKNOWN}", {"authorization": "Bearer wrong"}, 401, "UNAUTHORIZED"),
        (f"/v0/search?query=sha256:{UNKNOWN}", {"authorization": f"Bearer {triage.SPENT_KEY}"}, 429, "RATE_LIMITED"),
        (f"/v0/search?query={UNKNOWN}", BEARER, 400, "INVALID_QUERY"),
        ("/v0/search", BEARER, 400, "INVALID_QUERY"),
        ("/v0/search?query=hash:abc", BEARER, 400, "INVALID_QUERY"),
        ("/v0/search?query=url:http://nobody.example/", BEARER, 400, "INVALID_QUERY"),
        ("/v0/search?query=ip:2001:db8::1", BEARER, 400, "INVALID_QUERY"),
        ("/v0/search?query=kind:url&limit=201", BEARER, 400, "INVALID"),
        ("/v0/samples/260914-aaaaaaaaaa", BEARER, 404, "NOT_FOUND"),
        ("/v1/samples/260914-aaaaaaaaaa/overview.json", BEARER, 404, "NOT_FOUND"),
        ("/v1/search?query=kind:url", BEARER, 404, "NOT_FOUND"),
    ],
)
def test_triage_refuses(target, headers, status, kind):
    reply = ask(triage.TWIN, target, headers)
    assert (reply.status, body(reply)["error"]) == (status, kind)


# --- crt.sh ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "rows"),
    [
        ("/json?q=update-heron.example", 4),
        ("/?q=UPDATE-HERON.example&output=json", 4),
        ("/json?q=%25.harbour-bank.example", 8),
        ("/json?q=harbour-bank.example&exclude=expired&deduplicate=Y", 0),
        ("/json?q=update-heron.example&exclude=expired&deduplicate=Y", 2),
        ("/?dNSName=cdn.shared-files.example&output=json", 6),
        ("/json?q=nobody.example", 0),
        ("/json?q=https://harbour-bank.example/", 0),
    ],
)
def test_crtsh_lists_certificates(target, rows):
    reply = ask(crtsh.TWIN, target)
    assert len(body(reply)) == rows
    assert reply.headers["access-control-allow-origin"] == "*"


def test_crtsh_names_what_matches():
    rows = body(ask(crtsh.TWIN, "/json?q=%25harbour-bank.example", {"accept": "application/json"}))
    assert "harbour-bank.example\nwww.harbour-bank.example" in {row["name_value"] for row in rows}
    assert all(row["not_before"] < row["not_after"] for row in rows)


@pytest.mark.parametrize(
    ("target", "method", "status"),
    [
        ("/", "GET", 200),
        ("/?q=harbour-bank.example", "GET", 200),
        (f"/json?q={LOADER.sha1}", "GET", 200),
        ("/json?q=harbour-bank.example", "POST", 405),
        ("/api?q=harbour-bank.example", "GET", 404),
    ],
)
def test_crtsh_answers_with_a_page(target, method, status):
    reply = ask(crtsh.TWIN, target, method=method)
    assert (reply.status, reply.headers["content-type"]) == (status, "text/html; charset=UTF-8")


# --- Robtex ----------------------------------------------------------------------------------------------------------


def lines(target: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in ask(robtex.TWIN, target).body.split(b"\r\n") if line]


def test_robtex_describes_an_address():
    about = body(ask(robtex.TWIN, "/ipquery/203.0.113.66"))
    assert (about["status"], about["as"], about["bgproute"]) == ("ok", 64501, "203.0.113.0/24")
    assert [name["o"] for name in about["act"]] == ["update-heron.example", "login-harbour-bank.example"]


def test_robtex_has_nothing_about_unknown_things():
    assert body(ask(robtex.TWIN, "/ipquery/192.0.2.99")) == {
        "status": "ok",
        "act": [],
        "acth": [],
        "pas": [],
        "pash": [],
    }
    assert body(ask(robtex.TWIN, "/asquery/65000")) == {"status": "ok", "nets": []}
    assert ask(robtex.TWIN, "/pdns/forward/nobody.example") == ask(robtex.TWIN, "/pdns/reverse/192.0.2.99")
    assert ask(robtex.TWIN, "/pdns/forward/nobody.example").body == b""


def test_robtex_remembers_records():
    forward = lines("/pdns/forward/update-heron.example")
    assert {row["rrtype"] for row in forward} == {"A", "AAAA", "NS"}
    assert [row["rrname"] for row in lines("/pdns/reverse/2001%3Adb8%3A66%3A%3A66")] == ["update-heron.example"]
    assert body(ask(robtex.TWIN, "/asquery/64501"))["nets"][0] == {"n": "203.0.113.0/24", "inbgp": 1}


@pytest.mark.parametrize(
    ("target", "method", "status"),
    [
        ("/ipquery/harbour-bank.example", "GET", 400),
        ("/ipquery/2001:db8:66::66", "GET", 400),
        ("/pdns/reverse/harbour-bank.example", "GET", 400),
        ("/asquery/AS64501", "GET", 400),
        ("/whois/203.0.113.66", "GET", 404),
        ("/ipquery/203.0.113.66", "POST", 405),
    ],
)
def test_robtex_refuses(target, method, status):
    assert ask(robtex.TWIN, target, method=method).status == status


# --- Tor -------------------------------------------------------------------------------------------------------------


def test_tor_lists_exits():
    reply = ask(tor.TWIN, "/torbulkexitlist")
    listed = reply.body.decode().splitlines()
    assert reply.headers["content-type"] == "text/plain"
    assert len(listed) >= 120
    assert "198.51.100.77" in listed
    assert "203.0.113.66" not in listed
    assert listed == [str(one) for one in sorted(map(IPv4Address, listed))]
    assert b"ExitAddress 198.51.100.77 " in ask(tor.TWIN, "/exit-addresses").body


@pytest.mark.parametrize(("path", "method", "status"), [("/torbulkexitlist", "POST", 405), ("/list", "GET", 404)])
def test_tor_refuses(path, method, status):
    assert ask(tor.TWIN, path, method=method).status == status


# --- ThreatMiner -----------------------------------------------------------------------------------------------------


def mined(script: str, q: str, rt: int):
    answer = body(ask(threatminer.TWIN, f"/v2/{script}.php", q=q, rt=str(rt)))
    assert answer["status_code"] == ("200" if answer["results"] else "404")
    return answer["results"]


@pytest.mark.parametrize(
    ("script", "q", "reports"),
    [
        ("domain", "update-heron.example", {1, 2, 3, 4, 6}),
        ("domain", "harbour-bank.example", {1, 2, 3}),
        ("host", "203.0.113.66", {1, 2, 3, 4, 6}),
        ("host", "192.0.2.53", {1, 2}),
        ("sample", LOADER.md5, {1, 2, 3, 6, 7}),
        ("sample", STEALER.sha1, {1, 3, 6, 7}),
        ("sample", TOOLBAR.sha256, {1, 6}),
        ("sample", INSTALLER.sha256, {1}),
        ("domain", "nobody.example", set()),
        ("domain", "http://update-heron.example/", set()),
        ("host", "2001:db8:66::66", set()),
        ("sample", UNKNOWN, set()),
        ("imphash", LOADER.md5, set()),
    ],
)
def test_threatminer_reports(script, q, reports):
    assert {rt for rt in range(1, 9) if mined(script, q, rt)} == reports


def test_threatminer_shapes():
    assert mined("domain", "update-heron.example", 2)[0]["ip"] == "203.0.113.66"
    assert mined("host", "203.0.113.66", 2)[0] == {
        "domain": "update-heron.example",
        "first_seen": "2026-09-14 07:42:11",
        "last_seen": "",
    }
    assert mined("host", "203.0.113.66", 4) == [LOADER.sha256]
    assert mined("sample", TOOLBAR.md5, 6)[0]["av_detections"][0] == {"av": "Anchor", "detection": "PUA.Generic.A"}


@pytest.mark.parametrize(
    ("target", "method", "status"),
    [
        ("/v2/domain.php?q=harbour-bank.example", "GET", 500),
        ("/v2/domain.php?rt=2", "GET", 500),
        ("/v2/nothing.php?q=x&rt=1", "GET", 404),
        ("/domain.php?q=harbour-bank.example&rt=2", "GET", 404),
        ("/v2/domain.php?q=harbour-bank.example&rt=2", "POST", 404),
    ],
)
def test_threatminer_refuses(target, method, status):
    reply = ask(threatminer.TWIN, target, method=method)
    assert (reply.status, reply.headers["content-type"]) == (status, "text/html; charset=utf-8")


# --- DNS -------------------------------------------------------------------------------------------------------------


def resolve(name: str, kind: str):
    return body(ask(doh.TWIN, "/resolve", name=name, type=kind))


@pytest.mark.parametrize(
    ("name", "kind", "data"),
    [
        ("update-heron.example", "A", ["203.0.113.66"]),
        ("Update-Heron.example.", "28", ["2001:db8:66::66"]),
        ("www.harbour-bank.example", "A", ["192.0.2.80"]),
        ("harbour-bank.example", "MX", ["10 mx1.harbour-bank.example.", "20 mx2.harbour-bank.example."]),
        ("harbour-bank.example", "ns", ["ns1.registrar.example.", "ns2.registrar.example."]),
        ("harbour-bank.example", "TXT", ["v=spf1 mx -all"]),
        ("66.113.0.203.in-addr.arpa", "PTR", ["vps66.bulletproof.example."]),
        (
            "6.6.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.6.6.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
            "12",
            ["vps66.bulletproof.example."],
        ),
    ],
)
def test_doh_resolves(name, kind, data):
    answer = resolve(name, kind)
    assert answer["Status"] == 0
    assert [row["data"] for row in answer["Answer"]] == data
    assert answer["Question"][0]["name"] == name.removesuffix(".") + "."


@pytest.mark.parametrize(
    ("name", "kind", "status"),
    [
        ("nobody.example", "A", 3),
        ("203.0.113.66.in-addr.arpa", "PTR", 3),
        ("update-heron.example", "TXT", 0),
        ("update-heron.example", "CAA", 0),
        ("shared-files.example", "A", 0),
    ],
)
def test_doh_has_no_answer(name, kind, status):
    answer = resolve(name, kind)
    assert answer["Status"] == status
    assert "Answer" not in answer
    assert answer["Authority"][0]["type"] == 6


@pytest.mark.parametrize(
    ("target", "method", "status"),
    [
        ("/resolve", "GET", 400),
        ("/resolve?name=update..example", "GET", 400),
        ("/resolve?name=b%C3%BCcher.example", "GET", 400),
        (f"/resolve?name={'a' * 64}.example", "GET", 400),
        ("/resolve?name=update-heron.example&type=NONSENSE", "GET", 400),
        ("/resolve?name=update-heron.example", "POST", 405),
        ("/dns-query?name=update-heron.example", "GET", 404),
    ],
)
def test_doh_refuses(target, method, status):
    reply = ask(doh.TWIN, target, method=method)
    assert (reply.status, reply.headers["content-type"]) == (status, "text/html; charset=UTF-8")


# --- hashlookup ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("digest", ["md5", "sha1", "sha256"])
def test_hashlookup_knows_files(digest):
    record = body(ask(hashlookup.TWIN, f"/lookup/{digest}/{getattr(INSTALLER, digest).upper()}"))
    assert (record["MD5"], record["source"], record["FileSize"]) == (INSTALLER.md5.upper(), "NSRL", "52")
    assert isinstance(record["ProductCode"], dict)
    assert ("SHA-256" in record) is (digest == "sha256")


@pytest.mark.parametrize(
    ("file", "flag", "trust"),
    [(LOADER, "malshare.com", 30), (STEALER, "malshare.com", 30), (TOOLBAR, "malshare.com", 90), (INSTALLER, None, 65)],
)
def test_hashlookup_flags(file, flag, trust):
    record = body(ask(hashlookup.TWIN, f"/lookup/sha1/{file.sha1}"))
    assert (record.get("KnownMalicious"), record["hashlookup:trust"]) == (flag, trust)


@pytest.mark.parametrize(
    ("kind", "length", "message"),
    [("md5", 32, "Non existing MD5"), ("sha1", 40, "Non existing SHA-1"), ("sha256", 64, "Non existing SHA-256")],
)
def test_hashlookup_does_not_know(kind, length, message):
    reply = ask(hashlookup.TWIN, f"/lookup/{kind}/{'0' * length}")
    assert (reply.status, body(reply)) == (404, {"message": message, "query": "0" * length})


def test_hashlookup_in_bulk():
    hashes = [LOADER.md5, "0" * 32, "nonsense", INSTALLER.md5.upper()]
    found = body(ask(hashlookup.TWIN, "/bulk/md5", method="POST", json_body={"hashes": hashes}))
    assert [one["MD5"] for one in found] == [LOADER.md5.upper(), INSTALLER.md5.upper()]
    assert found[1]["ProductCode"] == "190742"


@pytest.mark.parametrize(
    ("target", "sent", "status", "message"),
    [
        ("/lookup/md5/xyz", {}, 400, "MD5 value incorrect"),
        (f"/lookup/sha1/{UNKNOWN}", {}, 400, "SHA1 value incorrect"),
        ("/lookup/sha256/xyz", {}, 400, "SHA-256 value incorrect"),
        (f"/lookup/sha512/{UNKNOWN * 2}", {}, 404, "The requested URL"),
        (f"//lookup/sha256/{UNKNOWN}", {}, 404, "The requested URL"),
        (f"/lookup/sha256/{UNKNOWN}", {"method": "POST"}, 405, "The method"),
        ("/bulk/md5", {"method": "POST", "json_body": [LOADER.md5]}, 404, "JSON format incorrect"),
        ("/bulk/md5", {"method": "POST", "form": f"hashes={LOADER.md5}"}, 404, "JSON format incorrect"),
        ("/bulk/sha256", {"method": "POST", "json_body": {"hashes": []}}, 404, "The requested URL"),
        (f"/parents/{INSTALLER.sha1}/10/0", {}, 404, "The SHA1 value has no known parent"),
    ],
)
def test_hashlookup_refuses(target, sent, status, message):
    reply = ask(hashlookup.TWIN, target, **sent)
    assert reply.status == status
    assert body(reply)["message"].startswith(message)


def test_hashlookup_describes_itself():
    assert body(ask(hashlookup.TWIN, "/info"))["hashlookup-version"]
