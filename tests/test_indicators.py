"""The types: what they accept, what they make of it, and where it means something."""

import ipaddress
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioclib import URL, Domain, InvalidIndicator, IPv4, IPv6, Md5, Sha1, Sha256, defang, detect, refang
from ioclib.indicators import Email, Indicator, Reach, types

EXAMPLES = [pytest.param(kind, text, id=f"{kind.kind}-{text}") for kind in types() for text in kind.examples]

IN_TEXT = {"yara": "rule {} {{ condition: true }}", "telegram": "Telegram: @{}"}

KINDS = (
    *("asn", "attack", "authentihash", "bch", "btc", "cidr", "cve", "cwe", "dash", "doge", "domain", "email", "eth"),
    *("file_path", "imphash", "ipv4", "ipv6", "ja3", "ja4", "ltc", "mac", "md5", "mutex", "onion", "registry", "sha1"),
    *("sha224", "sha256", "sha384", "sha512", "sol", "ssdeep", "telegram", "tlsh", "trx", "url", "user_agent", "xmr"),
    *("xrp", "yara", "zec"),
)


@pytest.mark.parametrize(("kind", "text"), EXAMPLES)
def test_examples_are_canonical_found_and_detected(kind: type[Indicator], text: str) -> None:
    ioc = kind(text)
    assert ioc.value == text
    assert kind.pattern.fullmatch(text)
    assert kind.pattern.search(IN_TEXT.get(kind.kind, "seen ({}) today").format(text))
    if not kind.said and kind.kind != "yara":  # of these only the words around them tell the type
        assert detect(text) == ioc
        assert detect(defang(text)) == ioc
    assert refang(defang(text)) == text
    assert pickle.loads(pickle.dumps(ioc)) == ioc


def test_names_of_types_are_unique() -> None:
    names = [kind.kind for kind in types()]
    assert names == sorted(set(names)) == list(KINDS)


