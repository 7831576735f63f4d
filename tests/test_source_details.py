"""What recorded answers cannot show of some sources: how they spell what they ask."""

import base64
import hashlib
from urllib.parse import parse_qsl

import pytest

from ioclib.indicators import CVE, URL, Domain, Indicator, IPv4, IPv6, Md5, Sha1, Sha256
from ioclib.source import Ask, Request
from ioclib.sources import google_safe_browsing, intelx, malwarebazaar, otx, shodan, urlhaus, virustotal

MD5, SHA256 = "ab" * 16, "cd" * 32


def first_request(source, ioc: Indicator) -> Request:
    (asked,) = next(source.lookup(ioc))
    assert isinstance(asked, Ask)
    return asked.request


def form_of(request: Request) -> dict[str, str]:
    assert request.content_type == "application/x-www-form-urlencoded"
    return dict(parse_qsl(request.body.decode(), strict_parsing=True))


@pytest.mark.parametrize(
    ("link", "canonical"),
    [
        ("http://evil.example", ("evil.example", "/", "")),
        ("HTTPS://EVIL.example/A?B=C", ("evil.example", "/A", "B=C")),
        ("http://user:secret@evil.example:8080/x", ("evil.example", "/x", "")),
        ("http://..www...evil.example../", ("www.evil.example", "/", "")),
        ("http://evil.example/x#y?z", ("evil.example", "/x", "")),
        ("  http://evil.example/a\tb\r\nc  ", ("evil.example", "/abc", "")),
        ("evil.example/x", ("evil.example", "/x", "")),
        # escapes are undone until there are none, then the few that are needed are written
        ("http://evil.example/%25%36%31%2525", ("evil.example", "/a%25", "")),
        ("http://evil.example/a%20b%23c%7F", ("evil.example", "/a%20b%23c%7F", "")),
        ("http://evil.example/%C3%BC%2fx", ("evil.example", "/%C3%BC/x", "")),
        ("http://evil.example/ü", ("evil.example", "/%C3%BC", "")),
        ("http://evil.example/%", ("evil.example", "/%25", "")),
        # the path is resolved, the query is not
        ("http://evil.example/a/./b/../../c//d", ("evil.example", "/c/d", "")),
        ("http://evil.example/../../a/", ("evil.example", "/a/", "")),
        ("http://evil.example/a/..", ("evil.example", "/", "")),
        ("http://evil.example/a?b=//../c", ("evil.example", "/a", "b=//../c")),
        ("http://evil.example/?", ("evil.example", "/", "")),
        # every spelling of an address is the same address
        ("http://3405803785/", ("203.0.113.9", "/", "")),
        ("http://0xcb.0.0x71.011/", ("203.0.113.9", "/", "")),
        ("http://203.0.28937/", ("203.0.113.9", "/", "")),
        ("http://[2001:DB8:0:0::9]:8080/", ("[2001:db8::9]", "/", "")),
        ("http://[::ffff:203.0.113.9]/", ("203.0.113.9", "/", "")),
        ("http://[64:ff9b::cb00:7109]/", ("203.0.113.9", "/", "")),
    ],
)
def test_safe_browsing_canonical_form(link, canonical):
    assert google_safe_browsing.canonical(link) == canonical


@pytest.mark.parametrize(
    ("host", "hosts"),
    [
        ("evil.example", ["evil.example"]),
        ("a.b.evil.example", ["a.b.evil.example", "b.evil.example", "evil.example"]),
        (
            "1.2.3.4.5.6.7.evil.example",
            [
                "1.2.3.4.5.6.7.evil.example",
                "3.4.5.6.7.evil.example",
                "4.5.6.7.evil.example",
                "5.6.7.evil.example",
                "6.7.evil.example",
                "7.evil.example",
                "evil.example",
            ],
        ),
        ("localhost", ["localhost"]),
        ("203.0.113.9", ["203.0.113.9"]),
        ("[2001:db8::9]", ["[2001:db8::9]"]),
    ],
)
def test_safe_browsing_hosts(host, hosts):
    assert google_safe_browsing.hosts(host) == hosts


@pytest.mark.parametrize(
    ("path", "query", "paths"),
    [
        ("/", "", ["/"]),
        ("/", "q", ["/?q", "/"]),
        ("/a", "", ["/a", "/"]),
        ("/a/b.html", "q=1", ["/a/b.html?q=1", "/a/b.html", "/", "/a/"]),
        ("/a/b/c/d/e/", "", ["/a/b/c/d/e/", "/", "/a/", "/a/b/", "/a/b/c/"]),
    ],
)
def test_safe_browsing_paths(path, query, paths):
    assert google_safe_browsing.paths(path, query) == paths


@pytest.mark.parametrize(
    ("ioc", "expressions"),
    [
        (URL("https://www.evil.example/a?b"), 2 * 3),
        (Domain("www.evil.example"), 2),
        (IPv4("203.0.113.9"), 1),
        (IPv6("2001:db8::9"), 1),
    ],
)
def test_safe_browsing_sends_the_first_four_bytes_of_hashes_and_nothing_else(ioc, expressions):
    request = first_request(google_safe_browsing.SOURCE, ioc)
    assert (request.method, request.path, request.body) == ("GET", "/v5/hashes:search", b"")
    sent = [value for name, value in request.params if name == "hashPrefixes"]
    assert [pair for pair in request.params if pair[0] != "hashPrefixes"] == [("alt", "json")]
    assert [len(base64.b64decode(prefix, validate=True)) for prefix in sent] == [4] * expressions
    assert sent == sorted(sent)  # nor what belongs to what
    whole = google_safe_browsing.expressions(google_safe_browsing.page(ioc))
    assert {base64.b64encode(hashlib.sha256(text.encode()).digest()[:4]).decode() for text in whole} == set(sent)
    assert "%3D%3D" in request.url("https://service.example")


@pytest.mark.parametrize(
    "link", ["http://evil.example/", "http://evil.example/~~~???>>>", "http://evil.example/%C3%BC"]
)
def test_virustotal_link_id_is_safe_in_a_path_and_can_be_read_back(link):
    identifier = virustotal.url_id(URL(link))
    assert not set(identifier) & set("+/=")
    assert base64.urlsafe_b64decode(identifier + "=" * (-len(identifier) % 4)).decode() == link
    assert virustotal.request(URL(link)).path == f"/urls/{identifier}"


@pytest.mark.parametrize(
    ("ioc", "path"),
    [
        (IPv4("203.0.113.9"), "/indicators/IPv4/203.0.113.9/general"),
        (IPv6("2001:db8::9"), "/indicators/IPv6/2001%3Adb8%3A%3A9/general"),
        (Domain("evil.example"), "/indicators/domain/evil.example/general"),
        (Domain("www.evil.example"), "/indicators/hostname/www.evil.example/general"),
        (Domain("example.co.uk"), "/indicators/domain/example.co.uk/general"),
        (Md5(MD5), f"/indicators/file/{MD5}/general"),
        (URL("http://evil.example/a?b#c"), "/indicators/url/http%3A%2F%2Fevil.example%2Fa%3Fb%23c/general"),
        (CVE("CVE-2021-44228"), "/indicators/cve/CVE-2021-44228/general"),
    ],
)
def test_otx_has_a_route_for_each_type(ioc, path):
    assert otx.request(ioc).path == path


@pytest.mark.parametrize(
    ("ioc", "path", "form"),
    [
        (URL("http://evil.example/a?b=1&c=+d"), "/url/", {"url": "http://evil.example/a?b=1&c=+d"}),
        (Domain("evil.example"), "/host/", {"host": "evil.example"}),
        (IPv4("203.0.113.9"), "/host/", {"host": "203.0.113.9"}),
        (Md5(MD5), "/payload/", {"md5_hash": MD5}),
        (Sha256(SHA256), "/payload/", {"sha256_hash": SHA256}),
    ],
)
def test_urlhaus_has_a_route_for_each_type(ioc, path, form):
    request = first_request(urlhaus.SOURCE, ioc)
    assert (request.method, request.path, form_of(request)) == ("POST", path, form)


def test_urlhaus_takes_no_sha1():
    assert not urlhaus.SOURCE.takes(Sha1("ab" * 20))


def test_malwarebazaar_is_sent_a_form_at_an_address_that_ends_in_a_slash():
    request = malwarebazaar.request(Md5(MD5))
    assert request.url(malwarebazaar.SOURCE.base) == "https://mb-api.abuse.ch/api/v1/"
    assert form_of(request) == {"query": "get_info", "hash": MD5}


def test_shodan_asks_for_what_is_known_and_never_for_a_scan():
    request = shodan.request(IPv4("203.0.113.9"))
    assert request.method == "GET"
    assert request.url("https://service.example").endswith("/shodan/host/203.0.113.9?history=false&minify=true")


def test_intelx_waits_before_it_asks_for_results():
    conversation = intelx.lookup(Domain("evil.example"))
    next(conversation)
    waits = []
    answer: intelx.Search | intelx.Result = intelx.Search(id="7", status=0)
    with pytest.raises(StopIteration):
        while True:
            (asked,) = conversation.send([answer])
            assert asked.request.params == (("id", "7"), ("limit", "100"))
            waits.append(asked.request.wait)
            answer = intelx.Result(status=3, records=[])
    assert waits == [0.4, 1.0, 1.0, 1.0, 1.0, 1.0]