def test_an_indicator_is_a_value() -> None:
    one, same, other = Domain("Evil.Example."), Domain("evil.example"), Domain("evil2.example")
    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    assert one != "evil.example"
    assert repr(one) == "Domain('evil.example')"
    with pytest.raises(AttributeError, match="cannot be changed"):
        one.value = "x"


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("D41D8CD98F00B204E9800998ECF8427E", Md5, "d41d8cd98f00b204e9800998ecf8427e"),
        (" da39a3ee5e6b4b0d3255bfef95601890afd80709\n", Sha1, "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855", Sha256,
         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("1[.]2(.)3[dot]4", IPv4, "1.2.3.4"),
        ("1.2.3.4:8080", IPv4, "1.2.3.4"),
        ("001.002.003.004", IPv4, "1.2.3.4"),
        ("0x7f.0.0.1", IPv4, "127.0.0.1"),
        ("2001:0DB8::0001", IPv6, "2001:db8::1"),
        ("[2001:db8::1]:443", IPv6, "2001:db8::1"),
        ("fe80::1%eth0", IPv6, "fe80::1"),
        ("EVIL[.]com.", Domain, "evil.com"),
        ("*.evil.com", Domain, "evil.com"),
        ("evil.com:443", Domain, "evil.com"),
        ("bücher.example", Domain, "xn--bcher-kva.example"),
        ("пример.рф", Domain, "xn--e1afmkfd.xn--p1ai"),
        ("evil。com", Domain, "evil.com"),
        ("hxxps://Evil[.]Example/Path", URL, "https://evil.example/Path"),
        ("HXXP[:]//evil[.]example", URL, "http://evil.example/"),
        ("h**p://evil(.)example/a", URL, "http://evil.example/a"),
        ("evil.com/path?x=1", URL, "http://evil.com/path?x=1"),
        ("http://evil.com?x=1#F", URL, "http://evil.com/?x=1#F"),
        ("http://u:p@evil.com:8080/ä", URL, "http://u:p@evil.com:8080/%C3%A4"),
        ("http://bücher.example/%2f", URL, "http://xn--bcher-kva.example/%2f"),
        ("http://[2001:DB8::1]/", URL, "http://[2001:db8::1]/"),
        ("User@Mail[.]example", Email, "user@mail.example"),
        ("fxp://files.example/x", URL, "ftp://files.example/x"),
        ('"http://evil.example/",', URL, "http://evil.example/"),
    ],
)  # fmt: skip
def test_detection(text: str, kind: type[Indicator], value: str) -> None:
    assert detect(text) == kind(value)
    assert detect(text).value == value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("999.1.1.1", "octet 999 is above 255"),
        ("exmaple,com", "comma in a name"),
        ("d41d8cd98f00b204e9800998ecf8427", "31 hex digits"),
        ("two words", "more than one word"),
        ("hello", "no indicator that ioclib knows"),
        ("4.2", "is not an IPv4 address"),
        ("12345", "no indicator"),
        ("a..com", "cannot be part of a name"),
        ("evil.notatld", "no public suffix ends in .notatld"),
        ("http://", "is not a URL"),
        ("http://a b/", "more than one word"),
        ("http://evil.com\\@good.com/", "is not a URL"),
        ("javascript://evil.com/%0aalert(1)", "is not a URL"),
        ("1:2:3", "is not an IPv6 address"),
        ("http://1.2.3.4.5/", "neither a name nor an IPv4 address"),
        ("x" * 300 + ".com", "cannot be part of a name"),
        ("-evil.com", "cannot be part of a name"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(text: str, says: str) -> None:
    with pytest.raises(InvalidIndicator, match=says) as caught:
        detect(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("kind", [Md5, Sha1, Sha256, IPv4, IPv6, Domain, URL])
@pytest.mark.parametrize("text", ["", " ", "\x00", "x\ny", "\ud800", "a b", "a" * 10_000])
def test_the_types_refuse_nonsense_with_their_own_error(kind: type[Indicator], text: str) -> None:
    with pytest.raises(InvalidIndicator):
        kind(text)


@given(st.text(max_size=200))
def test_detection_never_fails_otherwise(text: str) -> None:
    try:
        ioc = detect(text)
    except InvalidIndicator:
        return
    assert type(ioc)(ioc.value) == ioc, "canonical"
    assert isinstance(ioc.reach, Reach)
    assert ioc.sendable().sendable() == ioc.sendable()


ADDRESSES = st.ip_addresses(v=4).map(str) | st.ip_addresses(v=6).map(str)
LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
NAMES = st.lists(LABELS, min_size=1, max_size=4).map(lambda labels: ".".join([*labels, "com"]))
PATHS = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="\\"), max_size=30)
LINKS = st.builds(lambda name, path: f"https://{name}/{path}", NAMES, PATHS)


@given(ADDRESSES | NAMES | LINKS)
def test_defanging_can_be_undone(text: str) -> None:
    try:
        ioc = detect(text)
    except InvalidIndicator:
        return
    assert detect(defang(ioc.value)) == ioc
    if not isinstance(ioc, IPv6):
        assert "http" not in defang(ioc.value).partition("/")[0]


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        ("ünter.example", "ünter[.]example"),
        ("пример.рф", "пример[.]рф"),
        ("evil.рф", "evil[.]рф"),
        ("a.über.example, b.example", "a[.]über[.]example, b[.]example"),
        ("例え.テスト", "例え[.]テスト"),
        ("مثال.إختبار", "مثال[.]إختبار"),
        ("हिन्दी.भारत", "हिन्दी[.]भारत"),
        ("u\u0308nter.example", "u\u0308nter[.]example"),
        ("me@пример.рф", "me@пример[.]рф"),
        ("«пример.рф», „müller.example“ (ünter.example)…", "«пример[.]рф», „müller[.]example“ (ünter[.]example)…"),
        ("看evil.example吧。", "看evil[.]example吧。"),
        ("Ende. Über 1.5 Ä.", "Ende. Über 1.5 Ä."),
        ("os.path_join a.b", "os.path_join a.b"),
    ],
)
def test_names_in_every_script_are_defanged(text: str, harmless: str) -> None:
    assert defang(text) == harmless
    assert defang(harmless) == harmless
    assert refang(harmless) == text.translate({ord("。"): "."})  # as it reads every such text


LETTERS = st.characters(categories=("Ll", "Lo", "Mn", "Mc", "Nd"))
SCRIPTS = st.builds(
    lambda first, rest, last: ".".join([first + rest, last]),
    st.sampled_from("üпिमक例مa0"),
    st.text(LETTERS, max_size=20),
    st.sampled_from(["рф", "भारत", "テスト", "إختبار", "example", "한국"]),
)


@given(SCRIPTS)
def test_names_in_every_script_can_be_refanged(text: str) -> None:
    if refang(text) == text:
        assert refang(defang(text)) == text
    assert defang(defang(text)) == defang(text)


@given(st.ip_addresses())
def test_addresses_agree_with_the_standard_library(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    kind = IPv4 if address.version == 4 else IPv6
    assert ipaddress.ip_address(kind(str(address)).value) == address


INTERNAL = [
    "10.0.0.1", "172.16.3.4", "192.168.1.1", "127.0.0.1", "0.0.0.0", "169.254.169.254", "100.64.0.1", "240.0.0.1",
    "255.255.255.255", "224.0.0.1", "192.0.2.7", "198.51.100.7", "203.0.113.7", "198.18.0.1",
    "::1", "::", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "3fff::1",
    "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:0a00:0001::1",
    "0x0a000001", "0x7f.1", "localhost", "server.local", "db.internal", "nas.lan", "router.home.arpa", "dc01.corp",
    "a.localhost", "x.test", "x.invalid", "x.example", "deep.down.corp",
    "http://10.0.0.1/", "http://user@10.0.0.1/", "http://user:pw@192.168.0.1:8080/x", "http://2130706433/",
    "http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/", "http://012.0.0.1/", "http://010.0.0.1/",
    "http://[::1]/", "http://[::ffff:10.0.0.1]/", "http://[64:ff9b::a00:1]/", "http://intranet/wiki", "http://db.corp/",
    "http://10.0.0.1./", "http://%31%30.0.0.1/", "http://１０.0.0.1/", "https://x.example/", "http://LOCALHOST/",
    "http://example.com@10.0.0.1/", "http://0/", "http://1.2.3@10.0.0.1/",
]  # fmt: skip


@pytest.mark.parametrize("text", INTERNAL)
def test_internal(text: str) -> None:
    assert detect(text).reach is not Reach.PUBLIC


@pytest.mark.parametrize("text", ["3232235777", "017700000001", "2130706433"])
def test_internal_when_the_type_is_given(text: str) -> None:
    assert IPv4(text).reach is not Reach.PUBLIC


def test_a_single_label_is_internal_when_the_type_is_given() -> None:
    assert Domain("fileserver").reach is Reach.SINGLE_LABEL


@pytest.mark.parametrize(
    "text",
    ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "example.com", "localhost.com",
     "https://example.com/", "http://134744072/", "http://8.8.8.8:53/", "corp.com", "mylocal.net"],
)  # fmt: skip
def test_public(text: str) -> None:
    assert detect(text).reach is Reach.PUBLIC


def test_the_sendable_form_of_a_link() -> None:
    link = URL("https://user:secret@evil.com:8443/a?b#token")
    assert str(link.sendable()) == "https://evil.com:8443/a?b"
    assert link.host == "evil.com"


def test_the_registrable_part() -> None:
    assert Domain("a.b.example.co.uk").registrable == "example.co.uk"
    assert Domain("www.evil.com").registrable == "evil.com"
    assert Domain("a.b.evil.example").registrable == "evil.example"


def test_a_result_is_ready_for_json() -> None:
    result = Sha256("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855").get_result(sandbox=True)
    assert json.loads(json.dumps(result)) == result
    assert result["indicators"][0]["type"] == "sha256"
